"""Faults on demand: which request is hit by which fault, always the same for one seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["ADDING", "ENDPOINTS", "NAMES", "Fault", "Faults"]

#: The names of faults, in the order in which chance tries them.
NAMES: Final = (
    "429",
    "500",
    "503",
    "delay",
    "drop_before_read",
    "drop_after_store",
    "half_answer",
    "invalid_json",
    "reset_upload",
    "slow_store",
)
#: The endpoints that add jobs.
ADDING: Final = ("addPhone", "addPhones", "test/addPhone")
#: All endpoints that a fault may hit, by the end of their paths.
ENDPOINTS: Final = (
    *ADDING,
    "callJob/cancel",
    "callJob/getReport",
    "callAttempt/getReport",
    "campaign",
    "status",
    "control/pause",
    "control/resume",
    "control/stop",
)
_FIELDS: Final = frozenset({"rate", "requests", "on", "seconds", "retry_after"})
#: The sum of the rates is compared with 1 by floats.
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class Fault:
    """One fault, as it was asked for."""

    name: str
    rate: float = 0.0
    requests: frozenset[int] = frozenset()
    """Which requests are hit, counted from 1 among those to `on` since the faults were set."""
    on: tuple[str, ...] = ADDING
    seconds: float | None = None
    retry_after: int | None = None
    retries: str = "none"
    """Which 429 have `Retry-After`: `half` of them, `all` or `none`."""


@dataclass(frozen=True)
class Hit:
    """A fault that hits a request."""

    fault: Fault
    chance: random.Random
    """What the details of the fault depend on."""


class Faults:
    """The faults that are set, and how often each was fired."""

    def __init__(self, wanted: Mapping[str, Any], seed: int) -> None:
        self._seed = seed
        self.replace(wanted)

    def replace(self, wanted: Mapping[str, Any]) -> None:
        """Set these faults and no others. Raises ValueError, and changes nothing, for other names
        and values.
        """
        faults = read(wanted)
        self._wanted = {name: wanted[name] for name in NAMES if name in wanted}
        self._faults = faults
        self._fired: Counter[str] = Counter()
        self._requests = 0
        self._requests_of: Counter[str] = Counter()

    def as_json(self) -> dict[str, Any]:
        """The faults as they were asked for, and how often each was fired."""
        return {
            "faults": self._wanted,
            "fired": {it.name: self._fired[it.name] for it in self._faults},
        }

    def draw(self, endpoint: str) -> Hit | None:
        """The fault that hits the next request to an endpoint. The fault of a certain request wins
        over faults by chance.
        """
        self._requests += 1
        chance = random.Random(f"{self._seed}/{self._requests}")
        at = chance.random()
        here = [fault for fault in self._faults if endpoint in fault.on]
        for fault in here:
            self._requests_of[fault.name] += 1
        certain = (it for it in here if self._requests_of[it.name] in it.requests)
        hit = next(certain, None) or _by_chance(here, at)
        if hit is None:
            return None
        self._fired[hit.name] += 1
        return Hit(hit, chance)


def _by_chance(faults: list[Fault], at: float) -> Fault | None:
    for fault in faults:
        if at < fault.rate:
            return fault
        at -= fault.rate
    return None


def read(wanted: Mapping[str, Any]) -> list[Fault]:
    """The faults of a JSON object or a TOML file.

    >>> read({"500": 0.5})[0].rate, read({"delay": {"requests": [2], "seconds": 1}})[0].requests
    (0.5, frozenset({2}))
    """
    if not isinstance(wanted, Mapping):
        raise ValueError("the faults must be an object of names and rates")
    for name in wanted:
        if name not in NAMES:
            raise ValueError(f"there is no fault {name!r}; there are {', '.join(NAMES)}")
    faults = [_fault(name, wanted[name]) for name in NAMES if name in wanted]
    for endpoint in ENDPOINTS:
        rates = sum(fault.rate for fault in faults if endpoint in fault.on)
        if rates > 1 + _ROUNDING:
            raise ValueError(f"the rates of the faults on {endpoint} sum to over 1")
    return faults


def _fault(name: str, given: Any) -> Fault:
    if not isinstance(given, Mapping):
        given = {"rate": given}
    for key in given:
        if key not in _FIELDS:
            raise ValueError(f"{name} has no {key!r}; it has {', '.join(sorted(_FIELDS))}")
    if "rate" not in given and "requests" not in given:
        raise ValueError(f"{name} needs a rate, or the numbers of requests")
    retries, retry_after = _retry_after(name, given)
    seconds = given.get("seconds")
    return Fault(
        name,
        _number(name, "rate", given.get("rate", 0), 1.0),
        _requests(name, given.get("requests", [])),
        _endpoints(name, given.get("on", ADDING)),
        None if seconds is None else _number(name, "seconds", seconds, 86_400.0),
        retry_after,
        retries,
    )


def _number(name: str, key: str, value: Any, largest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= largest:
        raise ValueError(f"{key} of {name} must be a number from 0 to {largest:g}")
    return float(value)


def _requests(name: str, value: Any) -> frozenset[int]:
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(it, int) and not isinstance(it, bool) and it > 0 for it in value
    ):
        raise ValueError(f"requests of {name} must be a list of whole numbers from 1 on")
    return frozenset(value)


def _endpoints(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(it in ENDPOINTS for it in value):
        raise ValueError(f"on of {name} must be a list of {', '.join(ENDPOINTS)}")
    return tuple(value)


def _retry_after(name: str, given: Mapping[str, Any]) -> tuple[str, int | None]:
    if "retry_after" not in given:
        return ("half", 1) if name == "429" else ("none", None)
    value = given["retry_after"]
    if value is None:
        return "none", None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10**9:
        raise ValueError(f"retry_after of {name} must be a whole number of seconds, or null")
    return "all", value
