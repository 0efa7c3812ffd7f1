"""What a sandbox is started with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

__all__ = ["EXAMPLE_TOKEN", "HOST", "PORT", "Jvm", "Plus", "Settings"]

Plus: TypeAlias = Literal["accept", "refuse"]
Jvm: TypeAlias = Literal["17", "none"]

#: The token of the examples in the service's documents.
EXAMPLE_TOKEN: Final = "8231.7056.1b131df1"
HOST: Final = "127.0.0.1"
PORT: Final = 8080


@dataclass(frozen=True)
class Settings:
    """What `predial sandbox` and `predial.testing.sandbox()` take."""

    host: str = HOST
    """The address to listen on."""
    port: int = PORT
    """The port; 0 takes a free one."""
    db: str | None = None
    """The SQLite file that keeps everything; None keeps it in memory."""
    campaigns: tuple[str, ...] = (EXAMPLE_TOKEN,)
    """The tokens of the campaigns that there are from the start."""
    faults: Mapping[str, Any] = field(default_factory=dict)
    """The faults to begin with, as `PUT /sandbox/faults` takes them."""
    seed: int = 0
    """What chance depends on: faults and the outcomes of calls."""
    clock: datetime | None = None
    """The instant at which the clock is stopped; None is real time."""
    plus: Plus = "refuse"
    """Whether a phone may begin with a plus."""
    jvm: Jvm = "17"
    """The Java runtime whose IDs of zones are accepted; `none` accepts all of the tz database."""
