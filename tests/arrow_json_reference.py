"""A second writer of the values of an Arrow array as JSON: slow, by pyarrow.

Numbers that are not whole are `decimal.Decimal`, so that their digits can be compared.
"""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def lines_to_values(lines: list[str]) -> list[Any]:
    """Lines of JSON, in the form of `values`."""
    return [json.loads(line, parse_float=Decimal) for line in lines]


class _Absent:
    """Null in Arrow: a member that is left out. NaN is a member that is null in JSON."""


ABSENT = _Absent()


def values(array: pa.Array, may_be_json: bool = False) -> list[Any]:
    """The JSON of each value, ABSENT for null. Texts that are an object or an array are read as
    JSON if they may be JSON.
    """
    of = array.type
    if pa.types.is_dictionary(of):
        distinct = values(array.dictionary, may_be_json)
        return [ABSENT if key is None else distinct[key] for key in array.indices.to_pylist()]
    if pa.types.is_run_end_encoded(of):
        distinct = values(array.values, may_be_json)
        ends = array.run_ends.to_pylist()
        rows = range(array.offset, array.offset + len(array))
        return [distinct[next(run for run, end in enumerate(ends) if row < end)] for row in rows]
    if pa.types.is_null(of):
        return [ABSENT] * len(array)
    if pa.types.is_struct(of):
        return _structs(array)
    write = _writer(of, may_be_json)
    stored = _stored(array)
    present = array.is_valid().to_pylist()
    return [write(stored[row]) if present[row] else ABSENT for row in range(len(array))]


def _members(pairs: Any) -> dict[str, Any]:
    return {key: value for key, value in pairs if value is not ABSENT}


def rows(table: pa.Table, fields: set[str], may_be_json: set[str]) -> list[Any]:
    """The jobs of a table with columns of these names, which are fields; all others are keys of
    payload.
    """
    columns = {}
    for name in table.column_names:
        chunks = [values(chunk, name in may_be_json) for chunk in table.column(name).chunks]
        columns[name] = [value for chunk in chunks for value in chunk]
    keys = [name for name in columns if name not in fields]
    jobs = []
    for row in range(len(table)):
        job = _members((name, columns[name][row]) for name in columns if name in fields)
        if keys:
            job["payload"] = _members((name, columns[name][row]) for name in keys)
        jobs.append(job)
    return jobs


def _stored(array: pa.Array) -> Any:
    of = array.type
    if pa.types.is_temporal(of) and not pa.types.is_interval(of):
        return array.view(pa.int32() if of.bit_width == 32 else pa.int64()).to_pylist()
    return array


def _writer(of: pa.DataType, may_be_json: bool) -> Any:
    if pa.types.is_nested(of):
        return lambda scalar: _nested(scalar, may_be_json)
    if pa.types.is_date32(of):
        return lambda days: _day(days)
    if pa.types.is_date64(of):
        return lambda since: _moment(since, 1000)
    if pa.types.is_time(of):
        return lambda since: _clock(since, PER_SECOND[of.unit])
    if pa.types.is_timestamp(of):
        ending = "Z" if of.tz else ""
        return lambda since: _moment(since, PER_SECOND[of.unit], is_instant=bool(of.tz)) + ending
    if pa.types.is_duration(of):
        return lambda since: _duration(since, PER_SECOND[of.unit])
    if pa.types.is_interval(of):
        return lambda scalar: _interval(*scalar.as_py())
    if pa.types.is_floating(of):
        return lambda scalar: _float(float(scalar.as_py()), of)
    if pa.types.is_decimal(of):
        return lambda scalar: _decimal(scalar.as_py())
    if may_be_json and not (pa.types.is_integer(of) or pa.types.is_boolean(of)):
        return lambda scalar: _maybe_json(scalar.as_py())
    return lambda scalar: scalar.as_py()


def _structs(array: pa.StructArray) -> list[Any]:
    names = [field.name for field in array.type]
    columns = [values(array.field(place)) for place in range(array.type.num_fields)]
    members = [_members(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    present = array.is_valid().to_pylist()
    return [each if is_there else ABSENT for each, is_there in zip(members, present, strict=True)]


def _nested(scalar: Any, may_be_json: bool) -> Any:
    items = scalar.values
    if pa.types.is_map(scalar.type):
        keys, found = items.field(0).to_pylist(), values(items.field(1), may_be_json)
        return _members(zip(keys, found, strict=True))
    return [None if item is ABSENT else item for item in values(items, may_be_json)]


def _maybe_json(text: str) -> Any:
    trimmed = text.strip()
    if trimmed.startswith(("{", "[")):
        try:
            return json.loads(trimmed, parse_float=Decimal, parse_constant=_refuse)
        except ValueError:
            pass
    return text


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _float(number: float, of: pa.DataType) -> Any:
    if not math.isfinite(number):
        return None
    if pa.types.is_float16(of) or (pa.types.is_float32(of) and abs(number) >= 1 << 24):
        return Decimal(np.format_float_scientific(np.float32(number)))
    return Decimal(repr(number))


def _decimal(number: Decimal) -> Any:
    exponent = number.as_tuple().exponent
    return number if isinstance(exponent, int) and exponent < 0 else int(number)


def _day(days: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


def _fraction(parts: int, per_second: int) -> str:
    nanoseconds = parts * (10**9 // per_second)
    text = f"{nanoseconds:09}"
    while text.endswith("000"):
        text = text[:-3]
    return f".{text}" if text else ""


def _clock(since: int, per_second: int) -> str:
    seconds, parts = divmod(since, per_second)
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours:02}:{minutes:02}:{seconds % 60:02}{_fraction(parts, per_second)}"


def _moment(since: int, per_second: int, is_instant: bool = False) -> str:
    days, rest = divmod(since, 86_400 * per_second)
    clock = _clock(rest, per_second)
    if is_instant and "." in clock:
        clock = clock.rstrip("0")
    return f"{_day(days)}T{clock}"


def _duration(count: int, per_second: int) -> str:
    if count == 0:
        return "P0D"
    seconds, parts = divmod(abs(count), per_second)
    fraction = f".{parts * (10**9 // per_second):09}".rstrip("0") if parts else ""
    return f"{'-' if count < 0 else ''}PT{seconds}{fraction}S"


def _interval(months: int, days: int, nanoseconds: int) -> str:
    if not (months or days or nanoseconds):
        return "0 secs"
    sign = -1 if nanoseconds < 0 else 1
    seconds, parts = divmod(abs(nanoseconds), 10**9)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    words = [f"{months} mons"] if months else []
    words += [f"{days} days"] if days else []
    words += [f"{sign * hours} hours"] if hours else []
    words += [f"{sign * minutes} mins"] if minutes else []
    if seconds or parts:
        words.append(f"{'-' if sign < 0 else ''}{seconds}.{parts:09} secs")
    return " ".join(words)
