"""How a fault reaches the connection: dropped, reset, or closed in the middle of an answer.

An application of ASGI knows of no connection. The server of this package (`server.py`) puts one
into the scope of each request.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from typing import Any, Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

__all__ = ["EXTENSION", "Connection", "Dropped", "HalfSent"]

#: The name in `scope["extensions"]`.
EXTENSION: Final = "predial.connection"
#: SO_LINGER with no time: the connection is reset, and what was not sent is forgotten.
_AT_ONCE: Final = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Connection:
    """The connection of a request."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport

    @classmethod
    def of(cls, scope: Scope) -> Connection:
        """The connection of the request with this scope."""
        extensions: dict[str, Any] = scope.get("extensions") or {}
        found = extensions.get(EXTENSION)
        if not isinstance(found, Connection):
            raise RuntimeError("faults of the connection need the server of predial.sandbox")
        return found

    def close(self) -> None:
        """Send what was written, and close."""
        self._transport.close()

    def reset(self) -> None:
        """Send nothing more: the client sees that its connection was reset."""
        found: socket.socket | None = self._transport.get_extra_info("socket")
        if found is not None:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self._transport.abort()


class Dropped(Response):
    """No answer: the connection is closed, or reset."""

    def __init__(self, *, reset: bool = False) -> None:
        super().__init__()
        self._reset = reset

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = Connection.of(scope)
        if self._reset:
            connection.reset()
        else:
            connection.close()
        await gone(receive)


class HalfSent(Response):
    """An answer with the length of the whole and half of the bytes; then the connection closes."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code)
        self.raw_headers = whole.raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = Connection.of(scope)
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        connection.close()
        await gone(receive)


async def gone(receive: Receive) -> None:
    """Wait until the connection is closed, by either side."""
    while (await receive())["type"] != "http.disconnect":
        pass
