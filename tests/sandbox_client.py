"""A client of the sandbox for its tests: the standard library's, which repeats nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from predial.testing import Sandbox

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(
    box: Sandbox,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 30,
) -> Answer:
    """One request on a connection of its own. Raises what the standard library raises."""
    address = urlsplit(box.host)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=timeout)
    try:
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, answer.read(), names)
    finally:
        connection.close()


def path_of(box: Sandbox, tail: str, form: str = "calls", token: str | None = None) -> str:
    """The path of an endpoint of the box's campaign."""
    return f"/api/{form}/campaign/{token or box.token}/{tail}".removesuffix("/")


def add_many(
    box: Sandbox, jobs: object, key: str | None = None, timeout: float = 30, **named: str
) -> Answer:
    """`POST addPhones`, of jobs or of bytes."""
    body = jobs if isinstance(jobs, bytes) else json.dumps(jobs).encode()
    headers = JSON if key is None else {**JSON, "Idempotence-Key": key}
    return ask(box, "POST", path_of(box, "addPhones", **named), body, headers, timeout)
