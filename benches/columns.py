"""Columns: ten million phones and zones as Arrow, predial beside code that makes no decisions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Final

import numpy as np
import phonenumbers
import polars as pl
import pyarrow as pa
import rphonenumbers

import predial
import predial.polars
from make_batch import SEED
from phones import make_numbers
from timing import Contender, Section

COUNT: Final = 10_000_000
#: How many distinct values are repeated in another order: making ten million takes minutes.
DISTINCT: Final = 1_000_000
#: With `map_elements` each peer reads one of this many numbers.
FEWER_FOR_RPHONENUMBERS: Final = 100
FEWER_FOR_PHONENUMBERS: Final = 1000

ZONES: Final = (
    *("Europe/Moscow", "Asia/Yekaterinburg", "Europe/Kaliningrad", "Asia/Vladivostok"),
    *("+03:00", "+3", "UTC+3", "UTC+05:00", "Europe/London", "America/New_York", "utc +3", "MSK"),
)
#: One simple regular expression, which makes no decisions.
DIGITS: Final = r"^\+?[0-9 ()-]{8,20}$"
ZONE: Final = r"^[A-Z][a-z]+/[A-Z]"


def sections() -> Iterator[Section]:
    """Phones in plain digits, phones in the forms of real lists, and zones."""
    written = make_numbers(DISTINCT)
    marks = str.maketrans("", "", "+ -")
    yield _phones("mostly plain digits", [text.translate(marks) for text in written])
    yield _phones("with a plus, a third with spaces", written)
    yield _zones()


def _phones(kind: str, texts: list[str]) -> Section:
    frame = pl.Series(_repeated(texts))
    arrow = pa.chunked_array(frame.to_arrow().cast(pa.string()))
    few, fewer = frame[::FEWER_FOR_RPHONENUMBERS], frame[::FEWER_FOR_PHONENUMBERS]
    check = predial.check_phones
    in_polars: Any = frame
    return Section(
        f"A column of {COUNT} phones, {kind}, 5 % faulty",
        "phone",
        COUNT,
        (
            Contender("predial.check_phones, 1 thread", lambda: check(frame, threads=1)),
            Contender("predial.check_phones, all cores", lambda: check(frame)),
            Contender("the same on pyarrow's strings, 1 thread", lambda: check(arrow, threads=1)),
            Contender("with details, 1 thread", lambda: check(frame, threads=1, details=True)),
            Contender("predial in Polars, all cores", in_polars.predial.phone),
            *_polars(frame, DIGITS),
            _mapped("rphonenumbers", rphonenumbers, few),
            _mapped("phonenumbers", phonenumbers, fewer),
            _copied(arrow),
        ),
    )


def _zones() -> Section:
    random = Random(SEED)
    frame = pl.Series(_repeated(random.choices(ZONES, k=DISTINCT)))
    arrow = frame.to_arrow().cast(pa.string())
    check = predial.check_zones
    return Section(
        f"A column of {COUNT} zones, {len(ZONES)} different ones",
        "zone",
        COUNT,
        (
            Contender("predial.check_zones, 1 thread", lambda: check(frame, threads=1)),
            Contender("predial.check_zones, all cores", lambda: check(frame)),
            Contender("the same on pyarrow's strings, 1 thread", lambda: check(arrow, threads=1)),
            *_polars(frame, ZONE),
            _copied(arrow),
        ),
    )


def _repeated(values: list[str]) -> list[str]:
    random = Random(SEED)
    repeated = []
    for _ in range(COUNT // DISTINCT):
        random.shuffle(values)
        repeated += values
    return repeated


def _polars(frame: pl.Series, pattern: str) -> tuple[Contender, ...]:
    """Polars' own matching: a method of a series is one thread's."""
    return (Contender("Polars str.contains, 1 thread", lambda: frame.str.contains(pattern)),)


def _mapped(name: str, library: Any, few: pl.Series) -> Contender:
    normalize = _normalizing(library)
    return Contender(
        f"{name} through map_elements",
        lambda: few.map_elements(normalize, return_dtype=pl.String),
        len(few),
    )


def _normalizing(library: Any) -> Callable[[str], str | None]:
    parse, is_possible = library.parse, library.is_possible_number
    wrong: type[Exception] = library.NumberParseException
    form, e164 = library.format_number, library.PhoneNumberFormat.E164

    def normalized(text: str) -> str | None:
        try:
            number = parse(text, None)
        except wrong:
            return None
        return form(number, e164)[1:] if is_possible(number) else None

    return normalized


def _copied(arrow: Any) -> Contender:
    """The column's bytes from one place in memory to another."""
    chunks = getattr(arrow, "chunks", [arrow])
    buffers = [buffer for chunk in chunks for buffer in chunk.buffers() if buffer is not None]
    arrays = [np.frombuffer(buffer, np.uint8) for buffer in buffers]
    return Contender("a copy of the column", lambda: [array.copy() for array in arrays])
