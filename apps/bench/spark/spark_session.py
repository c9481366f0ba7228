"""The session that every work on Apache Spark gets, so that all of them are measured under the same settings."""

import os

from pyspark.sql import SparkSession


def session(threads, scratch, **more):
    """A session of so many threads that keeps its files below `scratch`; `more` are settings of `spark.<name>`."""
    builder = (
        SparkSession.builder.master(f"local[{threads}]")
        .config("spark.driver.memory", "1g")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.local.dir", os.path.join(scratch, "local"))
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", max(2, int(threads)))
    )
    for name, value in more.items():
        builder = builder.config(f"spark.{name}", value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark
