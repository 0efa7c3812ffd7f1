"""Reads the numbering plan's table, for the digit strings on both sides of its boundaries.

Written against docs/numbering-plan.md, apart from the Rust reader and from the tool that writes
the table.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).parent.parent / "src" / "phone" / "plan" / "plan.bin"
HEADER = 40
DIGITS = range(10)

Row = tuple[int, ...]


def _rows(data: bytes, width: int) -> list[Row]:
    return list(struct.iter_unpack(f"<{width}H", data))


@dataclass(frozen=True)
class Plan:
    """The prefixes of one region or entity."""

    id: str
    country_code: int
    international: int
    national: int


class Table:
    """The sections of the table that hold automata."""

    def __init__(self, data: bytes) -> None:
        (count,) = struct.unpack_from("<H", data, 10)
        places = [struct.unpack_from("<II", data, HEADER + 8 * entry) for entry in range(count)]
        sections = [data[offset : offset + length] for offset, length in places]
        countries = list(struct.iter_unpack("<H3sBBBHHH", sections[1]))
        self.openings = [
            (start, place) for start, place, _ in struct.iter_unpack("<HBB", sections[0])
        ]
        self.roots = {str(code): root for code, _, _, _, _, root, _, _ in countries}
        self.plans = [
            Plan(name.rstrip(b"\0").decode(), countries[country][0], international, national)
            for name, country, international, national, *_ in struct.iter_unpack(
                "<4sHHHHIIB7s", sections[2]
            )
        ]
        self.rows = _rows(sections[3], 12)
        self.tails = _rows(sections[4], 20)
        self.prefix_rows = _rows(sections[7], 12)

    def boundaries(self) -> Iterator[str]:
        """For each state a digit string that leads to it, and one for each of its ways on.

        Each way on is followed to a valid number if there is one, so that the two sides of a
        boundary do not look alike. States that only count the digits get every length.
        """
        ends = [self._to_valid(state) for state in range(len(self.rows))]
        access: dict[int, str] = {}
        queue = []
        for code, root in self.roots.items():
            if root not in access:
                access[root] = code
                queue.append(root)
        for state in queue:
            here = access[state]
            if state >= len(self.rows):
                yield from (here + "1" * more for more in range(len(self.tails[0]) + 1))
                continue
            yield here
            for digit, to in enumerate(self.rows[state][:10]):
                if to not in access:
                    access[to] = f"{here}{digit}"
                    queue.append(to)
                yield f"{here}{digit}{ends[to] if to < len(ends) else self._tail_end(to)}"

    def _tail_end(self, state: int) -> str:
        """The digits to a valid number, or to the longest one that is possible."""
        tail = self.tails[state - len(self.rows)]
        best = max(
            range(len(tail)), key=lambda more: (tail[more] >> 3 & 15 > 0, tail[more] & 7 == 0)
        )
        return "0123456789"[:best] if best <= 10 else "0" * best

    def _to_valid(self, state: int) -> str:
        """The first digits that lead from a state to a valid number; none if it has none."""
        way = {state: ""}
        queue = [state]
        for at in queue:
            if at >= len(self.rows):
                tail = self.tails[at - len(self.rows)]
                for more, outcome in enumerate(tail):
                    if outcome >> 3 & 15:
                        return way[at] + "7" * more
                continue
            if self.rows[at][10] >> 3 & 15:
                return way[at]
            for digit in reversed(DIGITS):
                to = self.rows[at][digit]
                if to not in way:
                    way[to] = f"{way[at]}{digit}"
                    queue.append(to)
        return ""

    def prefixes(self, root: int) -> Iterator[str]:
        """For each state of a prefix automaton a digit string that leads to it, and one for each
        way out of it."""
        access = {root: ""}
        queue = [root]
        for state in queue:
            yield access[state]
            for digit, to in enumerate(self.prefix_rows[state][:10]):
                if to not in access and to != 0:
                    access[to] = f"{access[state]}{digit}"
                    queue.append(to)
                yield f"{access[state]}{digit}"


def load() -> Table:
    """The table as it is checked in."""
    return Table(TABLE.read_bytes())
