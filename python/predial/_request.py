"""One job as the short form of a request: the URL that adds it, or the form that does."""

from __future__ import annotations

from predial import _core
from predial._arguments import wrong_type
from predial._errors import RequestWarning

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal, TypeAlias

    #: A job as a dict, or as JSON text.
    Job: TypeAlias = Mapping[str, object] | str | bytes


def job_from_url(url: str) -> dict[str, Any]:
    """The `addPhones` job that is equivalent to a `GET addPhone` URL.

    `phone` is text; `gmtZone` is there where the URL gives one, and `payload` where it has any
    other parameter, all values text. Names and values are decoded as a form's, but for the plus of
    a phone or a zone, which stays one. Phone and zone are translated and not judged:
    `predial.check` does that. `Idempotence-Key` belongs to the request, and is left out.

    Raises RequestError for what is no URL of one job; it never holds the campaign's token. Warns
    (RequestWarning) of http, and of parameters that the service puts into payload though they are
    named like a job's other fields.

    >>> import predial
    >>> predial.job_from_url(
    ...     "https://app.jaicp.com/api/calls/campaign/8231.7056.1b131df1/addPhone"
    ...     "?phone=79110000000&gmtZone=+03:00&name=Alex"
    ... )
    {'phone': '79110000000', 'gmtZone': '+03:00', 'payload': {'name': 'Alex'}}
    """
    job, warned = _core.read_url(url)
    _warn(warned)
    return job


def job_from_form(body: str | bytes) -> dict[str, Any]:
    """The `addPhones` job that is equivalent to a form that was posted to the CRM address.

    The body is `application/x-www-form-urlencoded`; see `job_from_url` for how it is read.

    >>> import predial
    >>> predial.job_from_form(b"phone=79110000000&name=Alex")
    {'phone': '79110000000', 'payload': {'name': 'Alex'}}
    """
    # A byte that is no ASCII has no place in a form: it becomes what the core refuses.
    if isinstance(body, (bytes, bytearray)):
        text = body.decode("ascii", "surrogateescape")
    elif isinstance(body, str):
        text = body
    else:
        raise wrong_type("body", "a str or bytes", body)
    job, warned = _core.read_form(text)
    _warn(warned)
    return job


def job_to_url(
    job: Job,
    *,
    host: str,
    token: str,
    idempotence_key: str | None = None,
    form: Literal["calls", "crmCalls"] = "calls",
) -> str:
    """The `GET addPhone` URL that adds one job: a dict, or JSON text.

    `host` is such as ``https://app.jaicp.com``; `form` says at which of the two addresses. The
    phone is written as its digits, and a gmtZone that has one reading left is repaired, as
    `predial.check` has both sent. The URL holds the campaign's `token`: treat it as a secret.

    Raises RequestError for a phone or a zone that the service would refuse, and for whatever the
    short form can't carry: policy, unknown fields, payload values that are no text, more than
    8000 bytes. Nothing is dropped.

    >>> import predial
    >>> job = {"phone": 79110000000, "gmtZone": "+03:00", "payload": {"name": "Alex"}}
    >>> predial.job_to_url(job, host="https://app.jaicp.com", token="8231.7056.1b131df1")[-56:]
    '/addPhone?phone=79110000000&gmtZone=%2B03%3A00&name=Alex'
    >>> job = {"phone": 79110000000, "payload": {"name": ["Alex"]}}
    >>> predial.job_to_url(job, host="https://app.jaicp.com", token="8231.7056.1b131df1")
    Traceback (most recent call last):
    predial.RequestError: payload.name: an array is not a string; send the job by addPhones
    """
    return _core.write_url(_record(job), host, token, idempotence_key, form)


def job_to_form(job: Job) -> str:
    """The body that adds one job when it is posted to ``/api/crmCalls/campaign/{token}/addPhone``.

    It is `application/x-www-form-urlencoded`; the idempotence key of a POST is the header
    ``Idempotence-Key``. See `job_to_url` for what is written and what is refused; no length is.

    >>> import predial
    >>> predial.job_to_form({"phone": "+7 (911) 000-00-00", "payload": {"name": "Анна"}})
    'phone=79110000000&name=%D0%90%D0%BD%D0%BD%D0%B0'
    """
    return _core.write_form(_record(job))


def _record(job: Job) -> _core.Record:
    """The job's JSON, or why it has none."""
    if isinstance(job, str):
        return job.encode("utf-8", "surrogatepass")
    if isinstance(job, bytes):
        return job
    from predial._records import chunks

    [[record]] = chunks([job])
    return record


def _warn(warned: list[_core.Warned]) -> None:
    """Warn at the line that called the function that calls this."""
    if warned:
        import warnings

        for message, rule, field in warned:
            warnings.warn(RequestWarning(message, rule, field), stacklevel=3)
