"""`forecast`: how many jobs may ring in each hour, and when a queue is through."""

from __future__ import annotations

import json
import os
import pickle
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner

import predial
from forecast_reference import forecast as slow_forecast
from forecast_reference import rings
from predial._batch import prepare_and_forecast
from predial.cli import commands
from ringing_reference import local_minutes

NOW = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
ZONES = ("Europe/Moscow", "+05:00", "America/New_York", "Asia/Kolkata", "-03:30", None)
PHONES = ("12015550123", "493023125123", "79123456789", "61491570156")
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def window(start: int, end: int) -> dict[str, str]:
    return {
        "localTimeFrom": f"{start // 60:02}:{start % 60:02}",
        "localTimeTo": f"{end // 60:02}:{end % 60:02}",
    }


#: PREDIAL_FORECAST_JOBS jobs are drawn for each seed.
JOBS = int(os.environ.get("PREDIAL_FORECAST_JOBS", "600"))


def hours_of(random: Random) -> dict[str, Any]:
    """Windows and days, or neither."""
    hours: dict[str, Any] = {}
    if random.random() < 0.7:
        start = random.randrange(0, 1300)
        times = [window(start, random.randrange(start + 1, 1440))]
        hours["allowedTime"] = {"default": times}
    if random.random() < 0.4:
        hours["allowedDays"] = random.sample(DAYS, 5)
    return hours


