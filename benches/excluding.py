"""A list held against excluded phones: what reading them costs, and each job more.

python benches/excluding.py     what each of a million jobs costs more, alone
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl

import predial
from make_batch import SEED
from timing import ROUNDS, Contender, Section

EXCLUDED: Final = 2_000_000
JOBS: Final = 500_000
#: A long clean list, and how many phones are excluded from it.
LONG: Final = 1_000_000
SIZES: Final = (1, 1_000_000, 10_000_000)


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
    yield from look_ups()


def look_ups() -> Iterator[Section]:
    """What a look-up costs among one phone, a million, and ten millions, on one thread."""
    random = Random(SEED)
    with TemporaryDirectory() as folder:
        text = b"phone\n" + b"".join(b"%d\n" % phone for phone in _phones(random, LONG))
        for size in SIZES:
            built = Path(folder, f"{size}.predial")
            phones = _phones(random, size)
            predial.build_exclude([b"phone\n" + b"".join(b"%d\n" % one for one in phones)], built)
            yield _look_up(built, size, text)


def _phones(random: Random, count: int) -> Iterator[int]:
    return (79_000_000_000 + random.randrange(10**9) for _ in range(count))


def _look_up(built: Path, size: int, text: bytes) -> Section:
    first = text[: text.index(b"\n", 6) + 1]

    def check(source: bytes, exclude: Path | None = None) -> Callable[[], object]:
        return lambda: predial.check(source, duplicates="allow", exclude=exclude, threads=1)

    def verdict(medians: list[float]) -> str:
        without, one_job, with_list, with_list_one_job = medians
        more = (with_list - with_list_one_job) - (without - one_job)
        return f"a look-up: {more / LONG * 1e9:.0f} ns a job"

    return Section(
        f"{LONG} jobs of a clean list against {size} excluded phones, one thread",
        "job",
        LONG,
        (
            Contender("check", check(text)),
            Contender("check, 1 job", check(first), 1),
            Contender("check, exclude a built file", check(text, built)),
            Contender("check, exclude a built file, 1 job", check(first, built), 1),
        ),
        verdict=verdict,
    )


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


if __name__ == "__main__":
    for section in look_ups():
        print(f"\n{section.run(ROUNDS)}", flush=True)
