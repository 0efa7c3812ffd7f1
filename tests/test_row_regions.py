"""Columns with the country or the calling code of each row, in data frames as in CSV."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

import predial

#: Phones as they are dialled at home, the country, its calling code, and the digits that are sent.
PEOPLE = [
    ("030 123456", "DE", "49", "4930123456"),
    ("8 (912) 345-67-89", "RU", "7", "79123456789"),
    ("(201) 555-0123", "United States", "1", "12015550123"),
    ("020 7946 0123", "GBR", "+44", "442079460123"),
    ("+358 9 1234567", "", "", "35891234567"),
    ("79123456780", "", "", "79123456780"),
    ("8 912", "RU", "7", None),
    ("020 7946 0123", "Atlantis", "", None),
]

PERSON = st.sampled_from(PEOPLE)
MAPS: dict[str, dict[str, Any]] = {
    "region": {"phone": "tel", "region": "country"},
    "callingCode": {"phone": "tel", "callingCode": "code"},
}


def columns(people: list[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {
        "tel": [phone for phone, *_ in people],
        "country": [country or None for _, country, *_ in people],
        "code": [code or None for _, _, code, _ in people],
        "n": [str(n) for n in range(len(people))],
    }


def as_csv(table: Mapping[str, list[Any]]) -> bytes:
    text: str = pd.DataFrame(table).to_csv(index=False)
    return text.encode()


@pytest.mark.parametrize("asked", MAPS)
@pytest.mark.parametrize("threads", [1, 2])
@given(people=st.lists(PERSON, min_size=1, max_size=12))
def test_a_table_is_judged_as_its_csv(
    asked: str, threads: int, people: list[tuple[Any, ...]]
) -> None:
    table = columns(people)
    options: dict[str, Any] = {
        "map": MAPS[asked],
        "duplicates": "allow",
        "threads": threads,
        "set": {"maxAttempts": 2},
    }
    of_text = list(predial.judge(as_csv(table), **options))
    of_table = list(predial.judge(pa.table(table), **options))
    assert [(row.number, row.standing, row.phone) for row in of_table] == [
        (row.number, row.standing, row.phone) for row in of_text
    ]
    rules = [[found.rule for found in row.diagnostics] for row in of_table]
    assert rules == [[found.rule for found in row.diagnostics] for row in of_text]
    expected = [
        digits if asked == "region" or code or country != "Atlantis" else None
        for _, country, code, digits in people
    ]
    assert [row.phone if row.job is not None else None for row in of_table] == expected
    for row in of_table:
        if row.job is not None:
            assert set(json.loads(row.job)) == {"phone", "payload", "maxAttempts"}


@pytest.mark.parametrize("asked", MAPS)
@given(people=st.lists(PERSON, min_size=1, max_size=12))
def test_a_checked_table_has_the_digits_that_are_sent(
    asked: str, people: list[tuple[Any, ...]]
) -> None:
    table = columns(people)
    checked = pa.table(
        predial.check_table(pa.table(table), map=MAPS[asked], duplicates="allow")
    ).to_pydict()
    expected = [digits or phone for phone, _, _, digits in people]
    assert checked["tel"] == expected
    assert [row["rule"] is None for row in checked["predial"]] == [
        digits is not None for *_, digits in people
    ]
    assert {name: checked[name] for name in ("country", "code", "n")} == {
        name: table[name] for name in ("country", "code", "n")
    }


def test_a_valid_number_of_the_list_is_not_taken_for_another() -> None:
    """Digits that are a number of the list's region and of the row's."""
    table = pa.table({"phone": ["2015550123", "2015550123"], "code": ["1", None]})
    checked = predial.check_table(
        table, map={"phone": "phone", "callingCode": "code"}, region="EG", duplicates="allow"
    )
    [first, second] = pa.table(checked)["phone"].to_pylist()
    assert first == "12015550123"
    assert second == predial.normalize_phone("2015550123", region="EG")


def test_of_several_phones_the_one_that_is_taken_is_rewritten() -> None:
    table = pa.table(
        {
            "mobile": [None, "030 123456", "-"],
            "work": ["030 123457", "030 123458", "030 123459"],
            "country": ["DE", "DE", "DE"],
        }
    )
    asked = {"phone": ["mobile", "work"], "region": "country"}
    checked = pa.table(predial.check_table(table, map=asked))
    assert checked["mobile"].to_pylist() == [None, "4930123456", "-"]
    assert checked["work"].to_pylist() == ["4930123457", "030 123458", "4930123459"]
    sent = [row.phone for row in predial.judge(table, map=asked)]
    assert sent == ["4930123457", "4930123456", "4930123459"]


def test_parquet_and_frames(tmp_path: Path) -> None:
    people = PEOPLE[:5]
    table, sent = columns(people), [digits for *_, digits in people]
    parquet.write_table(pa.table(table), tmp_path / "a.parquet")
    sources = {
        "parquet": str(tmp_path / "a.parquet"),
        "polars": pl.DataFrame(table),
        "pandas": pd.DataFrame(table),
    }
    for name, source in sources.items():
        report = predial.prepare(source, tmp_path / name, map=MAPS["region"])
        assert (report.total, report.rejected) == (5, 0), name
        jobs = json.loads(report.bodies[0].content)
        assert [job["phone"] for job in jobs] == sent
        assert [job["payload"] for job in jobs] == [
            {"code": code, "n": str(n)} if code else {"n": str(n)}
            for n, (_, _, code, _) in enumerate(people)
        ]
    predial.clean(tmp_path / "a.parquet", tmp_path / "b.parquet", map=MAPS["region"])
    assert parquet.read_table(tmp_path / "b.parquet")["tel"].to_pylist() == sent
    stream = io.BytesIO((tmp_path / "a.parquet").read_bytes())
    assert predial.check(stream, map=MAPS["callingCode"]).rejected == 0


def test_each_number_of_a_cell_has_the_region_of_its_row() -> None:
    table = pa.table({"tel": ["030 123456 | 030 123457"], "country": ["DE"]})
    rows = predial.judge(table, map=MAPS["region"], multiple="each")
    assert [(row.part, row.phone) for row in rows] == [(0, "4930123456"), (1, "4930123457")]


def test_long_rows_and_many_batches() -> None:
    table = pa.table(
        {
            "tel": ["030 123456", "030 123457"] * 9_000,
            "country": ["DE", None] * 9_000,
            "text": ["x" * 200] * 18_000,
        }
    )
    report = predial.check(table, map=MAPS["region"], duplicates="allow", threads=2)
    assert (report.total, report.repaired, report.rejected) == (18_000, 9_000, 9_000)
    limited = predial.check(table, map=MAPS["region"], max_row_bytes=100)
    assert limited.counts == {"job-too-large": 18_000}


@pytest.mark.parametrize("threads", [1, 2])
def test_what_is_not_a_country_is_a_warning_on_its_row(threads: int) -> None:
    people = [*PEOPLE, ("020 7946 0124", "XX", "", None), ("020 7946 0125", " - ", "", None)]
    source = as_csv(columns(people))
    how: dict[str, Any] = {"threads": threads, "duplicates": "allow"}
    report = predial.check(source, map=MAPS["region"], **how)
    found = [it for it in report.diagnostics if it.rule == "record-country"]
    assert [(it.line, it.field, it.value, it.severity) for it in found] == [
        (9, "region", "Atlantis", "warning"),
        (10, "region", "XX", "warning"),
    ]
    assert (
        '"Atlantis" is not a country or a calling code, so the region of the list holds'
        in found[0].message
    )
    # The region of the list is that of the row.
    british = predial.check(source, map=MAPS["region"], region="GB", **how)
    assert british.total - british.rejected == report.total - report.rejected + 3
    strict = predial.check(
        source, map=MAPS["region"], region="GB", severity={"record-country": "error"}, **how
    )
    assert strict.counts["record-country"] == 2
    assert strict.rejected == british.rejected + 2
    silent = predial.check(source, map=MAPS["region"], severity={"record-country": "ignore"}, **how)
    assert "record-country" not in silent.counts
    table = predial.check(pa.table(columns(people)), map=MAPS["region"], **how)
    assert table.counts == report.counts


@pytest.mark.parametrize(
    ("prefer", "sent"),
    [
        (None, [None, None, "493023125001", "74951234567"]),
        ("national", ["494915112345678", "49491711234567", "493023125001", "74951234567"]),
        ("international", ["4915112345678", "491711234567", "493023125001", "74951234567"]),
    ],
)
def test_digits_that_may_have_the_calling_code_already_are_ambiguous(
    prefer: Any, sent: list[str | None]
) -> None:
    """Beside a calling code as under a region; a number of another country is never meant there."""
    rows = ["49,4915112345678", "49,491711234567", "49,3023125001", "7,4951234567"]
    source = "\n".join(["country_code,phone", *rows, ""]).encode()
    judged = list(predial.judge(source, prefer=prefer))
    assert [row.phone if row.job is not None else None for row in judged] == sent
    rules = [
        [found.rule for found in row.diagnostics if found.severity == "error"] for row in judged
    ]
    assert rules == [["phone-ambiguous"] if phone is None else [] for phone in sent]
