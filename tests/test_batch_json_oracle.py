"""Python's own `json` as the oracle for valid JSON.

It accepts more than RFC 8259 in one point, which is handled here: `NaN`, `Infinity` and
`-Infinity` are not JSON for predial. Both agree that a repeated key in an object and
the escape of half a surrogate pair are well-formed (predial has rules of its own for
them). Texts that `json` can't read, because of depth or the digits of an integer, are left out.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import predial

relaxed = settings(
    deadline=None,
    max_examples=600,
)

FRAGMENTS = [
    *(b'{ } [ ] , : " \\ 0 1 - + . e E t true nul null NaN Infinity \\u \\ud800 \\u0041'.split()),
    *(
        b"\x00",
        b"\t",
        b"\n",
        b"\r",
        b"\x0b",
        b"\x0c",
        b"\x1f",
        b"\x7f",
        b"\xc2\x85",
        b"\xc2\xa0",
        b" ",
    ),
    *(b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xe2\x80\xa8", b"\xf0\x9f\x93\x9e", b"\xef\xbb\xbf"),
    *(b'"phone"', b'{"a":1}', b"[1]", b"1e999", b"00", b"-0", b"1.", b".5", b"/*x*/", b"'"),
]


@st.composite
def mutated(draw: st.DrawFn, sources: st.SearchStrategy[bytes]) -> bytes:
    """A text with some bytes taken out, put in or moved."""
    source = draw(sources)
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(source)))
        to = draw(st.integers(at, min(at + 8, len(source))))
        kind = draw(st.sampled_from(["out", "in", "instead", "twice", "cut"]))
        new = draw(st.sampled_from(FRAGMENTS)) if kind in ("in", "instead") else b""
        if kind == "in":
            to = at
        elif kind == "twice":
            new = source[at:to] * 2
        elif kind == "cut":
            to = len(source)
        source = source[:at] + new + source[to:]
    return source


def is_json(source: bytes) -> bool:
    try:
        read(source)
    except ValueError:
        return False
    return True


def read(source: bytes) -> Any:
    return json.loads(source.decode(), parse_constant=refuse, parse_int=str)


def refuse(constant: str) -> None:
    raise ValueError(constant)


JOBS = [
    b'{"phone": "79123456789", "gmtZone": "+03:00", "payload": {"a": [1, -2.5e+3, true, null]}}',
    b'{"\\u0070hone":79123456789,"payload":{"s":"\\"\\\\\\/\\b\\u00e9\\ud83d\\ude00"},"":{}}',
    '{ "phone" : "+7 912 345-67-89" , "имя" : "Анна\U0001f4de" , "x" : [ [ ] , { } ] }'.encode(),
    b'{"phone":"","\\ud800":false}',
    b"[]",
    b'"x"',
    b"0",
]
rows = st.lists(st.sampled_from(JOBS), max_size=3)
arrays = rows.map(lambda some: b" [" + b" ,\n".join(some) + b"]\n")
lines = rows.map(lambda some: b"\r\n".join(some))


@pytest.mark.slow
@relaxed
@given(source=mutated(arrays))
@example(b'[{"phone": NaN}]')
@example(b'[{"phone": "79123456789", "payload": "\\ud800"}]')
@example(b"[{} ,\x0c{}]")
@example(b'[{"a\tb": 1}]')
@example(b'[{"\\u0061\nb": 1}]')
def test_arrays(source: bytes) -> None:
    assume(0 not in source[:2])
    content = source.removeprefix(b"\xef\xbb\xbf")
    expected = is_json(content) and content.lstrip(b" \t\r\n").startswith(b"[")
    if expected:
        assert predial.check(source, input_format="json").total == len(read(content))
        return
    with pytest.raises(predial.SourceError) as caught:
        predial.check(source, input_format="json")
    error = caught.value
    assert 0 <= error.offset <= len(source)
    assert error.line == source[: error.offset].count(b"\n") + 1
    assert error.column >= 1
    assert "job-syntax" not in error.report.counts


@pytest.mark.slow
@relaxed
@given(source=mutated(lines))
@example(b'{"phone": -Infinity}')
@example(b'{"a":1,"a":1}')
@example(b'{"a\tb": 1}\n{"\\u0061\tb": 1}')
@example(b"\x0c{}\n\x0c\n{}\x0c")
def test_lines(source: bytes) -> None:
    # A text that begins with a NUL, or has one after its first byte, is UTF-16 (RFC 4627, 3).
    assume(0 not in source[:2])
    report = predial.check(source, input_format="ndjson")
    content = source.removeprefix(b"\xef\xbb\xbf")
    rows = [line for line in content.split(b"\n") if line.strip(b" \t\r")]
    assert report.total == len(rows)
    broken = {
        diagnostic.row for diagnostic in report.diagnostics if diagnostic.rule == "job-syntax"
    }
    assert broken == {row for row, line in enumerate(rows) if not is_json(line)}
    offsets = {diagnostic.row: diagnostic.offset for diagnostic in report.diagnostics}
    for row, offset in offsets.items():
        assert offset is not None
        assert source[offset:].startswith(rows[row].strip(b" \t\r"))
