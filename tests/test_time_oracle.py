"""Date-times and times against java.time and against RFC 3339 in plain Python.

A date-time is accepted if both accept it. If only one of them does, the text is of one of the
kinds that are listed here, and nothing else.
"""

from __future__ import annotations

import json
import os
import re
from calendar import isleap
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

import predial
from jvm_oracle import answers

pytestmark = pytest.mark.slow

DATE = r"\d{4}-\d\d-\d\d"
TIME = r"\d\d:\d\d:\d\d"
RFC_3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-](\d\d):(\d\d))", re.ASCII
)

#: Forms that Java accepts and RFC 3339 does not.
JAVA_ALONE = {
    "no seconds": re.compile(r"[+-]?\d{4,9}-\d\d-\d\d[Tt]\d\d:\d\d[^:.].*", re.ASCII),
    "a dot without digits": re.compile(rf".*[Tt]{TIME}\.[^\d].*", re.ASCII),
    "a year beyond four digits, or before 0": re.compile(r"(\+\d{5,9}|-\d{4,9})-.*", re.ASCII),
    "an offset with seconds": re.compile(r".*[+-]\d\d:\d\d:\d\d", re.ASCII),
    "an offset without minutes": re.compile(r".*\d[+-]\d\d", re.ASCII),
}
#: Forms that RFC 3339 accepts and Java does not.
RFC_ALONE = {
    "a space for the T": re.compile(rf"{DATE} .*", re.ASCII),
    "a leap second": re.compile(r".*:60.*", re.ASCII),
    "more than nine digits of a second": re.compile(r".*\.\d{10,}.*", re.ASCII),
    "an offset beyond 18 hours": re.compile(r".*[+-](18:(?!00)|19|2)\d*.*", re.ASCII),
}


