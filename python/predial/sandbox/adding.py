"""The requests that add jobs: all of a request is added, or nothing.

A request with an idempotence key is answered as the first one with this key was. Keys, jobs and
answers are kept in one transaction, so there is never a job whose key is not known.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from starlette.responses import Response

from predial.sandbox import answers
from predial.sandbox.judgement import (
    DUPLICATED,
    INVALID_REQUEST,
    Refusal,
    job_of_form,
    job_of_query,
)
from predial.sandbox.keys import LIFETIME, fingerprint
from predial.sandbox.state import State, millis
from predial.sandbox.store import NewJob, StoredAnswer

__all__ = ["Request", "add_form", "add_many", "add_one", "add_one_crm", "add_test"]

#: The statuses of a campaign to which nothing can be added.
CLOSED: Final = ("finished", "deleted")
FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"


@dataclass(frozen=True)
class Request:
    """A request that was read to its end."""

    endpoint: str
    token: str
    query: bytes
    media_type: str
    body: bytes
    key: str | None
    """The idempotence key."""


async def add_many(state: State, request: Request) -> Response:
    """`POST addPhones`."""
    if request.media_type != JSON:
        return _other_media_type(JSON)
    return await _Addition(
        state,
        request,
        request.body,
        lambda now: state.judge.body(request.body, now),
        lambda ids: b'["' + '","'.join(map(str, ids)).encode() + b'"]' if ids else b"[]",
    ).answer()


async def add_one(state: State, request: Request) -> Response:
    """`GET addPhone`."""
    return await _add_job(state, request, job_of_query(request.query))


async def add_one_crm(state: State, request: Request) -> Response:
    """`GET addPhone` of the CRM form."""
    return await _add_job(state, request, job_of_query(request.query), once=True)


async def add_form(state: State, request: Request) -> Response:
    """`POST addPhone` of the CRM form."""
    if request.media_type != FORM:
        return _other_media_type(FORM)
    return await _add_job(state, request, job_of_form(request.body), once=True)


async def add_test(state: State, request: Request) -> Response:
    """`GET test/addPhone`: the rule about duplicates does not hold."""
    return await _add_job(state, request, job_of_query(request.query))


async def _add_job(
    state: State, request: Request, job: dict[str, Any] | Refusal, *, once: bool = False
) -> Response:
    if isinstance(job, Refusal):
        return answers.refused(job)

    def judged(now: datetime) -> list[NewJob] | Refusal:
        return state.judge.job(job, now)

    once_only = _of_phone_and_payload(job) if once else None
    return await _Addition(
        state, request, job, judged, lambda ids: f'"{ids[0]}"'.encode(), once_only
    ).answer()


@dataclass(frozen=True)
class _Addition:
    """One request that adds jobs."""

    state: State
    request: Request
    compared: bytes | dict[str, Any]
    """What another request with the same key is compared with."""
    judged: Callable[[datetime], list[NewJob] | Refusal]
    written: Callable[[range], bytes]
    """The answer to a request that got these IDs."""
    once: Callable[[str], bytes] | None = None
    """What a request without a key may not repeat within a key's lifetime, by the phone's digits;
    None if it may repeat anything."""

    async def answer(self) -> Response:
        if self.request.key == "":
            return answers.bad_request("the idempotence key is empty")
        now = self.state.clock.now()
        store = self.state.store
        if (kept := await store.run(lambda: self._kept(now))) is not None:
            if kept.fingerprint != self._fingerprint:
                return answers.conflict()
            return answers.of_json(kept.body)
        jobs = await asyncio.to_thread(self.judged, now)
        if isinstance(jobs, Refusal):
            return answers.refused(jobs)
        added = await store.run(lambda: self._add(jobs, now))
        return answers.refused(added) if isinstance(added, Refusal) else answers.of_json(added)

    @property
    def _fingerprint(self) -> bytes:
        return fingerprint(self.request.endpoint, self.compared)

    def _kept(self, now: datetime) -> StoredAnswer | None:
        if self.request.key is None:
            return None
        self.state.store.forget_answers(millis(now - LIFETIME))
        return self.state.store.answer(self.request.token, self.request.key)

    def _add(self, jobs: list[NewJob], now: datetime) -> bytes | Refusal:
        store, token, key = self.state.store, self.request.token, self.request.key
        with store.transaction():
            campaign = store.campaign(token)
            if campaign is None or campaign["status"] in CLOSED:
                return Refusal(
                    "invalid.call.task.state", "the campaign takes no jobs: it has ended"
                )
            if self.once is not None:
                [(number, *_)] = jobs
                phone = str(number)
                mark = self.once(phone)
                if key is None and store.crm_job_since(token, mark, millis(now - LIFETIME)):
                    return Refusal(
                        DUPLICATED,
                        "this phone was added with this payload less than 24 hours ago",
                        {"phonesDuplicates": [phone]},
                    )
                store.add_crm_job(token, mark, millis(now))
            answer = self.written(store.add_jobs(token, jobs, millis(now)))
            if key is not None:
                kept = StoredAnswer(self._fingerprint, answer, millis(now))
                store.keep_answer(token, key, kept)
        return answer


def _of_phone_and_payload(job: dict[str, Any]) -> Callable[[str], bytes]:
    """The rule of the CRM form: a phone with its payload, or a phone without one."""
    payload = fingerprint("", job.get("payload") or {})
    return lambda phone: hashlib.sha256(phone.encode() + b"\0" + payload).digest()


def _other_media_type(right: str) -> Response:
    return answers.error(415, INVALID_REQUEST, f"the Content-Type must be {right}")
