"""Contenders as processes of their own: the time of their work, and their peak memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Final

from timing import aligned, duration

#: A small process starts each one, because the memory of the parent counts towards its peak.
LAUNCHER: Final = """
import os, sys
process = os.posix_spawn(sys.executable, [sys.executable, *sys.argv[1:]], os.environ)
_, status, usage = os.wait4(process, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status) != 0)
"""
#: The unit of `ru_maxrss` in bytes.
MAXRSS: Final = 1 if sys.platform == "darwin" else 1024

TIMED: Final = """
import sys, time
{imports}
file, out = sys.argv[1:]
begun = time.perf_counter()
answer = {work}
print(time.perf_counter() - begun, flush=True)
"""


@dataclass(frozen=True)
class Process:
    """The timed work: an expression over `file` and `out`, after the imports that it needs."""

    name: str
    imports: str
    work: str


@dataclass(frozen=True)
class Processes:
    """Processes over the same file; the others are compared with the first."""

    title: str
    unit: str
    count: int
    file: str
    out: str
    contenders: tuple[Process, ...]
    #: What is called after each process, to remove `out`.
    clean: Callable[[], object]
    rounds: int

    def run(self, _rounds: int) -> str:
        """Time the contenders, interleaved, and show them as a table."""
        bare = _peak("pass", "", "")[1]
        measured: list[list[tuple[float, int]]] = [[] for _ in self.contenders]
        for _ in range(self.rounds):
            for contender, taken in zip(self.contenders, measured, strict=True):
                code = TIMED.format(imports=contender.imports, work=contender.work)
                taken.append(_peak(code, self.file, self.out))
                self.clean()
        return "\n".join(
            [
                aligned(self.title, self.unit, self._rows(measured, bare), "peak"),
                f"  of {self.rounds} rounds; peak: the process's memory, over the "
                f"{bare / 1e6:.0f} MB of a bare interpreter",
            ]
        )

    def _rows(
        self, measured: list[list[tuple[float, int]]], bare: int
    ) -> Iterator[tuple[str, ...]]:
        first = median(seconds for seconds, _ in measured[0])
        for contender, taken in zip(self.contenders, measured, strict=True):
            seconds = median(seconds for seconds, _ in taken)
            over = max(0, max(peak for _, peak in taken) - bare)
            a_unit = duration(seconds / self.count)
            ratio = f"{seconds / first:.2f} x"
            yield contender.name, duration(seconds), a_unit, ratio, f"{over / 1e6:.0f} MB"


def _peak(code: str, *arguments: str) -> tuple[float, int]:
    """The seconds that the code says it took, and the bytes of its process at the peak.

    They are 0 if it reports none, and infinite if its process was killed or failed.
    """
    command = [sys.executable, "-I", "-S", "-c", LAUNCHER, "-c", code, *arguments]
    ended = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    *seconds, peak = ended.stdout.split()
    lasted = float(seconds[0]) if seconds else 0.0
    return float("inf") if ended.returncode else lasted, int(peak) * MAXRSS
