"""One core against all: the same list in each form, as bytes, without a disk."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Final

import predial
from make_batch import make_batch
from tables import make_table
from timing import Contender, Section

JOBS: Final = 1_000_000


def sections() -> Iterator[Section]:
    """The contenders over a list in each form."""
    array = make_batch(JOBS)
    yield _section("JSON", array)
    lines = (json.dumps(job, ensure_ascii=False) for job in json.loads(array))
    yield _section("NDJSON", "\n".join(lines).encode())
    yield _section("CSV", make_table(JOBS))


def _section(form: str, data: bytes) -> Section:
    cores = os.cpu_count() or 1
    return Section(
        f"A list of {JOBS} jobs as {form}, {len(data) / 1e6:.1f} MB, 5 % faulty, as bytes",
        "job",
        JOBS,
        (
            Contender("predial.check, 1 thread", lambda: predial.check(data, threads=1)),
            Contender(f"predial.check, {cores} threads", lambda: predial.check(data)),
            Contender(
                "duplicates allowed, 1 thread",
                lambda: predial.check(data, threads=1, duplicates="allow"),
            ),
            Contender(
                f"duplicates allowed, {cores} threads",
                lambda: predial.check(data, duplicates="allow"),
            ),
        ),
        verdict=lambda medians: (
            f"{cores} threads do {medians[0] / medians[1]:.2f} times the work of one, "
            f"{medians[2] / medians[3]:.2f} times with duplicates allowed"
        ),
    )
