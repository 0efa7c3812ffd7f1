"""The instructions of a row of each kind, counted by valgrind's callgrind.

They are the same in each run of one build, whatever else the machine does. A list is checked in
two lengths: the difference has what the rows take, and not what a check does once.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from make_batch import make_batch
from make_clean import make_clean
from make_messy import KINDS, make_kind, make_messy
from timing import RESULTS

SHORT: Final = 10_000
LONG: Final = 30_000

#: The lists by name, each by its number of jobs.
LISTS: Final[dict[str, Callable[[int], bytes]]] = {
    "clean": make_clean,
    "bench": make_batch,
    "messy": make_messy,
    **{kind: partial(make_kind, kind) for kind in KINDS},
}

#: What a process does under callgrind: a count is written before and after each check, but for the
#: first, which reads what all checks share.
CHECKS: Final = """
import os, subprocess, sys
import predial

def note():
    vgdb = ["vgdb", f"--pid={os.getpid()}", "-c", "dump"]
    subprocess.run(vgdb, check=True, stdout=subprocess.DEVNULL)

def read(path):
    with open(path, "rb") as file:
        return file.read()

first, *others = sys.argv[1:]
predial.check(read(first), threads=1, max_diagnostics=0)
for path in others:
    data = read(path)
    note()
    report = predial.check(data, threads=1, max_diagnostics=0)
    note()
"""


@dataclass(frozen=True)
class Instructions:
    """A section of counts."""

    title: str

    def run(self, _rounds: int) -> str:
        """Count once: another run of the same build gives the same."""
        if shutil.which("vgdb") is None:
            return f"{self.title}\n  not counted: valgrind is not installed"
        counts = dict(zip(LISTS, _counts(), strict=True))
        RESULTS.append(
            {
                "title": self.title,
                "unit": "row",
                "counts": [{"name": name, "count": count} for name, count in counts.items()],
            }
        )
        clean = counts["clean"]
        width = max(map(len, counts))
        rows = (
            f"  {name:<{width}}  {count:>10}  {count / clean:>8.2f} x"
            for name, count in counts.items()
        )
        return "\n".join([self.title, *rows])


def sections() -> Iterator[Instructions]:
    """The one section."""
    yield Instructions("Instructions for a row of a list of JSON, no diagnostics kept, one thread")


def _counts() -> Iterator[int]:
    with TemporaryDirectory() as room:
        first = Path(room, "first.json")
        first.write_bytes(make_messy(SHORT))
        paths = []
        for number, make in enumerate(LISTS.values()):
            for jobs in (SHORT, LONG):
                path = Path(room, f"{number}-{jobs}.json")
                path.write_bytes(make(jobs))
                paths.append(str(path))
        out = Path(room, "callgrind")
        callgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}"]
        subprocess.run(
            [*callgrind, sys.executable, "-c", CHECKS, str(first), *paths],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        # Every other one is of the time between two checks.
        checks = [_total(Path(f"{out}.{2 * number}")) for number in range(1, len(paths) + 1)]
    for short, long in zip(checks[::2], checks[1::2], strict=True):
        yield round((long - short) / (LONG - SHORT))


def _total(dump: Path) -> int:
    found = re.search(r"^(?:summary|totals): (\d+)", dump.read_text(), re.MULTILINE)
    if found is None:
        raise ValueError(f"{dump.name} has no total")
    return int(found[1])
