"""The queue of the sandbox and its calls: their order, their times and what they leave."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import predial
from predial.sandbox.openapi import JOB_STATUSES
from predial.testing import Sandbox, sandbox
from sandbox_client import JSON, add_many, ask, path_of

#: A Sunday.
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = {"default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]}


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with sandbox(clock=START, seed=7) as box:
        yield box


def _phone(number: int) -> str:
    return f"7911{number:07}"


def _reports(box: Sandbox, tail: str = "callJob/getReport", count: int = 1_000) -> list[Any]:
    body = json.dumps({"ids": list(range(1, count + 1))}).encode()
    found: list[Any] = ask(box, "POST", path_of(box, tail), body, JSON).json
    return found


def test_jobs_with_a_policy_come_first(box: Sandbox) -> None:
    add_many(box, [{"phone": _phone(1)}, {"phone": _phone(2), "dialerPriority": 5}])
    add_many(box, [{"phone": _phone(3)}, {"phone": _phone(4), "maxAttempts": 1}])
    add_many(box, [{"phone": _phone(5), "maxAttempts": None, "allowedTime": {}}])
    assert [job["id"] for job in box.queue()] == ["2", "4", "1", "3", "5"]
    assert [job["hasPolicy"] for job in box.queue()] == [True, True, False, False, False]
    assert [job["id"] for job in box.queue(limit=3)] == ["2", "4", "1"]
    assert box.queue(limit=0) == []


def test_a_job_is_due_when_the_core_says_so(box: Sandbox) -> None:
    jobs: list[dict[str, Any]] = [
        {"phone": _phone(1), "gmtZone": "+09:00", "allowedTime": DAY},
        {"phone": _phone(2), "gmtZone": "+03:00", "allowedTime": DAY, "payload": {"a": 1}},
        {"phone": _phone(3)},
        {"phone": _phone(4), "gmtZone": "+03:00", "allowedTime": DAY},
        {"phone": _phone(5), "gmtZone": "-08:00", "finishDateTime": "2026-03-01T13:00:00Z",
         "localTimeFrom": "04:00", "localTimeTo": "06:00"},
    ]  # fmt: skip
    assert add_many(box, jobs).status == 200
    for at in (START, START + timedelta(hours=5), START + timedelta(days=1)):
        listed = box.queue(at)
        assert {job["id"] for job in listed} == {"1", "2", "3", "4", "5"}
        windows = [predial.next_call(jobs[int(job["id"]) - 1], now=at) for job in listed]
        for job, window in zip(listed, windows, strict=True):
            assert job["due"] == (window and window.start.isoformat())
            assert job["localTime"] == (window and window.local_start.isoformat())
        starts = [window.start for window in windows if window]
        assert starts == sorted(starts)
        assert all(window is None for window in windows[len(starts) :])
    assert [job["id"] for job in box.queue(START)] == ["2", "4", "5", "3", "1"]


def test_the_policy_of_the_campaign_is_that_of_jobs_without_one(box: Sandbox) -> None:
    box.add_campaign(box.token, policy={"allowedTime": DAY})
    add_many(box, [{"phone": _phone(1), "gmtZone": "+09:00"}])
    assert box.queue()[0]["due"] == "2026-03-02T01:00:00+00:00"


def test_a_paused_campaign_calls_nobody(box: Sandbox) -> None:
    add_many(box, [{"phone": _phone(1)}])
    ask(box, "POST", path_of(box, "control/pause"))
    assert box.dial(START + timedelta(days=1)) == 0
    ask(box, "POST", path_of(box, "control/resume"))
    assert box.now() == START + timedelta(days=1)
    assert box.dial(START + timedelta(days=2)) >= 1


def test_calls_leave_reports(box: Sandbox) -> None:
    add_many(box, [{"phone": _phone(n), "gmtZone": "+03:00"} for n in range(200)])
    calls = box.dial(START + timedelta(days=2))
    attempts = _reports(box, "callAttempt/getReport")
    assert len(attempts) == calls >= 200
    reports = _reports(box)
    statuses = Counter(report["jobStatus"] for report in reports)
    assert {"longCallWithResult", "longCallWithNoResult", "noAnswer"} <= statuses.keys()
    assert statuses.keys() <= set(JOB_STATUSES)
    by_id: dict[str, list[Any]] = {}
    for attempt in attempts:
        by_id.setdefault(attempt["id"], []).append(attempt)
    for report in reports:
        last = by_id[report["id"]][-1]
        assert report == last
        assert report["finishedAt"] - report["startedAt"] == report["callDuration"] * 1000
        assert START.timestamp() * 1000 <= by_id[report["id"]][0]["startedAt"]
        assert len(by_id[report["id"]]) <= 3
    campaign = ask(box, "GET", path_of(box, "")).json["shortReport"]
    assert (campaign["totalNumbers"], campaign["processedNumbers"]) == (200, 200)
    assert campaign["usedTalkingTime"] == sum(it["callDuration"] for it in attempts)
    assert box.queue() == []


def test_no_more_calls_at_once_than_the_campaign_has_lines(box: Sandbox) -> None:
    box.add_campaign(box.token, maxSimultaneousCalls=3)
    add_many(box, [{"phone": _phone(n)} for n in range(60)])
    box.dial(START + timedelta(days=1))
    calls = [(it["startedAt"], it["finishedAt"]) for it in _reports(box, "callAttempt/getReport")]
    busy = max(sum(start <= at < end for start, end in calls) for at, _ in calls)
    assert busy == 3


def test_calls_are_made_in_the_windows_of_their_jobs(box: Sandbox) -> None:
    jobs = [
        {"phone": _phone(n), "gmtZone": f"{n % 12:+03}:00", "allowedTime": DAY, "maxAttempts": 5,
         "retryIntervalInMinutes": 240}
        for n in range(100)
    ]  # fmt: skip
    assert add_many(box, jobs).status == 200
    box.dial(START + timedelta(days=5))
    attempts = _reports(box, "callAttempt/getReport")
    assert len(attempts) > 100
    last: dict[str, int] = {}
    for attempt in attempts:
        job = jobs[int(attempt["id"]) - 1]
        at = datetime.fromtimestamp(attempt["startedAt"] / 1000, UTC)
        window = predial.next_call(job, now=at)
        assert window is not None
        assert window.start == at
        if attempt["id"] in last:
            assert attempt["startedAt"] - last[attempt["id"]] >= 240 * 60_000
        last[attempt["id"]] = attempt["finishedAt"]


def test_calls_up_to_an_instant_are_those_of_one_play() -> None:
    """Calls do not depend on how often somebody looks, but for the line that they take."""

    def outcomes(steps: int, seed: int = 7) -> list[tuple[str, str, int]]:
        with sandbox(clock=START, seed=seed) as box:
            add_many(box, [{"phone": _phone(n), "maxAttempts": 2} for n in range(5)])
            for step in range(1, steps + 1):
                box.dial(START + timedelta(hours=6) / steps * step)
            found = _reports(box, "callAttempt/getReport")
        return [(it["id"], it["jobStatus"], it["callDuration"]) for it in found]

    assert outcomes(1) == outcomes(12) == outcomes(1)
    assert outcomes(1) != outcomes(1, seed=8)


def test_jobs_that_are_tried_again_are_in_between(box: Sandbox) -> None:
    add_many(box, [{"phone": _phone(n), "retryIntervalInMinutes": 600} for n in range(100)])
    box.dial(START + timedelta(hours=1))
    waiting = [job for job in box.jobs() if job["status"] == "onRetry"]
    assert waiting
    assert ask(box, "GET", path_of(box, "")).json["shortReport"]["retryCalls"] == len(waiting)
    for job in box.queue():
        assert job["status"] == "onRetry"
        assert START + timedelta(hours=10) <= datetime.fromisoformat(job["due"])
    ids = [int(job["id"]) for job in waiting]
    body = json.dumps({"ids": ids}).encode()
    assert ask(box, "POST", path_of(box, "callJob/cancel"), body, JSON).json == ids
    assert box.dial(START + timedelta(days=3)) == 0


@pytest.mark.parametrize(
    ("path", "status"),
    [("queue?at=2026-03-01", 400), ("queue?at=x", 400), ("queue?limit=x", 400),
     ("queue?limit=10001", 400), ("queue?campaign=none", 404), ("jobs?after=-1", 400),
     ("queue?at=2026-03-01T12:00%2B03:00", 200), ("queue?at=2026-03-01T12:00+03:00", 200)],
)  # fmt: skip
def test_questions_about_the_queue(box: Sandbox, path: str, status: int) -> None:
    assert ask(box, "GET", f"/sandbox/{path}").status == status


@pytest.mark.parametrize(
    "body", [b"[]", b'{"until": 1}', b'{"until": "x"}', b'{"for": "1h", "until": "x"}', b"{",
             b'{"other": 1}']
)  # fmt: skip
def test_calls_that_can_not_be_played(box: Sandbox, body: bytes) -> None:
    assert ask(box, "POST", "/sandbox/dial", body).status == 400


def test_calls_for_a_time(box: Sandbox) -> None:
    add_many(box, [{"phone": _phone(1), "maxAttempts": 1}])
    answer = ask(box, "POST", "/sandbox/dial", b'{"for": "2h"}').json
    assert answer == {"calls": 1, "now": "2026-03-01T14:00:00Z"}
    assert ask(box, "POST", "/sandbox/dial").json == {"calls": 0, "now": "2026-03-01T14:00:00Z"}
