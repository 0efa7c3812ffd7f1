"""What the core says of a request, as the service's answer. Nothing is judged here.

The core checks as it does for `predial.check` without repair: the service repairs nothing. A rule
has the service's error type beside it. For a fault of which the service's documents name no type,
the type is `invalid.request`, which is the sandbox's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal, TypedDict

import predial
from predial import _core
from predial.sandbox.settings import Jvm, Plus
from predial.sandbox.store import NewJob

__all__ = ["INVALID_REQUEST", "Judge", "Refusal", "job_of_form", "job_of_query"]

#: The type of a fault of which the service's documents name none.
INVALID_REQUEST: Final = "invalid.request"
DUPLICATED: Final = "phone.duplicated"

#: The most phones that a message names.
_SHOWN: Final = 5
#: The first byte of a request's body, after white space.
_SPACE: Final = b" \t\r\n"


@dataclass(frozen=True)
class Refusal:
    """Why a request is refused, as the service says it with status 400."""

    type: str
    message: str
    args: Mapping[str, Any] = field(default_factory=dict)


class _Options(TypedDict):
    plus: Plus
    repair: bool
    severity: dict[str, Literal["error", "warning", "ignore"]]
    now: datetime


class Judge:
    """Asks the core about jobs, with the options of one sandbox."""

    def __init__(self, plus: Plus, jvm: Jvm) -> None:
        self._plus = plus
        self._jvm = jvm

    def body(self, body: bytes, now: datetime) -> list[NewJob] | Refusal:
        """The jobs of the body of `addPhones`, or why it is refused."""
        if not body.lstrip(_SPACE).startswith(b"["):
            return Refusal(INVALID_REQUEST, "the body is not a JSON array of call jobs")
        try:
            if self._plus == "refuse" and not self._rejected(body, now):
                return _core.accepted_jobs(body)
            rows = predial.judge(body, input_format="json", encoding="utf-8", **self._options(now))
            jobs, faults = 0, []
            for row in rows:
                jobs += 1
                faults += _faults(row)
        except predial.SourceError as error:
            return Refusal(INVALID_REQUEST, str(error))
        return _refusal(faults, is_list=jobs > 1) if faults else _core.accepted_jobs(body)

    def job(self, job: dict[str, Any], now: datetime) -> list[NewJob] | Refusal:
        """The one job of a request in the short form, or why it is refused."""
        faults = _faults(predial.check_job(job, **self._options(now)))
        if faults:
            return _refusal(faults, is_list=False)
        return _core.accepted_jobs(json.dumps([job]).encode())

    def _rejected(self, body: bytes, now: datetime) -> int:
        """How many jobs are refused. It takes half of the time of the rows, which say why."""
        options: dict[str, Any] = {**self._options(now)}
        del options["plus"]  # `check` refuses it
        report = predial.check(
            body, input_format="json", encoding="utf-8", max_diagnostics=0, **options
        )
        return report.rejected

    def _options(self, now: datetime) -> _Options:
        return {
            "plus": self._plus,
            "repair": False,
            "severity": {"zone-unknown-to-jvm": "ignore" if self._jvm == "none" else "error"},
            "now": now,
        }


def _faults(row: predial.Row) -> list[predial.Diagnostic]:
    """Why a row is rejected."""
    if row.standing != "rejected":
        return []
    return [found for found in row.diagnostics if found.severity == "error"]


def _refusal(faults: list[predial.Diagnostic], *, is_list: bool) -> Refusal:
    """The answer to a request with these faults. Phones that come twice are named if nothing else
    is wrong.
    """
    for found in faults:
        its_type = _service_types()[found.rule] or INVALID_REQUEST
        if its_type != DUPLICATED:
            return Refusal(its_type, _message(found, is_list))
    # A value may have a plus, if that is accepted.
    values = (predial.normalize_phone(found.value or "", level="e164") for found in faults)
    phones = list(dict.fromkeys(values))
    return Refusal(DUPLICATED, _doubled(phones), {"phonesDuplicates": phones})


def _doubled(phones: list[str]) -> str:
    """True of each job that has one of these phones: a client may show it beside each."""
    more = f" and {len(phones) - _SHOWN} more" if len(phones) > _SHOWN else ""
    return f"more than one job of the request has these phones: {', '.join(phones[:_SHOWN])}{more}"


def job_of_query(query: bytes) -> dict[str, Any] | Refusal:
    """The job in the parameters of a URL. The core reads them as it does for `job_from_url`."""
    text = query.decode("ascii", "surrogateescape")
    # The host and the token are not those of the request: the core's errors never quote them.
    address = "https://sandbox.invalid/api/calls/campaign/1/addPhone"
    return _read(lambda: _core.read_url(f"{address}?{text}"))


def job_of_form(body: bytes) -> dict[str, Any] | Refusal:
    """The job in the body of a form."""
    return _read(lambda: _core.read_form(body.decode("ascii", "surrogateescape")))


def _read(read: Any) -> dict[str, Any] | Refusal:
    try:
        job: dict[str, Any] = read()[0]
    except predial.RequestError as error:
        return Refusal(_service_types()[error.rule] or INVALID_REQUEST, str(error))
    return job


def _message(found: predial.Diagnostic, is_list: bool) -> str:
    place = f"job {found.row + 1}: " if is_list else ""
    name = f"{found.field}: " if found.field else ""
    return f"{place}{name}{found.message}"


@cache
def _service_types() -> dict[str, str | None]:
    return {rule.name: rule.service_type for rule in predial.rules()}
