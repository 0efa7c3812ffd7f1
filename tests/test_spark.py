"""Spark with processes of its own: it gives the answers of `predial.check`, and an executor that is
killed during a run changes nothing.
"""

from __future__ import annotations

import doctest
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession

import predial
import predial.spark
from predial import _core
from test_adapters import JOBS, NOW, Job, Verdict, arrow_table, checked

pytestmark = pytest.mark.slow


def frame(spark: SparkSession, jobs: list[Job], partitions: int = 5) -> DataFrame:
    """Jobs with the number of each one's row, scattered."""
    rows = pa.array(range(len(jobs)), pa.int64())
    table = arrow_table(jobs).append_column("row", rows)
    return spark.createDataFrame(table).repartition(partitions)


def verdicts(answer: DataFrame) -> list[Verdict]:
    rows = answer.select("row", "predial.*").toArrow().sort_by("row")
    assert rows.column("row").to_pylist() == list(range(len(rows)))
    columns = (rows.column(name).to_pylist() for name in ("rule", "message", "repaired"))
    return list(zip(*columns, strict=True))


def executors(spark: SparkSession) -> list[int]:
    """The processes of this session's executors."""
    session = (b"CoarseGrainedExecutorBackend", spark.sparkContext.applicationId.encode())
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = process.read_bytes()
        except OSError:
            continue  # it has ended meanwhile
        if all(part in command for part in session):
            found.append(int(process.parent.name))
    return found


def killed_in_mid_run(
    spark: SparkSession, work: Callable[[], Any], is_under_way: Callable[[], bool]
) -> Any:
    """The result of `work` when an executor is killed soon after its start."""
    with ThreadPoolExecutor(1) as pool:
        before = executors(spark)
        answer = pool.submit(work)
        while not is_under_way():
            assert not answer.done(), answer.result()
            time.sleep(0.005)
        os.kill(before[0], signal.SIGKILL)
        assert not answer.done()
        result = answer.result(timeout=300)
    assert before[0] not in executors(spark)
    return result


def test_jobs_of_every_kind(spark: SparkSession) -> None:
    df = frame(spark, JOBS)
    answer = predial.spark.check(df, "phone", "gmtZone", order_by="row", payload=[], now=NOW)
    known = checked(JOBS, now=NOW)
    assert verdicts(answer) == known
    columns = answer.select("row", "phone", "gmtZone").toArrow().sort_by("row").to_pylist()
    for row, job, (rule, _, _) in zip(columns, JOBS, known, strict=True):
        if rule is not None:
            assert (row["phone"], row["gmtZone"]) == (job.get("phone"), job.get("gmtZone"))
        else:
            assert row["phone"] == predial.normalize_phone(job["phone"])


@pytest.mark.parametrize(
    "options",
    [
        {"region": "RU", "prefer": "national", "level": "valid"},
        {"duplicates": "job", "repair": False},
        {"duplicates": "allow", "canonical": True, "set": {"maxAttempts": 3}},
    ],
    ids=lambda options: "-".join(options),
)
def test_other_options(spark: SparkSession, options: dict[str, Any]) -> None:
    jobs = JOBS[:3_000]
    answer = predial.spark.check(frame(spark, jobs), order_by="row", payload=[], now=NOW, **options)
    assert verdicts(answer) == checked(jobs, now=NOW, **options)


def by_their_bytes(jobs: list[Job]) -> list[Job]:
    """The jobs in the order of their texts."""
    options = predial.spark._options(None, None, {})
    texts = pa.array(_core.jobs_of_table(arrow_table(jobs), options)).to_pylist()
    return [
        job for _, job in sorted(zip(texts, jobs, strict=True), key=lambda each: each[0].encode())
    ]


