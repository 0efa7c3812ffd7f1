"""Columns of phones and zones as Arrow arrays: the answers of the scalars, in every layout."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import available_timezones

import polars
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import predial
from predial.testing import phones, zones

#: Every layout of texts in Arrow.
TEXTS = [pa.string(), pa.large_string(), pa.string_view()]

PHONES = [
    "79123456789", "+7 912 345-67-89", None, "7.911E+10", "", "8 (912) 345-67-89", "4915112345678",
    "442079460000", "+442079460000", "49030123456", "1234567890123456", "79123456789", "телефон",
    "٧٩١٢٣٤٥٦٧٨٩", "tel:+7-912-345-67-89", "79123456789.0", "\0", "7" * 3000,
    "390212345678", "861012345678901",
]  # fmt: skip
ZONES = [
    "UTC+3", "utc +3", None, "MSK", "", "Europe/Moscow", "America/Argentina/ComodRivadavia", "Z",
    "europe/moscow", "+03:00:30", "UTC+3", "Etc/GMT-3", "Зона", "\0", "x" * 3000, "Europe/Moscow",
]  # fmt: skip


def column(values: Any) -> Any:
    """An answer of predial's, as pyarrow has it."""
    if hasattr(values, "__arrow_c_array__"):
        return pa.array(values)
    return pa.chunked_array(values)


def lists(answer: predial.Column) -> list[Any]:
    """All answers of a column, as lists."""
    found = [column(answer.normalized), column(answer.rules), column(answer.repaired)]
    for array in found:
        array.validate(full=True)
    return [array.to_pylist() for array in found]


def expected(answer: predial.Column) -> list[Any]:
    return [answer.normalized, answer.rules, answer.repaired]


@pytest.mark.parametrize("layout", TEXTS, ids=str)
@pytest.mark.parametrize("options", [{}, {"region": "RU"}, {"level": "valid"}, {"repair": False}])
def test_phones_of_any_layout(layout: pa.DataType, options: dict[str, Any]) -> None:
    answer = predial.check_phones(pa.array(PHONES, layout), **options)
    assert lists(answer) == expected(predial.check_phones(PHONES, **options))
    assert column(answer.normalized).type == layout
    assert column(answer.rules).type == pa.dictionary(pa.int8(), pa.string())


@pytest.mark.parametrize("layout", TEXTS, ids=str)
@pytest.mark.parametrize("repair", [True, False])
def test_zones_of_any_layout(layout: pa.DataType, repair: bool) -> None:
    answer = predial.check_zones(pa.array(ZONES, layout), repair=repair)
    assert lists(answer) == expected(predial.check_zones(ZONES, repair=repair))
    assert column(answer.normalized).type == layout


@pytest.mark.parametrize(
    "type_",
    [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(),
     pa.uint64(), pa.float16(), pa.float32(), pa.float64()],
    ids=str,
)  # fmt: skip
def test_numbers_of_any_width(type_: pa.DataType) -> None:
    numbers = [0, 3, 14, 100, None, 127, -3, 60_000, 2**32 - 1, 79123456789, -79123456789]
    numbers += [2**63 - 1, 2**63, 2**64 - 1]
    values = []
    for number in numbers:
        try:
            values.append(pa.scalar(number, type_).as_py())
        except (pa.ArrowInvalid, OverflowError):
            continue
    # From here on floats of fewer bits may mean other numbers; a list has only doubles.
    inexact = {pa.float16(): 1 << 11, pa.float32(): 1 << 24}.get(type_, 1 << 64)
    values = [value for value in values if value is None or abs(value) < inexact]
    array = pa.array(values, type_)
    assert lists(predial.check_phones(array)) == expected(predial.check_phones(values))
    assert lists(predial.check_zones(array)) == expected(predial.check_zones(values))
    assert column(predial.check_phones(array).normalized).type == pa.string()


@pytest.mark.parametrize("narrow", [pa.float16(), pa.float32()])
def test_floats_that_have_lost_digits_are_no_phones(narrow: pa.DataType) -> None:
    # The float32 that is nearest to this phone is another number.
    floats = pa.array([79110000000.0, float("nan"), None, 1e9])
    answer = predial.check_phones(floats.cast(narrow, safe=False))
    assert lists(answer)[:2] == [[None] * 4, ["phone-type", None, None, "phone-type"]]


def test_nan_is_null_and_a_fraction_is_no_phone() -> None:
    answer = predial.check_phones(pa.array([79123456789.0, float("nan"), 7.5, -7.0, 1e300, None]))
    assert lists(answer) == [
        ["79123456789", None, None, None, None, None],
        [None, None, "phone-type", "phone-type", "phone-type", None],
        [True, False, False, False, False, False],
    ]


