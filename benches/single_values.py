"""Single values in a loop: zones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Final

import predial
from batches import is_zone
from make_batch import FAULTY_ZONES, SEED, ZONES
from timing import Contender, Section

COUNT: Final = 200_000


def sections() -> Iterator[Section]:
    """`is_zone` against a hand-written regular expression and set."""
    random = Random(SEED)
    # A list from a file has a new object for each text.
    texts = [
        "".join(list(random.choice(FAULTY_ZONES if random.random() < 0.05 else ZONES)))
        for _ in range(COUNT)
    ]
    yield Section(
        f"{COUNT} gmtZones in a Python loop, 5 % faulty",
        "zone",
        COUNT,
        (
            Contender("predial.is_zone", lambda: _count(predial.is_zone, texts)),
            Contender("re + set", lambda: _count(is_zone, texts)),
        ),
    )


def _count(test: Callable[[str], bool], texts: list[str]) -> int:
    good = 0
    for text in texts:
        if test(text):
            good += 1
    return good
