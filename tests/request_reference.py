"""The short form by the standard library: slow, plain, and apart from the Rust code."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

#: What may be in a query, in ASCII (RFC 3986, section 3.4).
QUERY = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2}|[^\x00-\x7f])*")


def pairs(query: str, errors: str = "strict") -> list[tuple[str, str]]:
    """The parameters of a query, decoded as a form; UnicodeDecodeError if they are not UTF-8."""
    return parse_qsl(query, keep_blank_values=True, errors=errors, separator="&")


def job_of(query: str) -> dict[str, Any]:
    """The job of a query that has each name once; KeyError if it has no phone."""
    payload = dict(pairs(query))
    payload.pop("Idempotence-Key", None)
    job: dict[str, Any] = {"phone": re.sub(r"\A +(?=[^ +])", "+", payload.pop("phone"))}
    if zone := payload.pop("gmtZone", ""):
        job["gmtZone"] = re.sub(r"(\A|[A-Za-z]) (?=[0-9])", r"\1+", zone, count=1)
    if payload:
        job["payload"] = payload
    return job


def url_of(
    job: dict[str, Any], host: str, token: str, key: str | None = None, form: str = "calls"
) -> str:
    """The URL of a job whose phone is digits and whose zone is valid."""
    parameters = {"phone": job["phone"]}
    if job.get("gmtZone"):
        parameters["gmtZone"] = job["gmtZone"]
    parameters |= job.get("payload") or {}
    if key is not None:
        parameters["Idempotence-Key"] = key
    query = urlencode(parameters, quote_via=quote, safe="")
    return f"{host}/api/{form}/campaign/{token}/addPhone?{query}"


def query_of(url: str) -> str:
    """The query of a URL."""
    return urlsplit(url).query
