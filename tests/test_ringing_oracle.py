"""Windows and verdicts against the reference that checks every minute."""

from __future__ import annotations

import os
from collections import Counter
from random import Random

import pytest

import predial
from ringing_reference import MINUTES, Question, Span, Stretch, allowed, questions, stretches

pytestmark = pytest.mark.slow

#: PREDIAL_RINGING_JOBS jobs are drawn with the seed PREDIAL_RINGING_SEED.
JOBS = int(os.environ.get("PREDIAL_RINGING_JOBS", "20000"))
SEED = int(os.environ.get("PREDIAL_RINGING_SEED", "24"))

#: An international freephone number: it may be anywhere.
ANYWHERE = "80012345678"


def verdict(asked: Question, zone: str | None, phone: str) -> Counter[str]:
    job = {"phone": phone, "gmtZone": zone, **asked.job}
    report = predial.check([job], now=asked.now, campaign=asked.campaign, level="e164")
    about_ringing = ("policy-expired", "policy-never-rings")
    found: Counter[str] = Counter()
    for diagnostic in report.diagnostics:
        if diagnostic.rule in about_ringing:
            found[f"{diagnostic.rule} {diagnostic.severity}"] += 1
        else:
            assert diagnostic.severity != "error", diagnostic.message
    return found


def expected(asked: Question, rings: list[bool]) -> Counter[str]:
    if asked.span.at(asked.last) <= asked.now:
        return Counter(["policy-expired error"])
    if not any(rings):
        return Counter(["policy-never-rings error"])
    return Counter() if all(rings) else Counter(["policy-never-rings warning"])


def test_jobs_of_one_zone() -> None:
    outcomes: Counter[str] = Counter()
    for asked in questions(Random(SEED), JOBS):
        zone = asked.span.zone
        right = stretches(asked.span, zone, asked.week, asked.first, asked.last)
        job = {"gmtZone": zone, **asked.job}
        found = list(predial.call_windows(job, asked.now, asked.campaign))
        assert [(window.start, window.end) for window in found] == right, asked
        assert all(window.zone.id == zone for window in found)
        rules = verdict(asked, zone, ANYWHERE)
        assert rules == expected(asked, [bool(right)]), asked
        outcomes.update(rules or ["rings"])
    assert min(outcomes.values()) > JOBS // 50, outcomes
    assert len(outcomes) == 3


#: Phones and the zones where they may be; the last list is checked by quarters of an hour.
PHONES = {
    "12015550123": ["America/New_York"],
    "493023125123": ["Europe/Berlin"],
    "77272345678": ["Asia/Almaty"],
}
WORLD = [
    f"{'+' if quarter >= 0 else '-'}{abs(quarter) // 4:02}:{abs(quarter) % 4 * 15:02}"
    for quarter in range(-48, 57)
]
MOVING = (Span("Europe/Berlin", "2026-10-25"), Span("America/New_York", "2026-11-01", days=2))


def in_zones(asked: Question, zones: list[str]) -> list[list[Stretch]]:
    week = asked.week
    return [stretches(asked.span, zone, week, asked.first, asked.last) for zone in zones]


def test_jobs_of_several_zones() -> None:
    random = Random(SEED)
    for i, asked in enumerate(questions(random, max(JOBS // 40, 100), MOVING)):
        phone, zones = random.choice([*PHONES.items(), (ANYWHERE, WORLD)])
        zones = list(predial.parse_phone(phone).time_zones) if phone != ANYWHERE else zones
        by_zone = in_zones(asked, zones)
        right = {stretch for found in by_zone for stretch in found}
        windows = list(
            predial.call_windows({"phone": phone, **asked.job}, asked.now, asked.campaign)
        )
        assert {(window.start, window.end) for window in windows} == right, (i, asked)
        starts = [window.start for window in windows]
        assert starts == sorted(starts)
        assert verdict(asked, None, phone) == expected(asked, [bool(found) for found in by_zone])


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
