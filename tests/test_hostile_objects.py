"""Objects of Python that break a promise: the call ends in an exception or a rejected row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

import pyarrow as pa
import pytest

import predial

PHONE = "79123456789"
LINE = b"79123456789\n"


class Exporter:
    """An object whose method of this name, one of Arrow's interface, returns what it was given."""

    def __init__(self, method: str, answer: Any) -> None:
        setattr(self, method, lambda requested_schema=None: answer)


def capsules() -> tuple[Any, Any, Any]:
    """A schema, an array and a stream, as capsules."""
    array = pa.array([PHONE])
    return *array.__arrow_c_array__(), pa.chunked_array([array]).__arrow_c_stream__()


SCHEMA, ARRAY, STREAM = capsules()

#: What `__arrow_c_array__` returns that is not a schema and an array.
PAIRS: dict[str, Any] = {
    "nothing": None,
    "numbers": (1, 2),
    "one capsule": (SCHEMA,),
    "three capsules": (SCHEMA, ARRAY, ARRAY),
    "an array and a schema": (ARRAY, SCHEMA),
    "two schemas": (SCHEMA, SCHEMA),
    "two streams": (STREAM, STREAM),
}
#: What `__arrow_c_stream__` returns that is not a stream.
STREAMS: dict[str, Any] = {
    "nothing": None,
    "a number": 1,
    "an array": ARRAY,
    "a pair": (SCHEMA, ARRAY),
}

CHECKS: list[Callable[[Any], Any]] = [
    predial.check_phones,
    predial.check_zones,
    predial.check_table,
]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("case", PAIRS)
def test_what_is_not_an_array_is_not_followed(case: str, check: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        check(Exporter("__arrow_c_array__", PAIRS[case]))


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("case", STREAMS)
def test_what_is_not_a_stream_is_not_followed(case: str, check: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        check(Exporter("__arrow_c_stream__", STREAMS[case]))


def test_what_was_taken_is_not_taken_again() -> None:
    schema, array, stream = capsules()
    for exporter, what in (
        (Exporter("__arrow_c_array__", (schema, array)), "array"),
        (Exporter("__arrow_c_stream__", stream), "stream"),
    ):
        assert len(predial.check_phones(exporter)) == 1  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=f"the Arrow {what} was released before"):
            predial.check_phones(exporter)  # type: ignore[arg-type]


def test_an_exporter_s_own_exception_comes_out() -> None:
    class Broken:
        @property
        def __arrow_c_array__(self) -> Any:
            raise LookupError("mine")

    for check in CHECKS:
        with pytest.raises(LookupError, match="mine"):
            check(Broken())


class Reader:
    """A binary file whose first reads come from a function of their size."""

    def __init__(self, answer: Callable[[int], Any]) -> None:
        self._answer, self._left = answer, 2

    def read(self, size: int, /) -> Any:
        self._left -= 1
        return self._answer(size) if self._left >= 0 else b""


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda size: LINE * size, ValueError),
        (lambda size: "text", TypeError),
        (lambda size: None, TypeError),
        (lambda size: 5, TypeError),
        (lambda size: memoryview(LINE)[::2], TypeError),
        (lambda size: 1 // 0, ZeroDivisionError),
    ],
)
def test_a_file_that_breaks_its_promise_is_an_error(
    answer: Callable[[int], Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        predial.check(Reader(answer))


def nested(levels: int, around: Callable[[Any], Any]) -> Any:
    value: Any = []
    for _ in range(levels):
        value = around(value)
    return value


def test_a_dict_that_is_not_json_costs_its_row() -> None:
    within: dict[str, Any] = {"phone": PHONE}
    within["payload"] = within

    class Failing(dict[str, Any]):
        def items(self) -> Any:
            raise RuntimeError("mine")

    jobs: dict[str, Any] = {
        "itself": within,
        "many lists": {"phone": PHONE, "payload": {"a": nested(100_000, lambda value: [value])}},
        "many dicts": {"phone": PHONE, "payload": nested(100_000, lambda value: {"a": value})},
        "no number": {"phone": PHONE, "payload": {"a": math.nan}},
        "a long number": {"phone": 10**5000},
        "bytes": {"phone": b"79123456789"},
        "half a letter": {"phone": PHONE, "\ud800": 1},
        "a pair as a key": {"phone": PHONE, "payload": {(1, 2): 3}},
        "no items": Failing(phone=PHONE),
    }
    for name, job in jobs.items():
        report = predial.check([job, {"phone": PHONE}])
        assert (report.total, report.rejected, report.clean) == (2, 1, 1), name
        assert set(report.counts) <= {"job-unwritable", "job-too-deep"}, name


class Liar(Sequence[str]):
    """A sequence that has fewer values than it says."""

    def __init__(self, length: int, values: list[str]) -> None:
        self._length, self._values = length, values

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return self._values[index]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)


def test_a_sequence_is_as_long_as_what_it_gives() -> None:
    for length in (0, 1, 1 << 40):
        assert predial.check_phones(Liar(length, [PHONE, "x"])).rules == [None, "phone-letters"]


@pytest.mark.parametrize("change", [list.clear, lambda values: values.extend([PHONE] * 1000)])
def test_a_list_may_change_while_it_is_read(change: Callable[[list[Any]], Any]) -> None:
    class Changing(float):
        """Changes the list when it is compared or converted."""

        def __eq__(self, other: object) -> bool:
            change(values)
            return True

        def __ne__(self, other: object) -> bool:
            return self == other

        def __float__(self) -> float:
            change(values)
            return 1.0

        __hash__ = float.__hash__

    values: list[Any] = [Changing(5.0), PHONE, Changing(6.0), PHONE]
    column = predial.check_phones(values)
    assert len(column) >= 1
