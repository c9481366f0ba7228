"""One streaming work on Apache Spark, measured from the session's being there to the query's end.

usage: run_work.py work input root scratch threads; prints one line of JSON.
"""

import json
import os
import sys
import time

from process_costs import cpu_seconds, peak_rss_mb
from pyspark.sql import functions as F
from spark_session import session

work, folder, root, scratch, threads = sys.argv[1:6]
checkpoint = os.path.join(scratch, "checkpoint")
output = os.path.join(scratch, "output")
clicks_folder = os.path.join(os.path.dirname(folder), os.path.basename(folder).replace("imp_json", "clk_json"))
AD_EVENT = (
    "user_id STRING, page_id STRING, ad_id STRING, ad_type STRING, event_type STRING, "
    "event_time TIMESTAMP, ip_address STRING"
)
RETAIL = (
    "InvoiceNo STRING, StockCode STRING, Description STRING, Quantity INT, InvoiceDate TIMESTAMP, "
    "UnitPrice DOUBLE, CustomerID STRING, Country STRING"
)
CHECKSUM = (
    "length(user_id) + length(ad_id) + length(event_type) + length(ad_type) + ascii(ad_type) "
    "+ second(event_time) + minute(minute)"
)

spark = session(threads, scratch)


def stream(kind, schema=None, files=4, path=folder, **options):
    reader = spark.readStream.format(kind).option("maxFilesPerTrigger", files).options(**options)
    return (reader.schema(schema) if schema else reader).load(path)


def views(events):
    ads = spark.read.schema("ad_id STRING, campaign_id STRING").json(os.path.join(root, "ysb_static"))
    return (
        events.where("event_type = 'view'")
        .select("ad_id", "event_time")
        .join(ads, "ad_id")
        .groupBy("campaign_id", F.window("event_time", "10 seconds"))
        .count()
    )


def observed(rows, groups, total):
    return rows.observe("answer", groups.alias("groups"), total.alias("total"))


def query():
    if work == "w1json":
        return views(stream("json", AD_EVENT))
    if work == "w1parquet":
        return views(stream("parquet", AD_EVENT))
    if work == "w2":
        return stream("text").select(F.explode(F.split("value", " ")).alias("word")).groupBy("word").count()
    if work == "w3":
        rows = stream("csv", RETAIL, header="true")
        costs = rows.selectExpr("CustomerID", "UnitPrice * Quantity as total_cost", "InvoiceDate")
        return costs.groupBy("CustomerID", F.window("InvoiceDate", "1 day")).sum("total_cost")
    if work == "w4":
        return stream("json", AD_EVENT).where("event_type <> 'click'").selectExpr(
            "user_id",
            "ad_id",
            "event_type",
            "event_time",
            "date_trunc('minute', event_time) as minute",
            "upper(ad_type) as ad_type",
        )
    if work == "w6":
        impressions = stream("json", "impId STRING, impTime TIMESTAMP, adId INT", 2)
        clicks = stream("json", "clickId STRING, clickTime TIMESTAMP, cost DOUBLE", 2, clicks_folder)
        condition = "impId = clickId AND clickTime >= impTime AND clickTime <= impTime + interval 1 minute"
        return observed(
            impressions.withWatermark("impTime", "10 seconds").join(
                clicks.withWatermark("clickTime", "20 seconds"), F.expr(condition)
            ),
            F.count("*"),
            F.sum("cost"),
        )
    if work == "w7":
        events = stream("json", "id STRING, ts TIMESTAMP, payload STRING", 2)
        distinct = events.withWatermark("ts", "3 minutes").dropDuplicates(["id", "ts"])
        return observed(distinct, F.count("*"), F.sum(F.expr("cast(substring(payload, 2) as int)")))
    if work == "w8":
        totals = stream("json", "k STRING, v LONG").groupBy("k").agg(
            F.count("*").alias("n"), F.sum("v").alias("sv")
        )
        return observed(totals, F.expr("count_if(n = 2)"), F.expr("sum(if(n = 2, sv, 0))"))
    raise SystemExit(f"there is no work '{work}'")


def start(rows):
    writer = rows.writeStream.option("checkpointLocation", checkpoint).trigger(availableNow=True)
    if work == "w4":
        return writer.format("parquet").start(output)
    mode = "append" if work in ("w6", "w7") else "update"
    return writer.format("noop").outputMode(mode).start()


def answer(query):
    """From the files written, what was observed, or the state that the query left: without a watermark it holds every result."""
    if work in ("w6", "w7", "w8"):
        rows = [progress.observedMetrics.get("answer") for progress in query.recentProgress]
        return {
            "groups": sum(row["groups"] or 0 for row in rows if row),
            "total": sum(row["total"] or 0 for row in rows if row),
        }
    if work == "w4":
        rows = spark.read.parquet(output)
        row = rows.selectExpr("count(*)", f"cast(sum({CHECKSUM}) as double)").first()
    else:
        values = spark.read.format("statestore").load(checkpoint).select("value.*")
        row = values.selectExpr("count(*)", f"cast(sum(`{values.columns[0]}`) as double)").first()
    return {"groups": row[0], "total": row[1]}


cpu, begun = cpu_seconds(), time.monotonic()
running = start(query())
running.awaitTermination()
wall, cpu, peak = time.monotonic() - begun, cpu_seconds() - cpu, peak_rss_mb()
print(json.dumps({"cpuSeconds": cpu, "wallSeconds": wall, "peakRssMb": peak, "answer": answer(running)}))
spark.stop()
