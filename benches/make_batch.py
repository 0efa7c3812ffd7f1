"""The batch that is timed: 200 000 jobs of about 165 bytes, 5 % of them faulty, seeded.

    python benches/make_batch.py FILE [JOBS]

Every value has the JSON type that the API document gives it, so that a typed decoder reads the
whole batch: the faults are inside texts. The numbers are random and are never dialled.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

SEED: Final = 165
JOBS: Final = 200_000

#: Country calling code, the first digits of a mobile number, how many digits follow, and zones that
#: are right for it: a zone far from its phone is a warning, and few lists are full of those.
MOBILES: Final = (
    *((("7", "9", 9, ("+03:00", "+3", "UTC+3", "+0500", "GMT+07:00", "Europe/Moscow")),) * 10),
    ("44", "7400", 6, ("Europe/London",)),
    ("49", "1512", 7, ("Europe/Berlin",)),
    ("33", "61", 7, ("Europe/Paris",)),
    ("34", "612", 6, ("Europe/Madrid",)),
    ("39", "312", 7, ("Europe/Rome",)),
    ("48", "512", 6, ("Europe/Warsaw",)),
    ("90", "501", 7, ("+03:00", "Europe/Istanbul")),
    ("91", "81234", 5, ("+05:30", "Asia/Kolkata")),
    ("55", "119612", 5, ("-03:00", "America/Sao_Paulo")),
    ("81", "901", 7, ("+09:00", "Asia/Tokyo", "UTC+9")),
)
ZONES: Final = tuple(zone for _, _, _, zones in MOBILES for zone in zones)
NAMES: Final = ("Anna Sample", "Boris Muster", "Carla Ejemplo", "Dmitri Primerov")
CITIES: Final = ("Sampleton", "Musterstadt", "Villa Ejemplo", "Nowhere-on-Sea")
FAULTY_ZONES: Final = ("MSK", "Europe/Moskow", "UTC3", "+300", "+19:00")


@cache
def make_batch(jobs: int = JOBS) -> bytes:
    """A JSON array of this many jobs."""
    random = Random(SEED)
    phones = _phones(random, jobs).items()
    rows = [_job(random, phone, zones, i) for i, (phone, zones) in enumerate(phones)]
    for i in random.sample(range(1, jobs), jobs // 20):
        _spoil(random, rows, i)
    return json.dumps(rows, ensure_ascii=False).encode()


def _phones(random: Random, how_many: int) -> dict[str, tuple[str, ...]]:
    """Distinct numbers, each with its zones."""
    phones: dict[str, tuple[str, ...]] = {}
    while len(phones) < how_many:
        code, begin, count, zones = random.choice(MOBILES)
        phones[f"{code}{begin}{random.randrange(10**count):0{count}}"] = zones
    return phones


def _job(random: Random, phone: str, zones: tuple[str, ...], i: int) -> dict[str, Any]:
    job: dict[str, Any] = {"phone": phone if random.random() < 0.5 else int(phone)}
    if random.random() < 0.9:
        job["gmtZone"] = random.choice(zones)
    job["payload"] = {
        "name": random.choice(NAMES),
        "city": random.choice(CITIES),
        "contract": f"A-{i:08}",
        "sum": random.randrange(1, 10_000_000) / 100,
        "overdue": random.random() < 0.3,
    }
    return job


def _spoil(random: Random, rows: list[dict[str, Any]], i: int) -> None:
    """Give row `i` a fault."""
    fault = random.randrange(6)
    if fault == 0:
        rows[i]["phone"] = "7.911E+10"
    elif fault == 1:
        rows[i]["phone"] = "8 (911) 000-00-00"
    elif fault == 2:
        rows[i]["phone"] = "79110000000 доб. 12"
    elif fault == 3:
        rows[i]["phone"] = rows[i // 2]["phone"]
    else:
        rows[i]["gmtZone"] = random.choice(FAULTY_ZONES)


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(make_batch(*map(int, sys.argv[2:])))
