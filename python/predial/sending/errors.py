"""Why sending ends early."""

from __future__ import annotations

__all__ = ["SendError"]


class SendError(Exception):
    """Sending can't begin or go on. The message says what to do; it never holds the token."""


SendError.__module__ = "predial"