@pytest.mark.parametrize(
    "values",
    [
        pa.array([Decimal("79123456789"), None]),
        pa.array([True, None]),
        pa.array([b"79123456789", None]),
        pa.array([["79123456789"], None]),
        pa.array([{"phone": "79123456789"}, None]),
        pa.array([{"phone": {"a": [1]}}, None]),
    ],
    ids=lambda values: str(values.type),
)
def test_other_types_break_a_rule_and_nothing_else(values: pa.Array) -> None:
    assert lists(predial.check_phones(values)) == [[None] * 2, ["phone-type", None], [False] * 2]
    assert lists(predial.check_zones(values)) == [[None] * 2, ["zone-type", None], [False] * 2]


@pytest.mark.parametrize("type_", [*TEXTS, pa.int64(), pa.null(), pa.list_(pa.string())], ids=str)
@pytest.mark.parametrize("rows", [0, 1, 63, 64, 65, 1000])
def test_nulls_alone_and_nothing_at_all(type_: pa.DataType, rows: int) -> None:
    nulls: list[Any] = [[None] * rows, [None] * rows, [False] * rows]
    for array in (pa.nulls(rows, type_), pa.chunked_array([pa.nulls(rows, type_)])):
        assert lists(predial.check_phones(array)) == nulls
        assert lists(predial.check_zones(array)) == nulls
    assert lists(predial.check_phones(pa.chunked_array([], type_))) == [[], [], []]


def test_answers_come_in_kind() -> None:
    array = predial.check_phones(pa.array(PHONES))
    assert isinstance(array.normalized, predial.ArrowArray)
    chunked = predial.check_phones(pa.chunked_array([PHONES, [], PHONES[:1]]))
    assert isinstance(chunked.normalized, predial.ArrowChunkedArray)
    lengths = [len(chunk) for chunk in column(chunked.normalized).chunks]
    assert lengths == [len(PHONES), 0, 1]
    assert len(chunked) == len(chunked.normalized) == len(PHONES) + 1
    series = predial.check_phones(polars.Series(PHONES))
    assert polars.Series(series.normalized).dtype == polars.String
    rules = polars.Series(series.rules).cast(polars.String).to_list()
    assert rules == column(chunked.rules).to_pylist()[:-1]


def test_what_is_exported_can_be_read_twice_and_outlives_the_column() -> None:
    answer = predial.check_phones(pa.array(PHONES))
    normalized = answer.normalized
    once = pa.array(normalized)
    again = pa.chunked_array(normalized)
    del answer, normalized
    assert once.to_pylist() == again.to_pylist() == predial.check_phones(PHONES).normalized
    schema = pa.field(predial.check_phones(pa.array(PHONES)).repaired)
    assert schema.type == pa.bool_()


def test_a_request_for_another_schema_is_no_fault() -> None:
    class Exporter:
        """Asks for what it gets as large strings, which may be ignored."""

        def __init__(self, array: predial.ArrowArray) -> None:
            self.array = array

        def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
            return self.array.__arrow_c_array__(pa.large_string().__arrow_c_schema__())

    normalized = predial.check_phones(pa.array(PHONES)).normalized
    assert pa.array(Exporter(normalized)).to_pylist() == column(normalized).to_pylist()


def test_the_texts_of_an_array_need_not_be_utf_8() -> None:
    offsets = pa.py_buffer((0).to_bytes(4, "little") + (12).to_bytes(4, "little"))
    data = pa.py_buffer(b"7912345678\xff9")
    array = pa.Array.from_buffers(pa.string(), 1, [None, offsets, data])
    assert lists(predial.check_phones(array)) == [[None], ["phone-syntax"], [False]]
    assert lists(predial.check_zones(array)) == [[None], ["zone-syntax"], [False]]


def test_the_details_of_phones() -> None:
    for values in (PHONES, pa.array(PHONES), pa.array(PHONES).dictionary_encode()):
        answer = predial.check_phones(values, details=True)
        plain = predial.check_phones(PHONES).normalized
        parsed = [text if text is None else predial.parse_phone(text) for text in plain]
        found = [answer.country_code, answer.region, answer.type, answer.time_zones]
        if values is not PHONES:
            found = [column(array).to_pylist() for array in found]
        assert found == [
            [phone and phone.country_code for phone in parsed],
            [phone and phone.region for phone in parsed],
            [phone and phone.type for phone in parsed],
            [phone and list(phone.time_zones) for phone in parsed],
        ]
    assert predial.check_phones(PHONES).region is None


