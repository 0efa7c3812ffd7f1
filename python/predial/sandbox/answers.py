"""The answers: JSON, and errors as the service writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from predial.sandbox.judgement import INVALID_REQUEST, Refusal

__all__ = ["bad_request", "conflict", "error", "invalid_token", "json_bytes", "of_json", "refused"]


def json_bytes(value: object) -> bytes:
    """A value as the bytes of an answer."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "backslashreplace"
    )


def of_json(
    value: object | bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer with a value, or with the bytes of one."""
    body = value if isinstance(value, bytes) else json_bytes(value)
    return Response(body, status, headers, media_type="application/json")


def error(
    status: int,
    type: str,
    message: str,
    args: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error as the service writes it."""
    return of_json({"type": type, "message": message, "args": dict(args or {})}, status, headers)


def refused(why: Refusal) -> Response:
    """Status 400."""
    return error(400, why.type, why.message, why.args)


def bad_request(message: str) -> Response:
    """Status 400 for a request that can't be read."""
    return error(400, INVALID_REQUEST, message)


def invalid_token() -> Response:
    """Status 404. The token is not repeated: it may be that of a real campaign."""
    return error(404, "invalid.token", "there is no campaign with this token")


def conflict() -> Response:
    """Status 409."""
    message = "another request had this idempotence key less than 24 hours ago"
    return error(409, "idempotence.key.conflict", message)
