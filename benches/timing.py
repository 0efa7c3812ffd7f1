"""Contenders against each other: interleaved, without garbage collection, by their medians."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any, Final, Protocol

ROUNDS: Final = 7

#: What the sections of this run came to, for `--json`.
RESULTS: Final[list[dict[str, Any]]] = []


class Shown(Protocol):
    """What a module of the bench yields."""

    def run(self, rounds: int) -> str:
        """Time it over this many rounds, or its own number, and show it as a table."""


@dataclass(frozen=True)
class Contender:
    """A timed function. `work` is called once in each round, and its answer is dropped later."""

    name: str
    work: Callable[[], object]
    #: How many of the section's units it processes, if that is fewer.
    count: int | None = None


@dataclass(frozen=True)
class Section:
    """Contenders over the same data; the others are compared with the first."""

    title: str
    #: The units that one call processes, and their number: rows, zones, imports.
    unit: str
    count: int
    contenders: tuple[Contender, ...]
    #: The least number of rounds.
    rounds: int = 0
    #: A sentence from the medians, below the table.
    verdict: Callable[[list[float]], str] | None = None

    def run(self, rounds: int) -> str:
        """Time the contenders, and show them as a table."""
        medians = timed(self, max(rounds, self.rounds))
        RESULTS.append(self._as_json(medians))
        lines = [table(self, medians)]
        if self.verdict is not None:
            lines.append(f"  {self.verdict(medians)}")
        return "\n".join(lines)

    def _as_json(self, medians: list[float]) -> dict[str, Any]:
        contenders = zip(self.contenders, medians, strict=True)
        times = [
            {"name": one.name, "seconds": seconds, "count": one.count or self.count}
            for one, seconds in contenders
        ]
        return {"title": self.title, "unit": self.unit, "contenders": times}


def timed(section: Section, rounds: int = ROUNDS) -> list[float]:
    """The median seconds of each contender, over rounds of A B C, A B C, ..."""
    seconds: list[list[float]] = [[] for _ in section.contenders]
    for contender in section.contenders:
        contender.work()
    was_enabled = gc.isenabled()
    try:
        for _ in range(rounds):
            for contender, taken in zip(section.contenders, seconds, strict=True):
                gc.collect()
                gc.disable()
                taken.append(_seconds(contender.work))
                gc.enable()
    finally:
        if not was_enabled:
            gc.disable()
    return [median(taken) for taken in seconds]


def _seconds(work: Callable[[], object]) -> float:
    begun = perf_counter()
    answer = work()
    ended = perf_counter()
    del answer
    return ended - begun


def table(section: Section, medians: list[float]) -> str:
    """The section as lines of a table: time, speed, and how many times predial's time it is."""
    return aligned(section.title, section.unit, _rows(section, medians))


def _rows(section: Section, medians: list[float]) -> Iterator[tuple[str, ...]]:
    for contender, seconds in zip(section.contenders, medians, strict=True):
        a_unit = seconds / (contender.count or section.count)
        ratio = a_unit / (medians[0] / section.count)
        yield contender.name, duration(seconds), duration(a_unit), f"{ratio:.2f} x"


def aligned(title: str, unit: str, rows: Iterator[tuple[str, ...]], *more: str) -> str:
    """Rows of a name, a time, the time of a unit, a ratio, and more, under their heads."""
    cells = [("", "median", f"a {unit}", "ratio", *more), *rows]
    width = max(len(name) for name, *_ in cells)
    lines = [
        f"  {name:<{width}}  {'  '.join(f'{cell:>10}' for cell in row)}" for name, *row in cells
    ]
    return "\n".join([title, *lines])


def duration(seconds: float) -> str:
    """Three digits and a unit.

    >>> duration(0.01234), duration(2e-8)
    ('12.3 ms', '20.0 ns')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds / 1e-9:.1f} ns"
