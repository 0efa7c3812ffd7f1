"""What the caller asks for."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from predial._arguments import wrong_type

__all__ = ["Settings", "host_of", "rate_of", "token_of"]

#: For each unit of a rate, its seconds.
_SECONDS: Final = {"s": 1.0, "min": 60.0, "h": 3600.0}
_RATE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*(s|min|h)")
_MOST_PARALLEL: Final = 64


@dataclass(frozen=True)
class Settings:
    """How a directory is sent."""

    host: str
    token: str = field(repr=False)
    #: The least seconds between the beginnings of two requests that add jobs.
    pause: float = 0.0
    parallel: int = 1
    give_up_after: float = 3600.0
    baseline: bool = True
    reconcile: bool = False
    take_over: bool = False
    proxy: str | None = None
    transport: Any = None
    on_progress: Callable[[int, int], object] | None = None

    def __post_init__(self) -> None:
        for name in ("baseline", "reconcile", "take_over"):
            if not isinstance(getattr(self, name), bool):
                raise wrong_type(name, "True or False", getattr(self, name))
        if isinstance(self.parallel, bool) or not isinstance(self.parallel, int):
            raise wrong_type("parallel", "a whole number, 1 or more", self.parallel)
        if not 1 <= self.parallel <= _MOST_PARALLEL:
            raise ValueError(f"parallel must be a whole number from 1 to {_MOST_PARALLEL}")
        seconds = self.give_up_after
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            raise wrong_type("give_up_after", "a number of seconds", seconds)
        if not 0 <= seconds < float("inf"):
            raise ValueError("give_up_after must be a number of seconds, 0 or more")
        if self.proxy is not None and not isinstance(self.proxy, str):
            raise wrong_type("proxy", "a URL, which is a str, or None", self.proxy)
        if self.transport is not None and not hasattr(self.transport, "handle_async_request"):
            raise wrong_type("transport", "a transport of httpx2, or None", self.transport)
        if self.on_progress is not None and not callable(self.on_progress):
            raise wrong_type("on_progress", "a function of two numbers, or None", self.on_progress)
        if self.reconcile and not self.baseline:
            raise ValueError("reconcile needs baseline: without it nothing can be compared")


def host_of(host: object) -> str:
    """The scheme and the authority of a host; HTTPS, unless it is this machine."""
    takes = "a host such as 'https://app.jaicp.com'"
    if not isinstance(host, str):
        raise wrong_type("host", f"{takes}, which is a str", host)
    try:
        parts = urlsplit(host)
        port = parts.port
    except ValueError:
        raise ValueError(f"host must be {takes}") from None
    name = parts.hostname
    if parts.scheme not in ("https", "http") or not name or parts.username is not None:
        raise ValueError(f"host must be {takes}")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"host must be {takes}, without a path")
    if parts.scheme == "http" and not _is_loopback(name):
        raise ValueError("host must be a URL of https: over http the token could be read")
    authority = f"[{name}]" if ":" in name else name
    return f"{parts.scheme}://{authority}" + ("" if port is None else f":{port}")


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def token_of(token: object) -> str:
    """The token of the campaign. Errors do not repeat it."""
    if not isinstance(token, str):
        raise wrong_type("token", "the token of the campaign, which is a str", token)
    token = token.strip()
    if not re.fullmatch(r"[A-Za-z0-9._~-]{1,256}", token) or not token.strip("."):
        raise ValueError("token must be the token of a campaign: letters, digits, dots, dashes")
    return token


def rate_of(rate: object) -> float:
    """The seconds between two requests at a rate such as `2/s`; none for None."""
    takes = "a rate such as '2/s', '30/min' or '100/h', or None"
    if rate is None:
        return 0.0
    if not isinstance(rate, str):
        raise wrong_type("max_rate", takes, rate)
    found = _RATE.fullmatch(rate.strip())
    count = float(found[1]) if found else 0.0
    if found is None or not count:
        raise ValueError(f"max_rate must be {takes}")
    return _SECONDS[found[2]] / count
