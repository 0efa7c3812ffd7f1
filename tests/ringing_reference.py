"""When a job rings, whether at night and by which clock, computed slowly: every step of a span of
time is checked, one by one.

Written from the API document, without predial's code. A step is a minute, or less if the offsets of
a zone have seconds; windows, starts and finishes are on steps, so nothing happens between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from importlib import resources
from itertools import pairwise
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES: Final = 24 * 60

Stretch = tuple[datetime, datetime]


def minutes(text: str) -> int:
    """The minute of the day."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def allowed(job: dict[str, Any], campaign: dict[str, Any]) -> list[bool]:
    """Whether each minute of the week is allowed, Monday's first."""
    policy = campaign | {name: value for name, value in job.items() if value is not None}
    week = []
    for day in DAYS:
        is_allowed = day in (policy.get("allowedDays") or DAYS)
        times = policy.get("allowedTime")
        if times:
            windows = times.get(day) or times.get("default") or []
        elif policy.get("localTimeFrom") is not None:
            windows = [policy]
        else:
            windows = [{"localTimeFrom": "00:00", "localTimeTo": "24:00"}]
        minutes_of_day = [False] * MINUTES
        for window in windows if is_allowed else []:
            for minute in range(
                *(minutes(window[end]) for end in ("localTimeFrom", "localTimeTo"))
            ):
                minutes_of_day[minute] = True
        week += minutes_of_day
    return week


#: What a policy says about hours.
HOURS: Final = ("allowedDays", "allowedTime", "localTimeFrom", "localTimeTo")


def says_hours(job: dict[str, Any], campaign: dict[str, Any]) -> bool:
    """Whether the job or the campaign says at which hours to call."""
    return any((job | campaign).get(name) is not None for name in HOURS)


def night_minutes(night: str) -> frozenset[int]:
    """The minutes of the day that are night."""
    begin, end = (minutes(text) for text in night.split("-"))
    by_order = range(begin, end) if begin <= end else (*range(end), *range(begin, MINUTES))
    return frozenset(by_order)


@dataclass(frozen=True)
class Span:
    """A stretch of time around something that happens to the clocks of a zone."""

    zone: str
    around: str
    step: int = 60
    days: int = 4

    @property
    def begin(self) -> datetime:
        """The first step."""
        middle = datetime.fromisoformat(self.around).replace(tzinfo=UTC)
        return middle - timedelta(days=self.days // 2)

    @property
    def steps(self) -> int:
        """How many steps it has."""
        return self.days * 86_400 // self.step

    def at(self, step: int) -> datetime:
        """The instant of a step."""
        return self.begin + timedelta(seconds=step * self.step)


@cache
def tz(name: str) -> tzinfo:
    """The zone of an ID, or of an offset: Z, or hours and minutes and perhaps seconds."""
    if name == "Z":
        return UTC
    if name[0] not in "+-":
        # The system's own files may be of another year than the installed package.
        with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
            return ZoneInfo.from_file(file, key=name)
    parts = [int(part) for part in name[1:].split(":")] + [0]
    offset = timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2])
    return timezone(-offset if name[0] == "-" else offset)


@cache
def local_minutes(zone: str, begin: datetime, steps: int, step: int) -> list[int]:
    """The minute of the week that the zone's clock shows at each step."""
    found = []
    for i in range(steps):
        local = (begin + timedelta(seconds=i * step)).astimezone(tz(zone))
        found.append(local.weekday() * MINUTES + local.hour * 60 + local.minute)
    return found


@cache
def offsets(zone: str, begin: datetime, steps: int, step: int) -> list[timedelta]:
    """The offset of a zone at each step."""
    found = []
    for i in range(steps):
        offset = (begin + timedelta(seconds=i * step)).astimezone(tz(zone)).utcoffset()
        assert offset is not None
        found.append(offset)
    return found


def rings_at(span: Span, zone: str, week: list[bool], first: int, last: int) -> list[int]:
    """The steps at which the zone's clock allows a call, from the first to before the last."""
    clock = local_minutes(zone, span.begin, span.steps, span.step)
    return [step for step in range(first, last) if week[clock[step]]]


def first_at_night(
    span: Span, zones: list[str], rings: list[list[int]], night: str, with_hours: bool
) -> tuple[int, str] | None:
    """The first step at night in the first zone where the job rings, and the zone; None if it is
    not night in all zones where it rings. Of a job without hours all steps must be at night."""
    by_night = night_minutes(night)
    found: list[tuple[int, str]] = []
    for zone, steps in zip(zones, rings, strict=True):
        if not steps:
            continue
        clock = local_minutes(zone, span.begin, span.steps, span.step)
        dark = [step for step in steps if clock[step] % MINUTES in by_night]
        if not dark or (not with_hours and len(dark) < len(steps)):
            return None
        found.append((dark[0], zone))
    return found[0] if found else None


def first_far(span: Span, zone: str, phone_zones: list[str], rings: list[int]) -> int | None:
    """The first step at which the job rings and the offset of no zone of the phone is its own."""
    own = offsets(zone, span.begin, span.steps, span.step)
    others = [offsets(other, span.begin, span.steps, span.step) for other in phone_zones]
    for step in rings if others else ():
        if all(other[step] != own[step] for other in others):
            return step
    return None


def stretches(span: Span, zone: str, week: list[bool], first: int, last: int) -> list[Stretch]:
    """The longest runs of allowed steps, from the first to before the last."""
    clock = local_minutes(zone, span.begin, span.steps, span.step)
    found = []
    begun: int | None = None
    for step in range(first, last):
        if week[clock[step]]:
            begun = step if begun is None else begun
        elif begun is not None:
            found.append((span.at(begun), span.at(step)))
            begun = None
    if begun is not None:
        found.append((span.at(begun), span.at(last)))
    return found