def test_without_an_order_the_bytes_of_jobs_decide(spark: SparkSession) -> None:
    jobs = by_their_bytes(JOBS[:3_000])
    df = frame(spark, jobs)
    answer = predial.spark.check(df.drop("row"), now=NOW).select("phone", "payload", "predial.rule")
    found = Counter(tuple(map(repr, row.values())) for row in answer.toArrow().to_pylist())
    inputs = arrow_table(jobs).to_pylist()
    known: Counter[Any] = Counter()
    for job, row, (rule, _, _) in zip(jobs, inputs, checked(jobs, now=NOW), strict=True):
        phone = job.get("phone") if rule else predial.normalize_phone(job["phone"])
        known[tuple(map(repr, (phone, row["payload"], rule)))] += 1
    assert found == known
    assert any("phone-duplicate" in rule for _, _, rule in found)


def test_columns_keep_their_types(spark: SparkSession) -> None:
    df = spark.sql(
        "SELECT 79123456789L AS `tel.no`, 'utc +3' AS tz, named_struct('name', 'Anna', 'at', "
        "timestamp'2026-07-01 10:00:00') AS payload, map('a', 1) AS m, 1.50BD AS price, id "
        "FROM range(3)"
    )
    answer = predial.spark.check(df, phone="tel.no", gmt_zone="tz", order_by=["id"])
    came, kept = dict(df.dtypes), dict(answer.dtypes)
    assert kept.pop("predial") == "struct<rule:string,message:string,repaired:boolean>"
    assert kept == came | {"tel.no": "string", "tz": "string"}
    rows = answer.orderBy("id").toArrow().to_pylist()
    assert [row["predial"]["rule"] for row in rows] == [None, "phone-duplicate", "phone-duplicate"]
    assert "belongs to id 0;" in rows[2]["predial"]["message"]
    assert [(row["tel.no"], row["tz"]) for row in rows[:2]] == [
        ("79123456789", "+03:00"),
        ("79123456789", "utc +3"),
    ]
    untouched = ["payload", "m", "price", "id"]
    assert answer.select(untouched).orderBy("id").collect() == df.select(untouched).collect()


@pytest.mark.parametrize(
    ("phone", "came"),
    [
        ("79123456789D", "79123456789.0"),
        ("79123456789.00BD", "79123456789.00"),
        ("79123456789L", "79123456789"),
    ],
)
def test_phones_that_are_numbers(
    spark: SparkSession, tmp_path: Path, phone: str, came: str
) -> None:
    df = spark.sql(f"SELECT {phone} AS phone, id FROM range(3)")
    answer = predial.spark.check(df, order_by="id").orderBy("id").select("phone", "predial.rule")
    rows = [tuple(row) for row in answer.collect()]
    assert rows == [("79123456789", None), *[(came, "phone-duplicate")] * 2]
    prepared = predial.spark.prepare(df, tmp_path, order_by="id")
    assert (prepared.total, prepared.rejected, len(prepared.bodies)) == (3, 2, 1)


def test_options_that_do_not_fit_the_columns(spark: SparkSession) -> None:
    df = spark.sql("SELECT '79123456789' AS phone")
    with pytest.raises(ValueError, match="no_such"):
        predial.spark.check(df, phone="no_such")
    with pytest.raises(ValueError, match="duplicates"):
        predial.spark.check(df, duplicates="some")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="several columns have the name a; rename"):
        predial.spark.check(df.selectExpr("phone", "1 AS a", "2 AS a"))
    with pytest.raises(ValueError, match='"b" holds Binary, which JSON'):
        predial.spark.check(df.selectExpr("phone", "CAST('1' AS BINARY) AS b"))
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"phone": df.phone}, "phone must be the name of a column"),
        ({"order_by": df.phone}, "order_by must be the name of a column"),
        ({"threads": 2}, "threads is not an option here"),
        ({"regoin": "RU"}, "unexpected keyword argument 'regoin'"),
    ]
    for options, why in wrong:
        with pytest.raises(TypeError, match=why):
            predial.spark.check(df, **options)
    no_frame: Any = [{"phone": "79123456789"}]
    with pytest.raises(TypeError, match="df must be a DataFrame of Spark, not list"):
        predial.spark.check(no_frame)


