"""A sandbox for the tests of a loader: a real server, and what it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPConnection
from os import PathLike, fspath
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit

from predial.sandbox.settings import EXAMPLE_TOKEN, Settings

__all__ = ["Sandbox", "sandbox"]


class Sandbox:
    """A sandbox that listens. `predial.testing.sandbox()` makes it."""

    host: str
    """Its URL, such as ``http://127.0.0.1:43210``, in place of the service's."""
    token: str
    """The token of its first campaign."""

    def __init__(self, host: str, token: str) -> None:
        self.host = host
        self.token = token

    def jobs(self, token: str | None = None) -> list[dict[str, Any]]:
        """The jobs that were added to a campaign, or to all, in their order: each has `id`,
        `campaign`, `phone`, `job`, `status`, `addedAt` (Unix ms) and `attempts`.
        """
        found: list[dict[str, Any]] = []
        query = {} if token is None else {"campaign": token}
        while some := self._ask("GET", "jobs", query={**query, "after": _last(found)}):
            found += some
        return found

    def advance(self, by: str) -> datetime:
        """Move the clock forward, such as by ``25h``, and return the new instant."""
        return _instant(self._ask("POST", "clock", {"advance": by}))

    def now(self) -> datetime:
        """What time it is in the sandbox."""
        return _instant(self._ask("GET", "clock"))

    def set_faults(self, faults: Mapping[str, Any]) -> None:
        """Set these faults in place of those before: `{"500": 0.1}`; `{}` ends all."""
        self._ask("PUT", "faults", dict(faults))

    def fired(self) -> dict[str, int]:
        """How often each fault was fired since the faults were set."""
        found: dict[str, int] = self._ask("GET", "faults")["fired"]
        return found

    def queue(self, at: datetime | None = None, limit: int = 100) -> list[dict[str, Any]]:
        """The first jobs that are dialled from an instant on (default: now), and when."""
        query = {"limit": limit} if at is None else {"limit": limit, "at": at.isoformat()}
        found: list[dict[str, Any]] = self._ask("GET", "queue", query=query)["jobs"]
        return found

    def dial(self, until: datetime) -> int:
        """Play calls up to an instant, move the clock there, and return how many calls."""
        calls: int = self._ask("POST", "dial", {"until": until.isoformat()})["calls"]
        return calls

    def add_campaign(self, token: str, **settings: Any) -> dict[str, Any]:
        """Add a campaign, or change one, and return it as the service describes it."""
        path = f"campaigns/{quote(token, safe='')}"
        found: dict[str, Any] = self._ask("PUT", path, settings)
        return found

    def _ask(
        self,
        method: str,
        path: str,
        value: object = None,
        *,
        query: Mapping[str, object] | None = None,
    ) -> Any:
        address = urlsplit(self.host)
        connection = HTTPConnection(address.hostname or "", address.port)
        body = None if value is None else json.dumps(value).encode()
        try:
            connection.request(method, f"/sandbox/{path}?{urlencode(query or {})}", body)
            answer = connection.getresponse()
            found = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:
            raise ValueError(found["message"])
        return found


@contextmanager
def sandbox(
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    db: str | PathLike[str] | None = None,
    campaigns: Sequence[str] = (EXAMPLE_TOKEN,),
    faults: Mapping[str, Any] | None = None,
    seed: int = 0,
    clock: datetime | None = None,
    plus: Literal["accept", "refuse"] = "refuse",
    jvm: Literal["17", "none"] = "17",
) -> Iterator[Sandbox]:
    """The Calls API on a free port of this machine, as `predial sandbox` runs it (extra `sandbox`).

    It is a real server in a thread of its own, and gone afterwards. See docs/sandbox.md for the
    options and for what it answers.

    >>> import predial, urllib.request
    >>> from predial.testing import sandbox
    >>> with sandbox() as box:
    ...     url = predial.job_to_url({"phone": "79110000000"}, host=box.host, token=box.token)
    ...     urllib.request.urlopen(url).read()
    ...     [job["phone"] for job in box.jobs()]
    b'"1"'
    ['79110000000']
    """
    from predial.sandbox.server import Background

    settings = Settings(
        host=host,
        port=port,
        db=None if db is None else fspath(db),
        campaigns=tuple(campaigns),
        faults=faults or {},
        seed=seed,
        clock=clock,
        plus=plus,
        jvm=jvm,
    )
    background = Background(settings)
    background.start()
    try:
        yield Sandbox(background.url, settings.campaigns[0] if settings.campaigns else "")
    finally:
        background.stop()


def _last(jobs: list[dict[str, Any]]) -> str:
    return jobs[-1]["id"] if jobs else "0"


def _instant(answer: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(answer["now"])