SPANS: Final = (
    Span("Europe/Berlin", "2026-03-29"),
    Span("Europe/Berlin", "2026-10-25"),
    Span("Europe/Berlin", "2400-03-26"),
    Span("Europe/Berlin", "1893-04-01", step=4, days=2),  # the end of local mean time
    Span("Europe/Dublin", "2026-10-25"),
    Span("Europe/Moscow", "2014-10-26"),
    Span("America/New_York", "2026-03-08"),
    Span("America/New_York", "2026-11-01"),
    Span("America/Sao_Paulo", "2018-11-04"),  # the gap begins at midnight
    Span("America/Havana", "2024-11-03"),
    Span("America/St_Johns", "2010-03-14"),  # at one minute past midnight
    Span("America/Caracas", "2016-05-01"),  # by half an hour
    Span("Australia/Lord_Howe", "2026-04-05"),  # daylight saving of half an hour
    Span("Australia/Lord_Howe", "2026-10-04"),
    Span("Pacific/Apia", "2011-12-30"),  # there is no 30th of December
    Span("Pacific/Kiritimati", "1995-01-01"),  # nor a 31st of December 1994
    Span("Pacific/Kwajalein", "1993-08-21"),  # nor a 21st of August
    Span("Pacific/Chatham", "2026-04-05"),
    Span("Africa/Casablanca", "2026-02-15"),  # negative daylight saving in Ramadan
    Span("Africa/Casablanca", "2026-03-22"),
    Span("Africa/Monrovia", "1972-01-07", step=30),  # -00:44:30 before
    Span("Antarctica/Troll", "2026-03-29"),  # by two hours
    Span("Antarctica/Troll", "2026-10-25"),
    Span("Asia/Beirut", "2026-03-29"),
    Span("Asia/Gaza", "2026-10-24"),
    Span("Asia/Pyongyang", "2015-08-14"),
    Span("Asia/Kolkata", "2026-03-01"),
    Span("Asia/Kathmandu", "2026-03-01"),
    Span("+03:00", "2026-03-01"),
    Span("-09:30", "2026-12-31"),
    Span("+14:00", "2024-02-28"),
    Span("+05:30:15", "2026-03-01", step=15),
    Span("+03:00", "0001-01-05"),
    Span("-03:00", "9999-12-27"),
)


@dataclass(frozen=True)
class Question:
    """A job, the options of the call, and the steps between which it may ring."""

    span: Span
    job: dict[str, Any]
    campaign: dict[str, Any]
    now: datetime
    first: int
    last: int

    @property
    def week(self) -> list[bool]:
        """The minutes of the week that are allowed."""
        return allowed(self.job, self.campaign)


def question(random: Random, span: Span) -> Question:
    """A job whose start, finish, days and windows are around the middle of a span."""
    now, start = (random.randrange(span.steps // 2) for _ in range(2))
    finish = random.randrange(1, span.steps)
    job: dict[str, Any] = {}
    campaign: dict[str, Any] = {}
    if random.random() < 0.5 and start < finish:
        _either(random, job, campaign)["startDateTime"] = _written(random, span.at(start))
    else:
        start = 0
    _either(random, job, campaign)["finishDateTime"] = _written(random, span.at(finish))
    if random.random() < 0.6:
        days = random.sample(DAYS, random.randint(1, 7))
        _either(random, job, campaign)["allowedDays"] = days
    kind = random.random()
    if kind < 0.6:
        keys = random.sample(["default", *DAYS], random.randint(1, 4))
        times = {key: _windows(random) for key in keys}
        _either(random, job, campaign)["allowedTime"] = times
        if random.random() < 0.1:
            _either(random, job, campaign)["allowedTime"] = {key: _windows(random) for key in keys}
    elif kind < 0.75:
        [window] = _windows(random, most=1)
        _either(random, job, campaign).update(window)
    return Question(span, job, campaign, span.at(now), max(now, start), finish)


def _either(random: Random, job: dict[str, Any], campaign: dict[str, Any]) -> dict[str, Any]:
    return campaign if random.random() < 0.3 else job


def _written(random: Random, instant: datetime) -> str:
    """The instant with some offset."""
    hours = random.randint(-18, 18) if 1 < instant.year < 9999 else 0
    return instant.astimezone(timezone(timedelta(hours=hours))).isoformat()


def _windows(random: Random, most: int = 3) -> list[dict[str, str]]:
    """Windows of a day that do not overlap, some of which touch."""
    ends = {random.randrange(MINUTES) for _ in range(2 * random.randint(1, most))}
    ends |= {random.choice((0, 1, 30, 60, 90, 120, 150, 180, 210, MINUTES - 1))}
    ordered = sorted(ends if len(ends) > 1 else ends | {MINUTES - 1, 0})
    pairs = list(pairwise(ordered))
    return [_window(*pair) for pair in random.sample(pairs, min(most, len(pairs)))]


def _window(start: int, end: int) -> dict[str, str]:
    def text(minute: int) -> str:
        return f"{minute // 60:02}:{minute % 60:02}"

    return {"localTimeFrom": text(start), "localTimeTo": text(end)}


def questions(random: Random, count: int, spans: tuple[Span, ...] = SPANS) -> Iterator[Question]:
    """This many questions, span by span."""
    for i in range(count):
        yield question(random, spans[i % len(spans)])
