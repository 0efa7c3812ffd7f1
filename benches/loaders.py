"""A whole loader as teams write it today: it reads a CSV, checks it and writes request bodies.

Two loaders as a competent author writes them, row by row with pandas and by columns with Polars.
They check phones, zones and duplicates and keep the rejects, but make no suggestions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zoneinfo import ZoneInfo

import pandas as pd
import phonenumbers
import polars as pl
import rphonenumbers

import predial
from batches import OFFSET, REGIONS
from tables import make_table
from timing import Contender, Section

JOBS: Final = 1_000_000
#: The loaders process this many jobs of the list, and their time is given per job.
FEWER_FOR_PANDAS: Final = 10_000
FEWER_FOR_POLARS: Final = 100_000
#: Jobs in a request body.
BODY: Final = 10_000


def sections() -> Iterator[Section]:
    """The contenders over one list."""
    data = make_table(JOBS)
    with TemporaryDirectory() as directory:
        whole, some, few = (Path(directory, name) for name in ("whole", "some", "few"))
        out = Path(directory, "out")
        whole.write_bytes(data)
        some.write_bytes(b"".join(data.splitlines(keepends=True)[: FEWER_FOR_POLARS + 1]))
        few.write_bytes(b"".join(data.splitlines(keepends=True)[: FEWER_FOR_PANDAS + 1]))
        out.mkdir()
        yield Section(
            f"A CSV of {JOBS} jobs, {len(data) / 1e6:.1f} MB, 5 % faulty: read, judged, written",
            "job",
            JOBS,
            (
                Contender("predial.check, 1 thread", lambda: predial.check(whole, threads=1)),
                Contender("predial.check, all cores", lambda: predial.check(whole)),
                Contender("predial.prepare, all cores", lambda: prepare(whole, out / "predial")),
                Contender(
                    f"Polars + rphonenumbers, of {FEWER_FOR_POLARS}",
                    lambda: judged_by_polars(some),
                    FEWER_FOR_POLARS,
                ),
                Contender(
                    "the same, and bodies written",
                    lambda: written_by_polars(some, out),
                    FEWER_FOR_POLARS,
                ),
                Contender(
                    f"pandas + phonenumbers + zoneinfo, of {FEWER_FOR_PANDAS}",
                    lambda: judged_by_pandas(few),
                    FEWER_FOR_PANDAS,
                ),
                Contender(
                    "the same, and bodies written",
                    lambda: written_by_pandas(few, out),
                    FEWER_FOR_PANDAS,
                ),
            ),
        )


def prepare(whole: Path, out: Path) -> predial.Report:
    """Bodies and rejects, hashed and on the disk."""
    return predial.prepare(whole, out, overwrite=True)


def digits_of(text: str, library: Any) -> str | None:
    """A phone in the form of addPhones, by phonenumbers or a library with the same functions."""
    try:
        number = library.parse(text if text.startswith("+") else f"+{text}", None)
    except library.NumberParseException:
        return None
    if not library.is_possible_number(number):
        return None
    e164: str = library.format_number(number, library.PhoneNumberFormat.E164)
    return e164[1:]


# --- pandas, row by row ------------------------------------------------------------------------


def is_zone(text: str) -> bool:
    """An offset by a regular expression, a region by the standard library, which keeps it."""
    if OFFSET.fullmatch(text):
        return True
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        return False
    return True


def judged_by_pandas(path: Path) -> tuple[list[dict[str, Any]], list[tuple[int, str]]]:
    """The jobs that can be sent, and the fault of each other row."""
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    payload = [name for name in frame.columns if name not in ("phone", "gmtZone")]
    jobs: list[dict[str, Any]] = []
    rejects: list[tuple[int, str]] = []
    seen: set[str] = set()
    for row, cells in enumerate(frame.to_dict("records")):
        phone = digits_of(cells["phone"], phonenumbers)
        zone = cells["gmtZone"]
        if phone is None:
            rejects.append((row, "phone"))
        elif zone and not is_zone(zone):
            rejects.append((row, "gmtZone"))
        elif phone in seen:
            rejects.append((row, "duplicate"))
        else:
            seen.add(phone)
            job: dict[str, Any] = {"phone": phone}
            if zone:
                job["gmtZone"] = zone
            job["payload"] = {name: cells[name] for name in payload}
            jobs.append(job)
    return jobs, rejects


def written_by_pandas(path: Path, out: Path) -> None:
    """Request bodies, and the rejects beside them."""
    jobs, rejects = judged_by_pandas(path)
    rest = iter(jobs)
    for number in range(0, len(jobs), BODY):
        body = json.dumps([*islice(rest, BODY)], ensure_ascii=False)
        (out / f"pandas-{number}.json").write_text(body, encoding="utf-8")
    (out / "pandas-rejects.json").write_text(json.dumps(rejects), encoding="utf-8")


# --- Polars, by columns ------------------------------------------------------------------------


def judged_by_polars(path: Path) -> pl.DataFrame:
    """The rows, with their phones in the form of addPhones, and the fault of each."""
    phone, zone = pl.col("digits"), pl.col("gmtZone")
    offset = f"^(?:{OFFSET.pattern})$"
    return (
        pl.read_csv(path, infer_schema=False)
        .with_columns(
            digits=pl.col("phone").map_elements(
                lambda text: digits_of(text, rphonenumbers), return_dtype=pl.String
            )
        )
        .with_columns(
            wrong=pl.when(phone.is_null())
            .then(pl.lit("phone"))
            .when(~(zone.str.contains(offset) | zone.is_in(sorted(REGIONS))))
            .then(pl.lit("gmtZone"))
        )
        .with_columns(
            wrong=pl.when(pl.col("wrong").is_null() & ~is_first(phone))
            .then(pl.lit("duplicate"))
            .otherwise("wrong")
        )
    )


def is_first(phone: pl.Expr) -> pl.Expr:
    """Whether the phone was in no sendable row before."""
    sendable = pl.col("wrong").is_null()
    return pl.struct(phone, sendable).is_first_distinct()


def written_by_polars(path: Path, out: Path) -> None:
    """Request bodies, and the rejects beside them."""
    rows = judged_by_polars(path)
    payload = pl.struct(pl.exclude("phone", "gmtZone", "digits", "wrong"))
    jobs = rows.filter(pl.col("wrong").is_null()).select(
        phone="digits", gmtZone="gmtZone", payload=payload
    )
    for number, body in enumerate(jobs.iter_slices(BODY)):
        body.write_json(out / f"polars-{number}.json")
    rejects = rows.filter(pl.col("wrong").is_not_null()).select("phone", "gmtZone", "wrong")
    rejects.write_ndjson(out / "polars-rejects.ndjson")
