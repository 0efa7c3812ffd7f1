"""A list held against excluded phones: what reading them costs, and each job more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl

import predial
from make_batch import SEED
from timing import Contender, Section

EXCLUDED: Final = 2_000_000
JOBS: Final = 500_000


def sections() -> Iterator[Section]:
    """Excluded phones of a text file, against a set of Python and an anti-join of Polars."""
    random = Random(SEED)
    excluded = [79_000_000_000 + random.randrange(10**9) for _ in range(EXCLUDED)]
    jobs = [79_000_000_000 + random.randrange(10**9) for _ in range(JOBS)]
    with TemporaryDirectory() as folder:
        listed, built = Path(folder, "dnc.txt"), Path(folder, "dnc.predial")
        listed.write_text("phone\n" + "".join(f"{phone}\n" for phone in excluded))
        predial.build_exclude(listed, built)
        text = b"".join(b'{"phone":"%d"}\n' % phone for phone in jobs)
        yield _reading(listed, built)
        yield _asking(listed, built, text, jobs)


def _reading(listed: Path, built: Path) -> Section:
    one = [{"phone": 79110000000}]

    def as_set() -> object:
        with listed.open("rb") as file:
            next(file)
            return set(map(int, file))

    return Section(
        f"{EXCLUDED} excluded phones, read",
        "phone",
        EXCLUDED,
        (
            Contender("exclude, a text file", lambda: predial.check(one, exclude=listed)),
            Contender("exclude, a built file", lambda: predial.check(one, exclude=built)),
            Contender("a set of Python's ints", as_set),
            Contender("Polars read_csv", lambda: pl.read_csv(listed)),
        ),
    )


def _asking(listed: Path, built: Path, text: bytes, jobs: list[int]) -> Section:
    with listed.open("rb") as file:
        next(file)
        known = set(map(int, file))
    others, frame = pl.read_csv(listed), pl.DataFrame({"phone": jobs})
    return Section(
        f"{JOBS} jobs against {EXCLUDED} excluded phones",
        "job",
        JOBS,
        (
            Contender("check", lambda: predial.check(text, duplicates="allow")),
            Contender(
                "check, exclude a built file",
                lambda: predial.check(text, duplicates="allow", exclude=built),
            ),
            Contender("a set of Python's ints", lambda: sum(phone in known for phone in jobs)),
            Contender("Polars anti-join", lambda: frame.join(others, on="phone", how="anti")),
        ),
    )
