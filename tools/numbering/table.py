"""Writes everything as one binary table, in the layout that its reader takes as it lies.

All integers are little-endian. docs/numbering-plan.md describes the layout.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from phonenumbers.phonemetadata import PhoneMetadata

from . import source, verdicts
from .automaton import Acceptors, Automaton
from .prefixes import Prefixes
from .zones import Zones

MAGIC = b"predial\0"
FORMAT = 1
HEADER = struct.Struct("<8sHHIQ16s")
MAX_INSERT = 7
TAIL = 20
"""Entries of a tail: its last one holds for whatever is longer."""


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
    verdict_rows, tails, verdict_number = _verdict_rows(pool, list(roots.values()))
    plans = source.plans()
    general_roots = [acceptors.whole(_general(plan)) for plan in plans]
    general_order = acceptors.in_reach([acceptors.never, *general_roots])
    general_number = {state: number for number, state in enumerate(general_order)}
    international = [prefixes.international(plan) for plan in plans]
    national = [prefixes.national(plan) for plan in plans]
    prefix_order = prefixes.pool.in_reach(
        [prefixes.none, *international, *[root for root, _ in national]]
    )
    prefix_number = {state: number for number, state in enumerate(prefix_order)}

    countries = b"".join(
        struct.pack(
            "<HBBHHH",
            code,
            len(str(code)),
            zones.places_mobiles(code),
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
    general_rows = _words(
        word
        for state in general_order
        for word in (
            *[general_number[to] for to in acceptors.rows[state]],
            int(acceptors.outcomes[state]),
        )
    )
    prefix_rows = _words(
        word
        for state in prefix_order
        for word in (
            *[prefix_number[to] for to in prefixes.pool.rows[state]],
            *prefixes.pool.outcomes[state],
        )
    )
    list_starts, list_words = _runs(
        [[zones.names.index(name) for name in names] for names in zones.lists]
    )
    name_starts, name_bytes = _runs([list(name.encode()) for name in zones.names])
    return [
        _code_index(list(roots)),
        countries,
        plan_records,
        verdict_rows,
        tails,
        general_rows,
        prefix_rows,
        _zone_rows(zones),
        _words(list_starts),
        _words(list_words),
        _words(name_starts),
        bytes(name_bytes),
    ]


def _words(words: Iterable[int]) -> bytes:
    found = list(words)
    return struct.pack(f"<{len(found)}H", *found)


def _runs(runs: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """Lists of unequal length as where each starts (and the last ends), and all in a row."""
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
        plan.country_code,
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


def _code_index(codes: list[int]) -> bytes:
    """For every three digits, which country calling code they begin with: its place in the list
    counted from 1, or 0. No code is the beginning of another, so one entry says it all."""
    found = bytearray(1000)
    for place, code in enumerate(codes, 1):
        width = 10 ** (3 - len(str(code)))
        for entry in range(code * width, (code + 1) * width):
            if found[entry]:
                raise ValueError(f"{code} begins like another country calling code")
            found[entry] = place
    return bytes(found)


def _verdict_rows(pool: Automaton[int], roots: list[int]) -> tuple[bytes, bytes, dict[int, int]]:
    """The rows and the tails, and the number of each state.

    Past some digit most states only count: all that matters is how many digits follow. Such a
    state is kept as a tail, the list of its outcomes by that number, and ends the walk. Tails
    are numbered on from the rows.
    """
    order = pool.in_reach(roots)
    tails: dict[int, tuple[int, ...] | None] = {}

    def tail(state: int) -> tuple[int, ...] | None:
        if state not in tails:
            row = pool.rows[state]
            if row == (state,) * 10:
                tails[state] = (pool.outcomes[state],)
            else:
                after = tail(row[0]) if len(set(row)) == 1 else None
                tails[state] = None if after is None else (pool.outcomes[state], *after)
        return tails[state]

    rows = [state for state in order if tail(state) is None]
    number = {state: place for place, state in enumerate(rows)}
    kept: list[tuple[int, ...]] = []
    entries = [state for state in roots if state not in number]
    entries += [to for state in rows for to in pool.rows[state] if to not in number]
    for state in entries:
        found = tail(state)
        if state not in number and found is not None:
            number[state] = len(rows) + len(kept)
            kept.append(found)
    if len(rows) + len(kept) > 0xFFFF:
        raise ValueError("more states than two bytes can number")
    if max(map(len, kept)) > TAIL:
        raise ValueError("a tail is longer than the table has room for")
    row_bytes = _words(
        word
        for state in rows
        for word in (*[number[to] for to in pool.rows[state]], pool.outcomes[state])
    )
    tail_bytes = _words(word for found in kept for word in found + found[-1:] * (TAIL - len(found)))
    return row_bytes, tail_bytes, number


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
