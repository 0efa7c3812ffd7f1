"""Every engine gives the answers of `predial.check`: 50 000 jobs, compared row by row."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import predial
import predial.duckdb
import predial.pandas
import predial.polars

Job = dict[str, Any]

#: The rule that rejects a job, the message, and whether the job is sent rewritten.
Verdict = tuple[str | None, str | None, bool]

#: The instant at which jobs have ended and zones are compared.
NOW = pd.Timestamp("2026-07-01T00:00:00Z").to_pydatetime()

COUNT = 50_000

#: The types of the columns of jobs, for engines that need them.
SCHEMA = pa.schema(
    {
        "phone": pa.string(),
        "gmtZone": pa.string(),
        "payload": pa.struct({"name": pa.string(), "debt": pa.float64()}),
        "maxAttempts": pa.int64(),
        "startDateTime": pa.string(),
        "finishDateTime": pa.string(),
        "allowedDays": pa.list_(pa.string()),
        "allowedTime": pa.struct(
            {
                day: pa.list_(pa.struct({"localTimeFrom": pa.string(), "localTimeTo": pa.string()}))
                for day in ("mon", "sun")
            }
        ),
    }
)

PHONES = [
    "79123456789", "4930123456", "442079460000", "12015550123", "380501234567", "3902123456",
    "+7 (912) 345-67-89", "8 (912) 345-67-89", "89123456789", "9123456789", "+44 20 7946 0000",
    "7.911E+10", "79123456789.0", "", " ", "?", "телефон", "tel:+7-912-345-67-89", "٧٩١٢٣٤٥٦٧٨٩",
    "7912345678", "791234567890123456", "79123456789 79123456780", "1-800-FLOWERS", "\0",
    "49030123456", "9607712345", "+79991234567 доб. 5", "990123456",
]  # fmt: skip
ZONES = [
    "+03:00", "UTC+3", "+3", "Z", "Europe/Moscow", "Asia/Yekaterinburg", "America/New_York",
    "Etc/GMT+3", "utc +3", "europe/moscow", "3", "", " ", "MSK", "EST", "UTC+25", "Европа", "\n",
]  # fmt: skip
INSTANTS = [
    "2026-07-02T10:00:00Z", "2026-06-01T10:00:00+03:00", "2026-07-02", "2030-01-01T00:00:00Z",
]  # fmt: skip
DAYS = [["mon", "tue"], ["Mon"], [], ["mon", "mon"], ["sun"], ["someday"]]
WINDOWS = [
    ("10:00", "18:00"),
    ("9:00", "18:00"),
    ("18:00", "10:00"),
    ("23:00", "24:00"),
    ("a", "b"),
]


def _phone(draw: random.Random) -> str:
    if draw.random() < 0.4:
        return draw.choice(PHONES)
    number = f"79{draw.randrange(20_000):09}"
    marked = f"+7 ({number[1:4]}) {number[4:]}"
    return draw.choice([number, number, f"+{number}", f"8{number[1:]}", marked])


def generated(count: int, seed: int = 1) -> list[Job]:
    """Jobs good and bad, their fields in the order of the API document, as a table's are; none has
    a null, and every field one type.
    """
    draw = random.Random(seed)

    def members() -> Iterator[tuple[str, Any]]:
        if draw.random() < 0.98:
            yield "phone", _phone(draw)
        if draw.random() < 0.7:
            yield "gmtZone", draw.choice(ZONES)
        if draw.random() < 0.5:
            payload: Job = {"name": draw.choice(["Anna", "Борис", "", '"', "\\", "a\nb", "\u2028"])}
            yield (
                "payload",
                payload | ({"debt": draw.random() * 100} if draw.random() < 0.5 else {}),
            )
        if draw.random() < 0.1:
            yield "startDateTime", draw.choice(INSTANTS)
        if draw.random() < 0.1:
            yield "finishDateTime", draw.choice(INSTANTS)
        if draw.random() < 0.1:
            yield "allowedDays", draw.choice(DAYS)
        if draw.random() < 0.1:
            start, end = draw.choice(WINDOWS)
            window = {"localTimeFrom": start, "localTimeTo": end}
            yield "allowedTime", {draw.choice(["mon", "sun"]): [window]}
        if draw.random() < 0.2:
            yield "maxAttempts", draw.choice([1, 3, 0, -1, 2**40])

    return [dict(members()) for _ in range(count)]


def checked(jobs: list[Job], **options: Any) -> list[Verdict]:
    """The verdict of `predial.check` on each job."""
    report = predial.check(jobs, max_diagnostics=10 * len(jobs) + 10, **options)
    verdicts: list[Verdict] = [(None, None, False)] * len(jobs)
    rejected = {d.row for d in report.diagnostics if d.severity == "error"}
    for found in report.diagnostics:
        if found.severity == "error" and verdicts[found.row][0] is None:
            verdicts[found.row] = (found.rule, found.message, False)
        elif found.severity == "repair" and found.row not in rejected:
            verdicts[found.row] = (None, None, True)
    assert sum(repaired for _, _, repaired in verdicts) == report.repaired
    return verdicts


def arrow_table(jobs: list[Job]) -> pa.Table:
    return pa.Table.from_pylist(jobs, schema=SCHEMA)


def verdicts_of(table: Any) -> list[Verdict]:
    """The verdicts in the column that an engine answers."""
    structs = pa.table(table).column("predial").to_pylist()
    return [(each["rule"], each["message"], each["repaired"]) for each in structs]


def by_pyarrow(jobs: list[Job], **options: Any) -> list[Verdict]:
    return verdicts_of(predial.check_table(arrow_table(jobs), **options))


def by_chunks(jobs: list[Job], **options: Any) -> list[Verdict]:
    table = arrow_table(jobs)
    pieces = [table.slice(0, 7), table.slice(7, 0), table.slice(7, 20_001), table.slice(20_008)]
    return verdicts_of(predial.check_table(pa.concat_tables(pieces), threads=2, **options))


def by_dictionaries(jobs: list[Job], **options: Any) -> list[Verdict]:
    table = arrow_table(jobs)
    for place, name in enumerate(("phone", "gmtZone")):
        table = table.set_column(place, name, table.column(name).dictionary_encode())
    return verdicts_of(predial.check_table(table, **options))


def by_polars(jobs: list[Job], **options: Any) -> list[Verdict]:
    frame = pl.DataFrame(arrow_table(jobs))
    checked = pl.DataFrame(predial.check_table(frame, **options))
    columns = checked.get_column("predial").struct.unnest().cast({"rule": pl.String})
    return columns.rows()


def by_duckdb(jobs: list[Job], **options: Any) -> list[Verdict]:
    connection = duckdb.connect()
    connection.register("jobs", arrow_table(jobs))
    return verdicts_of(predial.check_table(connection.sql("FROM jobs"), **options))


def by_pandas(jobs: list[Job], **options: Any) -> list[Verdict]:
    frame = arrow_table(jobs).to_pandas(types_mapper=pd.ArrowDtype)
    frame.index = frame.index + 5
    answer = predial.pandas.check(frame, **options)
    assert answer.index.equals(frame.index)
    columns = [answer[f"predial_{name}"] for name in ("rule", "message", "repaired")]
    return [
        (None if pd.isna(rule) else rule, None if pd.isna(message) else message, bool(repaired))
        for rule, message, repaired in zip(*columns, strict=True)
    ]


#: The engines that take whole jobs, with their answer to a list.
WHOLE: dict[str, Callable[..., list[Verdict]]] = {
    "pyarrow": by_pyarrow,
    "chunks": by_chunks,
    "dictionaries": by_dictionaries,
    "polars": by_polars,
    "duckdb": by_duckdb,
    "pandas": by_pandas,
}

JOBS = generated(COUNT)


@pytest.mark.slow
def test_the_jobs_are_of_every_kind() -> None:
    verdicts = checked(JOBS, now=NOW)
    rules = {rule for rule, _, _ in verdicts}
    assert len(rules) > 25
    assert {"phone-duplicate", "policy-expired", "zone-abbreviation", None} < rules
    sent = sum(rule is None for rule, _, _ in verdicts)
    assert COUNT / 10 < sent < COUNT / 2
    assert sum(repaired for _, _, repaired in verdicts) > COUNT / 50


@pytest.mark.slow
@pytest.mark.parametrize("engine", WHOLE)
def test_whole_jobs(engine: str) -> None:
    assert WHOLE[engine](JOBS, now=NOW) == checked(JOBS, now=NOW)


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        {"region": "RU", "prefer": "national", "level": "valid"},
        {"duplicates": "job", "repair": False},
        {"duplicates": "allow", "canonical": True, "set": {"maxAttempts": 3}},
    ],
    ids=lambda options: "-".join(options),
)
def test_whole_jobs_by_other_options(options: dict[str, Any]) -> None:
    jobs = JOBS[:10_000]
    known = checked(jobs, now=NOW, **options)
    for engine in ("pyarrow", "polars", "duckdb"):
        assert WHOLE[engine](jobs, now=NOW, **options) == known, engine


@pytest.mark.slow
def test_structs_of_jobs_in_a_query_of_polars() -> None:
    frame = pl.DataFrame(arrow_table(JOBS)).lazy()
    jobs: Any = pl.struct(pl.all())
    verdict = jobs.predial.check(now=NOW)
    known = checked(JOBS, now=NOW, duplicates="allow")
    engines: list[Any] = ["in-memory", "streaming"]
    for engine in engines:
        answer = frame.select(verdict.alias("verdict")).collect(engine=engine)
        columns = answer.get_column("verdict").struct.unnest().cast({"rule": pl.String})
        assert columns.rows() == known, engine


def test_rules_in_sql() -> None:
    fields = ("phone", "gmtZone")
    jobs: list[Job] = [{key: job[key] for key in fields if key in job} for job in JOBS]
    connection = predial.duckdb.register(duckdb.connect())
    connection.register("jobs", arrow_table(jobs))
    rows = connection.sql("SELECT predial_rule(phone, gmtZone) FROM jobs").fetchall()
    known = checked(jobs, duplicates="allow")
    assert [rule for (rule,) in rows] == [rule for rule, _, _ in known]


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ("'79123456789', NULL", None),
        ("79123456789, 3", None),
        ("'79123456789', ''", None),
        ("NULL, '+3'", "phone-missing"),
        ("'?', 'MSK'", "phone-empty"),
        ("'79123456789', 'MSK'", "zone-abbreviation"),
        ("'8 (912) 345-67-89', NULL", "phone-national"),
        ("'8 (912) 345-67-89', NULL, 'RU'", None),
    ],
)
def test_the_rule_of_one_job_in_sql(arguments: str, rule: str | None) -> None:
    connection = predial.duckdb.register(duckdb.connect())
    assert connection.sql(f"SELECT predial_rule({arguments})").fetchall() == [(rule,)]


@pytest.mark.parametrize(
    "phones",
    [
        pa.array([79123456789.0, None, 79123456780.0]),
        pa.array([79123456789, None, 79123456780], pa.int64()),
        pa.array([Decimal("79123456789.00"), None, Decimal("79123456780.00")]),
        pa.array(["79123456789.0", None, "79123456780"]),
    ],
    ids=["floats", "integers", "decimals", "texts"],
)
def test_columns_of_numbers(phones: pa.Array) -> None:
    table = pa.table({"phone": phones, "debt": pa.array([1e300, float("nan"), 0.1])})
    rows = pa.table(predial.check_table(table, now=NOW))
    assert rows.column("phone").to_pylist() == ["79123456789", None, "79123456780"]
    assert [rule for rule, _, _ in verdicts_of(rows)] == [None, "phone-missing", None]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "Europe/Moscow", "+00:00"])
def test_instants_are_date_times(unit: Any, zone: str) -> None:
    instants = pa.array([NOW, None], pa.timestamp(unit, zone))
    table = pa.table(
        {
            "phone": ["79123456789", "79123456780"],
            "startDateTime": instants,
            "seen": pa.StructArray.from_arrays([instants], ["at"]),
        }
    )
    with TemporaryDirectory() as out:
        report = predial.prepare(table, out, now=NOW)
        first, second = json.loads(Path(report.bodies[0]).read_bytes())
    assert report.clean == 2
    assert first["startDateTime"] == "2026-07-01T00:00:00Z"
    assert first["payload"] == {"seen": {"at": "2026-07-01T00:00:00Z"}}
    assert "startDateTime" not in second


def test_instants_beyond_all_dates_are_absent() -> None:
    seen = pa.array([2**62], pa.timestamp("s", "UTC"))
    table = pa.table({"phone": ["79123456789"], "seen": seen})
    assert predial.check_table(table, now=NOW).report.clean == 1


def by_polars_phone(phones: list[str | None]) -> list[tuple[Any, ...]]:
    frame = pl.LazyFrame({"phone": phones})
    phone: Any = pl.col("phone")
    struct = frame.select(phone.predial.check_phone()).collect(engine="streaming")
    rows = struct.get_column("phone").struct.unnest().cast({"rule": pl.String}).rows()
    plain = frame.select(phone.predial.phone()).collect().get_column("phone").to_list()
    assert plain == [normalized for normalized, _, _ in rows]
    return rows


def by_pandas_phone(phones: list[str | None], dtype: Any = None) -> list[tuple[Any, ...]]:
    series = pd.Series(phones, dtype=dtype, name="phone")
    frame = predial.pandas.check_phone(series)
    assert predial.pandas.phone(series).equals(frame["normalized"].rename("phone"))
    assert series.predial.phone().equals(predial.pandas.phone(series))
    rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
    return list(rows)


def by_duckdb_phone(phones: list[str | None]) -> list[tuple[Any, ...]]:
    connection = predial.duckdb.register(duckdb.connect())
    connection.register("phones", pa.table({"phone": pa.array(phones, pa.string())}))
    rows = connection.sql(
        "SELECT predial_phone(phone), predial_phone_rule(phone), "
        "coalesce(predial_phone(phone) != phone, false) FROM phones"
    )
    return rows.fetchall()


#: The engines' functions over phones: each row normalized, the rule, whether it was rewritten.
PHONE: dict[str, Callable[[list[str | None]], list[tuple[Any, ...]]]] = {
    "polars": by_polars_phone,
    "pandas": by_pandas_phone,
    "pandas-objects": lambda phones: by_pandas_phone(phones, object),
    "pandas-arrow": lambda phones: by_pandas_phone(phones, pd.ArrowDtype(pa.string())),
    "duckdb": by_duckdb_phone,
}


@pytest.mark.slow
@pytest.mark.parametrize("engine", PHONE)
def test_phones(engine: str) -> None:
    phones = [job.get("phone") for job in JOBS]
    rows = PHONE[engine](phones)
    jobs = [{"phone": phone} for phone in phones]
    for row, (rule, _, repaired), phone in zip(
        rows, checked(jobs, duplicates="allow"), phones, strict=True
    ):
        # A missing phone is a fault of the job and not of the phone.
        assert row[1:] == ((None, False) if phone is None else (rule, repaired)), phone
        normalized = predial.normalize_phone(phone) if phone and rule is None else None
        assert row[0] == normalized


def by_polars_zone(zones: list[str | None]) -> list[tuple[Any, ...]]:
    zone: Any = pl.col("zone")
    struct = pl.DataFrame({"zone": zones}).select(zone.predial.check_zone())
    return struct.get_column("zone").struct.unnest().cast({"rule": pl.String}).rows()


def by_pandas_zone(zones: list[str | None]) -> list[tuple[Any, ...]]:
    frame = predial.pandas.check_zone(pd.Series(zones))
    return list(frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None))


def by_duckdb_zone(zones: list[str | None]) -> list[tuple[Any, ...]]:
    connection = predial.duckdb.register(duckdb.connect())
    connection.register("zones", pa.table({"zone": pa.array(zones, pa.string())}))
    query = "SELECT predial_zone(zone), predial_zone_rule(zone), NULL FROM zones"
    return connection.sql(query).fetchall()


@pytest.mark.parametrize("by", [by_polars_zone, by_pandas_zone, by_duckdb_zone])
def test_zones(by: Callable[[list[str | None]], list[tuple[Any, ...]]]) -> None:
    zones = [job.get("gmtZone") for job in JOBS]
    jobs = [{"phone": "79123456789"} | ({"gmtZone": zone} if zone else {}) for zone in zones]
    for row, (rule, _, repaired), zone in zip(
        by(zones), checked(jobs, duplicates="allow"), zones, strict=True
    ):
        if zone is not None and not zone.strip():
            # In a job a blank zone is absent, or repaired to be absent; alone it is not a zone.
            assert row[:2] == (None, "zone-empty")
            continue
        assert row[1] == rule
        assert row[2] in (repaired, None)
        normalized = predial.normalize_zone(zone, repair=True) if zone and rule is None else None
        assert row[0] == normalized
