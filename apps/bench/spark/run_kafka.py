"""Views per ad and 10 s from one Kafka topic to another on Apache Spark, measured from the session's being there to the query's end.

usage: run_kafka.py bootstrap from to scratch threads jars; prints one line of JSON.
"""

import json
import os
import sys
import time

from process_costs import cpu_seconds, peak_rss_mb
from pyspark.sql import functions as F
from spark_session import session

bootstrap, source, target, scratch, threads, jars = sys.argv[1:7]
EVENT = "ad_id STRING, event_type STRING, event_time BIGINT"

spark = session(threads, scratch, jars=jars)

views = (
    spark.readStream.format("kafka")
    .option("kafka.bootstrap.servers", bootstrap)
    .option("subscribe", source)
    .option("startingOffsets", "earliest")
    .load()
    .select(F.from_json(F.col("value").cast("string"), EVENT).alias("event"))
    .where("event.event_type = 'view'")
    .select("event.ad_id", F.expr("timestamp_millis(event.event_time)").alias("event_time"))
    .groupBy("ad_id", F.window("event_time", "10 seconds"))
    .agg(F.count("*").alias("n"))
    .select(
        F.col("ad_id").alias("key"),
        F.to_json(F.struct("ad_id", F.col("window.start").alias("start"), "n")).alias("value"),
    )
)
writer = (
    views.writeStream.format("kafka")
    .option("kafka.bootstrap.servers", bootstrap)
    .option("topic", target)
    .option("checkpointLocation", os.path.join(scratch, "checkpoint"))
    .outputMode("update")
    .trigger(availableNow=True)
)

cpu, begun = cpu_seconds(), time.monotonic()
writer.start().awaitTermination()
wall, cpu, peak = time.monotonic() - begun, cpu_seconds() - cpu, peak_rss_mb()
print(json.dumps({"cpuSeconds": cpu, "wallSeconds": wall, "peakRssMb": peak}))
spark.stop()
