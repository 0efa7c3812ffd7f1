"""The sandbox's own clock: real time or a stopped clock, and what it was moved by."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["Clock", "duration", "instant"]

_DURATION: Final = re.compile(r"(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,8})s)?")


class Clock:
    """A clock that only moves forward."""

    def __init__(self, stopped_at: datetime | None = None) -> None:
        self._stopped_at = stopped_at
        self._moved_by = timedelta()

    @property
    def is_stopped(self) -> bool:
        """Whether it moves only when somebody moves it."""
        return self._stopped_at is not None

    def now(self) -> datetime:
        """The instant, in UTC."""
        base = datetime.now(UTC) if self._stopped_at is None else self._stopped_at
        return base.astimezone(UTC) + self._moved_by

    def advance(self, by: timedelta) -> datetime:
        """Move it forward, and return the new instant."""
        if by < timedelta():
            raise ValueError("the clock only moves forward")
        moved = self.now() + by  # OverflowError before anything has changed
        self._moved_by += by
        return moved

    def advance_to(self, moment: datetime) -> datetime:
        """Move it forward to an instant, unless that has passed."""
        return self.advance(max(moment - self.now(), timedelta()))


def duration(text: str) -> timedelta:
    """A duration such as `25h`, `90m` or `1d12h`.

    >>> duration("1d12h"), duration("90s")
    (datetime.timedelta(days=1, seconds=43200), datetime.timedelta(seconds=90))
    """
    found = _DURATION.fullmatch(text)
    if not text or not found:
        raise ValueError("a duration is such as 25h, 90m or 1d12h")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def instant(text: str) -> datetime:
    """An instant such as `2026-03-01T12:00Z`."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else _refuse()
    except (ValueError, OverflowError):
        return _refuse()


def _refuse() -> datetime:
    raise ValueError("an instant is a date and time with its offset, such as 2026-03-01T12:00Z")
