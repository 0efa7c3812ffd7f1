"""Calls, played by chance: so that reports and statuses have something to tell.

Each campaign has so many lines. A line that is free calls the first job of the queue that is due.
What becomes of a call depends on the seed, the job and the attempt alone, not on when it is played.
"""

from __future__ import annotations

import heapq
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from predial.sandbox.queue import Windows, policy_of, waiting
from predial.sandbox.state import State, from_millis, millis
from predial.sandbox.store import Attempt, Job

__all__ = ["LINES", "dial"]

#: How many calls a campaign makes at once, unless its `maxSimultaneousCalls` says otherwise.
LINES: Final = 10
#: What the documents do not say: how often a job is tried, and after how many minutes.
ATTEMPTS: Final = 3
RETRY_MINUTES: Final = 30

#: The outcomes of calls and how likely each is, in hundredths; how many seconds it takes.
OUTCOMES: Final = (
    ("longCallWithResult", "answered", 45, (40, 180)),
    ("longCallWithNoResult", "answered", 20, (10, 60)),
    ("noAnswer", "noAnswer", 27, (20, 40)),
    ("notDone", "busy", 5, (2, 5)),
    ("nonexistentNumber", "nonexistentNumber", 3, (2, 5)),
)
#: After these the job is tried again.
RETRIED: Final = ("noAnswer", "notDone")
#: Calls are kept so many at a time.
AT_ONCE: Final = 1_000


@dataclass(frozen=True)
class _Played:
    attempt: Attempt
    job_status: str
    ready: int | None


def dial(state: State, token: str, until: datetime) -> int:
    """Play the calls of a campaign up to an instant, and return how many. The clock is not moved.
    Not for the store's thread.
    """
    campaign = state.store.run_now(lambda: state.store.campaign(token))
    if campaign is None or campaign["status"] not in ("planned", "inProcess"):
        return 0
    settings = json.loads(campaign["settings"])
    lines = settings.get("maxSimultaneousCalls") or LINES
    windows = Windows(policy_of(campaign["settings"]))
    seed = state.settings.seed
    start = state.clock.now()
    played: list[_Played] = []
    count = 0
    for it in _calls(list(waiting(state, token)), windows, lines, start, until, seed):
        played.append(it)
        count += 1
        if len(played) == AT_ONCE:
            _keep(state, played)
            played = []
    _keep(state, played)
    return count


def _keep(state: State, played: list[_Played]) -> None:
    def work() -> None:
        with state.store.transaction():
            for it in played:
                state.store.add_attempt(it.attempt, it.job_status, it.ready)

    state.store.run_now(work)


def _calls(
    jobs: list[Job], windows: Windows, lines: int, start: datetime, until: datetime, seed: int
) -> Iterator[_Played]:
    """The calls that begin before an instant, in their order."""
    later: list[tuple[datetime, tuple[bool, int], Job]] = []
    due: list[tuple[tuple[bool, int], Job]] = []
    free = [start] * lines

    def wait(job: Job, at: datetime) -> None:
        window = windows.next(job, at)
        if window is not None and window.start < until:
            heapq.heappush(later, (max(window.start, at), (not job.has_policy, job.id), job))

    for job in jobs:
        wait(job, start)
    while later or due:
        now = free[0]
        if not due:
            now = max(now, later[0][0])
        while later and later[0][0] <= now:
            _, place, job = heapq.heappop(later)
            heapq.heappush(due, (place, job))
        if now >= until:
            return
        _, job = heapq.heappop(due)
        window = windows.next(job, now)
        if window is None or window.start > now:  # its window has passed while it waited
            wait(job, now)
            continue
        played = _play(job, now, seed)
        heapq.heapreplace(free, from_millis(played.attempt.finished))
        yield played
        if played.job_status == "onRetry":
            job = replace(job, status="onRetry", ready=played.ready, attempts=job.attempts + 1)
            wait(job, from_millis(played.ready or 0))


def _play(job: Job, at: datetime, seed: int) -> _Played:
    chance = random.Random(f"{seed}/{job.id}/{job.attempts}")
    weights = [weight for *_, weight, _ in OUTCOMES]
    [(status, result, _, seconds)] = chance.choices(OUTCOMES, weights)
    finished = at + timedelta(seconds=chance.randint(*seconds))
    report = {"answer": chance.choice(["yes", "no", "later"])} if "With" in status else {}
    attempt = Attempt(job.id, status, result, millis(at), millis(finished), json.dumps(report))
    policy = job.fields
    tries = policy.get("maxAttempts") or ATTEMPTS
    if status not in RETRIED or job.attempts + 1 >= tries:
        return _Played(attempt, status, None)
    minutes = policy.get("retryIntervalInMinutes") or RETRY_MINUTES
    return _Played(attempt, "onRetry", millis(finished + timedelta(minutes=minutes)))
