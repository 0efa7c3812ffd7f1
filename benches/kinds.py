"""Messy lists beside clean ones, and an ablation by kind of row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Final

import predial
from make_batch import JOBS, make_batch
from make_messy import KINDS, make_kind, make_messy
from tables import as_table
from timing import Contender, Section

#: In the batch of each kind.
KIND_JOBS: Final = 50_000


def sections() -> Iterator[Section]:
    """A section for each form of a list, and one for the kinds of rows."""
    clean, messy = make_batch(), make_messy()
    yield _section("A list of JSON", JOBS, {"clean": clean, "messy": messy})
    yield _section("A list of NDJSON", JOBS, {"clean": _lines(clean), "messy": _lines(messy)})
    yield _section("A table", JOBS, {"clean": as_table(clean), "messy": as_table(messy)})
    kinds = {kind: make_kind(kind, KIND_JOBS) for kind in KINDS}
    batches = {"clean": make_batch(KIND_JOBS)} | kinds
    yield _section("Jobs of one kind, no diagnostics kept", KIND_JOBS, batches, kept=0)


def _lines(batch: bytes) -> bytes:
    return b"\n".join(json.dumps(job, ensure_ascii=False).encode() for job in json.loads(batch))


def _section(title: str, jobs: int, lists: dict[str, bytes], kept: int = 10_000) -> Section:
    check = partial(predial.check, threads=1, max_diagnostics=kept)
    contenders = (Contender(name, partial(check, data)) for name, data in lists.items())
    return Section(f"{title}, {jobs} jobs, one thread", "job", jobs, tuple(contenders))
