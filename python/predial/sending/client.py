"""Requests over HTTP. The token leaves this module in the paths of requests and nowhere else.

Redirects are not followed, the environment's proxies and netrc are not used, certificates are
checked. The loggers of the HTTP client write whole URLs, so they are silent here.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any, Final

from predial.sending.clock import Clock
from predial.sending.errors import NoAnswer, SendError
from predial.sending.outcomes import BUSY, LEAST_SECRET, Answer
from predial.sending.settings import Settings

__all__ = ["LONGEST", "Client", "silent"]

#: How long the service may take to answer, in seconds: a large body takes minutes.
_READ: Final = 600.0
_CONNECT: Final = 30.0
#: No request takes longer.
LONGEST: Final = 1200.0
#: The most bytes of an answer: the IDs of a large body.
_MOST: Final = 1 << 28
#: The most phones of one request for reports.
_MOST_PHONES: Final = 1000
_LOGGERS: Final = ("httpx2", "httpcore2", "httpx", "httpcore", "h11")


class _Silence:
    """The levels of the loggers of the HTTP client, while runs keep them silent.

    Runs may overlap, so the last one to end sets the levels back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs = 0
        self._levels: dict[logging.Logger, int] = {}

    def begin(self) -> None:
        with self._lock:
            self._runs += 1
            for logger in _loggers():
                if logger not in self._levels:
                    self._levels[logger] = logger.level
                    logger.setLevel(logging.CRITICAL + 1)

    def end(self) -> None:
        with self._lock:
            self._runs -= 1
            if not self._runs:
                for logger, level in self._levels.items():
                    logger.setLevel(level)
                self._levels.clear()


_SILENCE: Final = _Silence()


def _loggers() -> list[logging.Logger]:
    """The loggers of the HTTP client and those below them, which may have levels of their own."""
    parts = tuple(f"{name}." for name in _LOGGERS)
    names = [name for name in list(logging.root.manager.loggerDict) if name.startswith(parts)]
    return [logging.getLogger(name) for name in (*_LOGGERS, *names)]


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Keeps the loggers of the HTTP client silent."""
    with contextlib.suppress(ModuleNotFoundError):
        import_module("httpx2")  # which makes its loggers
    _SILENCE.begin()
    try:
        yield
    finally:
        _SILENCE.end()


class Client:
    """The service, as one campaign has it."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        try:
            import httpx2
        except ModuleNotFoundError:
            raise SendError(
                'sending needs the package httpx2: pip install "predial[send]"'
            ) from None
        self._httpx = httpx2
        self._clock = clock
        self._token = settings.token
        self._base = f"{settings.host}/api/calls/campaign/{settings.token}"
        try:
            self._client = httpx2.AsyncClient(
                transport=settings.transport,
                proxy=settings.proxy,
                trust_env=False,
                follow_redirects=False,
                timeout=httpx2.Timeout(_READ, connect=_CONNECT, pool=None),
                headers={"User-Agent": "predial", "Accept": "application/json"},
            )
        except (ValueError, httpx2.InvalidURL):
            raise ValueError("proxy must be a URL such as 'http://localhost:3128'") from None

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.aclose()

    async def campaign(self) -> str:
        """The ID of the campaign. Raises SendError if the service does not say it."""
        answer = await self.ask("GET", "")
        if answer.status is None:
            raise SendError(f"the service can't be reached: {answer.lost}")
        if answer.status in (401, 403, 404):
            raise SendError(
                f"the service does not know the token (status {answer.status}): check the token "
                "and the host"
            )
        try:
            campaign = json.loads(answer.body)["id"] if answer.status == 200 else None
        except (ValueError, KeyError, TypeError, RecursionError):
            campaign = None
        if isinstance(campaign, bool) or not isinstance(campaign, (int, str)):
            raise SendError(
                f"the service does not describe the campaign (status {answer.status}): nothing "
                "was sent"
            )
        if len(self._token) >= LEAST_SECRET and self._token in str(campaign):
            raise SendError(
                "the service gives the token as the id of the campaign: nothing was sent"
            )
        return str(campaign)

    async def add(self, content: bytes, key: str) -> Answer:
        """Adds the jobs of a body."""
        headers = {"Content-Type": "application/json", "Idempotence-Key": key}
        return await self.ask("POST", "/addPhones", content, headers)

    async def ids_of(self, phones: Iterable[str]) -> dict[str, list[str]]:
        """The IDs of the jobs that the service has for each of these phones. Raises SendError if it
        does not say them.
        """
        wanted = list(dict.fromkeys(phones))
        found: dict[str, list[str]] = {phone: [] for phone in wanted}
        for first in range(0, len(wanted), _MOST_PHONES):
            some = [int(phone) for phone in wanted[first : first + _MOST_PHONES]]
            content = json.dumps({"phones": some}).encode()
            headers = {"Content-Type": "application/json"}
            answer = await self.ask("POST", "/callJob/getReport", content, headers)
            for report in _reports(answer):
                phone, job = str(report["phone"]).removeprefix("+"), str(report["id"])
                if phone not in found:
                    raise SendError("the service reports on other phones than those asked for")
                if job not in found[phone]:
                    found[phone].append(job)
        return found

    async def ask(
        self,
        method: str,
        path: str,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request. A request without an answer is an answer without a status."""
        try:
            async with asyncio.timeout(LONGEST):
                request = self._client.build_request(
                    method, self._base + path, content=content, headers=headers
                )
                response = await self._client.send(request, stream=True)
                try:
                    body = await self._read(response)
                finally:
                    await response.aclose()
        except TimeoutError:
            return Answer(None, lost=f"no answer within {LONGEST:.0f} s")
        except self._httpx.HTTPError as error:
            # Its own text may have the URL.
            return Answer(None, lost=_LOST.get(type(error).__name__, "the connection broke"))
        except OSError as error:
            return Answer(None, lost=f"the connection broke ({type(error).__name__})")
        said = {name.lower(): value for name, value in response.headers.items()}
        self._clock.hears(said.get("date"))
        return Answer(response.status_code, body, said, secret=self._token)

    async def _read(self, response: Any) -> bytes:
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > _MOST:
                break
        return bytes(body)


_LOST: Final = {
    "ConnectError": "the connection can't be made",
    "ConnectTimeout": "the connection can't be made in time",
    "ReadTimeout": f"no answer within {_READ:.0f} s",
    "WriteTimeout": "the request can't be sent in time",
    "ProxyError": "the proxy refuses",
}


def _reports(answer: Answer) -> list[dict[str, Any]]:
    unfit = SendError(
        "the service does not report the id and the phone of jobs, so nothing can be compared; "
        "baseline=False does without, and then without reconcile"
    )
    if answer.status is None:
        raise NoAnswer(f"the service does not report on jobs: {answer.lost}")
    if answer.status in BUSY:
        raise NoAnswer(f"the service does not report on jobs (status {answer.status})")
    if answer.status != 200:
        raise SendError(f"the service does not report on jobs (status {answer.status})")
    try:
        reports = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise unfit from None
    if not isinstance(reports, list):
        raise unfit
    for report in reports:
        if not (isinstance(report, dict) and "id" in report and "phone" in report):
            raise unfit
        if any(isinstance(report[name], bool) or not isinstance(report[name], (int, str))
               for name in ("id", "phone")):  # fmt: skip
            raise unfit
    return reports
