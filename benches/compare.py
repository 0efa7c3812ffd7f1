"""One table: predial and its peers on the same data, in the same run (`make bench`).

    python benches/compare.py [--rounds N] [--json FILE] [SECTION ...]

Each section belongs to a module. A new one needs one more line here.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Final

from predial import _core
from timing import RESULTS, ROUNDS, Shown

#: The modules and what they time, in the order in which they run.
SECTIONS: Final = {
    "batches": "a batch of 200 000 jobs as JSON, NDJSON and CSV, against bare parsers",
    "kinds": "messy lists beside clean ones, with peers, and rows of one kind",
    "instructions": "the instructions of a row of each kind (if valgrind is installed)",
    "tables": "a table of a million jobs, against other readers",
    "cores": "one core against all, in each form",
    "preparing": "prepare against its parts: check, SHA-256, write, fsync",
    "loaders": "whole loaders, as teams write them today",
    "files": "ten million jobs in files: time and peak memory",
    "excluding": "a list held against two million excluded phones",
    "policies": "jobs with call policies",
    "sandbox": "a request of 10 000 jobs to the sandbox, against its parts",
    "single_values": "zones in a loop",
    "phones": "phones in a loop, and as a list",
    "columns": "columns of ten million phones and zones",
    "imports": "the cost of import predial",
}
PACKAGES: Final = (
    *("predial", "orjson", "msgspec", "pysimdjson", "polars", "pandas", "pyarrow", "tzdata"),
    *("duckdb", "phonenumbers", "rphonenumbers"),
)


def sections(names: list[str]) -> Iterator[Shown]:
    """Every section of these modules, created one after another."""
    for name in names:
        yield from import_module(name).sections()


def machine() -> dict[str, object]:
    """What the machine is, without its name, and how busy it is."""
    names = [
        line.partition(":")[2].strip()
        for line in _lines(Path("/proc/cpuinfo"))
        if line.startswith("model name")
    ]
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "build": dict(getattr(_core, "BUILD", ())).get("profile"),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def main() -> None:
    """Time the chosen sections, and print the table."""
    shown = "\n".join(f"  {name:<14} {about}" for name, about in SECTIONS.items())
    parser = argparse.ArgumentParser(
        description="Time predial and its peers.",
        epilog=f"sections:\n{shown}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("sections", metavar="SECTION", nargs="*", help="all if left out")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="at least 5")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the medians there, too")
    asked = parser.parse_args()
    if unknown := set(asked.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    # Polars counts its threads when it is imported.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    rounds: int = max(asked.rounds, 5)
    versions = {package: version(package) for package in PACKAGES}
    named = ", ".join(f"{package} {release}" for package, release in versions.items())
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {named}")
    print(f"Medians of {rounds} interleaved rounds; ratio: how many times predial's time")
    for section in sections(asked.sections or list(SECTIONS)):
        print(f"\n{section.run(rounds)}", flush=True)
    if asked.json is not None:
        found = {
            "date": datetime.now(UTC).date().isoformat(),
            "machine": machine(),
            "versions": versions,
            "rounds": rounds,
            "sections": RESULTS,
        }
        asked.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
