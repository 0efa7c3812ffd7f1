"""A whole batch in each format: predial's check, and other programs with the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import orjson
import polars as pl
import simdjson
import tzdata

import predial
from make_batch import JOBS, make_batch
from tables import make_table, read_by_csv
from timing import Contender, Section

# Made by a call, because a class statement would need the types of a package that the linter's
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
    """The hand-written test of a gmtZone in a loader."""
    return text in REGIONS or OFFSET.fullmatch(text) is not None


def checked_by_hand(jobs: list[Any]) -> list[tuple[int, str]]:
    """A hand-written check in a loader: phones, zones and duplicates, without diagnostics."""
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


def sections() -> Iterator[Section]:
    """The contenders over one batch, in each format."""
    data = make_batch()
    yield _of_json(data)
    lines = (json.dumps(job, ensure_ascii=False) for job in json.loads(data))
    yield _of_lines("\n".join(lines).encode())
    yield _of_table(make_table(JOBS))


def _section(form: str, data: bytes, *peers: Contender) -> Section:
    return Section(
        f"A batch of {JOBS} jobs as {form}, {len(data) / 1e6:.1f} MB, 5 % faulty, as bytes",
        "job",
        JOBS,
        (
            Contender("predial.check, 1 thread", lambda: predial.check(data, threads=1)),
            Contender("predial.check, all cores", lambda: predial.check(data)),
            *peers,
        ),
    )


def _of_json(data: bytes) -> Section:
    typed = msgspec.json.Decoder(list[Job])
    raw = msgspec.json.Decoder(list[RawJob])
    untyped = msgspec.json.Decoder()
    parser = simdjson.Parser()
    return _section(
        "JSON",
        data,
        Contender("orjson.loads alone", lambda: orjson.loads(data)),
        Contender("pysimdjson parse alone, a new parser", lambda: simdjson.Parser().parse(data)),
        Contender("pysimdjson parse alone, one parser", lambda: parser.parse(data)),
        Contender("msgspec decode alone, untyped", lambda: untyped.decode(data)),
        Contender("msgspec decode alone, typed", lambda: typed.decode(data)),
        Contender("msgspec decode alone, payload raw", lambda: raw.decode(data)),
        Contender("msgspec, typed + re + set", lambda: checked_by_hand(typed.decode(data))),
        Contender("msgspec, payload raw + re + set", lambda: checked_by_hand(raw.decode(data))),
    )


def _of_lines(data: bytes) -> Section:
    typed = msgspec.json.Decoder(Job)
    untyped = msgspec.json.Decoder()
    return _section(
        "NDJSON",
        data,
        Contender("orjson.loads a line", lambda: [*map(orjson.loads, data.splitlines())]),
        Contender("pysimdjson parse a line, one parser", lambda: _parsed_by_simdjson(data)),
        Contender("msgspec decode_lines alone, untyped", lambda: untyped.decode_lines(data)),
        Contender("msgspec decode_lines alone, typed", lambda: typed.decode_lines(data)),
        Contender("msgspec, typed + re + set", lambda: checked_by_hand(typed.decode_lines(data))),
    )


def _parsed_by_simdjson(data: bytes) -> None:
    parse = simdjson.Parser().parse
    for line in data.splitlines():
        parse(line)


def _of_table(data: bytes) -> Section:
    return _section(
        "CSV",
        data,
        Contender("polars.read_csv alone, 1 thread", lambda: pl.read_csv(data)),
        Contender("csv.reader alone", lambda: read_by_csv(data)),
    )
