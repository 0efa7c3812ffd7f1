"""Batches for tests: rows of every kind, as JSON arrays and as NDJSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

from batch_reference import PAYLOADS, PHONES, POLICY, UNKNOWN_FIELDS, ZONES

BROKEN_LINES = (
    b"nope",
    b"{",
    b'{"phone": 79123456789',
    b'{"phone": "79123456789"} x',
    b'{"phone": 079123456789}',
    b'{"phone": "79123456789",}',
    b"{'phone': 79123456789}",
    b'{"phone": NaN}',
    b'{"phone": "79123456789\xff"}',
    b'{"phone": "79123456789", "a\tb": 1}',
    b'{"phone": "79123456789", "\\u0061\x00": 1}',
    b'\x0c{"phone": "79123456789"}',
    b"\xed\xa0\x80",
    b"\x00",
)
NOT_OBJECTS = ("[]", '"79123456789"', "79123456789", "null", "true", '[{"phone": 79123456789}]')


@dataclass(frozen=True)
class Batch:
    """A source, and the rows that it was put together from."""

    format: Literal["json", "ndjson"]
    source: bytes
    rows: list[bytes]
    offsets: list[int]


def spaces(line_breaks: bool) -> st.SearchStrategy[str]:
    """White space between tokens, mostly none."""
    some = st.text(" \t\n\r" if line_breaks else " \t", min_size=1, max_size=3)
    return st.just("") | st.just("") | some


@st.composite
def jobs(draw: st.DrawFn, line_breaks: bool, faulty: bool = True) -> str:
    """The JSON text of a job. If faults are not allowed, it breaks at most the rule zone-format."""
    space = spaces(line_breaks)

    def values(known: dict[str, object]) -> list[str]:
        sendable = [value for value, answer in known.items() if answer is None]
        return list(known) if faulty and draw(st.integers(0, 3)) == 0 else sendable

    phones = {v: None if k.canonical else k.rule for v, k in PHONES.items()}
    zones = {v: None if k.mended or k.rule is None else k.rule for v, k in ZONES.items()}
    members = []
    if not faulty or draw(st.integers(0, 19)):
        members.append(("phone", draw(st.sampled_from(values({**phones})))))
    if draw(st.booleans()):
        members.append(("gmtZone", draw(st.sampled_from(values({**zones})))))
    if draw(st.booleans()):
        members.append(("payload", draw(st.sampled_from(values({**PAYLOADS})))))
    names = draw(st.lists(st.sampled_from(sorted(POLICY)), unique=True, max_size=2))
    members += [(name, POLICY[name]) for name in names]
    if draw(st.integers(0, 4)) == 0:
        unknown = draw(st.sampled_from(UNKNOWN_FIELDS))
        members.append((unknown, draw(st.sampled_from(['"x"', "null", "[{}]", "1e999"]))))
    if faulty and members and draw(st.integers(0, 14)) == 0:
        members.append(draw(st.sampled_from(members)))
    members = draw(st.permutations(members))
    written = [
        draw(space) + _name(name, draw(st.integers(0, 9)) == 0) + draw(space)
        + ":" + draw(space) + value + draw(space)
        for name, value in members
    ]  # fmt: skip
    return "{" + (",".join(written) or draw(space)) + "}"


def _name(name: str, escaped: bool) -> str:
    if escaped and name:
        return f'"\\u{ord(name[0]):04x}{name[1:]}"'
    return json.dumps(name, ensure_ascii=False)


@st.composite
def batches(draw: st.DrawFn, faulty: bool = True, max_rows: int = 12) -> Batch:
    """A whole source in one of the two layouts, with white space wherever it is allowed."""
    if draw(st.booleans()):
        return draw(_arrays(faulty, max_rows))
    return draw(_lines(faulty, max_rows))


@st.composite
def _arrays(draw: st.DrawFn, faulty: bool, max_rows: int) -> Batch:
    job = jobs(line_breaks=True, faulty=faulty)
    row = job | job | job | st.sampled_from(NOT_OBJECTS) if faulty else job
    rows = [text.encode() for text in draw(st.lists(row, max_size=max_rows))]
    space = spaces(line_breaks=True).map(str.encode)
    source = draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + draw(space) + b"[" + draw(space)
    offsets = []
    for i, text in enumerate(rows):
        source += b"," + draw(space) if i else b""
        offsets.append(len(source))
        source += text + draw(space)
    return Batch("json", source + b"]" + draw(space), rows, offsets)


@st.composite
def _lines(draw: st.DrawFn, faulty: bool, max_rows: int) -> Batch:
    job = jobs(line_breaks=False, faulty=faulty).map(str.encode)
    other = st.sampled_from([*(text.encode() for text in NOT_OBJECTS), *BROKEN_LINES])
    rows = draw(st.lists(job | job | job | other if faulty else job, max_size=max_rows))
    space = st.text(" \t\r", max_size=2).map(str.encode)
    end = st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\n \t\r\n"])
    source = draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
    offsets = []
    for i, text in enumerate(rows):
        source += draw(space)
        offsets.append(len(source))
        is_last = i == len(rows) - 1
        source += text + draw(space) + (b"" if is_last and draw(st.booleans()) else draw(end))
    return Batch("ndjson", source, rows, offsets)
