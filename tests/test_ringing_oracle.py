"""Windows and verdicts against the reference that checks every minute."""

from __future__ import annotations

import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

import predial
from phone_zones_reference import zones_of
from ringing_reference import (
    MINUTES,
    Question,
    Span,
    Stretch,
    allowed,
    first_at_night,
    first_far,
    questions,
    rings_at,
    says_hours,
    stretches,
    tz,
)

pytestmark = pytest.mark.slow

#: PREDIAL_RINGING_JOBS jobs are drawn with the seed PREDIAL_RINGING_SEED.
JOBS = int(os.environ.get("PREDIAL_RINGING_JOBS", "20000"))
SEED = int(os.environ.get("PREDIAL_RINGING_SEED", "24"))

#: An international freephone number: it may be anywhere.
ANYWHERE = "80012345678"

#: The default, one within a day, one of a minute, and none.
NIGHTS = ("22:00-08:00", "22:00-08:00", "13:00-15:00", "23:59-00:00", "00:00-00:00")

#: Phones of one zone, of several, and of none that is known.
PHONES = (
    "12015550123", "493023125123", "77272345678", "74012123456", "79123456789", "61491570156",
    "21321234567", "5511961234567", "35312345678", ANYWHERE,
)  # fmt: skip

ABOUT_RINGING = ("policy-expired", "policy-never-rings", "policy-night", "zone-far-from-phone")


def verdict(asked: Question, zone: str | None, phone: str, night: str) -> dict[str, str]:
    """What is found about when the job rings: the severity of each rule, or what it says."""
    job = {"phone": phone, "gmtZone": zone, **asked.job}
    report = predial.check([job], now=asked.now, campaign=asked.campaign, level="e164", night=night)
    found: dict[str, str] = {}
    for diagnostic in report.diagnostics:
        if diagnostic.rule in ABOUT_RINGING[:2]:
            found[diagnostic.rule] = diagnostic.severity
        elif diagnostic.rule in ABOUT_RINGING:
            assert diagnostic.severity == "warning"
            clause = diagnostic.message.rsplit("; ", 1)[0]
            found[diagnostic.rule] = clause.removesuffix(" (by the campaign's policy)")
        else:
            assert diagnostic.severity != "error", diagnostic.message
    return found


def expected(asked: Question, zones: list[str], night: str) -> dict[str, str]:
    """The same by the reference, of a job that may be in these zones."""
    if asked.span.at(asked.last) <= asked.now:
        return {"policy-expired": "error"}
    rings = in_zones(asked, zones)
    if not any(rings):
        return {"policy-never-rings": "error"}
    found = {} if all(rings) else {"policy-never-rings": "warning"}
    with_hours = says_hours(asked.job, asked.campaign)
    at_night = first_at_night(asked.span, zones, rings, night, with_hours)
    if at_night is not None:
        step, zone = at_night
        shown = local(asked, step, zone)
        found["policy-night"] = (
            f"on {shown.date()} the job can ring at {shown:%H:%M} ({zone}), "
            f"and the night is {night}"
        )
    return found


def in_zones(asked: Question, zones: list[str]) -> list[list[int]]:
    week = asked.week
    return [rings_at(asked.span, zone, week, asked.first, asked.last) for zone in zones]


def local(asked: Question, step: int, zone: str) -> datetime:
    return asked.span.at(step).astimezone(tz(zone))


def distance(asked: Question, zone: str, phone: str) -> dict[str, str]:
    """What is said about the clocks of a job that rings."""
    phone_zones = zones_of(phone, asked.now)
    [rings] = in_zones(asked, [zone])
    step = first_far(asked.span, zone, phone_zones, rings)
    if step is None:
        return {}
    by_job = local(asked, step, zone)
    own = by_job.utcoffset() or timedelta()
    by_phone = min(
        (local(asked, step, other) for other in phone_zones),
        key=lambda shown: abs((shown.utcoffset() or timedelta()) - own),
    )
    days = (by_phone.date() - by_job.date()).days
    day = {-1: " the day before", 0: "", 1: " the day after"}[days]
    clause = (
        f"on {by_job.date()} the phone's clock shows {by_phone:%H:%M}{day} ({by_phone.tzinfo}) "
        f"when the job's shows {by_job:%H:%M} ({zone})"
    )
    return {"zone-far-from-phone": clause}


def test_jobs_of_one_zone() -> None:
    outcomes: Counter[str] = Counter()
    random = Random(SEED)
    for asked in questions(Random(SEED), JOBS):
        zone, night, phone = asked.span.zone, random.choice(NIGHTS), random.choice(PHONES)
        right = stretches(asked.span, zone, asked.week, asked.first, asked.last)
        job = {"gmtZone": zone, **asked.job}
        found = list(predial.call_windows(job, asked.now, asked.campaign))
        assert [(window.start, window.end) for window in found] == right, asked
        assert all(window.zone.id == zone for window in found)
        answer = expected(asked, [zone], night)
        if asked.span.at(asked.last) > asked.now:
            answer |= distance(asked, zone, phone)
        assert verdict(asked, zone, phone, night) == answer, (asked, phone, night)
        outcomes.update(list(answer) or ["rings"])
    assert min(outcomes.values()) > JOBS // 50, outcomes
    assert len(outcomes) == 5


