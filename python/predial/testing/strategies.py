"""Hypothesis strategies for the tests of programs that make call jobs (extra `testing`).

Each strategy draws values that predial accepts as clean. With `faulty=True` it draws values that
predial rejects, with repair or without; with `repairable=True` values that it accepts after a
repair. The strategies construct such values and do not ask predial.

    from hypothesis import given
    from predial.testing import batches

    @given(batches())
    def test_the_loader_sends_every_clean_job(jobs): ...

Without a region, phones are in ranges that regulators reserve for fiction or that are not assigned,
so a test that reaches a real campaign by accident calls nobody.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from predial._core import rules
from predial._tzdata import read_regions

__all__ = ["batches", "jobs", "phones", "zones"]

DIGITS: Final = "0123456789"

#: Valid numbers that belong to nobody, as the first digits and the number of digits after them:
#: 555-01xx in cities of North America (NANPA), numbers for drama of Ofcom (London, Leeds), ARCEP
#: (France) and the Bundesnetzagentur (Berlin).
FICTION: Final = (
    *((f"1{city}55501", 2) for city in ("212", "312", "415", "503", "617", "702", "808", "907")),
    ("442079460", 3),
    ("441134960", 3),
    ("3319900", 4),
    ("493023125", 3),
)
#: Possible numbers that no plan assigns: ten digits after 7, which begin with a digit with which no
#: Russian or Kazakh number begins.
UNASSIGNED: Final = (("71", 9), ("72", 9), ("75", 9))

#: Country calling codes that the ITU has not assigned.
NO_COUNTRY: Final = ("210", "280", "296", "384", "422", "693", "830", "890", "999")

#: Abbreviations that are not IANA IDs.
ABBREVIATIONS: Final = ("MSK", "PST", "EDT", "CST", "IST", "BST", "CEST", "AEST", "JST", "MSD")

#: A date and the hours and minutes of a time.
FORMAT: Final = "%Y-%m-%dT%H:%M"

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


#: Rules that no single job breaks, although their example is a dict: they are about the text of a
#: list, the options or a single value.
_NOT_OF_ONE_JOB: Final = frozenset(
    {
        "job-duplicate-key",
        "job-too-large",
        "phone-abroad",
        "phone-ambiguous",
        "phone-excluded",
        "phone-two-readings",
        "zone-empty",
    }
)


def zones(*, faulty: bool = False, repairable: bool = False) -> st.SearchStrategy[str]:
    """A gmtZone in any of its forms: `Z`, offsets with and without prefix, region IDs.

    A few of them carry a warning, such as `Etc/GMT+3`. With `faulty`, a text that is not a gmtZone
    and that no repair makes one; with `repairable`, one that repair makes a gmtZone.
    """
    _one_of("zones", faulty=faulty, repairable=repairable)
    if repairable:
        return _repairable_zones()
    return _faulty_zones() if faulty else _clean_zones()


def phones(
    *,
    region: str | None = None,
    valid: bool | None = None,
    faulty: bool = False,
    repairable: bool = False,
) -> st.SearchStrategy[str]:
    """A phone as digits, with the country code first.

    `valid` draws only numbers that are valid in their country's plan (True), or only numbers that
    have a possible length and are not valid (False). `region` (ISO 3166-1 alpha-2, such as `"RU"`)
    draws numbers of that country: valid ones are beside libphonenumber's example number of the
    country, so somebody may own them. With `faulty`, a text that is not a phone; with
    `repairable`, a phone that is not written as plain digits.

    Raises ValueError for a region that the numbering plan does not have, and for `faulty` together
    with any other.
    """
    _one_of("phones", faulty=faulty, repairable=repairable)
    if faulty:
        if (region, valid) != (None, None):
            raise ValueError("faulty phones belong to no region, and are not valid")
        return _faulty_phones()
    ranges = st.sampled_from(_ranges(region, valid))
    number = ranges.flatmap(lambda within: _in_range(*within))
    return number.flatmap(_with_marks) if repairable else number


def jobs(
    *, faulty: bool = False, repairable: bool = False, rule: str | None = None
) -> st.SearchStrategy[dict[str, Any]]:
    """A call job: a phone, and perhaps a gmtZone, a payload and fields of its call policy.

    With `faulty`, a job that is rejected for one of its fields or for a missing phone. With
    `repairable`, a job that is sent once some of its fields are rewritten. With the name of a
    `rule`, such as `"zone-abbreviation"`, a job that breaks this rule: it is rejected, repaired or
    warned about, as the severity of the rule says.

    Raises ValueError for a rule that a single job can't break, and if more than one of the three
    is given.
    """
    _one_of("jobs", faulty=faulty, repairable=repairable, rule=rule is not None)
    if rule is not None:
        return _jobs_that_break(rule)
    if repairable:
        return _clean_jobs().flatmap(_in_need_of_repair)
    return _clean_jobs().flatmap(_spoilt) if faulty else _clean_jobs()


def batches(
    *, faulty: bool = False, repairable: bool = False, min_size: int = 0, max_size: int = 20
) -> st.SearchStrategy[list[dict[str, Any]]]:
    """A list of call jobs that has no phone twice. It has `min_size` to `max_size` jobs.

    With `faulty`, at least one job is rejected: it has a fault, or the phone of an earlier job.
    With `repairable`, at least one job is sent once it is rewritten, and none is rejected.

    Raises ValueError if there is no room for that one job.
    """
    _one_of("batches", faulty=faulty, repairable=repairable)
    if not (faulty or repairable):
        return st.lists(
            _clean_jobs(),
            min_size=min_size,
            max_size=max_size,
            unique_by=lambda job: str(job["phone"]),
        )
    if max_size < 1:
        kind = "faulty" if faulty else "repairable"
        raise ValueError(f"a {kind} batch holds at least one job: max_size must be 1 or more")
    if repairable:
        least = max(min_size, 1)
        clean = batches(min_size=least, max_size=max_size)
        return clean.flatmap(_with_a_repair)
    clean = batches(min_size=max(min_size - 1, 0), max_size=max_size - 1)
    return clean.flatmap(_with_a_fault)


def _one_of(strategy: str, **switches: bool) -> None:
    if sum(switches.values()) > 1:
        names = ", ".join(name for name, is_on in switches.items() if is_on)
        raise ValueError(f"{strategy} takes one of these at a time: {names}")


def _ranges(region: str | None, valid: bool | None) -> tuple[tuple[str, int], ...]:
    if region is None:
        return {None: FICTION + UNASSIGNED, True: FICTION, False: UNASSIGNED}[valid]
    from predial._examples import RANGES

    if region not in RANGES:
        raise ValueError(f"region must be a code such as 'RU', not {region!r}")
    in_use, unassigned = RANGES[region]
    return {None: (in_use, unassigned), True: (in_use,), False: (unassigned,)}[valid]


def _with_marks(digits: str) -> st.SearchStrategy[str]:
    """The digits after a plus, with marks between some of them."""
    marks = st.sampled_from(["", "", "", " ", "-"])
    many = st.lists(marks, min_size=len(digits) - 1, max_size=len(digits) - 1)
    return many.map(
        lambda between: "+" + "".join(map("".join, zip(digits, [*between, ""], strict=True)))
    )


def _repairable_zones() -> st.SearchStrategy[str]:
    sign = st.sampled_from(["+", "-", "\u2212"])
    hours = st.integers(1, 17)
    places = st.sampled_from([zone for zone in _region_ids() if "/" in zone and zone.isascii()])
    return st.one_of(
        st.builds("utc {}{}".format, sign, hours),
        st.builds("{} {}{:02}:00".format, st.sampled_from(["UTC", "GMT"]), sign, hours),
        st.builds("{}{}:{:02}".format, sign, st.integers(1, 9), st.integers(0, 59)),
        st.builds(" {} ".format, _offsets()),
        st.builds("{} ".format, places),
    )


#: For each rule of severity `repair`, fields that break it.
def _repairable_fields() -> dict[str, st.SearchStrategy[dict[str, Any]]]:
    def field(name: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        return values.map(lambda value: {name: value})

    days = st.sampled_from(["Monday", "Sunday", "tuesday"])
    time = st.sampled_from(["9:00", "09:00:00", "9:00:00"])
    return {
        "phone-format": field("phone", phones(repairable=True)),
        "zone-format": field("gmtZone", _repairable_zones()),
        "policy-integer": field("maxAttempts", st.integers(1, 50).map(str)),
        "policy-date-format": field(
            "finishDateTime", _date_times(2200, 2299).map(lambda text: text.replace("T", " "))
        ),
        "policy-days-format": field("allowedDays", days.map(lambda day: [day])),
        "policy-window-format": field(
            "allowedTime", time.map(lambda at: {"default": {"from": at, "to": "18:00"}})
        ),
        "policy-time-format": field(
            "allowedTime",
            time.map(lambda at: {"default": [{"localTimeFrom": at, "localTimeTo": "18:00"}]}),
        ),
    }


def _in_need_of_repair(job: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The job with one field or two that repair rewrites, and without other fields of policy."""
    plain = {name: job[name] for name in ("phone", "gmtZone", "payload") if name in job}
    fields = st.one_of(*_repairable_fields().values())
    return st.builds(lambda one, other: {**plain, **one, **other}, fields, st.just({}) | fields)


