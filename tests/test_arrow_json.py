"""The rows of an Arrow table as JSON: every type, in every nesting, against a second writer."""

from __future__ import annotations

import inspect
import json
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings

import arrow_json_reference as reference
import predial
from arrow_strategies import INTEGERS, TEXTS, UNITS, tables
from predial import _batch, _core

FIELDS = {"phone", "allowedDays", "payload"}


def lines(table: Any) -> list[str]:
    """The job of each row, as `check_table` judges it."""
    asked = inspect.signature(predial.check_table).bind(None, "phone")
    asked.apply_defaults()
    texts = pa.array(_core.jobs_of_table(table, _batch._options(asked.arguments)))
    return texts.to_pylist()  # type: ignore[no-any-return]


def written(array: pa.Array) -> list[str]:
    """The JSON of each value of an array that has no nulls."""
    table = pa.table({"phone": pa.array(["1"] * len(array)), "a": array})
    return [line.removeprefix('{"phone":"1","payload":{"a":')[:-2] for line in lines(table)]


@pytest.mark.slow
@settings(max_examples=300)
@given(tables(("a", "b", "allowedDays")))
def test_rows_are_what_the_reference_writes(table: pa.Table) -> None:
    found = reference.lines_to_values(lines(table))
    assert found == reference.rows(table, FIELDS, {"allowedDays"})


@pytest.mark.slow
@settings(max_examples=150)
@given(tables(("payload", "allowedDays")))
def test_texts_of_structured_fields_may_be_json(table: pa.Table) -> None:
    found = reference.lines_to_values(lines(table))
    assert found == reference.rows(table, FIELDS, {"payload", "allowedDays"})


def test_a_line_is_a_row() -> None:
    texts = ["a\nb", "\u2028", '{"a":\n1}', "\r"]
    table = pa.table({"phone": ["1"] * 4, "a": texts, "allowedTime": texts})
    assert len(lines(table)) == 4
    assert json.loads(lines(table)[2])["allowedTime"] == {"a": 1}
    assert all("\n" not in line and "\r" not in line for line in lines(table))


def test_whole_floats_are_digits_while_they_are_exact() -> None:
    assert written(pa.array([79110000000.0, 1.0, -0.0, 2.0**53 - 1, 2.0**53, 1e22])) == [
        "79110000000.0", "1.0", "-0.0", "9007199254740991.0", "9.007199254740992e15", "1e22",
    ]  # fmt: skip
    assert written(pa.array([1.5, 2.0**24 - 1, 2.0**24, 79110000000.0], pa.float32())) == [
        "1.5", "16777215.0", "1.6777216e7", "7.911e10",
    ]  # fmt: skip
    assert written(pa.array(np.array([1.5, 2048.0, 0.1, 6e-8], np.float16))) == [
        "1.5", "2048.0", "0.099975586", "5.9604645e-8",
    ]  # fmt: skip
    assert written(pa.array([float("nan"), float("inf")])) == ["null", "null"]


def test_every_float_of_16_bits_is_read_back() -> None:
    numbers = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    numbers = numbers[np.isfinite(numbers)]
    found = np.array([float(text) for text in written(pa.array(numbers))], np.float64)
    assert (found.astype(np.float16) == numbers).all()


@pytest.mark.parametrize(
    ("values", "of", "text"),
    [
        ([0], pa.date32(), '"1970-01-01"'),
        ([-719_163], pa.date32(), '"0000-12-31"'),
        ([2_932_897], pa.date32(), '"+10000-01-01"'),
        ([(1 << 31) - 1], pa.date32(), "null"),
        ([86_399], pa.time32("s"), '"23:59:59"'),
        ([86_400], pa.time32("s"), "null"),
        ([-1], pa.time64("ns"), "null"),
        ([-1], pa.timestamp("ms"), '"1969-12-31T23:59:59.999"'),
        ([(1 << 63) - 1], pa.timestamp("s"), "null"),
        ([(1 << 63) - 1], pa.timestamp("s", "UTC"), "null"),
        ([1_500], pa.timestamp("ms", "+03:00"), '"1970-01-01T00:00:01.5Z"'),
        ([90_500], pa.duration("ms"), '"PT90.5S"'),
        ([-1], pa.duration("ns"), '"-PT0.000000001S"'),
    ],
)
def test_times_beyond_a_clock_or_a_calendar_are_null(values: Any, of: Any, text: str) -> None:
    stored = pa.array(values, pa.int32() if of.bit_width == 32 else pa.int64())
    assert written(stored.view(of)) == [text]


def test_intervals_are_in_words() -> None:
    spans = [(0, 0, 0), (-1, 2, 0), (0, 0, 3_723_000_000_004), (1, 0, -500_000_000)]
    assert written(pa.array(spans, pa.month_day_nano_interval())) == [
        '"0 secs"',
        '"-1 mons 2 days"',
        '"1 hours 2 mins 3.000000004 secs"',
        '"1 mons -0.500000000 secs"',
    ]


