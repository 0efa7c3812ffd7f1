"""A Spark job: a table of customers to request bodies, and how many rows each rule keeps back.

pip install 'predial[spark]'
spark-submit spark_job.py customers.parquet out RU
"""

import sys

from pyspark.sql import SparkSession

import predial.spark


def main(source: str, out: str, region: str) -> None:
    spark = SparkSession.builder.appName("predial").getOrCreate()
    customers = spark.read.parquet(source)
    report = predial.spark.prepare(customers, out, region=region, order_by="id")
    print(report.verdict)
    for rule, rows in report.counts.items():
        print(rule, rows, sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
