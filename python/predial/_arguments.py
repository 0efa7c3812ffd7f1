"""Errors about arguments: each names the argument and what it takes."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["aware", "wrong_type"]


def wrong_type(name: str, takes: str, value: object) -> TypeError:
    """The error of an argument whose value has another type than it takes."""
    return TypeError(f"{name} must be {takes}, not {type(value).__name__}")


def aware(now: datetime) -> datetime:
    """The argument `now`, which is a datetime that knows its offset from UTC."""
    from datetime import datetime

    takes = "an aware datetime, such as datetime.now(UTC), or None"
    if not isinstance(now, datetime):
        raise wrong_type("now", takes, now)
    if now.utcoffset() is None:
        raise ValueError(f"now must be {takes}: this one has no offset from UTC")
    return now
