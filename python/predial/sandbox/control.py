"""The endpoints of the sandbox itself, under `/sandbox`. No fault hits them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from predial.sandbox import answers
from predial.sandbox.campaigns import TOKEN, described, read_settings
from predial.sandbox.clock import duration, instant
from predial.sandbox.dialling import dial
from predial.sandbox.jobs import read_object
from predial.sandbox.queue import listed
from predial.sandbox.state import State, as_text

__all__ = ["routes"]

#: How many jobs `GET /sandbox/queue` lists, and at most.
LISTED: Final = 100
MOST: Final = 10_000


def routes(state: State) -> list[Route]:
    """The endpoints of one sandbox."""
    own = _Control(state)
    return [
        Route(
            "/sandbox/clock",
            _checked({"GET": own.clock, "POST": own.move}),
            methods=["GET", "POST"],
        ),
        Route(
            "/sandbox/faults",
            _checked({"GET": own.faults, "PUT": own.set_faults}),
            methods=["GET", "PUT"],
        ),
        Route("/sandbox/queue", _checked({"GET": own.queue}), methods=["GET"]),
        Route("/sandbox/jobs", _checked({"GET": own.jobs}), methods=["GET"]),
        Route("/sandbox/dial", _checked({"POST": own.dial}), methods=["POST"]),
        Route(
            "/sandbox/campaigns/{token}",
            _checked({"GET": own.campaign, "PUT": own.put_campaign}),
            methods=["GET", "PUT"],
        ),
    ]


Endpoint = Callable[[HttpRequest], Awaitable[object]]


def _checked(by_method: dict[str, Endpoint]) -> Callable[[HttpRequest], Awaitable[Response]]:
    """The endpoint of a method. Its ValueError is a 400."""

    async def answer(request: HttpRequest) -> Response:
        try:
            found = await by_method[request.method](request)
        except (ValueError, OverflowError) as error:
            return answers.bad_request(str(error))
        except LookupError:
            return answers.invalid_token()
        return answers.of_json(found)

    return answer


class _Control:
    def __init__(self, state: State) -> None:
        self._state = state
        self._dialling = asyncio.Lock()

    async def clock(self, request: HttpRequest) -> dict[str, Any]:
        clock = self._state.clock
        return {"now": as_text(clock.now()), "stopped": clock.is_stopped}

    async def move(self, request: HttpRequest) -> dict[str, Any]:
        given = read_object(await request.body())
        if len(given) != 1 or not given.keys() <= {"advance", "to"}:
            raise ValueError('the clock is moved by {"advance": "25h"} or {"to": an instant}')
        if "advance" in given:
            self._state.clock.advance(duration(_text(given, "advance")))
        else:
            self._state.clock.advance_to(instant(_text(given, "to")))
        await self._state.store.run(self._state.keep_clock)
        return await self.clock(request)

    async def faults(self, request: HttpRequest) -> dict[str, Any]:
        return self._state.faults.as_json()

    async def set_faults(self, request: HttpRequest) -> dict[str, Any]:
        self._state.faults.replace(read_object(await request.body()))
        return self._state.faults.as_json()

    async def queue(self, request: HttpRequest) -> dict[str, Any]:
        query = dict(request.query_params)
        at = instant(query["at"].replace(" ", "+")) if "at" in query else self._state.clock.now()
        limit = _number(query, "limit", LISTED, MOST)
        found = []
        for token in await self._tokens(query):
            found += await asyncio.to_thread(listed, self._state, token, at, limit)
        found.sort(key=lambda due: due.order)
        return {"at": as_text(at), "jobs": [due.as_json() for due in found[:limit]]}

    async def jobs(self, request: HttpRequest) -> list[dict[str, Any]]:
        query = dict(request.query_params)
        tokens = await self._tokens(query)
        after = _number(query, "after", 0, 2**63 - 1)
        limit = _number(query, "limit", MOST, MOST)
        store = self._state.store
        found = await store.run(lambda: store.jobs_after(tokens, after, limit))
        return [job.as_json() for job in found]

    async def dial(self, request: HttpRequest) -> dict[str, Any]:
        given = read_object(await request.body() or b"{}")
        if not given.keys() <= {"until", "for"} or len(given) > 1:
            raise ValueError('calls are played by {"until": an instant} or {"for": "2h"}')
        state = self._state
        async with self._dialling:
            until = _end(given, state.clock.now())
            calls = 0
            for token in await self._tokens({}):
                calls += await asyncio.to_thread(dial, state, token, until)
            state.clock.advance_to(until)
            await self._state.store.run(self._state.keep_clock)
        return {"calls": calls, "now": as_text(state.clock.now())}

    async def campaign(self, request: HttpRequest) -> dict[str, Any]:
        [token] = await self._tokens({"campaign": request.path_params["token"]})
        return await self._state.store.run(lambda: described(self._state, token))

    async def put_campaign(self, request: HttpRequest) -> dict[str, Any]:
        token = request.path_params["token"]
        if not TOKEN.fullmatch(token):
            raise ValueError("a token has letters, digits, dots, hyphens, underscores and tildes")
        settings = read_settings(read_object(await request.body() or b"{}"))

        def work() -> dict[str, Any]:
            with self._state.store.transaction():
                self._state.put_campaign(token, settings)
                return described(self._state, token)

        return await self._state.store.run(work)

    async def _tokens(self, query: dict[str, str]) -> list[str]:
        """The campaign that a request names, or all of them."""
        store = self._state.store
        found = [row["token"] for row in await store.run(store.campaigns)]
        if "campaign" not in query:
            return found
        if query["campaign"] not in found:
            raise LookupError(query["campaign"])
        return [query["campaign"]]


def _end(given: dict[str, Any], now: datetime) -> datetime:
    if "for" in given:
        return now + duration(_text(given, "for"))
    return instant(_text(given, "until")) if given else now


def _text(given: dict[str, Any], name: str) -> str:
    value = given[name]
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a string")
    return value


def _number(query: dict[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= most):
        raise ValueError(f"{name} must be a whole number from 0 to {most}")
    return int(text)
