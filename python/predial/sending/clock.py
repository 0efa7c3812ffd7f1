"""How old a try is, by clocks that jump.

Keys live 24 hours at the service. The wall clock of this machine may be set back, and then a key
would look younger than it is. So three clocks are asked, and the largest answer counts: the wall
clock, the clock of the service (its `Date` headers), and the clock that runs since the machine was
started, also while it sleeps.
"""

from __future__ import annotations

import asyncio
import random
import socket
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

__all__ = ["LIMIT", "Clock", "Instant", "date_of"]

#: A body is not sent again once its first try is so old, in seconds: an hour before the key ends.
LIMIT: Final = 23 * 3600


@dataclass(frozen=True)
class Instant:
    """One moment, as each clock has it."""

    #: The wall clock: seconds since 1970.
    wall: float
    #: Which start of the machine the next one counts from; None if that is not known.
    boot: str | None
    #: Seconds since that start.
    since_boot: float
    #: The clock of the service: seconds since 1970; None if it never said.
    service: float | None = None

    def line(self) -> dict[str, Any]:
        """The instant as the journal keeps it."""
        return {
            "wall": round(self.wall, 3),
            "boot": self.boot,
            "since_boot": round(self.since_boot, 3),
            "service": None if self.service is None else round(self.service, 3),
        }

    @classmethod
    def of(cls, line: dict[str, Any]) -> Instant:
        """The instant in a line of the journal."""
        return cls(line["wall"], line["boot"], line["since_boot"], line["service"])

    def age(self, now: Instant) -> float:
        """How many seconds ago it was: the largest that a clock says."""
        return max(self._ages(now))

    def of_service(self) -> float:
        """The clock by which the service judges; the wall clock where that is not known."""
        return self.wall if self.service is None else self.service

    def least_age(self, now: Instant) -> float:
        """How many seconds ago it was at least: the smallest that a clock says."""
        return min(self._ages(now))

    def _ages(self, now: Instant) -> list[float]:
        ages = [now.wall - self.wall]
        if self.service is not None and now.service is not None:
            ages.append(now.service - self.service)
        if self.boot is not None and self.boot == now.boot:
            ages.append(now.since_boot - self.since_boot)
        return ages


class Clock:
    """The clocks of this machine, and what is known of that of the service."""

    def __init__(self) -> None:
        self._heard: tuple[float, float] | None = None

    def wall(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def since_boot(self) -> float:
        """Seconds since the machine was started, asleep or not, if the system knows."""
        boottime = getattr(time, "CLOCK_BOOTTIME", None)
        return time.monotonic() if boottime is None else time.clock_gettime(boottime)

    def boot(self) -> str | None:
        """Which start of the machine it is."""
        return _first_line("/proc/sys/kernel/random/boot_id")

    def machine(self) -> str:
        """Which machine it is: its ID, or its name where a system gives it none."""
        return (
            _first_line("/etc/machine-id")
            or _first_line("/var/lib/dbus/machine-id")
            or f"name:{socket.gethostname()}"
        )

    def hears(self, date: str | None) -> None:
        """Takes the `Date` header of an answer."""
        heard = None if date is None else date_of(date)
        if heard is not None:
            self._heard = (heard, self.since_boot())

    def now(self) -> Instant:
        """This moment."""
        since_boot = self.since_boot()
        service = None
        if self._heard is not None:
            service = self._heard[0] + since_boot - self._heard[1]
        return Instant(self.wall(), self.boot(), since_boot, service)

    async def sleep(self, seconds: float) -> None:
        """Waits."""
        await asyncio.sleep(seconds)

    def jitter(self, tries: int) -> float:
        """How long to wait after so many tries: from 0.2–1 s, doubled each time, up to 60 s."""
        return min(60.0, random.uniform(0.2, 1.0) * 2.0 ** min(tries - 1, 16))


def date_of(header: str) -> float | None:
    """The instant in a header of HTTP, in seconds since 1970; None if it has none."""
    try:
        return parsedate_to_datetime(header).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None  # whatever the service writes there


def _first_line(path: str) -> str | None:
    try:
        return Path(path).read_text("ascii").strip() or None
    except (OSError, ValueError):
        return None
