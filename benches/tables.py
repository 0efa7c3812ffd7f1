"""A whole table: predial's check, and others that read the same bytes, on one core each."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Final

import predial
from make_batch import make_batch
from timing import Contender, Section

# Polars counts its threads when it is imported.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
import polars as pl

JOBS: Final = 1_000_000


@cache
def make_table(jobs: int = JOBS) -> bytes:
    """The jobs of the batch as a CSV."""
    return as_table(make_batch(jobs))


def as_table(batch: bytes) -> bytes:
    """Phones, zones and the keys of payload as columns of a CSV."""
    rows = json.loads(batch)
    keys = list(rows[0]["payload"])
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["phone", "gmtZone", *keys])
    for row in rows:
        writer.writerow([row["phone"], row.get("gmtZone", ""), *map(row["payload"].get, keys)])
    return out.getvalue().encode()


def read_by_csv(data: bytes) -> int:
    """The standard module's rows, counted."""
    return sum(1 for _ in csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8", newline="")))


def sections() -> Iterator[Section]:
    """The contenders over one table."""
    data = make_table()
    yield Section(
        f"A table of {JOBS} jobs, {len(data) / 1e6:.1f} MB, 5 % faulty, as bytes, one core",
        "job",
        JOBS,
        (
            Contender("predial.check", lambda: predial.check(data, threads=1)),
            Contender(
                "predial.check, duplicates allowed",
                lambda: predial.check(data, threads=1, duplicates="allow"),
            ),
            Contender("polars.read_csv alone", lambda: pl.read_csv(data)),
            Contender("csv.reader alone", lambda: read_by_csv(data)),
        ),
    )
