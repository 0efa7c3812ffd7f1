"""Writes everything as one binary table, in a layout that its reader uses without decoding.

All integers are little-endian. docs/numbering-plan.md describes the layout.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Generic

from phonenumbers.phonemetadata import PhoneMetadata

from . import formats, source, verdicts
from .automaton import Acceptors, Automaton, Outcome
from .prefixes import Prefixes
from .zones import Zones

MAGIC = b"predial\0"
FORMAT = 2
HEADER = struct.Struct("<8sHHIQ16s")
MAX_INSERT = 7
TAIL = 20
"""Entries of a tail: its last one also applies to longer numbers."""
FORMAT_TAIL = 17
"""The same for a tail of formats."""


def checksum(data: bytes) -> int:
    """FNV-1a, 64 bits."""
    found = 0xCBF29CE484222325
    for byte in data:
        found = (found ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return found


def build() -> bytes:
    """The whole table."""
    sections = _sections()
    directory_size = 8 * len(sections)
    offset = HEADER.size + directory_size
    directory = b""
    for section in sections:
        directory += struct.pack("<II", offset, len(section))
        offset += len(section)
    rest = source.VERSION.encode().ljust(16, b"\0") + directory + b"".join(sections)
    head = struct.pack("<8sHHIQ", MAGIC, FORMAT, len(sections), offset, checksum(rest))
    return head + rest


def _sections() -> list[bytes]:
    acceptors = Acceptors()
    pool: Automaton[int] = Automaton()
    prefixes = Prefixes()
    zones = Zones()

    roots = verdicts.build(pool, acceptors)
    codes = list(roots)
    openings = _openings(pool, roots)
    starts = [*roots.values(), *[state for state, _ in openings if state is not None]]
    verdict_rows, tails, verdict_number = _verdict_rows(pool, starts)
    plans = source.plans()
    general_roots = [acceptors.whole(_general(plan)) for plan in plans]
    general_rows, general_tails, general_number = _general_rows(acceptors, general_roots)
    international = [prefixes.international(plan) for plan in plans]
    national = [prefixes.national(plan) for plan in plans]
    prefix_order = prefixes.pool.in_reach(
        [prefixes.none, *international, *[root for root, _ in national]]
    )
    prefix_number = {state: number for number, state in enumerate(prefix_order)}

    countries = b"".join(
        struct.pack(
            "<H3sBBBHHH",
            code,
            str(code).encode(),
            len(str(code)),
            zones.places_mobiles(code),
            0,
            verdict_number[root],
            source.main_plan(code),
            zones.of_country(code),
        )
        for code, root in roots.items()
    )
    plan_records = b"".join(
        _plan(
            plan,
            prefix_number[international[index]],
            prefix_number[national[index][0]],
            general_number[general_roots[index]],
            national[index][1],
        )
        for index, plan in enumerate(plans)
    )
    prefix_rows = _words(
        word
        for state in prefix_order
        for word in (
            *[prefix_number[to] for to in prefixes.pool.rows[state]],
            *prefixes.pool.outcomes[state],
        )
    )
    writing = formats.Formats(acceptors)
    format_rows, format_tails, format_number = _rows_and_tails(
        writing.pool, writing.roots, FORMAT_TAIL, fill=b""
    )
    writings, templates = _writings(writing.writings)
    short_pool, short_roots = formats.short_numbers(acceptors)
    short_rows, short_tails, short_number = _general_rows(short_pool, short_roots)
    list_starts, list_words = _runs(
        [[zones.names.index(name) for name in names] for names in zones.lists]
    )
    name_starts, name_bytes = _runs([list(name.encode()) for name in zones.names])
    return [
        b"".join(
            struct.pack(
                "<HBB",
                0 if state is None else verdict_number[state],
                place,
                len(str(codes[place - 1])) if place else 0,
            )
            for state, place in openings
        ),
        countries,
        plan_records,
        verdict_rows,
        tails,
        general_rows,
        general_tails,
        prefix_rows,
        _zone_rows(zones),
        _words(list_starts),
        _words(list_words),
        _words(name_starts),
        bytes(name_bytes),
        format_rows,
        format_tails,
        _words(format_number[root] for root in writing.roots),
        writings,
        templates,
        short_rows,
        short_tails,
        b"".join(
            struct.pack("<H2s", short_number[root], (plan.national_prefix or "").encode())
            for root, plan in zip(short_roots, plans, strict=False)
        ),
    ]


def _writings(writings: Sequence[formats.Writing]) -> tuple[bytes, bytes]:
    """The records of the writings, and the templates that they point at."""
    templates = b""

    def place(template: bytes) -> int:
        nonlocal templates
        if template not in templates:
            templates += template
        return templates.index(template)

    records = b"".join(
        struct.pack(
            "<HBBHBBII",
            place(one.prefix + one.national),
            len(one.prefix),
            len(one.prefix + one.national),
            place(one.international),
            len(one.international),
            one.needs_prefix,
            formats.group_starts(one.national),
            formats.group_starts(one.international),
        )
        for one in writings
    )
    return records, templates


def _words(words: Iterable[int]) -> bytes:
    found = list(words)
    return struct.pack(f"<{len(found)}H", *found)


def _runs(runs: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """Lists of unequal length: the start of each and the end of the last, and all elements."""
    starts, flat = [0], list[int]()
    for run in runs:
        flat.extend(run)
        starts.append(len(flat))
    return starts, flat


def _general(plan: PhoneMetadata) -> str:
    pattern = source.general(plan).national_number_pattern
    if not pattern:
        raise ValueError(f"{plan.id}: no general description")
    return pattern


def _plan(
    plan: PhoneMetadata, international: int, national: int, general: int, insert: str
) -> bytes:
    if len(insert) > MAX_INSERT:
        raise ValueError(f"{plan.id}: {insert} is longer than the table has room for")
    return struct.pack(
        f"<4sHHHHIIB{MAX_INSERT}s",
        plan.id.encode(),
        list(source.COUNTRY_CODES).index(plan.country_code or 0),
        international,
        national,
        general,
        _mask(source.general(plan).possible_length),
        _mask(source.general(plan).possible_length_local_only),
        len(insert),
        insert.encode(),
    )


def _mask(lengths: Iterable[int]) -> int:
    found = 0
    for length in lengths:
        if not 0 < length < 32:
            raise ValueError(f"a number of {length} digits")
        found |= 1 << length
    return found


def _openings(pool: Automaton[int], roots: dict[int, int]) -> list[tuple[int | None, int]]:
    """For every three digits, the state they lead to, and which country calling code they begin
    with: its index in the list counted from 1, or 0. No code is the beginning of another, so
    one entry is enough."""
    found: list[tuple[int | None, int]] = [(None, 0)] * 1000
    for place, (code, root) in enumerate(roots.items(), 1):
        more = 3 - len(str(code))
        for rest in range(10**more):
            opening = code * 10**more + rest
            if found[opening][1]:
                raise ValueError(f"{code} begins like another country calling code")
            state = root
            for digit in str(rest).zfill(more) if more else "":
                state = pool.rows[state][int(digit)]
            found[opening] = (state, place)
    return found


class _Tails(Generic[Outcome]):
    """The states of an automaton that only count: after them only the number of further digits
    matters. Each is the list of its outcomes by that number; the last one is for longer numbers
    too."""

    def __init__(self, pool: Automaton[Outcome]) -> None:
        self.pool = pool
        self._known: dict[int, tuple[Outcome, ...] | None] = {}

    def of(self, state: int) -> tuple[Outcome, ...] | None:
        if state not in self._known:
            row = self.pool.rows[state]
            outcome = self.pool.outcomes[state]
            if row == (state,) * 10:
                self._known[state] = (outcome,)
            else:
                after = self.of(row[0]) if len(set(row)) == 1 else None
                self._known[state] = None if after is None else (outcome, *after)
        return self._known[state]

    def split(
        self, starts: list[int]
    ) -> tuple[list[int], list[tuple[Outcome, ...]], dict[int, int]]:
        """The states that need a row, the tails that end a walk from the starts, and the number
        of each: tails are numbered on from the rows."""
        rows = [state for state in self.pool.in_reach(starts) if self.of(state) is None]
        number = {state: place for place, state in enumerate(rows)}
        kept: list[tuple[Outcome, ...]] = []
        for state in [*starts, *[to for row in rows for to in self.pool.rows[row]]]:
            found = self.of(state)
            if state not in number and found is not None:
                number[state] = len(rows) + len(kept)
                kept.append(found)
        if len(number) > 0xFFFF:
            raise ValueError("more states than two bytes can number")
        return rows, kept, number


def _verdict_rows(pool: Automaton[int], starts: list[int]) -> tuple[bytes, bytes, dict[int, int]]:
    """The rows and the tails of the verdicts, and the number of each state. A row is filled up to
    24 bytes."""
    return _rows_and_tails(pool, starts, TAIL, fill=bytes(2))


def _rows_and_tails(
    pool: Automaton[int], starts: list[int], longest: int, fill: bytes
) -> tuple[bytes, bytes, dict[int, int]]:
    rows, tails, number = _Tails(pool).split(starts)
    if max(map(len, tails)) > longest:
        raise ValueError("a tail is longer than the table has room for")
    row_bytes = b"".join(
        _words((*[number[to] for to in pool.rows[state]], pool.outcomes[state])) + fill
        for state in rows
    )
    tail_bytes = _words(word for tail in tails for word in tail + tail[-1:] * (longest - len(tail)))
    return row_bytes, tail_bytes, number


def _general_rows(pool: Automaton[bool], starts: list[int]) -> tuple[bytes, bytes, dict[int, int]]:
    """The rows and the tails of the general descriptions, and the number of each state. A tail
    is a mask here: bit n says whether n digits more make a number."""
    rows, tails, number = _Tails(pool).split(starts)
    if max(map(len, tails)) > 32 or any(tail[-1] for tail in tails):
        raise ValueError("a tail does not fit in its mask")
    row_bytes = _words(
        word
        for state in rows
        for word in (*[number[to] for to in pool.rows[state]], int(pool.outcomes[state]))
    )
    masks = [sum(1 << more for more, accepts in enumerate(tail) if accepts) for tail in tails]
    return row_bytes, struct.pack(f"<{len(masks)}I", *masks), number


def _zone_rows(zones: Zones) -> bytes:
    """The rows of the zones; a number beyond them is a list, counted from there."""
    leaves = {state: index for index, state in enumerate(zones.leaves)}
    rows = [state for state in zones.pool.in_reach([zones.root]) if state not in leaves]
    number = {state: place for place, state in enumerate(rows)}
    number |= {state: len(rows) + index for state, index in leaves.items()}
    return _words(
        word
        for state in rows
        for word in (*[number[to] for to in zones.pool.rows[state]], zones.pool.outcomes[state])
    )
