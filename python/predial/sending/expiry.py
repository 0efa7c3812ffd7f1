"""Which jobs of a body have expired since it was prepared. The core judges them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import predial

__all__ = ["RULE", "Expired", "count", "expired"]

RULE: Final = "policy-expired"
#: Phones whose jobs have all expired with the rule's words for each, and whether other phones have
#: expired jobs beside jobs that have not.
Expired = tuple[dict[str, str], bool]


def count(body: predial.Body, wall: float) -> int:
    """How many of its jobs have expired at an instant, in seconds since 1970."""
    return _count(body.content, wall)


def expired(body: predial.Body, wall: float) -> Expired:
    """The phones of the jobs that have expired at an instant, in seconds since 1970."""
    content = body.content
    if not _count(content, wall):
        return {}, False
    why: dict[str, str] = {}
    alive: set[str] = set()
    rows = predial.judge(content, **_options(wall))
    for row, phone in zip(rows, body.phones, strict=True):
        words = [found.message for found in row.diagnostics if found.rule == RULE]
        if words:
            why.setdefault(phone, words[0])
        else:
            alive.add(phone)
    whole = {phone: words for phone, words in why.items() if phone not in alive}
    return whole, len(whole) < len(why)


def _count(content: bytes, wall: float) -> int:
    return predial.check(content, max_diagnostics=0, **_options(wall)).counts.get(RULE, 0)


def _options(wall: float) -> dict[str, Any]:
    return {
        "input_format": "json",
        "encoding": "utf-8",
        "repair": False,
        "now": datetime.fromtimestamp(wall, UTC),
    }
