"""The functions of the core that only tests use: the bare numbering plan, the zones of phones.

`make build` compiles it in by the cargo feature `test-door`; a wheel does not have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from predial import _core

__all__ = ["parse", "phone_zones", "time_zones", "verdicts"]

Number = tuple[int, str]
Verdict = tuple[int, str | None, str | None, str, bool]


def verdicts(numbers: Sequence[str]) -> list[Verdict]:
    """Country calling code, region, type, length and validity of each E.164 number."""
    found: list[Verdict] = _door().plan_verdicts(list(numbers))
    return found


def parse(dialled: Sequence[tuple[str, bool, str | None]]) -> list[Number | str]:
    """The number that each (digits, whether a plus was there, region) makes, or why none."""
    found: list[Number | str] = _door().plan_parse(list(dialled))
    return found


def time_zones(numbers: Sequence[str]) -> list[list[str]]:
    """The time zones of each E.164 number."""
    found: list[list[str]] = _door().plan_time_zones(list(numbers))
    return found


def phone_zones(numbers: Sequence[str], now: int) -> list[list[str]]:
    """The zones where each E.164 number is, at an instant in seconds since 1970."""
    found: list[list[str]] = _door().phone_zones(list(numbers), now)
    return found


def _door() -> Any:
    if not hasattr(_core, "plan_verdicts"):
        raise RuntimeError("the core was built without the feature test-door: run `make build`")
    return _core