def jobs_of(
    random: Random,
    count: int,
    days: int,
    now: datetime = NOW,
    campaign: dict[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Jobs that all ring within the days and end there, most of them with dates of their own."""
    policies = [hours_of(random) for _ in range(12)]
    jobs: list[dict[str, Any]] = []
    while len(jobs) < count:
        job = {"phone": random.choice(PHONES), **random.choice(policies)}
        if campaign is None or random.random() < 0.7:
            finish = now + timedelta(minutes=random.randrange(1, days * 1440))
            job["finishDateTime"] = finish.isoformat()
            if random.random() < 0.4:
                start_at = now + (finish - now) * random.random()
                job["startDateTime"] = start_at.replace(second=0, microsecond=0).isoformat()
        zone = random.choice(ZONES)
        if zone is not None:
            job["gmtZone"] = zone
        jobs.append(job)
    options: dict[str, Any] = {"now": now, "duplicates": "allow", "campaign": campaign}
    rejected = predial.check(jobs, max_diagnostics=10 * count, **options)
    bad = {found.row for found in rejected.diagnostics if found.severity == "error"}
    return [job for row, job in enumerate(jobs) if row not in bad]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_forecast_is_what_a_slow_simulation_says(seed: int) -> None:
    random = Random(seed)
    days = 3
    # On the second day New York's clocks change.
    now = NOW + timedelta(days=5) if seed % 2 else NOW
    campaign: dict[str, Any] | None = None
    if seed >= 2:
        campaign = {**hours_of(random), "finishDateTime": (now + timedelta(days=2)).isoformat()}
    jobs = jobs_of(random, JOBS, days, now, campaign)
    lines, minutes = random.randint(1, 6), random.randint(1, 15)
    found = predial.forecast(
        jobs,
        days=days,
        lines=lines,
        seconds_per_call=minutes * 60,
        now=now,
        duplicates="allow",
        campaign=campaign,
    )
    right = slow_forecast(jobs, campaign or {}, now, days, lines, minutes)
    assert [count for _, count in found.hours] == right.hours
    assert found.jobs == len(jobs)
    assert found.night_only == right.night_only
    assert (found.done, found.missed) == (right.done, right.missed)
    assert 0 < right.missed < len(jobs)
    assert 0 < right.night_only < len(jobs)


MORNING = {"allowedTime": {"default": [window(600, 720)]}}


def test_jobs_without_a_policy_may_ring_at_any_time() -> None:
    found = predial.forecast([{"phone": PHONES[0]}, {"phone": PHONES[1]}], now=NOW, days=2)
    assert [count for _, count in found.hours] == [2] * 48
    assert (found.jobs, found.done, found.missed) == (2, None, None)
    # Repaired and warned jobs as well.
    loose: list[dict[str, Any]] = [
        {"phone": "+1 201 555 0123"},
        {"phone": PHONES[1], "gmtZone": "-08:00"},
    ]
    assert predial.forecast(loose, now=NOW, days=1).hours[5][1] == 2


def test_a_campaign_holds_for_jobs_without_a_policy() -> None:
    job = {"phone": PHONES[0], "gmtZone": "Z"}
    found = predial.forecast([job], now=NOW, days=1, campaign=MORNING)
    assert [hour.hour for hour, count in found.hours if count] == [10, 11]


def test_dates_count_to_the_nanosecond() -> None:
    """A job that may ring for half a second counts in its hour, and is called in time or not."""
    at = "2026-03-02T11:59:59"
    job = {"phone": PHONES[0], "gmtZone": "Z", "allowedTime": {"default": [window(600, 780)]}}
    dates = {"startDateTime": f"{at}.25Z", "finishDateTime": f"{at}.75Z"}
    found = predial.forecast([{**job, **dates}], now=NOW, days=1)
    assert [hour.hour for hour, count in found.hours if count] == [11]
    to_noon = {"startDateTime": f"{at}.25Z", "finishDateTime": "2026-03-02T12:00:00.000000001Z"}
    options: dict[str, Any] = {"now": NOW, "days": 1, "lines": 1, "seconds_per_call": 0.5}
    jobs = [{**job, **to_noon}, {**job, **dates, "phone": PHONES[1]}]
    found = predial.forecast(jobs, level="e164", **options)
    assert [hour.hour for hour, count in found.hours if count] == [11, 12]
    first_call = NOW + timedelta(hours=11, minutes=59, seconds=59, milliseconds=250)
    assert (found.done, found.missed) == (first_call + timedelta(milliseconds=500), 1)


def test_a_job_that_starts_in_two_years() -> None:
    far = {"startDateTime": "2028-03-02T01:00:00Z"}
    night = {"finishDateTime": "2028-03-02T02:00:00Z", "allowedTime": {"default": [window(0, 720)]}}
    jobs = [
        {"phone": PHONES[0], "gmtZone": "Z", **far, **night},
        {"phone": PHONES[1], "gmtZone": "Z", **far, **MORNING},
    ]
    found = predial.forecast(jobs, now=NOW, lines=1, seconds_per_call=1)
    assert {count for _, count in found.hours} == {0}
    assert (found.jobs, found.night_only) == (2, 1)
    # The queue is followed for a year, and both are left.
    assert (found.done, found.missed) == (None, 0)


def test_a_phone_that_may_be_anywhere_rings_all_day() -> None:
    """The windows of all zones leave no gap."""
    job = {"phone": "80012345678", "allowedTime": {"default": [window(0, 60)]}}
    found = predial.forecast([job], now=NOW, days=30, lines=1, seconds_per_call=1)
    assert {count for _, count in found.hours} == {1}
    assert (found.night_only, found.done, found.missed) == (1, NOW + timedelta(seconds=1), 0)


def test_rejected_jobs_are_counted_by_their_reason() -> None:
    jobs: list[dict[str, Any]] = [
        {"phone": "12015550101", "finishDateTime": "2020-01-01T00:00:00Z"},
        {"phone": "12015550102", "allowedDays": ["mon"], "allowedTime": {"tue": [window(0, 60)]}},
        {"phone": "12015550103", "allowedTime": {"default": [window(60, 120)]}},
        {"phone": "12015550103"},
        {"phone": "7.9E+10"},
    ]
    found = predial.forecast(jobs, now=NOW)
    assert (found.jobs, found.never, found.expired, found.night_only) == (1, 1, 1, 1)
    assert found.report.rejected == 4


def test_jobs_with_a_policy_are_called_first() -> None:
    free = [{"phone": f"1201555010{i}"} for i in range(5)]
    own = {"phone": "12015550109", "gmtZone": "Z", "finishDateTime": "2026-03-02T00:00:01Z"}
    options: dict[str, Any] = {"now": NOW, "lines": 1, "seconds_per_call": 60}
    found = predial.forecast([*free, own], **options)
    assert (found.missed, found.done) == (0, NOW + timedelta(minutes=6))
    late = {**own, "phone": "12015550108"}
    assert predial.forecast([*free, own, late], **options).missed == 1


def test_hours_begin_with_that_of_now() -> None:
    job = {"phone": PHONES[0], "gmtZone": "Z", "finishDateTime": "2026-03-02T11:00:00Z"}
    found = predial.forecast([job], now=NOW + timedelta(hours=9, minutes=30), days=1)
    assert found.hours[0] == (NOW + timedelta(hours=9), 1)
    assert [count for _, count in found.hours][:3] == [1, 1, 0]


@pytest.mark.parametrize("seed", range(3))
def test_hours_of_the_week_are_those_of_slow_clocks(seed: int) -> None:
    random = Random(seed)
    now = NOW + timedelta(hours=random.randrange(200), minutes=random.choice([0, 20]))
    days = 6  # all jobs end before the week does
    jobs = [job for job in jobs_of(random, 60, days, now) if "gmtZone" in job]
    right = [[0] * 24 for _ in range(7)]
    steps = days * 1440
    for job in jobs:
        minutes, _ = rings(job, {}, now, steps)
        clock = local_minutes(job["gmtZone"], now, steps, 60)
        for hour in {clock[step] // 60 for step in range(steps) if minutes[step]}:
            right[hour // 24][hour % 24] += 1
    found = predial.forecast(jobs, now=now, duplicates="allow")
    assert [list(day) for day in found.local_week] == right
    assert found.free == 0


def test_an_hour_that_a_clock_shows_twice_counts_once() -> None:
    # On 2026-10-25 Berlin's clock goes from 03:00 back to 02:00.
    job = {"phone": PHONES[1], "gmtZone": "Europe/Berlin", "allowedDays": ["sun"]}
    found = predial.forecast([job], now=datetime(2026, 10, 21, tzinfo=UTC))
    assert found.local_week == ((0,) * 24,) * 6 + ((1,) * 24,)


def test_jobs_without_a_policy_are_free() -> None:
    found = predial.forecast([{"phone": PHONES[0]}, {"phone": PHONES[1], "maxAttempts": 2}])
    assert (found.jobs, found.free) == (2, 1)
    assert found.local_week == ((2,) * 24,) * 7


@pytest.mark.parametrize("threads", [1, 3])
def test_prepare_forecasts_what_forecast_does(tmp_path: Any, threads: int) -> None:
    random = Random(7)
    jobs = jobs_of(random, 200, 5)
    jobs[3:3] = [{"phone": "7.9E+10"}, {"phone": PHONES[0], "finishDateTime": "2020-01-01T00:00Z"}]
    jobs += [{"phone": PHONES[0], "gmtZone": "+09:00"}] * 3
    lines = "".join(json.dumps(job) + "\n" for job in jobs).encode()
    options: dict[str, Any] = {"now": NOW, "statistics": True, "threads": threads}
    for duplicates in ("phone", "job", "allow"):
        options["duplicates"] = duplicates
        out = tmp_path / duplicates
        report, found = prepare_and_forecast(lines, out, **options)
        right = predial.forecast(lines, **options)
        assert found.hours == right.hours
        assert repr(found) == repr(right)
        assert (found.local_week, found.free) == (right.local_week, right.free)
        assert report.statistics == right.report.statistics
        assert report.counts == right.report.counts


def test_a_forecast_is_a_value() -> None:
    one, again = (predial.forecast([{"phone": PHONES[0]}], now=NOW) for _ in range(2))
    assert one == again
    assert hash(one) == hash(again)
    assert pickle.loads(pickle.dumps(one)) == one
    assert one != predial.forecast([], now=NOW)
    assert repr(one) == (
        "predial.Forecast(jobs=1, never=0, expired=0, night_only=0, done=None, missed=None)"
    )
    with pytest.raises(AttributeError):
        one.jobs = 2


@pytest.mark.parametrize(
    "options",
    [
        {"days": 0},
        {"days": 367},
        {"lines": 1},
        {"seconds_per_call": 1},
        {"lines": 0, "seconds_per_call": 1},
        {"lines": 1, "seconds_per_call": 0},
        {"lines": 1, "seconds_per_call": float("nan")},
    ],
)
def test_options_out_of_range(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"days|lines|seconds_per_call"):
        predial.forecast([], **options)


def test_threads_do_not_change_it() -> None:
    jobs = jobs_of(Random(9), 3000, 3)
    source = "\n".join(map(json.dumps, jobs)).encode()
    options: dict[str, Any] = {"now": NOW, "lines": 3, "seconds_per_call": 9.5}
    of_one = predial.forecast(source, threads=1, duplicates="allow", **options)
    assert predial.forecast(source, threads=2, duplicates="allow", **options) == of_one


def test_the_command() -> None:
    text = json.dumps({"phone": PHONES[0], "gmtZone": "Z", **MORNING}) + "\n"
    words = ["forecast", "-", "--days", "1", "--now", "2026-03-02T00:00Z"]
    queue = ["--lines", "1", "--seconds-per-call", "30"]
    result = CliRunner().invoke(commands, [*words, *queue], input=text)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [
        "from                  until                 jobs",
        "2026-03-02T00:00:00Z  2026-03-02T10:00:00Z  0",
        "2026-03-02T10:00:00Z  2026-03-02T12:00:00Z  1",
        "2026-03-02T12:00:00Z  2026-03-03T00:00:00Z  0",
        "1 job can be sent",
        "0 of them ring only at night",
        "0 jobs rejected because the policy leaves no time",
        "0 jobs rejected because the finish has passed",
        "The last call ends: 2026-03-02T10:00:30Z",
        "0 jobs not called in time",
    ]
    as_json = CliRunner().invoke(commands, [*words, "--output-format", "json"], input=text)
    assert json.loads(as_json.stdout)["hours"][10] == {"hour": "2026-03-02T10:00:00Z", "jobs": 1}
    lines = CliRunner().invoke(commands, [*words, "--output-format", "ndjson"], input=text)
    assert json.loads(lines.stdout.splitlines()[-1])["type"] == "forecast"
    assert CliRunner().invoke(commands, ["forecast", "-", "--lines", "1"]).exit_code == 2
