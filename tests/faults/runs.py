"""Prepares a small list again and again, each time with another call failing.

    LD_PRELOAD=shim.so python runs.py HOME

`shim.c` makes the call fail. Writes one line of JSON for each run, which `test_batch_faults.py`
reads: the call that failed, how the command ended, and the faults of its files.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner, Result

from predial.cli import commands

SHORT = -1
#: How a call fails, and whether the later ones fail too.
WAYS = {
    "ENOSPC": (errno.ENOSPC, False),
    "ENOSPC from then on": (errno.ENOSPC, True),
    "EIO": (errno.EIO, False),
    "EACCES": (errno.EACCES, False),
    "EINTR": (errno.EINTR, False),
    "short": (SHORT, False),
}

shim = ctypes.CDLL(None)
shim.fault_failed.restype = ctypes.c_char_p
shim.fault_watch.argtypes = [ctypes.c_char_p]
shim.fault_arm.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_int]

#: Every third row is rejected, one is a duplicate.
PHONES = [f"7911{number:07}" if number % 3 else f"7911E+{number:02}" for number in range(16)]
TABLE = "phone,name\n" + "".join(f"{phone},Name\n" for phone in [*PHONES, PHONES[1]])
LINES = "".join(f'{{"phone": "{phone}"}}\n' for phone in [*PHONES, PHONES[1]])

Files = dict[str, bytes]


class Scenario(NamedTuple):
    """A run to be disturbed."""

    name: str
    list: Path
    #: The content of the directory before.
    before: Files
    arguments: tuple[str, ...]


def prepare(scenario: Scenario, out: Path, *more: str) -> Result:
    arguments = ["prepare", str(scenario.list), str(out), "--max-jobs", "4", "--run", "spring"]
    arguments += ["--now", "2026-01-01T00:00Z", *scenario.arguments, *more]
    return CliRunner().invoke(commands, arguments)


def files_of(out: Path) -> Files:
    if not out.exists():
        return {}
    files = (path for path in out.rglob("*") if path.is_file())
    found = {str(path.relative_to(out)): path.read_bytes() for path in files}
    if "manifest.json" in found:
        # It is removed last. If that fails, the next run removes it.
        found.pop("journal.ndjson", None)
    return found


def laid(files: Files, out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    for name, content in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(content)


def unfinished(scenario: Scenario, out: Path) -> Files:
    """The files of a run that ends after its third body."""
    renames = 0
    for at in range(1, 500):
        laid({}, out)
        disturbed(scenario, out, at, errno.EIO, False)
        renames += shim.fault_failed() == b"rename"
        if renames == 3:
            return files_of(out)
    raise AssertionError("no third body was renamed")


def disturbed(scenario: Scenario, out: Path, at: int, how: int, lasting: bool) -> Result:
    shim.fault_watch(os.fsencode(out))
    shim.fault_arm(at, how, lasting)
    try:
        return prepare(scenario, out)
    finally:
        shim.fault_watch(b"")


def scenarios(home: Path) -> Iterator[Scenario]:
    table, lines = home / "list.csv", home / "list.ndjson"
    table.write_text(TABLE, encoding="utf-8")
    lines.write_text(LINES, encoding="utf-8")
    new = Scenario("new", table, {}, ())
    yield new
    yield Scenario("jobs", lines, {}, ("--duplicates", "job"))
    yield Scenario("resumed", table, unfinished(new, home / "unfinished"), ("--resume",))
    assert prepare(new, home / "earlier", "--run", "winter").exit_code == 1
    yield Scenario("overwritten", table, files_of(home / "earlier"), ("--overwrite",))


def faults(scenario: Scenario, result: Result, out: Path, whole: Files) -> Iterator[str]:
    """The faults after a run in which one call failed."""
    said = result.stderr
    if any(phone in said for phone in PHONES):
        yield f"a phone is in the message: {said}"
    match result.exit_code:
        case 1:  # the call did not matter, or was made again
            if files_of(out) != whole:
                yield "the run has succeeded, and its files are not those of another run"
        case 2:
            if str(out) not in said:
                yield f"the file is not named: {said}"
            if files_of(out).get("manifest.json") == whole["manifest.json"]:
                if files_of(out) != whole:
                    yield "the manifest is there, and not all files"
                return
            again = prepare(scenario, out, "--resume", "--overwrite")
            if again.exit_code != 1:
                yield f"resume ends with {again.exit_code}: {again.stderr}"
            elif files_of(out) != whole:
                yield "the resumed run has left other files"
        case status:
            yield f"status {status}: {result.exception!r} {said}"


def main(home: Path) -> None:
    for scenario in scenarios(home):
        directory = home / scenario.name
        laid(scenario.before, directory)
        assert prepare(scenario, directory).exit_code == 1
        whole = files_of(directory)
        for way, (number, lasting) in WAYS.items():
            for at in range(1, 1000):
                laid(scenario.before, directory)
                result = disturbed(scenario, directory, at, number, lasting)
                call = shim.fault_failed().decode()
                if not call and at > shim.fault_seen():
                    break
                if not call:
                    continue  # it can't come short
                wrong = list(faults(scenario, result, directory, whole))
                entry = [scenario.name, way, at, call, result.exit_code, wrong]
                print(json.dumps(entry))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
