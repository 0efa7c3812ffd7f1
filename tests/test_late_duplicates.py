"""`check` finds duplicates after it has counted their rows, and its reports do not show that.

The oracle is a dict from phones to rows: it decides over the rows that `judge` hands out with
duplicates allowed. What a report says is put together from the rows of `judge`, which has to know
duplicates at once.

PREDIAL_DUPLICATES_ROWS makes the long lists longer: a million is for a night.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import predial
from predial import _batch, _core

ROWS = int(os.environ.get("PREDIAL_DUPLICATES_ROWS", "70000"))

#: Spellings of a few numbers, so that most rows repeat one.
PHONES = (
    *("79123456789", "+7 (912) 345-67-89", "7-912-345-67-89", "+79123456789", 79123456789),
    *("7.9123456789E+10", '="79123456789"', "'79123456789", "79123456789 доб. 12", " 79123456789"),
    *("74951234567", "+7 495 123 45 67", 74951234567, "8 (495) 123-45-67", "84951234567"),
    *("12015550123", "+1 201-555-0123", "+12015550123", "1 (201) 555 01 23", "2015550123"),
    *("+79123456789, +74951234567", "79123456789; 12015550123; 74951234567", "79123456789/нет"),
    *("4930123456", "+49 30 123456", "7912345OO89", "+" + " " * 200 + "4930123456" + " " * 99),
    *("", "нет", "791234", None, "+999123456789", "72123456789"),
)
ZONES = ("+03:00", "utc+3", "MSK", "-08:00", "+19:00", "", None)
OTHERS: tuple[dict[str, Any], ...] = (
    *({}, {}, {}, {"payload": {"name": "Анна"}}, {"payload": {"x": [{"phone": 1}]}}),
    *({"comment": 1}, {"maxAttempts": 3}, {"maxAttempts": "3"}, {"dialerPriority": 0}),
)


@st.composite
def jobs(draw: st.DrawFn) -> dict[str, Any]:
    """A job, mostly one that can be sent."""
    job: dict[str, Any] = {"phone": draw(st.sampled_from(PHONES[: draw(st.sampled_from([5, 40]))]))}
    if draw(st.integers(0, 2)) == 0:
        job["gmtZone"] = draw(st.sampled_from(ZONES))
    others: dict[str, Any] = draw(st.sampled_from(OTHERS))
    return job | others


@dataclass
class Listing:
    """The bytes of a list, and how they are read."""

    source: bytes
    options: dict[str, Any] = field(default_factory=dict)


def array(rows: list[dict[str, Any]], space: str = " ") -> Listing:
    return Listing(("[" + f",{space}".join(map(json.dumps, rows)) + "]").encode())


def lines(rows: list[dict[str, Any]], _: str = "") -> Listing:
    return Listing("".join(json.dumps(row) + "\n" for row in rows).encode())


def table(rows: list[dict[str, Any]], _: str = "") -> Listing:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["phone", "gmtZone", "name"])
    for row in rows:
        writer.writerow([row.get("phone"), row.get("gmtZone"), row.get("comment", "a\nb")])
    columns = {"phone": "phone", "gmtZone": "gmtZone"}
    options = {"input_format": "csv", "delimiter": ",", "header": True, "map": columns}
    return Listing(out.getvalue().encode(), options)


FORMS: tuple[Callable[..., Listing], ...] = (array, lines, table)

OPTIONS = st.fixed_dictionaries(
    {
        "region": st.sampled_from([None, "RU", "US"]),
        "repair": st.sampled_from([True, False, "suggested"]),
        "multiple": st.sampled_from([None, "first", "each"]),
        "exclude": st.sampled_from([None, [{"phone": "+79123456789"}]]),
        "duplicates": st.sampled_from(["phone", "phone", "phone", "job", "allow"]),
        "statistics": st.sampled_from([False, False, True]),
    }
)


class Trickle(io.RawIOBase):
    """A file that gives a few bytes at a time."""

    def __init__(self, data: bytes, size: int) -> None:
        self.data = io.BytesIO(data)
        self.size = size

    def read(self, size: int = -1, /) -> bytes:
        return self.data.read(min(size, self.size))


def taken(options: dict[str, Any], **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {**(predial.check.__kwdefaults__ or {}), **options, **more}
    return _batch._options(given)


@contextmanager
def naming_lines(names_lines: bool) -> Iterator[None]:
    token = _batch.NAMES_LINES.set(names_lines)
    try:
        yield
    finally:
        _batch.NAMES_LINES.reset(token)


def judged(listing: Listing, **options: Any) -> list[predial.Row]:
    """The rows up to the end, or to where the source breaks."""
    options = {name: value for name, value in options.items() if name != "statistics"}
    rows = []
    try:
        for row in predial.judge(listing.source, threads=1, **listing.options, **options):
            rows.append(row)
    except predial.SourceError:
        pass
    return rows


MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
GRAVITY = ("error", "suggested", "warning", "repair")


def summary(rows: list[predial.Row], most: int) -> dict[str, Any]:
    """What a report says of these rows."""
    every = [found for row in rows for found in row.diagnostics]
    standings = Counter(row.standing for row in rows)
    errors = [{d.rule for d in row.diagnostics if d.severity == "error"} for row in rows]
    gravest = sorted(range(len(every)), key=lambda at: (GRAVITY.index(every[at].severity), at))
    kept = [every[at] for at in sorted(gravest[:most])]
    found = Counter(d.severity for d in every)
    return {
        "total": len(rows),
        **{name: standings[name] for name in ("clean", "repaired", "rejected")},
        "warned": sum(any(d.severity == "warning" for d in row.diagnostics) for row in rows),
        "counts": Counter(d.rule for d in every),
        "alone": Counter(next(iter(rules)) for rules in errors if len(rules) == 1),
        "left_out": found - Counter(d.severity for d in kept),
        "diagnostics": [told(d) for d in kept],
    }


def told(found: predial.Diagnostic) -> tuple[Any, ...]:
    names = ("row", "line", "part", "field", "rule", "severity", "message", "value")
    return (*(getattr(found, name) for name in names), found.suggestion, found.offset)


def reported(report: predial.Report) -> dict[str, Any]:
    names = ("total", "clean", "repaired", "rejected", "warned")
    return {
        **{name: getattr(report, name) for name in names},
        **{name: Counter(dict(getattr(report, name))) for name in ("counts", "alone", "left_out")},
        "diagnostics": [told(found) for found in report.diagnostics],
    }


def doubles(rows: list[predial.Row]) -> dict[int, int]:
    """Which of some rows, judged with duplicates allowed, have the phone of an earlier one that can
    be sent: their places, each with the number of that row.
    """
    firsts: dict[str, predial.Row] = {}
    doubled = {}
    for place, row in enumerate(rows):
        if row.standing != "rejected":
            assert row.phone is not None
            first = firsts.setdefault(row.phone, row)
            if first is not row:
                doubled[place] = first.number
    return doubled


def named(rows: list[predial.Row]) -> dict[int, int]:
    """The places of the rows that are rejected as duplicates, and the row in each message."""
    messages = {
        place: found.message
        for place, row in enumerate(rows)
        for found in row.diagnostics
        if found.rule == "phone-duplicate" and "belongs to row" in found.message
    }
    return {place: int(text.split(" row ")[1].split(";")[0]) for place, text in messages.items()}


def checks_as_judged(
    listing: Listing, options: dict[str, Any], most: int, block: int, threads: int
) -> None:
    """`check` reports what the rows of `judge` say, and these are what the dict says."""
    # Messages name the minute.
    options = {"now": MONDAY, **options}
    rows = judged(listing, **options)
    if options.get("duplicates", "phone") == "phone":
        assert named(rows) == doubles(judged(listing, **{**options, "duplicates": "allow"}))
    expected = summary(rows, most)
    of_list = taken({**listing.options, **options}, max_diagnostics=most, threads=threads)
    if block:
        of_list["block"] = block
    for source in (listing.source, Trickle(listing.source, block or 1 << 16)):
        report, _ = _core.check_batch(source, "", of_list, None)
        assert reported(report) == expected
        if options.get("statistics"):
            assert report.statistics is not None
            located = sum(report.statistics["countries"].values())
            assert located == report.clean + report.repaired


@given(
    st.lists(jobs(), max_size=30),
    st.sampled_from(FORMS),
    st.sampled_from([" ", "", "\n", "\n\n  "]),
    OPTIONS,
    st.sampled_from([0, 1, 2, 5, 20, 10_000]),
    st.sampled_from([1, 30, 100, 400, 3000]),
    st.integers(1, 4),
)
def test_a_report_is_that_of_the_rows(
    rows: list[dict[str, Any]],
    form: Callable[..., Listing],
    space: str,
    options: dict[str, Any],
    most: int,
    block: int,
    threads: int,
) -> None:
    checks_as_judged(form(rows, space), options, most, block, threads)


@given(
    st.lists(jobs(), min_size=1, max_size=20),
    st.floats(0, 1),
    st.sampled_from([b"", b"x", b"\xff", b"}", b'"']),
    st.sampled_from([1, 3, 100]),
    st.sampled_from([30, 200, 3000]),
    st.integers(1, 3),
)
def test_a_broken_array_has_the_duplicates_of_its_rows(
    rows: list[dict[str, Any]], place: float, harm: bytes, most: int, block: int, threads: int
) -> None:
    source = array(rows).source
    at = int(place * len(source))
    checks_as_judged(
        Listing(source[:at] + harm, {"input_format": "json"}), {}, most, block, threads
    )


@given(st.lists(jobs(), max_size=20), st.sampled_from(FORMS), st.sampled_from(["\n", " "]))
def test_messages_name_lines_if_they_are_asked_for(
    rows: list[dict[str, Any]], form: Callable[..., Listing], space: str
) -> None:
    listing = form(rows, space)
    with naming_lines(True):
        expected = summary(judged(listing), 50)
        for source in (listing.source, Trickle(listing.source, 100)):
            opts = taken(listing.options, max_diagnostics=50, threads=2)
            report, _ = _core.check_batch(source, "", opts | {"block": 100}, None)
            assert reported(report) == expected


#: Policies for jobs of a forecast; the last one leaves no time.
POLICIES: tuple[dict[str, Any], ...] = (
    *(
        {},
        {},
        {"finishDateTime": "2026-03-04T12:00:00Z"},
        {"startDateTime": "2028-01-01T00:00:00Z"},
    ),
    {"allowedTime": {"default": [{"localTimeFrom": "09:00", "localTimeTo": "18:30"}]}},
    {"allowedDays": ["tue", "sun"]},
    {"finishDateTime": "2026-03-01T12:00:00Z"},
)


def counts_as_if_known_at_once(rows: list[dict[str, Any]], options: dict[str, Any]) -> None:
    """Duplicates take no part in what is counted of the jobs that can be sent."""
    queue = {"days": 3, "lines": 2, "seconds_per_call": 5000}
    form = {"input_format": "ndjson", "statistics": True, "threads": 2}
    wanted: dict[str, Any] = {"now": MONDAY, **queue, **form, **options}
    found = predial.forecast(lines(rows).source, **wanted)
    kept = rows.copy()
    for place in doubles(judged(lines(rows), duplicates="allow", now=MONDAY, **options)):
        kept[place] = {"phone": ""}
    at_once = predial.forecast(lines(kept).source, **{**wanted, "duplicates": "allow"})
    assert found.report.statistics == at_once.report.statistics
    assert found._parts()[1:] == at_once._parts()[1:]


@given(st.lists(st.builds(dict.__or__, jobs(), st.sampled_from(POLICIES)), max_size=30))
def test_duplicates_are_not_counted(rows: list[dict[str, Any]]) -> None:
    counts_as_if_known_at_once(rows, {})


@pytest.mark.parametrize("options", [{}, {"exclude": [{"phone": "+79000000001"}]}])
def test_duplicates_of_a_long_list_are_not_counted(options: dict[str, Any]) -> None:
    draw = random.Random(7)
    rows = random_rows(ROWS, ROWS // 2, 7, 0.02)
    counts_as_if_known_at_once([row | draw.choice(POLICIES) for row in rows], options)


def random_rows(count: int, phones: int, seed: int, faulty: float) -> list[dict[str, Any]]:
    """Rows whose phones are drawn from so many numbers, in several spellings."""
    draw = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for _ in range(count):
        digits = f"79{draw.randrange(phones) % 10**9:09}"
        spelt = f"+7 ({digits[1:4]}) {digits[4:]}"
        phone = draw.choices([digits, "+" + digits, spelt, int(digits)], [6, 1, 1, 1])[0]
        rows.append({"phone": "нет" if draw.random() < faulty else phone})
        if draw.random() < 0.1:
            rows[-1]["gmtZone"] = draw.choice(ZONES)
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("share", "faulty", "most"),
    [(20, 0.0, 10_000), (20, 0.05, 100), (0.9, 0.0, 10_000), (0.01, 0.01, 10**7), (0.5, 0.0, 0)],
)
def test_a_long_list(form: Callable[..., Listing], share: float, faulty: float, most: int) -> None:
    """Duplicates are found several times while such a list is read."""
    rows = random_rows(ROWS, int(share * ROWS) + 1, ROWS, faulty)
    checks_as_judged(form(rows), {}, most, 0, 2)


def test_a_list_of_long_phones() -> None:
    """Phones as they came are kept up to 16 MiB, and duplicates are looked for then."""
    filler = " " * 230
    rows = [{"phone": f"+{filler}79{n % 30_000:09}"} for n in range(ROWS)]
    checks_as_judged(lines(rows), {}, 10**7, 0, 2)
