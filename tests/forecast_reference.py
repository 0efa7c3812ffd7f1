"""A forecast, computed slowly: every minute of the days is checked for every job, and the queue is
played call by call. Written from the documentation, without predial's code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from phone_zones_reference import zones_of
from ringing_reference import allowed, local_minutes

MINUTE = timedelta(minutes=1)

POLICY = ("startDateTime", "finishDateTime", "allowedDays", "allowedTime", "maxAttempts")


def rings(
    job: dict[str, Any], campaign: dict[str, Any], now: datetime, steps: int
) -> tuple[bytearray, bool]:
    """Whether a job may ring in each minute from now, and whether it never does by day."""
    week = allowed(job, campaign)
    zones = [job["gmtZone"]] if job.get("gmtZone") else zones_of(str(job["phone"]), now)
    policy = campaign | {name: value for name, value in job.items() if value is not None}
    first, last = 0, steps
    if policy.get("startDateTime"):
        start = datetime.fromisoformat(policy["startDateTime"])
        first = max(0, (start - now) // MINUTE)
    if policy.get("finishDateTime"):
        finish = datetime.fromisoformat(policy["finishDateTime"])
        last = min(steps, (finish - now) // MINUTE)
    found = bytearray(steps)
    only_night = True
    for zone in zones:
        clock = local_minutes(zone, now, steps, 60)
        for step in range(first, last):
            if week[clock[step]]:
                found[step] = 1
                minute = clock[step] % 1440
                only_night = only_night and (minute >= 22 * 60 or minute < 8 * 60)
    return found, only_night


@dataclass
class Answer:
    """What a forecast says."""

    hours: list[int]
    night_only: int
    done: datetime | None
    missed: int


def forecast(
    jobs: list[dict[str, Any]],
    campaign: dict[str, Any],
    now: datetime,
    days: int,
    lines: int,
    minutes_per_call: int,
) -> Answer:
    """The forecast of jobs that can all be sent, from the beginning of an hour."""
    steps = days * 1440
    hours = [0] * (days * 24)
    night_only = 0
    plans = []
    for job in jobs:
        minutes, only_night = rings(job, campaign, now, steps)
        for hour in range(days * 24):
            hours[hour] += any(minutes[hour * 60 : hour * 60 + 60])
        night_only += only_night
        plans.append(minutes)
    # Jobs with a policy of their own come first.
    waiting = sorted(
        range(len(jobs)),
        key=lambda i: (not any(jobs[i].get(name) is not None for name in POLICY), i),
    )
    last_chance = [max((s for s in range(steps) if plan[s]), default=-1) for plan in plans]
    free_at = [0] * lines
    done = None
    missed = 0
    for step in range(steps):
        missed += sum(1 for i in waiting if last_chance[i] < step)
        waiting = [i for i in waiting if last_chance[i] >= step]
        for line in range(lines):
            if free_at[line] > step:
                continue
            called = next((i for i in waiting if plans[i][step]), None)
            if called is None:
                break
            waiting.remove(called)
            free_at[line] = step + minutes_per_call
            done = max(done or 0, free_at[line])
    # Those that may still ring after the last day are called later.
    return Answer(hours, night_only, None if done is None else now + done * MINUTE, missed)
