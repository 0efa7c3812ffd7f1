"""Three lists beside each other with peers on the same bytes, and an ablation by kind of row.

The clean list has no row about which there is anything to say, the one of the bench has 5 % faulty
rows, and the messy one has what public lists have.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

import duckdb
import msgspec
import orjson
import polars as pl
import simdjson

import predial
from batches import Job
from make_batch import JOBS, make_batch
from make_clean import make_clean
from make_messy import KINDS, make_kind, make_messy
from tables import as_table
from timing import Contender, Section

#: Readers of the bytes of a list.
Peers = dict[str, Callable[[bytes], object]]

#: In the batch of each kind.
KIND_JOBS: Final = 50_000


def sections() -> Iterator[Section]:
    """A section for each form of a list, and one for the kinds of rows."""
    lists = {"clean": make_clean(), "bench": make_batch(), "messy": make_messy()}
    parser = simdjson.Parser()
    arrays: Peers = {
        "pysimdjson parse alone, one parser": parser.parse,
        "msgspec decode alone, untyped": msgspec.json.Decoder().decode,
        "msgspec decode alone, typed": msgspec.json.Decoder(list[Job]).decode,
        "orjson.loads alone": orjson.loads,
    }
    parsers: Peers = {"pysimdjson parse alone, one parser": parser.parse}
    lines: Peers = {
        "msgspec decode_lines alone, untyped": msgspec.json.Decoder().decode_lines,
        "msgspec decode_lines alone, typed": msgspec.json.Decoder(Job).decode_lines,
    }
    readers: Peers = {"polars.read_csv alone": pl.read_csv, "DuckDB read_csv alone": _by_duckdb}
    yield _section("A list of JSON", JOBS, lists, peers=arrays)
    yield _section("A list of JSON, no diagnostics kept", JOBS, lists, kept=0, peers=parsers)
    yield _section("A list of NDJSON", JOBS, _each(_lines, lists), peers=lines)
    yield _section("A table", JOBS, _each(as_table, lists), peers=readers)
    kinds = {kind: make_kind(kind, KIND_JOBS) for kind in KINDS}
    batches = {"clean": make_clean(KIND_JOBS)} | kinds
    yield _section("Jobs of one kind, no diagnostics kept", KIND_JOBS, batches, kept=0)


def _each(form: Callable[[bytes], bytes], lists: dict[str, bytes]) -> dict[str, bytes]:
    return {name: form(batch) for name, batch in lists.items()}


def _lines(batch: bytes) -> bytes:
    return b"\n".join(json.dumps(job, ensure_ascii=False).encode() for job in json.loads(batch))


def _by_duckdb(table: bytes) -> int:
    """DuckDB reads files: the bytes are written before, which takes a few milliseconds."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        Path(file.name).write_bytes(table)
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute(f"create table list as from read_csv('{file.name}')")
            return int(connection.sql("select count(*) from list").fetchall()[0][0])


def _section(
    title: str,
    jobs: int,
    lists: dict[str, bytes],
    kept: int = 10_000,
    peers: Peers | None = None,
) -> Section:
    check = partial(predial.check, threads=1, max_diagnostics=kept)
    all_of_them: Peers = {"predial.check": check} | (peers or {})
    contenders = (
        Contender(f"{name}, {list_name}" if peers else list_name, partial(read, data))
        for name, read in all_of_them.items()
        for list_name, data in lists.items()
    )
    return Section(f"{title}, {jobs} jobs, one thread", "job", jobs, tuple(contenders))