WORLD = [
    f"{'+' if quarter >= 0 else '-'}{abs(quarter) // 4:02}:{abs(quarter) % 4 * 15:02}"
    for quarter in range(-48, 57)
]
WORLD[48] = "Z"
MOVING = (Span("Europe/Berlin", "2026-10-25"), Span("America/New_York", "2026-11-01", days=2))


def test_jobs_of_several_zones() -> None:
    random = Random(SEED)
    outcomes: Counter[str] = Counter()
    for i, asked in enumerate(questions(random, max(JOBS // 40, 100), MOVING)):
        phone, night = random.choice(PHONES), random.choice(NIGHTS)
        zones = zones_of(phone, asked.now) or WORLD
        by_zone: list[list[Stretch]] = [
            stretches(asked.span, zone, asked.week, asked.first, asked.last) for zone in zones
        ]
        right = {stretch for found in by_zone for stretch in found}
        windows = list(
            predial.call_windows({"phone": phone, **asked.job}, asked.now, asked.campaign)
        )
        assert {(window.start, window.end) for window in windows} == right, (i, asked)
        starts = [window.start for window in windows]
        assert starts == sorted(starts)
        answer = expected(asked, zones, night)
        assert verdict(asked, None, phone, night) == answer, (asked, phone, night)
        outcomes.update(list(answer) or ["rings"])
    assert len(outcomes) == 4


#: A year of a northern zone, a southern one, one without daylight saving, and offsets.
YEAR = timedelta(days=366)
LATER = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Sydney",
    "Asia/Kolkata",
    "-04:00",
    "+01:00",
)


def test_clocks_over_a_year() -> None:
    """Jobs without a finish, and with one that is up to two years off. The clocks of these zones
    change at quarters of an hour, and these windows begin there."""
    random = Random(SEED)
    outcomes: Counter[bool] = Counter()
    for _ in range(max(JOBS // 200, 20)):
        zone, phone = random.choice(LATER), random.choice(PHONES[:6])
        now = datetime(2026, random.randint(1, 12), random.randint(1, 28), tzinfo=UTC)
        hour = random.randint(0, 22)
        window = {
            "localTimeFrom": f"{hour:02}:{random.choice((0, 15, 30, 45)):02}",
            "localTimeTo": f"{hour + 1:02}:{random.choice((0, 15, 30, 45)):02}",
        }
        job: dict[str, Any] = {"allowedTime": {"default": [window]}}
        start = now
        if random.random() < 0.5:
            start = now + timedelta(days=random.randint(1, 500))
            job["startDateTime"] = start.isoformat()
        until = start + YEAR
        if random.random() < 0.5:
            until = start + timedelta(days=random.randint(1, 600))
            job["finishDateTime"] = until.isoformat()
        days = (until - start).days
        middle = start + timedelta(days=days // 2)
        span = Span(zone, f"{middle:%Y-%m-%d}", step=900, days=days)
        assert span.begin == start
        asked = Question(span, job, {}, now, 0, span.steps)
        answer = distance(asked, zone, phone)
        assert verdict(asked, zone, phone, "00:00-00:00") == answer, (asked, phone)
        outcomes[bool(answer)] += 1
    assert min(outcomes[True], outcomes[False]) > 2, outcomes


def test_windows_go_on_without_a_finish() -> None:
    random = Random(SEED)
    for asked in questions(random, max(JOBS // 40, 100)):
        finish = {"finishDateTime"}
        job = {k: v for k, v in asked.job.items() if k not in finish}
        campaign = {k: v for k, v in asked.campaign.items() if k not in finish}
        week = allowed(job, campaign)
        right = stretches(asked.span, asked.span.zone, week, asked.first, asked.span.steps)
        found = predial.call_windows({"gmtZone": asked.span.zone, **job}, asked.now, campaign)
        for start, end in right:
            window = next(found)
            assert window.start == start
            if end < asked.span.at(asked.span.steps):
                assert window.end == end
            else:
                assert window.end is None or window.end >= end
        if all(week):
            assert next(found, None) is None
        elif not any(week):
            assert right == []
            assert next(found, None) is None


def test_the_reference_knows_the_days_that_are_none() -> None:
    """The reference is compared with the calendar itself: a Friday that Samoa never had."""
    apia = Span("Pacific/Apia", "2011-12-30")
    fridays = [minute // MINUTES == 4 for minute in range(7 * MINUTES)]
    assert stretches(apia, apia.zone, fridays, 0, apia.steps) == []
    assert stretches(apia, "Pacific/Pago_Pago", fridays, 0, apia.steps) != []
