"""What an answer of the service proves about the jobs of a request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal

__all__ = ["BUSY", "OF_CAMPAIGN", "REFUSING", "Answer", "Outcome", "of_answer", "retry_after"]

#: The types of 400 that prove that nothing was added.
REFUSING: Final = frozenset(
    {
        "phone.bad.format",
        "phone.duplicated",
        "phone.gmtZone.bad.format",
        "invalid.call.allowed.time",
        "invalid.dialer_priority",
        "invalid.call.task.state",
    }
)
#: Of these, the one that is about the campaign and about no row: a part would be refused as well.
OF_CAMPAIGN: Final = "invalid.call.task.state"
#: Gateways may answer so after the jobs are stored.
BUSY: Final = frozenset({429, 500, 502, 503, 504})
_WRONG_TOKEN: Final = frozenset({401, 403, 404})
#: The most characters of the service's words that are kept.
_LONGEST: Final = 500


@dataclass(frozen=True)
class Answer:
    """An answer of the service; or why there is none."""

    status: int | None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Why there is no answer: a broken connection, a time-out.
    lost: str = ""


@dataclass(frozen=True)
class Outcome:
    """What an answer proves.

    `created`: each job was created. `refused`: none was. `unknown`: nothing is proved. Only a
    `refused` body may be cut, and only an `unknown` one is sent again, with the same key.
    """

    kind: Literal["created", "refused", "unknown"]
    #: What the service said, in short.
    why: str = ""
    ids: tuple[str, ...] = ()
    #: The type of a refusal.
    type: str = ""
    #: The phones that a refusal names, as digits.
    phones: tuple[str, ...] = ()
    #: Whether these phones are there more than once, and their first jobs are in order.
    is_duplicate: bool = False
    #: Why no further request is sent; empty if sending goes on.
    stop: str = ""
    #: Whether the body is sent again with the same key by a later run.
    may_repeat: bool = True


def of_answer(answer: Answer, jobs: int) -> Outcome:
    """What the answer to a request of so many jobs proves by itself."""
    status = answer.status
    if status is None:
        return Outcome("unknown", answer.lost)
    if status == 200:
        return _of_success(answer.body, jobs)
    said = f"status {status}{_words(answer.body)}"
    if status in BUSY:
        return Outcome("unknown", said)
    if status == 400:
        return _of_refusal(answer.body, said)
    if status == 413:
        return Outcome("refused", said, type="413")
    if status in _WRONG_TOKEN:
        stop = f"the service does not take the token ({said}): check the token and the host"
        return Outcome("unknown", said, stop=stop)
    stop = f"the service answered with {said}, which proves nothing"
    return Outcome("unknown", said, stop=stop, may_repeat=False)


def _of_success(body: bytes, jobs: int) -> Outcome:
    try:
        ids = json.loads(body)
    except (ValueError, RecursionError):
        return Outcome("unknown", "status 200 with a body that is not whole JSON")
    if not isinstance(ids, list) or not all(isinstance(it, str) for it in ids):
        why = "status 200 with something else than an array of strings"
    elif len(ids) != jobs:
        why = f"status 200 with {len(ids)} IDs for {jobs} jobs"
    elif len(set(ids)) != jobs:
        why = "status 200 with an ID twice"
    else:
        return Outcome("created", ids=tuple(ids))
    return Outcome("unknown", why, stop=f"the service answered with {why}", may_repeat=False)


def _of_refusal(body: bytes, said: str) -> Outcome:
    error = _error(body)
    kind = error.get("type")
    if not isinstance(kind, str) or kind not in REFUSING:
        stop = f"the service answered with {said}, which does not prove that nothing was added"
        return Outcome("unknown", said, stop=stop, may_repeat=False)
    args = error.get("args")
    found = [error, args] if isinstance(args, dict) else [error]
    doubled = _phones(found, ("phonesDuplicates",))
    named = doubled or _phones(found, ("phones", "phone"))
    return Outcome(
        "refused",
        _message(error) or said,
        type=kind,
        phones=named,
        is_duplicate=bool(doubled),
    )


def _error(body: bytes) -> dict[str, Any]:
    try:
        error = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return error if isinstance(error, dict) else {}


def _phones(found: list[dict[str, Any]], names: tuple[str, ...]) -> tuple[str, ...]:
    digits: dict[str, None] = {}
    for place in found:
        for name in names:
            value = place.get(name)
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, bool) or not isinstance(one, (int, str)):
                    continue
                plain = str(one).strip().removeprefix("+")
                if plain.isascii() and plain.isdigit():
                    digits[plain] = None
    return tuple(digits)


def _message(error: dict[str, Any]) -> str:
    message = error.get("message")
    return message[:_LONGEST] if isinstance(message, str) else ""


def _words(body: bytes) -> str:
    error = _error(body)
    said = [error.get("type"), _message(error)]
    words = ": ".join(part[:_LONGEST] for part in said if isinstance(part, str) and part)
    return f" ({words})" if words else ""


def retry_after(answer: Answer, now: float) -> float | None:
    """How many seconds the service wants to be left alone; None if it does not say."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now) if value else None
    except ValueError:
        return None