def test_a_dictionary_is_answered_by_one() -> None:
    values = pa.array(["+7 912 345-67-89", "79123456789", "?", None, "79123456789"])
    answer = predial.check_phones(values.dictionary_encode())
    normalized = column(answer.normalized)
    assert normalized.type == pa.dictionary(pa.int32(), pa.string())
    # Two values that are one number have one key.
    assert normalized.dictionary.to_pylist() == ["79123456789"]
    assert lists(answer) == expected(predial.check_phones(values.to_pylist()))


@pytest.mark.parametrize("threads", [0, -1])
def test_no_threads_at_all_are_an_error(threads: int) -> None:
    with pytest.raises((ValueError, OverflowError)):
        predial.check_phones(pa.array(PHONES), threads=threads)


@pytest.mark.slow
@pytest.mark.parametrize("check", [predial.check_phones, predial.check_zones])
@pytest.mark.parametrize("layout", [*TEXTS, pa.dictionary(pa.int16(), pa.string())], ids=str)
def test_threads_change_nothing(check: Any, layout: pa.DataType) -> None:
    values = (PHONES + ZONES) * 4000
    array = pa.array(values, layout)
    chunked = pa.chunked_array([array.slice(7, 90_001), array.slice(3, 40_000), array.slice(0, 1)])
    for column_ in (array, chunked):
        assert lists(check(column_, threads=1)) == lists(check(column_, threads=3))
    assert lists(check(array)) == expected(check(values))


@pytest.mark.parametrize("layout", TEXTS, ids=str)
def test_more_zones_than_a_column_remembers(layout: pa.DataType) -> None:
    ids = sorted(available_timezones())
    offsets = [f"{prefix}{hours:+}" for prefix in ("", "UTC", "utc ") for hours in range(-20, 21)]
    values = [*ids, *(id_.lower() for id_ in ids), *(f"{id_}x" * 3 for id_ in ids[:20]), *offsets]
    values = Random(1).sample(values * 3, 3 * len(values))
    for threads in (1, 2):
        answer = predial.check_zones(pa.array(values, layout), threads=threads)
        assert lists(answer) == expected(predial.check_zones(values))


FAULTY = st.one_of(st.none(), phones(faulty=True), zones(faulty=True), phones(), zones(), st.text())


@pytest.mark.slow
@settings(max_examples=200)
@given(st.lists(FAULTY), st.data())
def test_chunks_slices_and_dictionaries_change_nothing(values: list[str | None], data: Any) -> None:
    layout = data.draw(st.sampled_from(TEXTS))
    array = pa.array([*values, "around"], layout)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(values)), max_size=4)))
    bounds = list(zip([0, *cuts], [*cuts, len(values)], strict=True))
    pieces = [array.slice(start, end - start) for start, end in bounds]
    chunked = pa.chunked_array(pieces, layout)
    for check in (predial.check_phones, predial.check_zones):
        known = expected(check(values))
        assert lists(check(chunked)) == known
        assert lists(check(chunked.combine_chunks())) == known
        assert lists(check(chunked.cast(pa.string()).dictionary_encode())) == known


@pytest.mark.parametrize("chunks", [None, [2, 0, 3], [5]])
@pytest.mark.parametrize("of", [pa.string(), pa.large_string(), pa.string_view()])
def test_answers_are_sequences(chunks: list[int] | None, of: pa.DataType) -> None:
    values = pa.array([*PHONES[:4], None], of)
    if chunks is not None:
        starts = [sum(chunks[:place]) for place in range(len(chunks))]
        parts = [values.slice(start, size) for start, size in zip(starts, chunks, strict=True)]
        values = pa.chunked_array(parts, of)
    for column in (values, values.dictionary_encode()):
        answer = predial.check_phones(column, details=True)
        for array in (
            answer.normalized,
            answer.rules,
            answer.repaired,
            answer.country_code,
            answer.region,
            answer.type,
            answer.time_zones,
        ):
            known = pa.chunked_array(array).to_pylist()
            assert len(array) == len(known) == 5
            assert list(array) == array.to_pylist() == known
            assert [array[place] for place in range(-5, 5)] == known + known
            for part in (slice(None), slice(1, 4), slice(-2, None), slice(3, 1), slice(9, 12)):
                assert array[part].to_pylist() == known[part]
                assert type(array[part]) is type(array)
            for place in (5, -6, 1 << 40):
                with pytest.raises(IndexError):
                    array[place]
            with pytest.raises(IndexError):
                array[:0][0]
            with pytest.raises(ValueError, match="a step of 1"):
                array[::2]
            with pytest.raises(TypeError, match="index must be a whole number or a slice, not str"):
                array["0"]
