"""Check that every crate comes from crates.io, under a licence that predial may be shipped with.

python tools/check_licences.py                  the crates of predial
python tools/check_licences.py fuzz/Cargo.toml  those of another manifest

Runs `cargo metadata`, which downloads missing crates, and ends with status 1 if a crate fails.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"

#: SPDX identifiers of permissive licences, which only require a notice.
ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "NCSA",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
}


def is_allowed(expression: str) -> bool:
    """Whether an SPDX expression leaves a licence that is allowed.

    AND binds closer than OR. A slash is an older way to write OR.

    >>> is_allowed("MIT OR GPL-3.0-only"), is_allowed("MIT AND GPL-3.0-only")
    (True, False)
    >>> is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"), is_allowed("Unlicense/MIT")
    (True, True)
    >>> is_allowed("Apache-2.0 WITH LLVM-exception"), is_allowed("MIT WITH other-exception")
    (True, False)
    """
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))
    tokens.reverse()
    verdict = _any(tokens)
    return verdict and not tokens


def _any(tokens: list[str]) -> bool:
    verdict = _all(tokens)
    while tokens and tokens[-1] == "OR":
        tokens.pop()
        other = _all(tokens)
        verdict = verdict or other
    return verdict


def _all(tokens: list[str]) -> bool:
    verdict = _one(tokens)
    while tokens and tokens[-1] == "AND":
        tokens.pop()
        other = _one(tokens)
        verdict = verdict and other
    return verdict


def _one(tokens: list[str]) -> bool:
    name = tokens.pop() if tokens else ""
    if name == "(":
        verdict = _any(tokens)
        return bool(tokens) and tokens.pop() == ")" and verdict
    if tokens and tokens[-1] == "WITH":
        tokens.pop()
        name = f"{name} WITH {tokens.pop() if tokens else ''}"
    return name in ALLOWED


def faults(package: dict[str, Any]) -> Iterator[str]:
    """The faults of a package of `cargo metadata`."""
    name = f"{package['name']} {package['version']}"
    licence, source = package["license"], package["source"]
    if not licence:
        yield f"{name}: no licence is named"
    elif not is_allowed(licence):
        yield f"{name}: the licence {licence} is not in the list of tools/check_licences.py"
    if source != CRATES_IO:
        yield f"{name}: it comes from {source}, and not from crates.io"


def main(manifests: list[str]) -> int:
    """Check the crates of these manifests, and print their faults."""
    wrong = 0
    for manifest in manifests or ["Cargo.toml"]:
        command = ["cargo", "metadata", "--format-version", "1", "--locked"]
        done = subprocess.run(
            [*command, "--manifest-path", manifest], stdout=subprocess.PIPE, check=True
        )
        packages = json.loads(done.stdout)["packages"]
        others = [package for package in packages if not package["name"].startswith("predial")]
        for fault in (fault for package in others for fault in faults(package)):
            print(fault)
            wrong += 1
        print(f"{manifest}: {len(others)} crates")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