def is_rfc_3339(text: str) -> bool:
    """RFC 3339, 5.6 and 5.7, without a table of leap seconds."""
    found = RFC_3339.fullmatch(text)
    if found is None:
        return False
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    if not 1 <= month <= 12:
        return False
    last = [31, 29 if isleap(year) else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    in_range = 1 <= day <= last and hour < 24 and minute < 60 and second <= 60
    return in_range and int(found[9] or 0) < 24 and int(found[10] or 0) < 60


class Java(NamedTuple):
    """Java's result for a text."""

    date_time: str | None
    time: str | None


def java_answers(texts: list[str], folder: Path) -> list[Java]:
    rows = answers("TimeOracle", texts, folder)
    return [Java(*(None if answer == "no" else answer for answer in row)) for row in rows]


def number(random: Random, digits: int, usual: int) -> str:
    """Mostly a number in the usual range, sometimes any number of this many digits."""
    if random.random() < 0.95:
        return f"{random.randint(0, usual):0{digits}}"
    return f"{random.randrange(10**digits):0{digits}}"


def random_date_time(random: Random) -> str:
    """A text that is a date-time, or nearly one."""
    year = random.choice(["2026", "2024", "2100", "0000", "9999", number(random, 4, 9999)])
    if random.random() < 0.05:
        year = random.choice(["+2026", "-2026", "-0001", "12026", "+12026", "026", "+999999999"])
    text = f"{year}-{number(random, 2, 12)}-{number(random, 2, 31)}"
    text += random.choice("TTTTTTTTTTt _")
    text += f"{number(random, 2, 24)}:{number(random, 2, 60)}"
    if random.random() < 0.9:
        text += f":{number(random, 2, 60)}"
        if random.random() < 0.4:
            text += "." + "".join(random.choices("0123456789", k=random.randrange(12)))
    text += random_offset(random)
    if random.random() < 0.1:
        at = random.randrange(len(text) + 1)
        gone = random.randrange(2)
        text = (
            text[:at]
            + random.choice(["", "", " ", ":", "0", "Z", "+", "\u0661"])
            + text[at + gone :]
        )
    return text


def random_offset(random: Random) -> str:
    if random.random() < 0.3:
        return random.choice("ZZZZz")
    sign = random.choice("++++----\u2212")
    hours, minutes = number(random, 2, 19), number(random, 2, 60)
    usual = f"{sign}{hours}:{minutes}"
    if random.random() < 0.6:
        return usual
    return random.choice(
        [
            f"{sign}{hours}",
            f"{sign}{int(hours)}",
            f"{sign}{hours}{minutes}",
            f"{sign}{int(hours)}:{minutes}",
            f"{usual}:{number(random, 2, 59)}",
            f"{usual.replace(':', '')}{number(random, 2, 59)}",
            f"{sign}18:00",
            "",
            "+",
            "-00:00",
            "[Europe/Moscow]",
        ]
    )


def random_time(random: Random) -> str:
    """A text that is a time, or nearly one."""
    text = f"{number(random, random.choice((1, 2, 2, 2)), 24)}:{number(random, 2, 60)}"
    if random.random() < 0.3:
        text += f":{number(random, 2, 60)}"
    if random.random() < 0.1:
        text += random.choice([".", ".5", " ", "Z", ",5", ":"])
    if random.random() < 0.1:
        at = random.randrange(len(text) + 1)
        text = text[:at] + random.choice(["", " ", ":", "0", "٣", "+"]) + text[at + 1 :]
    return text


#: The rules for a text that is not a date-time or a time, or not in the right form.
ABOUT = (
    "policy-date",
    "policy-date-format",
    "policy-date-offset",
    "policy-time",
    "policy-time-format",
)


def accepted(texts: list[str], field: str) -> list[bool]:
    """The texts that a field accepts unchanged."""
    also = {"localTimeTo": "23:59"} if field == "localTimeFrom" else {}
    jobs = [{"phone": 12015550123, field: text, **also} for text in texts]
    source = "".join(f"{json.dumps(job)}\n" for job in jobs).encode()
    now = datetime(1, 1, 2, tzinfo=UTC)
    report = predial.check(
        source, now=now, duplicates="allow", max_diagnostics=10**9, input_format="ndjson"
    )
    refused = {diagnostic.row for diagnostic in report.diagnostics if diagnostic.rule in ABOUT}
    return [row not in refused for row in range(len(texts))]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("jvm")


COUNT = int(os.environ.get("PREDIAL_JVM_TEXTS", "60000"))


def test_date_times(folder: Path) -> None:
    random = Random(3339)
    texts = [random_date_time(random) for _ in range(COUNT)]
    ours = accepted(texts, "startDateTime")
    kinds: Counter[str] = Counter()
    for text, mine, java in zip(texts, ours, java_answers(texts, folder), strict=True):
        rfc = is_rfc_3339(text)
        assert mine == (rfc and java.date_time is not None), (text, rfc, java)
        if mine:
            kinds["both"] += 1
        elif rfc or java.date_time:
            listed = RFC_ALONE if rfc else JAVA_ALONE
            fitting = [kind for kind, pattern in listed.items() if pattern.fullmatch(text)]
            assert fitting, (text, rfc, java)
            kinds.update(fitting)
        else:
            kinds["none"] += 1
    assert set(kinds) == {"both", "none", *RFC_ALONE, *JAVA_ALONE}
    assert min(kinds["both"], kinds["none"]) > COUNT // 10


def test_instants(folder: Path) -> None:
    random = Random(822)
    texts = [random_date_time(random) for _ in range(COUNT // 10)]
    ours = accepted(texts, "startDateTime")
    java = java_answers(texts, folder)
    first = datetime(1, 1, 2, tzinfo=UTC)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    compared = 0
    for text, mine, answer in zip(texts, ours, java, strict=True):
        if not mine or text.startswith(("0000", "9999")):
            continue
        assert answer.date_time is not None
        seconds, nanos = map(int, answer.date_time.split("."))
        window = predial.next_call({"gmtZone": "Z", "startDateTime": text}, now=first)
        assert window is not None
        begun = timedelta(seconds=seconds, microseconds=-(-nanos // 1000))
        assert window.start == max(epoch + begun, first), text
        compared += 1
    assert compared > COUNT // 200


def test_times(folder: Path) -> None:
    random = Random(24)
    texts = [random_time(random) for _ in range(COUNT // 2)]
    ours = accepted(texts, "localTimeFrom")
    with_seconds = re.compile(r"\d\d:\d\d:\d\d(\.\d*)?", re.ASCII)
    kinds: Counter[str] = Counter()
    for text, mine, java in zip(texts, ours, java_answers(texts, folder), strict=True):
        if mine:
            assert java.time == str((int(text[:2]) * 60 + int(text[3:])) * 60 * 10**9), text
            kinds["both"] += 1
        elif java.time is not None:
            assert with_seconds.fullmatch(text), text
            kinds["with seconds"] += 1
        else:
            kinds["none"] += 1
    assert min(kinds.values()) > COUNT // 50
    assert len(kinds) == 3