def test_frames_without_rows(spark: SparkSession, tmp_path: Path) -> None:
    no_partitions = spark.createDataFrame(spark.sparkContext.emptyRDD(), "phone string")
    assert predial.spark.check(no_partitions).collect() == []
    report = predial.spark.prepare(no_partitions, tmp_path / "none")
    assert (report.total, report.bodies) == (0, [])
    nulls = spark.sql("SELECT NULL AS phone, 'utc +3' AS gmtZone")
    [row] = predial.spark.check(nulls).collect()
    assert (row.phone, row.gmtZone, row.predial.rule) == (None, "utc +3", "phone-missing")


@pytest.mark.parametrize("slice_rows", [0, -1, "many"])
def test_slices_have_rows(spark: SparkSession, tmp_path: Path, slice_rows: Any) -> None:
    df = spark.sql("SELECT '79123456789' AS phone")
    with pytest.raises((ValueError, TypeError), match="slice_rows must be a whole number, 1 or"):
        predial.spark.prepare(df, tmp_path / "out", slice_rows=slice_rows)
    assert list(tmp_path.iterdir()) == []


def slowly(df: DataFrame, marks: Path) -> DataFrame:
    """The same, but each partition takes some time and leaves a file at its end."""
    name = str(marks)

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import os
        import time
        import uuid

        for batch in batches:
            time.sleep(0.1)
            yield batch
        with open(os.path.join(name, uuid.uuid4().hex), "x"):
            pass

    return df.mapInArrow(work, df.schema)


def test_an_executor_that_is_killed_in_mid_check(spark: SparkSession, tmp_path: Path) -> None:
    jobs = JOBS[:10_000]
    df = slowly(frame(spark, jobs, partitions=10), tmp_path)
    answer = predial.spark.check(df, order_by="row", payload=[], now=NOW)
    found = killed_in_mid_run(
        spark, lambda: verdicts(answer), lambda: len(list(tmp_path.iterdir())) >= 4
    )
    # The work of the killed executor was done again.
    assert len(list(tmp_path.iterdir())) > 10
    assert found == checked(jobs, now=NOW)


def left_in(out: Path) -> dict[str, bytes]:
    files = (file for file in out.rglob("*") if file.is_file())
    return {str(file.relative_to(out)): file.read_bytes() for file in files}


@pytest.mark.parametrize("duplicates", ["phone", "job"])
def test_prepare_leaves_what_one_machine_leaves(
    spark: SparkSession, tmp_path: Path, duplicates: Any
) -> None:
    options: dict[str, Any] = {"now": NOW, "run": "r", "max_jobs": 300, "max_bytes": "40 KB"}
    options["duplicates"] = duplicates
    jobs = JOBS[:6_000]
    answer = predial.spark.prepare(
        frame(spark, jobs), tmp_path / "spark", order_by="row", payload=[], **options
    )
    report = predial.prepare(arrow_table(jobs), tmp_path / "one", **options)
    many, one = left_in(tmp_path / "spark"), left_in(tmp_path / "one")
    manifest, known = (json.loads(files.pop("manifest.json")) for files in (many, one))
    one.pop("rejects.csv", None)
    assert many == one
    assert len(answer.bodies) == len(report.bodies) > 3
    cut = {"order_by": ["row"], "slice_rows": 200_000}
    # The columns are chosen once, before the tasks; they are given to each by their places.
    places = manifest["options"].pop("map")
    assert places["phone"] == ["#1"]
    assert known["options"].pop("map") == {}
    assert manifest["options"] == known["options"] | {"payload": []} | cut
    reasons = {column.pop("why") for column in manifest["columns"] if column["field"]}
    assert reasons == {"option"}
    assert {column.pop("why") for column in known["columns"] if column["field"]} == {"name"}
    assert manifest["columns"][:-1] == known["columns"]
    for part in ("format", "predial", "plan", "input", "counts", "bodies", "rejects"):
        assert manifest[part] == known[part]
    assert repr(answer) == repr(report)
    assert answer.counts == report.counts
    sizes = [(body.jobs, body.sha256, body.idempotence_key) for body in answer.bodies]
    assert sizes == [(body.jobs, body.sha256, body.idempotence_key) for body in report.bodies]


