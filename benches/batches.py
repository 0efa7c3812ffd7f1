"""A whole batch: predial's check, and what others do with the same bytes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import msgspec
import orjson
import simdjson
import tzdata

import predial
from make_batch import JOBS, make_batch
from timing import Contender, Section

# Made by a call, since a class statement would need the types of a package that the linter's
# environment does not have.
Job: Any = msgspec.defstruct(
    "Job",
    [
        ("phone", str | int),
        ("gmtZone", str | None, None),
        ("payload", dict[str, Any] | None, None),
    ],
)
RawJob: Any = msgspec.defstruct(
    "RawJob",
    [
        ("phone", str | int),
        ("gmtZone", str | None, None),
        ("payload", msgspec.Raw, msgspec.Raw(b"{}")),
    ],
)

PHONE: Final = re.compile(r"[1-9]\d{6,14}", re.ASCII)
OFFSET: Final = re.compile(
    r"Z|UTC|GMT|UT"
    r"|(?:UTC|GMT|UT)?[+-](?:\d|(?:0\d|1[0-7])(?:[0-5]\d(?:[0-5]\d)?|:[0-5]\d(?::[0-5]\d)?)?"
    r"|18(?:00(?:00)?|:00(?::00)?)?)",
    re.ASCII,
)


def region_ids() -> frozenset[str]:
    """The region IDs of the installed tzdata package."""
    zones = Path(tzdata.__path__[0], "zones").read_text(encoding="ascii")
    return frozenset(zones.split()) - {"Factory"}


REGIONS: Final = region_ids()


def is_zone(text: str) -> bool:
    """A gmtZone, as a loader's author writes the test by hand."""
    return text in REGIONS or OFFSET.fullmatch(text) is not None


def checked_by_hand(jobs: list[Any]) -> list[tuple[int, str]]:
    """What a loader's author writes by hand: phones, zones and duplicates, and no diagnoses."""
    faults = []
    seen = set()
    for i, job in enumerate(jobs):
        phone = str(job.phone)
        if PHONE.fullmatch(phone) is None:
            faults.append((i, "phone"))
        elif job.gmtZone and not is_zone(job.gmtZone):
            faults.append((i, "gmtZone"))
        elif phone in seen:
            faults.append((i, "duplicate"))
        else:
            seen.add(phone)
    return faults


def section() -> Section:
    """The contenders over one batch."""
    data = make_batch()
    typed = msgspec.json.Decoder(list[Job])
    raw = msgspec.json.Decoder(list[RawJob])
    megabytes = len(data) / 1e6
    return Section(
        f"A batch of {JOBS} jobs, {megabytes:.1f} MB, 5 % faulty, as bytes",
        "job",
        JOBS,
        (
            Contender("predial.check", lambda: predial.check(data)),
            Contender("orjson.loads alone", lambda: orjson.loads(data)),
            Contender("pysimdjson parse alone", lambda: simdjson.Parser().parse(data)),
            Contender("msgspec decode alone", lambda: typed.decode(data)),
            Contender("msgspec decode alone, payload raw", lambda: raw.decode(data)),
            Contender("msgspec + re + set", lambda: checked_by_hand(typed.decode(data))),
            Contender("msgspec, payload raw + re + set", lambda: checked_by_hand(raw.decode(data))),
        ),
    )
