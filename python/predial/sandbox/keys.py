"""Idempotence keys: which requests wait for one another, and what a request is compared by."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

__all__ = ["LIFETIME", "Turns", "fingerprint"]

#: How long a key lives.
LIFETIME: Final = timedelta(hours=24)


class Turns:
    """Requests with one key, one after the other."""

    def __init__(self) -> None:
        self._locks: dict[tuple[str, str], asyncio.Lock] = {}
        self._waiting: dict[tuple[str, str], int] = {}

    @asynccontextmanager
    async def of(self, token: str, key: str | None) -> AsyncIterator[None]:
        """Wait until no other request of this campaign with this key is being served."""
        if key is None:
            yield
            return
        name = token, key
        lock = self._locks.setdefault(name, asyncio.Lock())
        self._waiting[name] = self._waiting.get(name, 0) + 1
        try:
            async with lock:
                yield
        finally:
            self._waiting[name] -= 1
            if not self._waiting[name]:
                del self._waiting[name], self._locks[name]


def fingerprint(endpoint: str, request: bytes | dict[str, Any]) -> bytes:
    """What two requests with one key are compared by: the endpoint, and the body byte for byte or
    the job of the short form, whose parameters may come in any order.
    """
    if isinstance(request, dict):
        request = json.dumps(request, sort_keys=True).encode()
    return hashlib.sha256(endpoint.encode() + b"\0" + request).digest()
