"""The share of a Spark job's time that is predial's, on a million rows: the job, and the same job
whose functions make no decisions.
"""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import LongType, StringType, StructField, StructType

import predial.spark
from timing import Contender, Section, table, timed

ROWS = 1_000_000
ROUNDS = 3


def jobs() -> pa.Table:
    """A million jobs; one in ten has the phone of an earlier one."""
    count = pa.array(range(ROWS), pa.int64())
    numbers = pc.add(79_100_000_000, pc.subtract(count, pc.divide(count, 10))).cast(pa.string())
    marked = pc.binary_join_element_wise("+", numbers, "")
    odd = pc.equal(pc.bit_wise_and(count, 1), 1)
    names = pc.binary_join_element_wise("name", count.cast(pa.string()), "-")
    zones = pa.array(["+03:00", "Europe/Moscow", "UTC+3", None] * (ROWS // 4))
    phones = pc.if_else(odd, numbers, marked)
    return pa.table({"id": count, "phone": phones, "gmtZone": zones, "name": names})


def checked(df: DataFrame) -> DataFrame:
    return predial.spark.check(df, order_by="id")


def undecided(df: DataFrame) -> DataFrame:
    """The same columns through the same steps, without decisions."""
    kept = predial.spark
    options = kept._options(None, None, {"duplicates": "allow"})
    known = kept._Jobs.of(df, options)
    ordered, order = kept._with_order(df, "id")
    came = [kept._CAME.format(name) for name in ("phone", "gmtZone")]
    names = [*(field.name for field in known.checked), *order, *came, kept._PHONE, kept._JOB]

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            number, phone, zone, name, place = batch.columns
            nothing = pa.nulls(len(batch), pa.string())
            verdict = pa.StructArray.from_arrays(
                [nothing, nothing, pc.equal(number, -1)], ["rule", "message", "repaired"]
            )
            digits = pc.utf8_trim(phone, "+").cast(pa.int64())
            text = pc.binary_join_element_wise(phone, zone, name, "-", null_handling="skip")
            columns = [number, phone, zone, name, verdict, place, phone, zone, digits, text]
            yield pa.RecordBatch.from_arrays(columns, names)

    texts = [StructField(name, StringType()) for name in came]
    ends = [StructField(kept._PHONE, LongType()), StructField(kept._JOB, StringType())]
    places = [ordered.schema[name] for name in order]
    schema = StructType([*known.checked, *places, *texts, *ends])
    staged = ordered.mapInArrow(work, schema)
    return staged.select(*kept._without_doubles(known, order, "id", "phone"))


def run(answer: DataFrame) -> None:
    answer.write.format("noop").mode("overwrite").save()


def main() -> None:
    """Time both, and print predial's share of the whole."""
    if shutil.which("java") is None:
        print("No java: Spark was not timed")
        return
    # pyspark warns of each pandas that is newer than itself.
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    settings: dict[str, Any] = {
        "spark.driver.memory": "2g",
        "spark.sql.shuffle.partitions": "4",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    spark = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    with TemporaryDirectory() as directory:
        path = Path(directory) / "jobs.parquet"
        parquet.write_table(jobs(), path, row_group_size=100_000)
        df = spark.read.parquet(str(path)).repartition(4)
        section = Section(
            "A Spark job over a million rows, on two cores",
            "row",
            ROWS,
            (
                Contender("predial.spark.check", partial(run, checked(df))),
                Contender("the same, nothing decided", partial(run, undecided(df))),
            ),
        )
        medians = timed(section, ROUNDS)
    spark.stop()
    print(f"\n{table(section, medians)}")
    print(f"  of the job's time {1 - medians[1] / medians[0]:.0%} is predial's")


if __name__ == "__main__":
    main()
