"""Why sending ends early."""

from __future__ import annotations

__all__ = ["NoAnswer", "SendError"]


class SendError(Exception):
    """Sending can't begin or go on. The message says what to do; it never holds the token."""


SendError.__module__ = "predial"


class NoAnswer(SendError):
    """The service does not answer a question now. It is asked again: questions change nothing."""
