"""Which job is dialled when: the order of the queue, and the core's windows for each job.

Jobs with a call policy of their own come before jobs without one, each in the order in which they
were added. A job is due when `predial.next_call` says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

import predial
from predial.sandbox.state import State, from_millis
from predial.sandbox.store import Job

__all__ = ["Due", "Windows", "listed", "waiting"]

#: How many jobs are read from the store at a time, so that other requests come in between.
AT_ONCE: Final = 2_000
#: How many windows are kept.
KNOWN: Final = 10_000


@dataclass(frozen=True)
class Due:
    """A job and the next window in which it may be dialled."""

    job: Job
    window: predial.Window | None
    """None if it is never dialled."""

    @property
    def order(self) -> tuple[bool, datetime, bool, int]:
        """The sooner the better; at one instant, the order of the queue."""
        start = self.window.start if self.window else from_millis(0)
        return self.window is None, start, not self.job.has_policy, self.job.id

    def as_json(self) -> dict[str, Any]:
        """As `GET /sandbox/queue` answers it."""
        window = self.window
        end = window.end if window else None
        return {
            "id": str(self.job.id),
            "campaign": self.job.token,
            "phone": self.job.phone,
            "status": self.job.status,
            "hasPolicy": bool(self.job.has_policy),
            "due": window and window.start.isoformat(),
            "until": end and end.isoformat(),
            "localTime": window and window.local_start.isoformat(),
            "zone": window and window.zone.id,
        }


class Windows:
    """The windows of jobs from one instant on. Jobs that differ only in their payload, or only in
    their phone if they have a zone, have the same.
    """

    def __init__(self, campaign: str | None) -> None:
        self._campaign = campaign
        self._known: dict[tuple[str, datetime], predial.Window | None] = {}

    def next(self, job: Job, at: datetime) -> predial.Window | None:
        """The next window of a job, at an instant or after it."""
        if job.ready is not None:
            at = max(at, from_millis(job.ready))
        fields = job.fields
        fields.pop("payload", None)
        if fields.get("gmtZone"):
            fields.pop("phone", None)
        key = json.dumps(fields), at
        if key not in self._known:
            if len(self._known) == KNOWN:
                self._known.clear()
            self._known[key] = predial.next_call(key[0], now=at, campaign=self._campaign)
        return self._known[key]


def policy_of(settings: str) -> str | None:
    """The call policy in the settings of a campaign, as `predial.next_call` takes it."""
    policy = json.loads(settings).get("policy")
    return None if policy is None else json.dumps(policy)


def waiting(state: State, token: str) -> Iterator[Job]:
    """The jobs of a campaign that wait, in the order of the queue. Not for the store's thread."""
    for has_policy in (True, False):
        after = 0
        while found := state.store.run_now(
            partial(state.store.waiting, token, has_policy, after, AT_ONCE)
        ):
            yield from found
            after = found[-1].id


def listed(state: State, token: str, at: datetime, limit: int) -> list[Due]:
    """The first jobs of a campaign that are dialled from an instant on, and when."""
    campaign = state.store.run_now(lambda: state.store.campaign(token))
    assert campaign is not None
    windows = Windows(policy_of(campaign["settings"]))
    found: list[Due] = []
    due_now = 0
    for job in waiting(state, token):
        due = Due(job, windows.next(job, at))
        found.append(due)
        due_now += due.window is not None and due.window.start <= at
        if due_now == limit:  # all others come later
            break
    return sorted(found, key=lambda due: due.order)[:limit]
