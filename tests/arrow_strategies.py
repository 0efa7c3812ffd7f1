"""Arrow arrays of every type that predial writes as JSON, in all their nestings."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

UNITS = ("s", "ms", "us", "ns")
SIGNED = (pa.int8(), pa.int16(), pa.int32(), pa.int64())
INTEGERS = (*SIGNED, pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())
FLOATS = (pa.float16(), pa.float32(), pa.float64())
TEXTS = (pa.string(), pa.large_string(), pa.string_view())

#: Days from 1970 to the first and the last day of the years that Python knows.
FIRST_DAY, LAST_DAY = -719_162, 2_932_896

LIKE_JSON = ('{"a": 1}', "[1,\n 2]", "{", ' {"a":\r1} ', '"\\/\n\x00')
TEXT = st.one_of(st.sampled_from(["", "79123456789", "+3", *LIKE_JSON]), st.text(max_size=20))


def _fixed_point(bits: int, digits: int) -> st.SearchStrategy[pa.DataType]:
    make = {32: pa.decimal32, 64: pa.decimal64, 128: pa.decimal128, 256: pa.decimal256}[bits]
    return st.integers(-3, digits).map(lambda scale: make(digits, scale))


LEAF_TYPES = st.one_of(
    st.sampled_from(FLOATS + TEXTS),
    st.sampled_from(
        [
            *INTEGERS,
            *FLOATS,
            *TEXTS,
            pa.null(),
            pa.bool_(),
            pa.date32(),
            pa.date64(),
            pa.time32("s"),
            pa.time32("ms"),
            pa.time64("us"),
            pa.time64("ns"),
            pa.month_day_nano_interval(),
            *(pa.duration(unit) for unit in UNITS),
            *(pa.timestamp(unit) for unit in UNITS),
            *(pa.timestamp(unit, "Europe/Moscow") for unit in UNITS),
        ]
    ),
    _fixed_point(32, 9),
    _fixed_point(64, 18),
    _fixed_point(128, 38),
    _fixed_point(256, 76),
)


def _integer(bits: int, is_signed: bool = True) -> st.SearchStrategy[int]:
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if is_signed else (0, (1 << bits) - 1)
    small = st.integers(max(low, -100), 100)
    return st.one_of(st.integers(low, high), small, st.sampled_from([low, high]))


def _of_days(unit: str, margin: int = 0) -> st.SearchStrategy[int]:
    """Counts since 1970 that are within the years that Python knows."""
    count = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit] * 86_400
    low, high = FIRST_DAY * count, (LAST_DAY + 1) * count - 1
    low, high = max(low, -(1 << 63)), min(high, (1 << 63) - 1)
    return st.one_of(st.integers(low, high), st.integers(-count, count))


def _raw(data_type: pa.DataType) -> st.SearchStrategy[int]:
    """The whole numbers that values of a type are stored as."""
    if pa.types.is_date32(data_type):
        return st.integers(FIRST_DAY, LAST_DAY)
    if pa.types.is_date64(data_type):
        return st.integers(FIRST_DAY, LAST_DAY).map(lambda day: day * 86_400_000)
    if pa.types.is_time(data_type):
        count = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[data_type.unit] * 86_400
        return st.integers(0, count - 1)
    if pa.types.is_timestamp(data_type):
        return _of_days(data_type.unit)
    return st.one_of(st.integers(-(10**12), 10**12), st.integers(-(10**16), 10**16))


def _values(data_type: pa.DataType) -> st.SearchStrategy[Any]:
    if pa.types.is_boolean(data_type):
        return st.booleans()
    if pa.types.is_integer(data_type):
        return _integer(data_type.bit_width, pa.types.is_signed_integer(data_type))
    if pa.types.is_floating(data_type):
        width = data_type.bit_width
        whole = st.sampled_from([0.0, 1.0, 79.0, -2048.0])
        phone = whole if width == 16 else st.sampled_from([79110000000.0, 2.0**24, 2.0**53])
        return st.one_of(st.floats(width=width), whole, phone)
    if pa.types.is_decimal(data_type):
        most = 10**data_type.precision - 1
        return st.one_of(st.integers(-most, most), st.integers(-1000, 1000))
    return TEXT


@st.composite
def _leaves(draw: st.DrawFn, data_type: pa.DataType, count: int) -> pa.Array:
    if pa.types.is_null(data_type):
        return pa.nulls(count)
    if pa.types.is_interval(data_type):
        parts = st.tuples(_integer(32), _integer(32), st.one_of(_integer(64), _raw(data_type)))
        values = draw(st.lists(st.one_of(st.none(), parts), min_size=count, max_size=count))
        given = [None if value is None else pa.MonthDayNano(value) for value in values]
        return pa.array(given, data_type)
    if pa.types.is_decimal(data_type):
        return _decimals(data_type, draw(_nullable(_values(data_type), count)))
    if pa.types.is_temporal(data_type):
        stored = pa.int32() if data_type.bit_width == 32 else pa.int64()
        return pa.array(draw(_nullable(_raw(data_type), count)), stored).view(data_type)
    return pa.array(draw(_nullable(_values(data_type), count)), data_type)


def _nullable(values: st.SearchStrategy[Any], count: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.one_of(values, values, st.none()), min_size=count, max_size=count)


def _decimals(data_type: pa.DataType, unscaled: list[int | None]) -> pa.Array:
    width = data_type.bit_width // 8
    numbers = (0 if number is None else number for number in unscaled)
    values = b"".join(number.to_bytes(width, "little", signed=True) for number in numbers)
    present = _bitmap([number is not None for number in unscaled])
    return pa.Array.from_buffers(data_type, len(unscaled), [present, pa.py_buffer(values)])


def _bitmap(bits: list[bool]) -> pa.Buffer:
    whole = sum(bit << place for place, bit in enumerate(bits))
    return pa.py_buffer(whole.to_bytes(len(bits) // 8 + 1, "little"))


@st.composite
def arrays(draw: st.DrawFn, count: int, depth: int = 3) -> pa.Array:
    """An array of this many values, nested at most to this depth."""
    kind = draw(st.sampled_from([None, *_NESTED])) if depth > 0 and draw(st.booleans()) else None
    if kind is None:
        return draw(_leaves(draw(LEAF_TYPES), count))
    return draw(_NESTED[kind](count, depth - 1))


def _lengths(draw: st.DrawFn, count: int) -> list[int]:
    return draw(st.lists(st.integers(0, 3), min_size=count, max_size=count))


def _mask(draw: st.DrawFn, count: int) -> pa.Array:
    bits = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    return pa.array([bit and draw(st.booleans()) for bit in bits], pa.bool_())


@st.composite
def _lists(draw: st.DrawFn, count: int, depth: int) -> pa.Array:
    offsets = [0]
    for length in _lengths(draw, count):
        offsets.append(offsets[-1] + length)
    items = draw(arrays(offsets[-1], depth))
    mask = _mask(draw, count)
    if draw(st.booleans()):
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), items, mask=mask)
    return pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), items, mask=mask)


@st.composite
def _list_views(draw: st.DrawFn, count: int, depth: int) -> pa.Array:
    length = draw(st.integers(0, 8))
    items = draw(arrays(length, depth))
    offsets, sizes = [], []
    for _ in range(count):
        offsets.append(draw(st.integers(0, length)))
        sizes.append(draw(st.integers(0, min(3, length - offsets[-1]))))
    mask = _mask(draw, count)
    kinds = [(pa.ListViewArray, pa.int32()), (pa.LargeListViewArray, pa.int64())]
    of, number = draw(st.sampled_from(kinds))
    return of.from_arrays(pa.array(offsets, number), pa.array(sizes, number), items, mask=mask)


@st.composite
def _fixed_lists(draw: st.DrawFn, count: int, depth: int) -> pa.Array:
    size = draw(st.integers(1, 3))
    items = draw(arrays(size * count, depth))
    return pa.FixedSizeListArray.from_arrays(items, size, mask=_mask(draw, count))


@st.composite
def _structs(draw: st.DrawFn, count: int, depth: int) -> pa.Array:
    names = draw(
        st.lists(st.sampled_from(["a", "b", 'c"', "ы"]), min_size=1, max_size=3, unique=True)
    )
    columns = [draw(arrays(count, depth)) for _ in names]
    return pa.StructArray.from_arrays(columns, names, mask=_mask(draw, count))


@st.composite
def _maps(draw: st.DrawFn, count: int, depth: int) -> pa.Array:
    offsets = [0]
    for length in _lengths(draw, count):
        offsets.append(offsets[-1] + length)
    keys = [draw(st.sampled_from(["k", "{}", "[1]", "é"])) for _ in range(offsets[-1])]
    text = draw(st.sampled_from(TEXTS[:2]))
    values = draw(arrays(offsets[-1], depth))
    return pa.MapArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(keys, text), values)


@st.composite
def _dictionaries(draw: st.DrawFn, count: int, depth: int) -> pa.Array:
    length = draw(st.integers(1, 5))
    values = draw(arrays(length, min(depth, 1)))
    key = draw(st.sampled_from(INTEGERS))
    keys = draw(_nullable(st.integers(0, length - 1), count))
    return pa.DictionaryArray.from_arrays(pa.array(keys, key), values)


@st.composite
def _runs(draw: st.DrawFn, count: int, depth: int) -> pa.Array:
    ends = sorted(draw(st.sets(st.integers(1, max(count, 1)), max_size=3)) | {max(count, 1)})
    number = draw(st.sampled_from([pa.int16(), pa.int32(), pa.int64()]))
    values = draw(arrays(len(ends), depth))
    return pa.RunEndEncodedArray.from_arrays(pa.array(ends, number), values).slice(0, count)


@st.composite
def _slices(draw: st.DrawFn, count: int, depth: int) -> pa.Array:
    before = draw(st.integers(0, 9))
    return draw(arrays(before + count + draw(st.integers(0, 2)), depth)).slice(before, count)


_NESTED = {
    "list": _lists,
    "view": _list_views,
    "fixed": _fixed_lists,
    "struct": _structs,
    "map": _maps,
    "dictionary": _dictionaries,
    "runs": _runs,
    "slice": _slices,
}


@st.composite
def tables(
    draw: st.DrawFn, names: tuple[str, ...] = ("a", "b", "payload", "allowedDays")
) -> pa.Table:
    """Tables of a few rows: a column of phones, and some of these."""
    count = draw(st.integers(0, 5))
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True))
    phones = {"phone": pa.array(["79123456789"] * count, pa.string())}
    return pa.table(phones | {name: draw(arrays(count)) for name in chosen})
