"""Hypothesis strategies for the tests of programs that make call jobs (extra `testing`).

Each strategy draws what predial accepts as clean; with `faulty=True` it draws what predial
refuses, repair or not. Both are so by construction: nothing that is drawn was put to predial.

    from hypothesis import given
    from predial.testing import batches

    @given(batches())
    def test_the_loader_sends_every_clean_job(jobs): ...

Phones lie in ranges that regulators have set aside for fiction, or in none that is assigned, so
that a test which gets hold of a real campaign rings nobody.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from predial._tzdata import read_regions

__all__ = ["batches", "jobs", "phones", "zones"]

DIGITS: Final = "0123456789"

#: Valid numbers that belong to nobody, as what they begin with and how many digits follow:
#: 555-01xx in cities of North America (NANPA), drama numbers of Ofcom (London, Leeds), ARCEP
#: (France) and the Bundesnetzagentur (Berlin).
FICTION: Final = (
    *((f"1{city}55501", 2) for city in ("212", "312", "415", "503", "617", "702", "808", "907")),
    ("442079460", 3),
    ("441134960", 3),
    ("3319900", 4),
    ("493023125", 3),
)
#: Possible numbers that no plan assigns: ten digits after 7, beginning as no Russian or Kazakh
#: number does.
UNASSIGNED: Final = (("71", 9), ("72", 9), ("75", 9))

#: Country calling codes that the ITU has not assigned.
NO_COUNTRY: Final = ("210", "280", "296", "384", "422", "693", "830", "890", "999")

#: Abbreviations that are no IANA ID.
ABBREVIATIONS: Final = ("MSK", "PST", "EDT", "CST", "IST", "BST", "CEST", "AEST", "JST", "MSD")

#: A date and the hours and minutes of a time.
FORMAT: Final = "%Y-%m-%dT%H:%M"

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def zones(*, faulty: bool = False) -> st.SearchStrategy[str]:
    """A gmtZone in any of its forms: `Z`, offsets with and without prefix, region IDs.

    A few of them carry a warning, such as `Etc/GMT+3`. With `faulty`, a text that is none and
    that no repair makes one.
    """
    return _faulty_zones() if faulty else _clean_zones()


def phones(*, valid: bool | None = None, faulty: bool = False) -> st.SearchStrategy[str]:
    """A phone as digits, country code first.

    `valid` draws only numbers that their country's plan assigns (True) or only those that have
    a possible length and are not assigned (False). With `faulty`, a text that is no phone:
    `valid` says nothing then.
    """
    if faulty:
        return _faulty_phones()
    ranges = {None: FICTION + UNASSIGNED, True: FICTION, False: UNASSIGNED}[valid]
    return st.sampled_from(ranges).flatmap(lambda within: _in_range(*within))


def jobs(*, faulty: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """A call job: a phone, and perhaps a gmtZone, a payload and fields of its call policy.

    With `faulty`, a job that is refused for one of its fields, or for a missing phone.
    """
    return _clean_jobs().flatmap(_spoilt) if faulty else _clean_jobs()


def batches(
    *, faulty: bool = False, min_size: int = 0, max_size: int = 20
) -> st.SearchStrategy[list[dict[str, Any]]]:
    """A list of call jobs, no phone twice.

    With `faulty`, at least one of them is refused: it is faulty by itself, or has the phone of
    an earlier one. Sizes are those of the whole list.
    """
    if not faulty:
        return st.lists(
            _clean_jobs(),
            min_size=min_size,
            max_size=max_size,
            unique_by=lambda job: str(job["phone"]),
        )
    if max_size < 1:
        raise ValueError("a faulty batch holds at least one job: max_size is 1 or more")
    clean = batches(min_size=max(min_size - 1, 0), max_size=max_size - 1)
    return clean.flatmap(_with_a_fault)


def _clean_zones() -> st.SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(["Z", "UTC", "GMT", "UT"]),
        st.builds("".join, st.tuples(st.sampled_from(["", "UTC", "GMT", "UT"]), _offsets())),
        st.sampled_from(_region_ids()),
    )


@cache
def _region_ids() -> list[str]:
    """The IDs of the installed tzdata but for its placeholder of a zone that was never set."""
    return sorted(zone_id for zone_id, _ in read_regions() if zone_id != "Factory")


def _offsets() -> st.SearchStrategy[str]:
    sign = st.sampled_from("+-")
    one_digit = st.builds("{}{}".format, sign, st.integers(0, 9))
    longer = st.builds(_offset, sign, _times(), st.integers(1, 3), st.sampled_from(["", ":"]))
    return one_digit | longer


def _times() -> st.SearchStrategy[tuple[int, int, int]]:
    """Hours, minutes and seconds up to 18:00:00."""
    below = st.tuples(st.integers(0, 17), st.integers(0, 59), st.integers(0, 59))
    return below | st.just((18, 0, 0))


def _offset(sign: str, time: tuple[int, int, int], parts: int, separator: str) -> str:
    return sign + separator.join(f"{part:02}" for part in time[:parts])


def _faulty_zones() -> st.SearchStrategy[str]:
    sign = st.sampled_from("+-")
    return st.one_of(
        st.sampled_from(ABBREVIATIONS),
        st.sampled_from(["Factory", "SystemV/PST8", "UTCZ", "+", "UTC+", "+300", "+03:0030"]),
        st.builds("{}{}:{:02}".format, sign, st.integers(19, 99), st.integers(0, 59)),
        st.builds("{}{:02}:{}".format, sign, st.integers(0, 17), st.integers(60, 99)),
        st.builds("{}{}".format, st.sampled_from(["UTC", "GMT", "UT"]), st.integers(1, 18)),
        st.builds("{}/Qq{}".format, st.sampled_from(["Europe", "Asia", "America"]), _letters()),
        st.text("?!#=*", min_size=1, max_size=8),
    )


def _letters() -> st.SearchStrategy[str]:
    return st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)


def _digits(count: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=count, max_size=count)


def _in_range(begin: str, count: int) -> st.SearchStrategy[str]:
    return _digits(count).map(lambda rest: begin + rest)


def _faulty_phones() -> st.SearchStrategy[str]:
    number = phones(valid=True)
    return st.one_of(
        st.sampled_from(["", " ", "-", "+", "n/a", "+7", "79"]),
        st.builds("7.{}E+10".format, st.integers(100, 999)),
        st.builds("{} ext. {}".format, number, st.integers(1, 9999)),
        st.builds("{}, {}".format, number, number),
        st.builds("{}: +{}".format, _letters(), number),
        st.builds("8 (9{}) {}-{}-{}".format, _digits(2), _digits(3), _digits(2), _digits(2)),
        st.builds("{}{}".format, st.sampled_from(NO_COUNTRY), _digits(8)),
        st.builds("{}{}".format, number, _digits(6)),
        st.builds("{}?".format, number),
    )


def _clean_jobs() -> st.SearchStrategy[dict[str, Any]]:
    number = phones()
    job = st.fixed_dictionaries(
        {"phone": number | number.map(int)},
        optional={
            "gmtZone": zones() | st.sampled_from(["", None]),
            "payload": st.none() | _payloads(),
        },
    )
    none: st.SearchStrategy[dict[str, Any]] = st.just({})
    policy = none | none | _policies()
    return st.builds(lambda job, policy: {**job, **policy}, job, policy)


def _policies() -> st.SearchStrategy[dict[str, Any]]:
    others = st.fixed_dictionaries(
        {},
        optional={
            "startDateTime": _date_times(1990, 2199),
            "finishDateTime": _date_times(2200, 2299),
            "retryIntervalInMinutes": st.integers(1, 2880),
            "maxAttempts": st.integers(1, 50),
            "dialerPriority": st.integers(1, 5),
            "externalCheck": _external_checks(),
        },
    )
    return st.builds(lambda others, hours: {**others, **hours}, others, _hours())


def _date_times(first_year: int, last_year: int) -> st.SearchStrategy[str]:
    """An instant at least a day from the ends of the years, in any of its forms."""
    minutes = st.integers(0, (last_year - first_year + 1) * 365 * 24 * 60 - 2 * 24 * 60)
    return st.builds(
        lambda minutes, rest: (
            f"{datetime(first_year, 1, 2) + timedelta(minutes=minutes):{FORMAT}}" + rest
        ),
        minutes,
        st.sampled_from([":00Z", ":59z", ":00+03:00", ":30-09:30", ":00-00:00", ":00.5+18:00"]),
    )


def _hours() -> st.SearchStrategy[dict[str, Any]]:
    """The days and windows of a policy; some local time is always allowed."""
    days = st.lists(st.sampled_from(DAYS), min_size=1, max_size=7, unique=True)
    own = st.dictionaries(st.sampled_from(DAYS), _windows(), min_size=1, max_size=3)
    with_default = st.builds(lambda own, default: {**own, "default": default}, own, _windows())
    pair = _windows(max_size=1).map(lambda windows: windows[0])
    return st.one_of(
        st.just({}),
        st.fixed_dictionaries({"allowedDays": days}),
        pair,
        st.fixed_dictionaries({"allowedTime": own | st.just({}) | st.none()}),
        st.fixed_dictionaries({"allowedTime": with_default}, optional={"allowedDays": days}),
        own.map(lambda own: {"allowedTime": own, "allowedDays": sorted(own)}),
    )


def _windows(max_size: int = 3) -> st.SearchStrategy[list[dict[str, str]]]:
    """Windows of a day in any order, which do not overlap."""
    ends = st.lists(st.integers(0, 24 * 60 - 1), min_size=2, max_size=2 * max_size, unique=True)

    def between(ends: list[int]) -> list[dict[str, str]]:
        ends = sorted(ends)
        return [_window(*ends[i : i + 2]) for i in range(0, len(ends) - 1, 2)]

    return ends.map(between).flatmap(st.permutations)


def _window(start: int, end: int) -> dict[str, str]:
    start_and_end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (start, end))
    return dict(zip(("localTimeFrom", "localTimeTo"), start_and_end, strict=True))


def _external_checks() -> st.SearchStrategy[dict[str, Any]]:
    url = st.builds("https://{}.example/{}?key={}".format, _letters(), _letters(), _digits(3))
    return st.fixed_dictionaries(
        {"externalCheckUrl": url}, optional={"externalCheckMaxRetries": st.integers(0, 9)}
    )


def _faulty_policies() -> st.SearchStrategy[dict[str, Any]]:
    """Fields of a policy for which a job is refused, whatever else it has."""
    no_number = st.sampled_from([0, -1, 3.5, "3.5", "", "many", True, [], 10**20])
    no_date = st.sampled_from(
        ["", "23.03.2090", "2090-02-30T00:00:00Z", "2090-03-23T00:00:00", 1900000000, "2090", {}]
    )
    no_time = st.sampled_from(["24:00", "23:60", "", "noon", "9", 9, True])
    early, late = _window(60, 120), _window(120, 180)
    no_windows = st.one_of(
        no_time.map(lambda time: [{**early, "localTimeTo": time}]),
        no_time.map(lambda time: [late, {**early, "localTimeFrom": time}]),
        st.sampled_from(
            [
                [],
                {},
                "10:00-18:00",
                [{}],
                [{"localTimeFrom": "10:00"}],
                [_window(120, 60)],
                [_window(60, 60)],
                [early, late, _window(119, 121)],
            ]
        ),
    )
    return st.one_of(
        no_number.map(lambda value: {"retryIntervalInMinutes": value}),
        no_number.map(lambda value: {"maxAttempts": value}),
        no_number.map(lambda value: {"dialerPriority": value}),
        no_date.map(lambda value: {"startDateTime": value}),
        no_date.map(lambda value: {"finishDateTime": value}),
        _date_times(1990, 2009).map(lambda value: {"finishDateTime": value}),
        st.builds(
            lambda start, finish: {"startDateTime": start, "finishDateTime": finish},
            _date_times(2250, 2299),
            _date_times(2200, 2249),
        ),
        st.sampled_from([[], ["mon", "mon"], ["someday"], [0], [8], "mon", {}, [None]]).map(
            lambda value: {"allowedDays": value}
        ),
        st.builds(
            lambda key, windows: {"allowedTime": {key: windows}},
            st.sampled_from(["default", *DAYS]),
            no_windows,
        ),
        st.sampled_from([[], "10:00-18:00", {"monday": [early]}, {"default": early}]).map(
            lambda value: {"allowedTime": value}
        ),
        st.just({"allowedDays": ["mon"], "allowedTime": {"tue": [early]}}),
        st.sampled_from(
            [
                {},
                "https://a.example",
                {"externalCheckUrl": "http://a.example"},
                {"externalCheckUrl": "https://user:pw@a.example"},
                {"externalCheckUrl": "https://a.example", "externalCheckMaxRetries": -1},
            ]
        ).map(lambda value: {"externalCheck": value}),
    )


def _payloads() -> st.SearchStrategy[dict[str, Any]]:
    scalar = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20)
    value = st.recursive(
        scalar,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
        max_leaves=6,
    )
    return st.dictionaries(st.text(max_size=8), value, max_size=4)


def _spoilt(job: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The job with one field at fault."""

    def with_field(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        return values.map(lambda value: {**job, name: value})

    no_text = st.booleans() | st.lists(st.integers(), max_size=2)
    return st.one_of(
        with_field("phone", _faulty_phones() | no_text | st.none()),
        with_field("gmtZone", _faulty_zones() | no_text),
        with_field("payload", no_text | st.text(max_size=8) | st.integers()),
        st.just({name: value for name, value in job.items() if name != "phone"}),
        _faulty_policies().map(lambda policy: {**job, **policy}),
    )


def _with_a_fault(jobs: list[dict[str, Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    place = st.integers(0, len(jobs))
    spoilt = _clean_jobs().flatmap(_spoilt)
    single = st.builds(lambda job, at: [*jobs[:at], job, *jobs[at:]], spoilt, place)
    if not jobs:
        return single
    return single | st.sampled_from(jobs).map(lambda job: [*jobs, {**job, "payload": {"again": 1}}])
