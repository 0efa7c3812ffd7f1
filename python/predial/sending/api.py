"""`send` and `send_async`."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from predial._arguments import wrong_type
from predial.sending.clock import Clock
from predial.sending.results import Sent
from predial.sending.run import send_all
from predial.sending.settings import Settings, host_of, rate_of, token_of

if TYPE_CHECKING:
    import httpx2

__all__ = ["send", "send_async"]


def send(
    out: str | PathLike[str],
    *,
    host: str,
    token: str,
    max_rate: str | None = None,
    parallel: int = 1,
    give_up_after: float = 3600,
    baseline: bool = True,
    reconcile: bool = False,
    take_over: bool = False,
    proxy: str | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
    on_progress: Callable[[int, int], object] | None = None,
) -> Sent:
    """Send the bodies that ``prepare`` left in a directory: each job is created exactly once.

    It needs the extra ``send``.

    ``host`` is the scheme and the name of the service (``"https://app.jaicp.com"``; http only for
    this machine), ``token`` that of the campaign. Every request is in ``sending.ndjson`` before it
    begins, and its answer is there before the next one. So ``send`` may end at any time, also by
    ``kill -9``: call it again, and it goes on. A body without a clear answer is sent again with the
    same idempotence key, which the service knows for 24 hours; after 23 hours it is not sent again
    by itself. A row that the service refuses is found and left out, and its neighbours are sent.

    ``max_rate`` limits how often bodies are sent (``"2/s"``, ``"30/min"``), ``parallel`` is how
    many are under way at once. ``give_up_after`` seconds without an answer end the run. With
    ``baseline`` the service is asked, before a body is sent, which jobs it has for three of its
    phones; ``reconcile`` compares that with what it has later, and so decides over bodies that are
    unknown. ``take_over`` goes on after another machine. ``proxy`` is a URL; nothing of the
    environment is used. ``transport`` is one of httpx2, for tests. ``on_progress`` is called with
    the jobs that are done and all jobs.

    Returns what became of the jobs; ``stopped`` says why it ended early. When all are done,
    ``ids.csv``, ``ids.ndjson``, ``refused.csv`` and ``refused.ndjson`` are in the directory. Raises
    ``SendError`` if it can't begin, ``BlockingIOError`` if another run works in the directory.
    """
    settings = _settings(locals())
    path = _path(out)
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(_until_interrupted(path, settings))
    raise RuntimeError("send can't run inside an event loop: use `await predial.send_async(...)`")


def send_async(
    out: str | PathLike[str],
    *,
    host: str,
    token: str,
    max_rate: str | None = None,
    parallel: int = 1,
    give_up_after: float = 3600,
    baseline: bool = True,
    reconcile: bool = False,
    take_over: bool = False,
    proxy: str | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
    on_progress: Callable[[int, int], object] | None = None,
) -> Coroutine[Any, Any, Sent]:
    """Do what ``send`` does, in an event loop.

    If it is cancelled, the request under way is dropped, and asked again with the same key by the
    next call.
    """
    settings = _settings(locals())
    return send_all(_path(out), settings, Clock(), asyncio.Event())


def _settings(given: dict[str, Any]) -> Settings:
    names = (
        "parallel", "give_up_after", "baseline", "reconcile", "take_over", "proxy", "transport",
        "on_progress",
    )  # fmt: skip
    return Settings(
        host=host_of(given["host"]),
        token=token_of(given["token"]),
        pause=rate_of(given["max_rate"]),
        **{name: given[name] for name in names},
    )


def _path(out: object) -> Path:
    if not isinstance(out, (str, os.PathLike)):
        raise wrong_type("out", "a path, which is a str or an os.PathLike", out)
    return Path(os.fsdecode(os.fspath(out)))


async def _until_interrupted(out: Path, settings: Settings) -> Sent:
    """Ctrl-C ends it after the requests under way; a second one at once."""
    stop = asyncio.Event()
    with _first_interrupt(stop):
        return await send_all(out, settings, Clock(), stop)


@contextlib.contextmanager
def _first_interrupt(stop: asyncio.Event) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = signal.getsignal(signal.SIGINT)

    def interrupt(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        loop.call_soon_threadsafe(stop.set)

    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
