"""The requests about jobs that were added: cancel them, report on them and on their calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from starlette.responses import Response

from predial.sandbox import answers
from predial.sandbox.adding import Request
from predial.sandbox.state import State
from predial.sandbox.store import Attempt, Job

__all__ = ["attempt_report", "cancel", "job_report"]

#: The statuses of jobs that can still be cancelled.
WAITING: Final = ("planned", "inProcess", "onRetry")
#: SQLite holds no larger ID.
LARGEST_ID: Final = 2**63 - 1
DIGITS: Final = 20


async def cancel(state: State, request: Request) -> Response:
    """`POST callJob/cancel`."""

    def work(jobs: list[Job]) -> list[int]:
        cancelled = [job.id for job in jobs if job.status in WAITING]
        with state.store.transaction():
            for number in cancelled:
                state.store.set_job(number, "canceled")
        return cancelled

    return await _with_jobs(state, request, work)


async def job_report(state: State, request: Request) -> Response:
    """`POST callJob/getReport`."""

    def work(jobs: list[Job]) -> list[dict[str, Any]]:
        attempts = state.store.attempts(job.id for job in jobs)
        return [_of_job(job, attempts.get(job.id, [])) for job in jobs]

    return await _with_jobs(state, request, work)


async def attempt_report(state: State, request: Request) -> Response:
    """`POST callAttempt/getReport`."""

    def work(jobs: list[Job]) -> list[dict[str, Any]]:
        attempts = state.store.attempts(job.id for job in jobs)
        return [
            {**_of_attempt(attempt), "id": str(job.id), "phone": job.phone}
            for job in jobs
            for attempt in attempts.get(job.id, [])
        ]

    return await _with_jobs(state, request, work)


async def _with_jobs(
    state: State, request: Request, work: Callable[[list[Job]], object]
) -> Response:
    try:
        ids, phones = _wanted(request.body)
    except ValueError as error:
        return answers.bad_request(str(error))
    store = state.store
    return answers.of_json(await store.run(lambda: work(store.jobs(request.token, ids, phones))))


def _of_job(job: Job, attempts: list[Attempt]) -> dict[str, Any]:
    last = attempts[-1] if attempts else None
    report = dict.fromkeys(("callResult", "startedAt", "finishedAt", "callDuration"))
    return {
        **report,
        "reportData": {},
        **({} if last is None else _of_attempt(last)),
        "id": str(job.id),
        "phone": job.phone,
        "jobStatus": job.status,
    }


def _of_attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "jobStatus": attempt.status,
        "callResult": attempt.result,
        "startedAt": attempt.started,
        "finishedAt": attempt.finished,
        "callDuration": (attempt.finished - attempt.started) // 1000,
        "reportData": json.loads(attempt.report),
    }


def _wanted(body: bytes) -> tuple[list[int], list[str]]:
    """The IDs and the phones that the body of a request names."""
    value = read_object(body)
    if not ("ids" in value or "phones" in value):
        raise ValueError("the body needs ids or phones, or both")
    ids = [_digits(it, "ids") for it in _list(value, "ids")]
    phones = [_digits(it, "phones") for it in _list(value, "phones")]
    return [int(it) for it in ids if it and len(it) < DIGITS and int(it) <= LARGEST_ID], phones


def _list(value: dict[str, Any], name: str) -> list[Any]:
    found = value.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise ValueError(f"{name} must be an array")
    return found


def _digits(value: Any, name: str) -> str:
    """An ID or a phone, which is an integer or a string. Other texts than digits are nobody's."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError(f"{name} must hold integers or strings")
    text = str(value)
    return text if text.isascii() and text.isdigit() else ""


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in the body of a request. Raises ValueError if it holds none."""
    try:
        value = json.loads(body, parse_constant=_no_json, parse_int=_integer)
    except (ValueError, RecursionError):
        raise ValueError("the body is not JSON") from None
    if not isinstance(value, dict):
        raise ValueError("the body is not a JSON object")
    return value


def _integer(text: str) -> int:
    return int(
        text[:DIGITS]
    )  # longer ones are nobody's number, and Python would refuse the longest


def _no_json(text: str) -> None:
    raise ValueError(text)