def test_decimals_keep_their_digits() -> None:
    assert written(pa.array([Decimal("79123456789"), Decimal(0)], pa.decimal128(20, 2))) == [
        "79123456789.00",
        "0.00",
    ]
    wide = pa.array([Decimal(10) ** 75], pa.decimal256(76, 0))
    assert written(wide) == ["1" + "0" * 75]


def test_null_in_a_dictionary_is_null() -> None:
    values = pa.array(["79123456789", None, "x"])
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, None, 2]), values)
    nested = pa.ListArray.from_arrays(pa.array([0, 2, 3, 3, 4]), column)
    assert [json.loads(line) for line in lines(pa.table({"phone": column, "a": nested}))] == [
        {"phone": "79123456789", "payload": {"a": ["79123456789", None]}},
        {"payload": {"a": [None]}},
        {"payload": {"a": []}},
        {"phone": "x", "payload": {"a": ["x"]}},
    ]
    report = predial.check(pa.table({"phone": column}))
    assert (report.total, report.counts) == (4, {"phone-missing": 2, "phone-letters": 1})
    checked = pa.table(predial.check_table(pa.table({"phone": column})))
    assert checked.column("phone").to_pylist() == ["79123456789", None, None, "x"]


def test_null_structs_hide_what_they_hold() -> None:
    inner = pa.StructArray.from_arrays(
        [pa.array([1, 2])], ["k"], mask=pa.array([True, False])
    )  # fmt: skip
    table = pa.table({"phone": ["1", "2"], "payload": inner, "b": ["x", "y"]})
    assert lines(table) == [
        '{"phone":"1","payload":{"b":"x"}}',
        '{"phone":"2","payload":{"k":2,"b":"y"}}',
    ]
    rows = pa.StructArray.from_arrays(
        [pa.array(["79123456789", "79123456780"])], ["phone"], mask=pa.array([False, True])
    )
    assert lines(rows) == ['{"phone":"79123456789"}', "{}"]


BYTES = (pa.binary(), pa.large_binary(), pa.binary_view(), pa.binary(2))


@pytest.mark.parametrize("of", BYTES)
def test_bytes_are_refused_wherever_they_are(of: pa.DataType) -> None:
    column = pa.array([b"ab"], of)
    nested: list[Any] = [
        column,
        pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), column),
        pa.StructArray.from_arrays([column], ["k"]),
        pa.MapArray.from_arrays(pa.array([0, 1], pa.int32()), pa.array(["k"]), column),
        pa.RunEndEncodedArray.from_arrays(pa.array([1], pa.int32()), column),
    ]
    for each in nested:
        with pytest.raises(ValueError, match=r'"a" holds .*inary.*, which JSON has no form for'):
            lines(pa.table({"phone": ["1"], "a": each}))


def test_maps_have_texts_as_keys() -> None:
    column = pa.array([[(1, "x")]], pa.map_(pa.int8(), pa.string()))
    with pytest.raises(ValueError, match=r'"a" holds .*, which JSON has no form for'):
        lines(pa.table({"phone": ["1"], "a": column}))


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        *((pa.array([5, None], of), ["5", None]) for of in INTEGERS),
        (pa.array(np.array([5.0, np.nan], np.float32)), ["5.0", "NaN"]),
        (pa.array(np.array([5.0, np.nan], np.float64)), ["5.0", "NaN"]),
        *((pa.array(["5", None], of), ["5", None]) for of in TEXTS),
        (pa.array([1e300, -1e-7]), ["1e300", "-1e-7"]),
        (pa.array([True, None]), ["true", None]),
        (pa.array([Decimal("1.5"), None]), ["1.5", None]),
        (pa.array([["5", None], []]), ['["5",null]', "[]"]),
        (pa.array([{"a": 5}, None]), ['{"a":5}', None]),
        (pa.nulls(2), [None, None]),
    ],
)
def test_rejected_phones_come_back_as_text(column: pa.Array, texts: list[str | None]) -> None:
    for each in (
        column,
        column.dictionary_encode() if not pa.types.is_nested(column.type) else column,
    ):
        checked = pa.table(predial.check_table(pa.table({"phone": each, "gmtZone": ["+3", "+3"]})))
        assert checked.column("phone").to_pylist() == texts
        assert [row["rule"] is None for row in checked.column("predial").to_pylist()] == [False] * 2


def test_instants_of_every_unit() -> None:
    count = pa.array([10**9], pa.int64())
    assert [written(count.view(pa.timestamp(unit, "UTC")))[0] for unit in UNITS] == [
        '"2001-09-09T01:46:40Z"',
        '"1970-01-12T13:46:40Z"',
        '"1970-01-01T00:16:40Z"',
        '"1970-01-01T00:00:01Z"',
    ]