def test_an_executor_that_is_killed_while_slices_are_written(
    spark: SparkSession, tmp_path: Path
) -> None:
    jobs = JOBS[:8_000]
    options: dict[str, Any] = {"run": "r", "now": NOW, "max_jobs": 50, "slice_rows": 400}
    df = frame(spark, jobs)

    def prepare(name: str) -> predial.Report:
        return predial.spark.prepare(df, tmp_path / name, order_by="row", payload=[], **options)

    def is_under_way() -> bool:
        return len(list((tmp_path / "killed").glob(".slices-*/*-*/manifest.json"))) >= 2

    killed = killed_in_mid_run(spark, lambda: prepare("killed"), is_under_way)
    prepare("whole")
    assert left_in(tmp_path / "killed") == left_in(tmp_path / "whole")

    rows = [row for body in killed.bodies for row in body.rows]
    rejects = (tmp_path / "killed" / "rejects.ndjson").read_bytes().splitlines()
    rejected = [json.loads(line)["row"] for line in rejects]
    assert sorted(rows + rejected) == list(range(len(jobs)))
    known = checked(jobs, now=NOW)
    assert sorted(rejected) == [row for row, (rule, _, _) in enumerate(known) if rule]
    for body in killed.bodies:
        sent = json.loads(Path(body).read_bytes())
        assert len(sent) == body.jobs <= 50
        assert len({str(job["phone"]) for job in sent}) == len(sent)


def test_a_finished_run_is_not_overwritten(spark: SparkSession, tmp_path: Path) -> None:
    df = spark.sql("SELECT '79123456789' AS phone WHERE false")
    first = predial.spark.prepare(df, tmp_path, run="r")
    assert (first.total, first.bodies) == (0, [])
    with pytest.raises(FileExistsError, match="overwrite"):
        predial.spark.prepare(df, tmp_path)
    (tmp_path / "bodies" / "000009.json").write_text("mine: it is after a gap")
    (tmp_path / "mine.txt").write_text("kept")
    one = spark.sql("SELECT '+7 912 345-67-89' AS phone")
    again = predial.spark.prepare(one, tmp_path, overwrite=True)
    assert [Path(body).name for body in again.bodies] == ["000001.json"]
    assert json.loads(Path(again.bodies[0]).read_bytes()) == [{"phone": "79123456789"}]
    kept = {"bodies/000001.json", "bodies/000009.json", "manifest.json", "mine.txt"}
    assert left_in(tmp_path).keys() == kept | {"rejects.ndjson"}


@pytest.mark.parametrize("form", ["digits", "e164", "international", "national", "rfc3966"])
def test_a_column_of_phones_in_every_form(spark: SparkSession, form: Any) -> None:
    phones = ["8 912 345-67-89", None, "79123456789", "Anna"] * 5
    rows = [(row, phone, "kept") for row, phone in enumerate(phones)]
    df = spark.createDataFrame(rows, "row long, `tel.` string, predial string").repartition(3)
    answer = predial.spark.check_phones(df, "tel.", "RU", format=form)
    assert answer.columns == ["row", "tel.", "predial"]
    found = [row["predial"] for row in answer.orderBy("row").collect()]
    expected = predial.check_phones(phones, "RU", format=form)
    assert [row["normalized"] for row in found] == expected.normalized
    assert [row["rule"] for row in found] == expected.rules
    assert [row["repaired"] for row in found] == expected.repaired


