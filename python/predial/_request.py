"""The short form of a request: the URL, or the body of a form, that adds one job."""

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

    The job has `phone`, `gmtZone` if the URL has one, and `payload` if the URL has any other
    parameter; all values are texts. Names and values are decoded as those of a form, but the plus
    of a phone or a zone stays a plus. Phone and zone are not checked: `predial.check` does that.
    `Idempotence-Key` belongs to the request and is left out.

    Raises RequestError for a text that is not the URL of one job; the error never holds the
    campaign's token. Warns (RequestWarning) about http, and about parameters that the service puts
    into payload although they are named like another field of a job.

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
    """The `addPhones` job that is equivalent to a form posted to the CRM address.

    The body is `application/x-www-form-urlencoded`. See `job_from_url` for how it is read, and for
    the errors and warnings.

    >>> import predial
    >>> predial.job_from_form(b"phone=79110000000&name=Alex")
    {'phone': '79110000000', 'payload': {'name': 'Alex'}}
    """
    # A form is ASCII: any other byte becomes a character that the core refuses.
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
    """The `GET addPhone` URL that adds one job, which is a dict or JSON text.

    `host` is the service, such as ``https://app.jaicp.com``. `form` chooses one of its two
    addresses. The phone is written as digits, and a gmtZone that can only mean one thing is
    repaired, as `predial.check` does. The URL holds the campaign's `token`: treat it as a secret.
    `idempotence_key` is the key by which the service recognises a request that is sent twice.

    Raises RequestError for a phone or a zone that the service would refuse, and for everything that
    the short form can't carry: policy, unknown fields, values of payload that are not texts, more
    than 8000 bytes. Nothing is left out silently.

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
    """The body that adds one job if it is posted to ``/api/crmCalls/campaign/{token}/addPhone``.

    It is `application/x-www-form-urlencoded` and may have any length. The idempotence key of a POST
    is the header ``Idempotence-Key``. See `job_to_url` for what is written and what is refused.

    >>> import predial
    >>> predial.job_to_form({"phone": "+7 (911) 000-00-00", "payload": {"name": "Анна"}})
    'phone=79110000000&name=%D0%90%D0%BD%D0%BD%D0%B0'
    """
    return _core.write_form(_record(job))


def _record(job: Job) -> _core.Record:
    """The JSON of the job, or why it has none."""
    if isinstance(job, str):
        return job.encode("utf-8", "surrogatepass")
    if isinstance(job, bytes):
        return job
    from predial._records import chunks

    [[record]] = chunks([job])
    return record


def _warn(warned: list[_core.Warned]) -> None:
    """Warn at the line that called the function of this module."""
    if warned:
        import warnings

        for message, rule, field in warned:
            warnings.warn(RequestWarning(message, rule, field), stacklevel=3)
