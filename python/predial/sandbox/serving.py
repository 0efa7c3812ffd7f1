"""One request to the service, from its first byte to its last, with the fault that hits it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from predial.sandbox import answers
from predial.sandbox.adding import Request
from predial.sandbox.connection import Connection, Dropped, HalfSent, gone
from predial.sandbox.faults import Hit
from predial.sandbox.routes import Endpoint
from predial.sandbox.state import SHOWN_BYTES, LoggedRequest, State

__all__ = ["serve"]

KEY: Final = "Idempotence-Key"
#: The statuses of faults that answer in place of the service, and store nothing.
STATUSES: Final = ("429", "500", "503")
#: How long `delay` waits, and how long `slow_store` waits for the client to give up.
DELAY: Final = 1.0
PATIENCE: Final = 60.0
#: What comes in place of JSON.
NOT_JSON: Final = b"<html><body>OK</body></html>"


async def serve(state: State, endpoint: Endpoint, http: HttpRequest) -> Response:
    """The answer of an endpoint, or what a fault makes of it."""
    hit = state.faults.draw(endpoint.tail)
    served = _Served(state, endpoint, http, hit)
    response = await served.response()
    served.log(None if isinstance(response, Dropped) else response.status_code)
    return response


@dataclass
class _Served:
    state: State
    endpoint: Endpoint
    http: HttpRequest
    hit: Hit | None
    body: bytes = b""

    @property
    def fault(self) -> str | None:
        """The name of the fault."""
        return None if self.hit is None else self.hit.fault.name

    async def response(self) -> Response:
        """The answer, spoilt as the fault says."""
        if self.fault == "drop_before_read":
            return Dropped()
        try:
            if self.fault == "reset_upload":
                await self.http.receive()  # the first piece of the body
                return Dropped(reset=True)
            if self.fault == "delay":
                await asyncio.sleep(self._seconds(DELAY))
            self.body = await self.http.body()
        except ClientDisconnect:
            return Dropped()
        if self.fault in STATUSES:
            return self._status(int(self.fault))
        return self._spoilt(await self._answer())

    async def _answer(self) -> Response:
        """The answer of the service, however it is sent."""
        endpoint, http = self.endpoint, self.http
        token = str(http.path_params["token"])
        request = Request(
            endpoint=f"{endpoint.form}/{endpoint.tail}",
            token=token,
            query=http.scope["query_string"],
            media_type=http.headers.get("content-type", "").partition(";")[0].strip().lower(),
            body=self.body,
            key=self._key(),
        )
        store = self.state.store
        async with self.state.turns.of(token, request.key):
            if self.fault == "slow_store":
                await self._given_up()
            if await store.run(lambda: store.campaign(token)) is None:
                return answers.invalid_token()
            return await endpoint.handler(self.state, request)

    def _key(self) -> str | None:
        if not self.endpoint.adds:
            return None
        if self.endpoint.method == "POST":
            return self.http.headers.get(KEY)
        # A parameter that comes twice is refused by the core.
        query = self.http.scope["query_string"].decode("latin-1")
        return dict(parse_qsl(query, keep_blank_values=True)).get(KEY)

    async def _given_up(self) -> None:
        """Wait until the client gives up, or end its patience by closing the connection."""
        try:
            async with asyncio.timeout(self._seconds(PATIENCE)):
                await gone(self.http.receive)
        except TimeoutError:
            Connection.of(self.http.scope).close()
            await gone(self.http.receive)

    def _spoilt(self, answer: Response) -> Response:
        if self.fault in ("drop_after_store", "slow_store"):
            return Dropped()
        if self.fault == "half_answer":
            return HalfSent(answer)
        if self.fault == "invalid_json":
            return answers.of_json(NOT_JSON, answer.status_code)
        return answer

    def _status(self, status: int) -> Response:
        assert self.hit is not None
        fault = self.hit.fault
        wait = 1 if fault.retry_after is None else fault.retry_after
        is_one_of_half = fault.retries == "half" and self.hit.chance.random() < 0.5
        headers = {"Retry-After": str(wait)} if fault.retries == "all" or is_one_of_half else None
        message = f"a fault on demand: {status}"
        return answers.error(status, "sandbox.fault", message, headers=headers)

    def _seconds(self, default: float) -> float:
        assert self.hit is not None
        given = self.hit.fault.seconds
        return default if given is None else given

    def log(self, status: int | None) -> None:
        """Remember the request for the page."""
        content = self.body or self.http.scope["query_string"]
        self.state.requests.appendleft(
            LoggedRequest(
                self.state.clock.now(),
                self.endpoint.method,
                self.endpoint.path,
                str(self.http.path_params["token"]),
                content[:SHOWN_BYTES].decode("utf-8", "replace"),
                status,
                self.fault,
            )
        )
