"""The application: the endpoints of the service, and those of the sandbox itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.utils import format_datetime
from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import predial
from predial.sandbox import answers, control, openapi, page
from predial.sandbox.judgement import INVALID_REQUEST
from predial.sandbox.routes import ENDPOINTS, Endpoint
from predial.sandbox.serving import serve
from predial.sandbox.state import State

__all__ = ["SERVER", "application"]

#: What the header `Server` says.
SERVER: Final = f"predial-sandbox/{predial.__version__}"

_LOG: Final = logging.getLogger("predial.sandbox")


def application(state: State) -> Starlette:
    """The application of one sandbox."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(state.close)

    routes = [
        *_routes_of_service(state),
        *control.routes(state),
        *openapi.routes(),
        *page.routes(state),
    ]
    for route in routes:
        if route.methods:
            # Starlette answers HEAD wherever there is GET: here that would add a job.
            route.methods.discard("HEAD")
    return Starlette(
        routes=routes,
        middleware=[Middleware(_Headers, state=state)],
        exception_handlers={HTTPException: _http_error, Exception: _own_error},
        lifespan=lifespan,
    )


def _routes_of_service(state: State) -> list[Route]:
    by_path: dict[str, list[Endpoint]] = {}
    for endpoint in ENDPOINTS:
        by_path.setdefault(endpoint.path, []).append(endpoint)
    return [
        Route(path, _dispatch(state, endpoints), methods=[it.method for it in endpoints])
        for path, endpoints in by_path.items()
    ]


def _dispatch(
    state: State, endpoints: list[Endpoint]
) -> Callable[[HttpRequest], Awaitable[Response]]:
    by_method = {endpoint.method: endpoint for endpoint in endpoints}

    async def answer(request: HttpRequest) -> Response:
        return await serve(state, by_method[request.method], request)

    return answer


class _Headers:
    """The headers of all answers: what the server is, and what time it is in the sandbox."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(self._state.clock.now(), usegmt=True)
                message["headers"] = [
                    (b"server", SERVER.encode()),
                    (b"date", date.encode()),
                    *message["headers"],
                ]
            await send(message)

        await self._app(scope, receive, with_headers)


async def _http_error(request: HttpRequest, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = {404: "there is no such path", 405: "the path has no such method"}
    message = words.get(error.status_code, str(error.detail))
    return answers.error(error.status_code, INVALID_REQUEST, message, headers=error.headers)


async def _own_error(request: HttpRequest, error: Exception) -> Response:
    _LOG.error("an error in predial sandbox itself", exc_info=error)
    return answers.error(500, "sandbox.error", "an error in the sandbox itself: please report it")
