"""Contenders against each other: interleaved, without garbage collection, by their medians."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Final

ROUNDS: Final = 7


@dataclass(frozen=True)
class Contender:
    """What is timed. `work` is called once a round, and its answer is dropped outside the clock."""

    name: str
    work: Callable[[], object]
    #: How many of the section's units it goes through, where that is fewer.
    count: int | None = None


@dataclass(frozen=True)
class Section:
    """Contenders over the same data; the first is what the others are compared with."""

    title: str
    #: What one call goes through, and how many of it: rows, zones, imports.
    unit: str
    count: int
    contenders: tuple[Contender, ...]


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
    width = max(len(contender.name) for contender in section.contenders)
    lines = [
        f"{section.title}",
        f"  {'':<{width}}  {'median':>10}  {'a ' + section.unit:>10}   ratio",
    ]
    for contender, seconds in zip(section.contenders, medians, strict=True):
        a_unit = seconds / (contender.count or section.count)
        each = _duration(a_unit)
        ratio = a_unit / (medians[0] / section.count)
        lines.append(
            f"  {contender.name:<{width}}  {_duration(seconds):>10}  {each:>10}  {ratio:>5.2f} x"
        )
    return "\n".join(lines)


def _duration(seconds: float) -> str:
    """Three digits and a unit.

    >>> _duration(0.01234), _duration(2e-8)
    ('12.3 ms', '20.0 ns')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds / 1e-9:.1f} ns"
