"""What an answer of the service proves about the jobs of a request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from predial.sending.clock import date_of

__all__ = [
    "BUSY", "LEAST_SECRET", "OF_CAMPAIGN", "REFUSING", "Answer", "Outcome", "of_answer",
    "retry_after",
]  # fmt: skip

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
#: A shorter token may be part of an ID by chance.
LEAST_SECRET: Final = 8
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
    #: What is never kept or shown, although the service may quote it: the token.
    secret: str = field(default="", repr=False)


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
        return _of_success(answer, jobs)
    said = f"status {status}{_words(answer)}"
    if status in BUSY:
        return Outcome("unknown", said)
    if status == 400:
        return _of_refusal(answer, said)
    if status == 413:
        return Outcome("refused", said, type="413")
    if status in _WRONG_TOKEN:
        stop = f"the service does not take the token ({said}): check the token and the host"
        return Outcome("unknown", said, stop=stop)
    stop = f"the service answered with {said}, which proves nothing"
    return Outcome("unknown", said, stop=stop, may_repeat=False)


def _of_success(answer: Answer, jobs: int) -> Outcome:
    try:
        ids = json.loads(answer.body)
    except (ValueError, RecursionError):
        return Outcome("unknown", "status 200 with a body that is not whole JSON")
    if not isinstance(ids, list) or not all(isinstance(it, str) and _is_text(it) for it in ids):
        why = "status 200 with something else than an array of strings"
    elif len(ids) != jobs:
        why = f"status 200 with {len(ids)} IDs for {jobs} jobs"
    elif len(set(ids)) != jobs:
        why = "status 200 with an ID twice"
    elif len(answer.secret) >= LEAST_SECRET and any(answer.secret in it for it in ids):
        why = "status 200 with an ID that holds the token"
    else:
        return Outcome("created", ids=tuple(ids))
    return Outcome("unknown", why, stop=f"the service answered with {why}", may_repeat=False)


def _of_refusal(answer: Answer, said: str) -> Outcome:
    error = _error(answer)
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
        _said(error, "message", answer.secret) or said,
        type=kind,
        phones=tuple(it for it in named if not answer.secret or answer.secret not in it),
        is_duplicate=bool(doubled),
    )


def _error(answer: Answer) -> dict[str, Any]:
    try:
        error = json.loads(answer.body)
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


def _is_text(text: str) -> bool:
    """Whether UTF-8 can write it: JSON can hold half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _said(error: dict[str, Any], name: str, secret: str) -> str:
    """The service's words in a field, without the token and as UTF-8 can write them."""
    words = error.get(name)
    if not isinstance(words, str):
        return ""
    # Before the words are cut, so that no part of the token is left.
    words = words.replace(secret, "TOKEN") if secret else words
    return words[:_LONGEST].encode("utf-8", "replace").decode()


def _words(answer: Answer) -> str:
    error = _error(answer)
    said = (_said(error, name, answer.secret) for name in ("type", "message"))
    words = ": ".join(filter(None, said))
    return f" ({words})" if words else ""


def retry_after(answer: Answer, now: float) -> float | None:
    """How many seconds the service wants to be left alone; None if it does not say, or names an
    instant that has passed. `now` is that of this machine; a date counts by the service's clock, if
    the answer has that.
    """
    value = answer.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        wait = float(value[:12])
    else:
        until, said = date_of(value), date_of(answer.headers.get("date", ""))
        wait = 0.0 if until is None else until - (now if said is None else said)
    return wait if wait > 0 else None
