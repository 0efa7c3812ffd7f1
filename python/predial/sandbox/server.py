"""The process or the thread that listens.

uvicorn with h11, which is Python: `_Protocol` puts each request's connection into its scope, so
that faults can reach it. Nothing is logged: paths hold tokens.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from predial.sandbox.app import application
from predial.sandbox.connection import EXTENSION, Connection
from predial.sandbox.settings import Settings
from predial.sandbox.state import State

__all__ = ["Background", "serve"]

#: The service's URLs may be long, and people try what is too long: they get the core's answer.
MAX_HEADERS: Final = 1 << 20
#: How long a connection is kept that sends nothing: longer than most clients keep theirs.
KEPT_SECONDS: Final = 75
#: How long requests under way may take when the sandbox ends.
LAST_SECONDS: Final = 2
BACKLOG: Final = 512


def serve(settings: Settings, listening: Callable[[str], None]) -> None:
    """Listen until a signal ends the process; `listening` is called with the URL. Raises OSError
    for an address that can't be listened on, and ValueError for a database that can't be used.
    """
    with _listen(settings) as listener:
        server = uvicorn.Server(_config(State(settings)))
        listening(_url(listener))
        server.run(sockets=[listener])


class Background:
    """The same in a thread of its own, from `start` to `stop`."""

    def __init__(self, settings: Settings) -> None:
        self._listener = _listen(settings)
        try:
            self._server = _QuickServer(_config(State(settings)))
        except BaseException:
            self._listener.close()
            raise
        self.url = _url(self._listener)
        self._thread = threading.Thread(
            target=self._server.run, args=([self._listener],), name="predial-sandbox", daemon=True
        )

    def start(self) -> None:
        """Begin to answer. Requests that come earlier wait."""
        self._thread.start()

    def stop(self) -> None:
        """End, once the requests under way are answered."""
        self._server.end()
        self._thread.join()
        self._listener.close()


def _listen(settings: Settings) -> socket.socket:
    family, *_, address = socket.getaddrinfo(
        settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    return socket.create_server(address[:2], family=family, backlog=BACKLOG)


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _config(state: State) -> uvicorn.Config:
    return uvicorn.Config(
        application(state),
        http=_Protocol,
        ws="none",
        lifespan="on",
        loop="asyncio",
        log_config=None,
        log_level="critical",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,  # the application has the sandbox's own
        timeout_keep_alive=KEPT_SECONDS,
        timeout_graceful_shutdown=LAST_SECONDS,
        h11_max_incomplete_event_size=MAX_HEADERS,
    )


class _QuickServer(uvicorn.Server):
    """A server that another thread ends at once. uvicorn's own looks ten times a second whether it
    is to end, and waits again before it closes: that is most of the time of a short test.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end = asyncio.Event()

    def end(self) -> None:
        """End it. For another thread."""
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._end.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        if not await self.on_tick(0):
            await self._end.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if tasks := list(self.server_state.tasks):
            _, late = await asyncio.wait(tasks, timeout=LAST_SECONDS)
            for task in late:
                task.cancel()
        await self.lifespan.shutdown()


class _Protocol(H11Protocol):
    """A connection that each of its requests can reach."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        inner: Any = self.app
        self.app = _with_connection(inner, self)


def _with_connection(app: ASGIApp, protocol: H11Protocol) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("extensions", {})[EXTENSION] = Connection(protocol.transport)
        await app(scope, receive, send)

    return answer
