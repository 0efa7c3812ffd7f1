"""The long list: ten million jobs of some 110 bytes as JSON, NDJSON and CSV, 5 % of them faulty.

    python benches/make_list.py DIRECTORY [JOBS]

Polars writes it, because a loop of Python takes longer than the work that is timed. No phone comes
twice, so a search for duplicates has to hold all of them. The numbers are never dialled.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import polars as pl

from make_batch import FAULTY_ZONES, NAMES

JOBS: Final = 10_000_000
#: The forms it is written in, by the ends of the files' names.
FORMS: Final = ("json", "ndjson", "csv")
#: How many jobs are made at a time, to limit the memory.
AT_A_TIME: Final = 500_000

#: A step through the nine digits after 79 that reaches every number once.
STEP: Final = 7_368_787
ZONES: Final = ("+03:00", "+3", "UTC+3", "+0500", "Europe/Moscow")
FAULTY_PHONES: Final = ("7.911E+10", "8 (911) 000-00-00", "79110000000 доб. 12")

JOB: Final = (
    '{"phone": "{}", "gmtZone": "{}", "payload": {"name": "{}", "contract": "{}", "sum": {}}}'
)


def make_list(directory: Path, jobs: int = JOBS) -> None:
    """Write jobs.json, jobs.ndjson and jobs.csv into the directory."""
    with (
        open(directory / "jobs.json", "wb") as array,
        open(directory / "jobs.ndjson", "wb") as lines,
        open(directory / "jobs.csv", "wb") as table,
    ):
        for begin in range(0, jobs, AT_A_TIME):
            rows = _rows(begin, min(begin + AT_A_TIME, jobs))
            rows.write_csv(table, include_header=begin == 0)
            written = _as_lines(rows)
            lines.write(written)
            array.write(b",\n" if begin else b"[")
            array.write(written[:-1].replace(b"\n", b",\n"))
        array.write(b"]\n")


def _rows(begin: int, end: int) -> pl.DataFrame:
    number = pl.int_range(begin, end, dtype=pl.Int64)
    digits = (number * STEP % 1_000_000_000).cast(pl.String).str.zfill(9)
    phone = pl.when(number % 50 == 7).then(_one_of(FAULTY_PHONES, number)).otherwise("79" + digits)
    zone = (
        pl.when(number % 100 // 3 == 20)
        .then(_one_of(FAULTY_ZONES, number))
        .otherwise(_one_of(ZONES, number))
    )
    return pl.select(
        phone=phone,
        gmtZone=zone,
        name=_one_of(NAMES, number),
        contract="A-" + number.cast(pl.String).str.zfill(8),
        sum=(number * 37 % 1_000_000 / 100).round(2),
    )


def _one_of(values: tuple[str, ...], number: pl.Expr) -> pl.Expr:
    return pl.lit(pl.Series(values)).gather(number % len(values))


def _as_lines(rows: pl.DataFrame) -> bytes:
    form = JOB.replace("{", "{{").replace("}", "}}").replace("{{}}", "{}")
    jobs = rows.select(pl.format(form, *rows.columns))
    return jobs.write_csv(include_header=False, quote_style="never", separator="\t").encode()


if __name__ == "__main__":
    make_list(Path(sys.argv[1]), *map(int, sys.argv[2:]))
