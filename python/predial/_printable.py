"""Text of a list as people may see it."""

from __future__ import annotations

__all__ = ["printable"]


def printable(text: str) -> str:
    """The text with everything escaped that is not a visible character or a space.

    A list may hold characters that steer a terminal, turn the direction of a text, or only look
    like a space.

    >>> printable("+7\\xa0911\\x1b[2J")
    '+7\\\\xa0911\\\\x1b[2J'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
