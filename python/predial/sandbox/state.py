"""One sandbox: its settings, its clock, what it keeps, and its last requests."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from predial.sandbox.clock import Clock
from predial.sandbox.faults import Faults
from predial.sandbox.judgement import Judge
from predial.sandbox.keys import Turns
from predial.sandbox.settings import Settings
from predial.sandbox.store import Store

__all__ = ["LoggedRequest", "State", "as_text", "from_millis", "millis"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
#: How many requests are remembered for the page, and how much of each.
REMEMBERED: Final = 50
SHOWN_BYTES: Final = 2_000


@dataclass(frozen=True)
class LoggedRequest:
    """One request, for the page."""

    at: datetime
    method: str
    path: str
    """The path without the token."""
    token: str
    content: str
    """The parameters or the body, cut."""
    status: int | None
    """The status that was sent; None if the connection was dropped."""
    fault: str | None


class State:
    """Everything that the endpoints of one sandbox share."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.judge = Judge(settings.plus, settings.jvm)
        self.faults = Faults(settings.faults, settings.seed)
        self.turns = Turns()
        self.requests: deque[LoggedRequest] = deque(maxlen=REMEMBERED)
        self.clock = Clock(settings.clock)
        self.store = Store(settings.db)
        try:
            self.store.run_now(self._begin)
        except BaseException:
            self.store.close()
            raise

    def _begin(self) -> None:
        # The clock of a database never goes back: keys would live again.
        if not self.clock.is_stopped:
            self.clock.advance(timedelta(milliseconds=max(self.store.lead(), 0)))
        if (last := self.store.last_instant()) is not None:
            self.clock.advance_to(from_millis(last))
        for token in self.settings.campaigns:
            if self.store.campaign(token) is None:
                self.put_campaign(token, {})

    def close(self) -> None:
        """Close the database."""
        self.store.close()

    def keep_clock(self) -> None:
        """Keep what time it is, for the next sandbox of the database. To be called by the store."""
        now = self.clock.now()
        up = -((_EPOCH - now) // timedelta(milliseconds=1))  # rounded up
        self.store.keep_clock(up, up - millis(datetime.now(UTC)))

    def put_campaign(self, token: str, settings: dict[str, Any]) -> None:
        """Add a campaign, or change one. To be called by the store."""
        status = settings.pop("status", "inProcess")
        kept = json.dumps(settings, separators=(",", ":"))
        self.store.put_campaign(token, status, kept, millis(self.clock.now()))


def millis(moment: datetime) -> int:
    """An instant as the service writes it: milliseconds since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_millis(instant: int) -> datetime:
    """The instant of so many milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=instant)


def as_text(moment: datetime) -> str:
    """An instant as text, in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
