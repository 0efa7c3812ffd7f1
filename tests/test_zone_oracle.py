"""gmtZones against java.time: a table of its answers, and a JVM if there is one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from random import Random

import pytest

import predial
from jvm_oracle import answers
from zone_reference import IANA_ALONE, JAVA_ALONE, PLACEHOLDER, random_text

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
JAVA_17_IDS = HERE.parent / "src" / "zone" / "java17-ids.txt"

# A zone as its ID and its normalized ID; None for a text that is not a zone.
Answer = tuple[str, str] | None


def ours(text: str) -> Answer:
    try:
        zone = predial.parse_zone(text)
    except predial.ZoneError:
        assert not predial.is_zone(text)
        return None
    assert predial.is_zone(text)
    assert predial.normalize_zone(text) == zone.normalized
    return zone.id, zone.normalized


def disagreement(text: str, java: Answer) -> str | None:
    """How predial and Java differ over a text, the named exceptions aside."""
    mine = ours(text)
    if text in JAVA_ALONE or text == PLACEHOLDER:
        expected: Answer = None
    elif text in IANA_ALONE and java is None:
        expected = (text, text)
    else:
        expected = java
    return None if mine == expected else f"{text!a}: predial {mine}, Java {java}"


def table() -> dict[str, Answer]:
    """The answers of JDK 17.0.15 (data/java17-zones.tsv, written by running it)."""
    lines = (HERE / "data" / "java17-zones.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t") == ["text", "verdict", "id", "normalized"]
    rows = [line.split("\t") for line in lines[1:]]
    return {
        json.loads(text): (zone_id, normalized) if verdict == "ok" else None
        for text, verdict, zone_id, normalized in rows
    }


def test_table() -> None:
    rows = table()
    assert len(rows) == 2981
    assert [found for row in rows.items() if (found := disagreement(*row))] == []


def test_the_exceptions_of_the_table_are_exceptions() -> None:
    rows = table()
    assert {text for text in JAVA_ALONE if rows[text] is not None} == JAVA_ALONE
    assert {text for text in IANA_ALONE if rows[text] is None} == IANA_ALONE
    differing = {text for text, java in rows.items() if ours(text) != java}
    assert differing == JAVA_ALONE | IANA_ALONE


def test_the_list_of_java_17_ids_is_the_table_s() -> None:
    rows = table()
    offset_like = ("+", "-", "UTC+", "UTC-", "GMT+", "GMT-", "UT+", "UT-")
    bare = {"Z", "UTC", "GMT", "UT"}
    ids = {text for text, java in rows.items() if java and not text.startswith(offset_like)} - bare
    assert JAVA_17_IDS.read_text(encoding="ascii").splitlines() == sorted(ids)


def java_answers(texts: list[str], folder: Path) -> list[Answer]:
    rows = answers("ZoneOracle", texts, folder)
    return [(ids[0], ids[1]) if verdict == "ok" else None for verdict, *ids in rows]


def test_jvm_on_random_texts(tmp_path: Path) -> None:
    """PREDIAL_JVM_TEXTS texts (100 000) drawn with the seed PREDIAL_JVM_SEED (17)."""
    random = Random(int(os.environ.get("PREDIAL_JVM_SEED", "17")))
    texts = [random_text(random) for _ in range(int(os.environ.get("PREDIAL_JVM_TEXTS", "100000")))]
    known = java_answers(texts, tmp_path)
    assert len(known) == len(texts)
    assert sum(answer is not None for answer in known) > len(texts) // 5
    found = [row for row in zip(texts, known, strict=True) if disagreement(*row)]
    assert found == []