def _with_a_repair(jobs: list[dict[str, Any]]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """The jobs with one of them in need of repair, which keeps its phone."""

    def with_repair(at: int) -> st.SearchStrategy[list[dict[str, Any]]]:
        phone = _with_marks(str(jobs[at]["phone"]))
        return phone.map(lambda text: [*jobs[:at], {**jobs[at], "phone": text}, *jobs[at + 1 :]])

    return st.integers(0, len(jobs) - 1).flatmap(with_repair)


def _jobs_that_break(name: str) -> st.SearchStrategy[dict[str, Any]]:
    examples = {rule.name: rule.before for rule in rules()}
    if name not in examples:
        raise ValueError(f"there is no rule {name!r}; predial.rules() lists all")
    fields = _fields_that_break(name, examples[name])
    if fields is None:
        raise ValueError(f"no single job breaks the rule {name!r}")
    number = phones(valid=True)
    if name in ("phone-missing", "zone-far-from-phone"):
        return fields
    payload = st.fixed_dictionaries({}, optional={"payload": _payloads()})
    job = st.builds(lambda phone, rest: {"phone": phone, **rest}, number, payload)
    return st.builds(lambda job, broken: {**job, **broken}, job, fields)


def _fields_that_break(name: str, example: str) -> st.SearchStrategy[dict[str, Any]] | None:
    """Fields that break the rule of that name in every job: those of the rule's example where
    nothing else is known. None for a rule that is not about one job.
    """
    own = {
        **_repairable_fields(),
        "zone-abbreviation": st.sampled_from(ABBREVIATIONS).map(lambda zone: {"gmtZone": zone}),
        "job-too-deep": st.integers(513, 600).map(lambda depth: {"payload": _deep(depth)}),
        "job-unwritable": st.dates().map(lambda day: {"payload": {"day": day}}),
    }
    if name in own:
        return own[name]
    if name in _NOT_OF_ONE_JOB or name.startswith(("url-", "short-form-")):
        return None
    try:
        fields = json.loads(example)
    except ValueError:
        return None
    return st.just(fields) if isinstance(fields, dict) else None


def _deep(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"inner": value}
    return value


def _clean_zones() -> st.SearchStrategy[str]:
    return st.one_of(
        st.sampled_from(["Z", "UTC", "GMT", "UT"]),
        st.builds("".join, st.tuples(st.sampled_from(["", "UTC", "GMT", "UT"]), _offsets())),
        st.sampled_from(_region_ids()),
    )


@cache
def _region_ids() -> list[str]:
    """The IDs of the installed tzdata, except its placeholder for a zone that was never set."""
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
    """Windows of a day in any order, none of which overlap."""
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
    """Fields of a policy for which every job is rejected."""
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
        st.sampled_from([[], ["mon", "mon"], ["someday"], [0], [8], "moon", {}, [None]]).map(
            lambda value: {"allowedDays": value}
        ),
        st.builds(
            lambda key, windows: {"allowedTime": {key: windows}},
            st.sampled_from(["default", *DAYS]),
            no_windows,
        ),
        st.sampled_from([[], "10:00-18:00", {"monday": [early]}, {"default": "10:00"}]).map(
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
