"""A messy batch, with shares as in public lists.

Half of the phones have a plus or marks, a tenth of the zones are to be repaired or refused, and a
tenth of the jobs have a policy. There are faulty phones, repeated phones, unknown fields and
Cyrillic payloads. A batch may also be of one kind alone. The numbers are random and are never
dialled.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any, Final

from make_batch import JOBS, SEED, make_batch

Job = dict[str, Any]

FAULTY_ZONES: Final = ("MSK", "Europe/Moskow", "UTC3", "+19:00", "GMT+25", "МСК", "Europe")
REPAIRED_ZONES: Final = ("utc+3", "+3 ", "europe/moscow", "\u22123", "UTC +03:00", "gmt+3")
NAMES: Final = ("Анна Примерова", "Дмитрий Образцов", "Anna Sample", "Carla Ejemplo")
UNKNOWN: Final = ("comment", "source", "Name", "fio", "дата")
POLICIES: Final[tuple[Job, ...]] = (
    {"maxAttempts": 3, "retryIntervalInMinutes": 30},
    {
        "allowedDays": ["mon", "tue", "wed", "thu", "fri"],
        "allowedTime": {"default": [{"localTimeFrom": "10:00", "localTimeTo": "18:00"}]},
    },
    {"localTimeFrom": "10:00", "localTimeTo": "18:00"},
    {"maxAttempts": "3", "dialerPriority": 5},
    {"maxAttempts": 0},
    {"allowedTime": {"default": [{"localTimeFrom": "22:00:00", "localTimeTo": "23:30:00"}]}},
)


def _plus(_random: Random, job: Job) -> None:
    job["phone"] = f"+{job['phone']}"


def _punctuated(random: Random, job: Job) -> None:
    phone = str(job["phone"])
    forms = ("+7 ({}) {}-{}-{}", "+7 {} {} {} {}", "+7-{}-{}-{}-{}")
    if phone.startswith("7"):
        job["phone"] = random.choice(forms).format(*_groups(phone))
    else:
        job["phone"] = f"+{phone[:2]} {phone[2:5]} {phone[5:]}"


def _national(random: Random, job: Job) -> None:
    phone = str(job["phone"])
    if phone.startswith("7"):
        forms = ("8 ({}) {}-{}-{}", "8{}{}{}{}", "({}) {}-{}-{}", "8-{}-{}-{}-{}")
        job["phone"] = random.choice(forms).format(*_groups(phone))


def _groups(phone: str) -> tuple[str, str, str, str]:
    return phone[1:4], phone[4:7], phone[7:9], phone[9:]


def _letters(_random: Random, job: Job) -> None:
    phone = str(job["phone"])
    job["phone"] = f"{phone[:7]}OO{phone[9:]}"


def _two_phones(_random: Random, job: Job) -> None:
    job["phone"] = f"{job['phone']}, +49 1512 3456789"


def _faulty(random: Random, job: Job) -> None:
    phone = str(job["phone"])
    forms = (
        "7.911E+10",
        "нет",
        "",
        "{} доб. 12",
        "{}9999999",
        "+999{}",
        "моб. {}",
        "1-800-FLOWERS",
    )
    job["phone"] = random.choice(forms).format(phone)


def _policy(random: Random, job: Job) -> None:
    job |= random.choice(POLICIES)


def _repaired_zone(random: Random, job: Job) -> None:
    job["gmtZone"] = random.choice(REPAIRED_ZONES)


def _faulty_zone(random: Random, job: Job) -> None:
    job["gmtZone"] = random.choice(FAULTY_ZONES)


def _unknown(random: Random, job: Job) -> None:
    job[random.choice(UNKNOWN)] = random.choice((1, "x", None))


def _cyrillic(random: Random, job: Job) -> None:
    job["payload"]["name"] = random.choice(NAMES)


#: What makes a job messy, and in which share of the jobs.
KINDS: Final[dict[str, tuple[Callable[[Random, Job], None], float]]] = {
    "Cyrillic payload": (_cyrillic, 0.5),
    "phone with a plus": (_plus, 0.2),
    "phone with marks": (_punctuated, 0.3),
    "zone to repair": (_repaired_zone, 0.07),
    "zone to refuse": (_faulty_zone, 0.03),
    "policy": (_policy, 0.1),
    "unknown field": (_unknown, 0.05),
    "national phone": (_national, 0.02),
    "letters in a phone": (_letters, 0.005),
    "two phones": (_two_phones, 0.005),
    "faulty phone": (_faulty, 0.04),
}
#: The share of jobs whose phone an earlier job has.
REPEATED: Final = 0.03


@cache
def make_messy(jobs: int = JOBS) -> bytes:
    """A JSON array of so many jobs of every kind."""
    random = Random(SEED)
    rows: list[Job] = json.loads(make_batch(jobs))
    for i, row in enumerate(rows):
        for spoil, share in KINDS.values():
            if random.random() < share:
                spoil(random, row)
        if i and random.random() < REPEATED:
            row["phone"] = rows[random.randrange(i)]["phone"]
    return json.dumps(rows, ensure_ascii=False).encode()


@cache
def make_kind(kind: str, jobs: int) -> bytes:
    """A JSON array of so many jobs that are all of one kind."""
    random = Random(SEED)
    rows: list[Job] = json.loads(make_batch(jobs))
    for row in rows:
        KINDS[kind][0](random, row)
    return json.dumps(rows, ensure_ascii=False).encode()