def test_what_does_not_fit_a_column_of_phones(spark: SparkSession) -> None:
    df = spark.createDataFrame([("79123456789",)], "phone string")
    with pytest.raises(ValueError, match="format"):
        predial.spark.check_phones(df, "phone", format="NATIONAL")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no column 'tel'"):
        predial.spark.check_phones(df, "tel")
    numbers = spark.createDataFrame([(79123456789,)], "phone long")
    [row] = predial.spark.check_phones(numbers, "phone", format="e164").collect()
    assert row["predial"]["normalized"] == "+79123456789"


def test_jobs_are_sent_as_suggested(spark: SparkSession, tmp_path: Path) -> None:
    rows = [("Anna: +7 912 345-67-89",), ("Anna",), ("79123456780",)]
    df = spark.createDataFrame(rows, "phone string")
    checked = predial.spark.check(df, repair="suggested")
    phones = {row["phone"] for row in checked.where("predial.rule is null").collect()}
    assert phones == {"79123456789", "79123456780"}
    prepared = predial.spark.prepare(df, tmp_path, repair="suggested", run="r")
    jobs = [job for body in prepared.bodies for job in json.loads(Path(body).read_bytes())]
    assert {job["phone"] for job in jobs} == {"79123456789", "79123456780"}
    assert prepared.rejected == 1


KILLED = """
import sys
from pyspark.sql import SparkSession
import predial.spark

settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2"}
spark = SparkSession.builder.master("local[1]").config(map=settings).getOrCreate()
df = spark.read.json(sys.argv[1], schema="phone string, gmtZone string, row long")
options = {"run": "r", "duplicates": "allow", "max_jobs": 20, "slice_rows": 100, "payload": []}
predial.spark.prepare(df, sys.argv[2], order_by="row", **options)
"""


def test_a_driver_that_is_killed_and_a_run_that_resumes(
    spark: SparkSession, tmp_path: Path
) -> None:
    jobs = [
        {"phone": str(79110000000 + row), "gmtZone": "utc +3", "row": row} for row in range(1_000)
    ]
    list_of_jobs, out = tmp_path / "jobs.json", tmp_path / "killed"
    list_of_jobs.write_text("\n".join(map(json.dumps, jobs)))
    with subprocess.Popen([sys.executable, "-c", KILLED, list_of_jobs, out]) as driver:
        while len(list(out.glob(".slices-*/*-*"))) < 3:
            assert driver.poll() is None
            time.sleep(0.005)
        driver.kill()
    assert not (out / "manifest.json").exists()
    inodes = {file.stat().st_ino for file in out.glob(".slices-*/*-*/bodies/*.json")}

    df = spark.read.json(str(list_of_jobs), schema="phone string, gmtZone string, row long")
    options: dict[str, Any] = {"max_jobs": 20, "slice_rows": 100, "order_by": "row"}
    options |= {"duplicates": "allow", "payload": []}
    with pytest.raises(ValueError, match=r"max_jobs \(20 then, 30 now\)"):
        predial.spark.prepare(df, out, resume=True, run="r", **options | {"max_jobs": 30})
    resumed = predial.spark.prepare(df, out, resume=True, **options)
    assert any("an unfinished run was resumed: " in note for note in resumed.notes)
    assert inodes <= {os.stat(body).st_ino for body in resumed.bodies}
    # No row is rejected, so no slice ends with a short body.
    columns = arrow_table([{"phone": job["phone"], "gmtZone": job["gmtZone"]} for job in jobs])
    predial.prepare(columns, tmp_path / "one", run="r", max_jobs=20, duplicates="allow")
    left, one = left_in(out), left_in(tmp_path / "one")
    manifest, known = (json.loads(files.pop("manifest.json")) for files in (left, one))
    assert left == one
    assert manifest["bodies"] == known["bodies"]


def test_the_sessions_of_the_page(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    # The page makes a session and stops it; here it gets the one that all tests share.
    monkeypatch.setattr(SparkSession, "stop", lambda session: None)
    page = Path(__file__).resolve().parent.parent / "docs" / "spark.md"
    results = doctest.testfile(str(page), module_relative=False)
    assert (results.failed, results.attempted > 5) == (0, True)
