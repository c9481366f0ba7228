"""One streaming work on Apache Spark, measured from the session's being there to the query's end.

usage: run_work.py work input root scratch threads; prints one line of JSON.
"""

import json
import os
import sys
import time

from pyspark.sql import SparkSession, functions as F

work, folder, root, scratch, threads = sys.argv[1:6]
checkpoint = os.path.join(scratch, "checkpoint")
output = os.path.join(scratch, "output")
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

spark = (
    SparkSession.builder.master(f"local[{threads}]")
    .config("spark.driver.memory", "1g")
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.local.dir", os.path.join(scratch, "local"))
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.shuffle.partitions", max(2, int(threads)))
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")


def tree():
    """The ids of this process and of all below it."""
    parents = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                parents[int(pid)] = int(stat.read().rsplit(")", 1)[1].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            pass
    found = [os.getpid()]
    for pid in found:
        found.extend(child for child, parent in parents.items() if parent == pid)
    return found


def cpu_seconds():
    """Processor time of the tree, and of those of it that have ended."""
    ticks = 0
    for pid in tree():
        try:
            with open(f"/proc/{pid}/stat") as stat:
                ticks += sum(map(int, stat.read().rsplit(")", 1)[1].split()[11:15]))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return ticks / os.sysconf("SC_CLK_TCK")


def peak_rss_mb():
    """The peaks of the tree's processes, added up."""
    kilobytes = 0
    for pid in tree():
        with open(f"/proc/{pid}/status") as status:
            kilobytes += sum(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return kilobytes / 1024


def stream(kind, schema=None, **options):
    reader = spark.readStream.format(kind).option("maxFilesPerTrigger", 4).options(**options)
    return (reader.schema(schema) if schema else reader).load(folder)


def views(events):
    ads = spark.read.schema("ad_id STRING, campaign_id STRING").json(os.path.join(root, "ysb_static"))
    return (
        events.where("event_type = 'view'")
        .select("ad_id", "event_time")
        .join(ads, "ad_id")
        .groupBy("campaign_id", F.window("event_time", "10 seconds"))
        .count()
    )


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
    raise SystemExit(f"there is no work '{work}'")


def start(rows):
    writer = rows.writeStream.option("checkpointLocation", checkpoint).trigger(availableNow=True)
    if work == "w4":
        return writer.format("parquet").start(output)
    return writer.format("noop").outputMode("update").start()


def answer():
    """From the files written, or from the state that the query left: without a watermark it holds every result."""
    if work == "w4":
        rows = spark.read.parquet(output)
        row = rows.selectExpr("count(*)", f"cast(sum({CHECKSUM}) as double)").first()
    else:
        values = spark.read.format("statestore").load(checkpoint).select("value.*")
        row = values.selectExpr("count(*)", f"cast(sum(`{values.columns[0]}`) as double)").first()
    return {"groups": row[0], "total": row[1]}


cpu, begun = cpu_seconds(), time.monotonic()
start(query()).awaitTermination()
wall, cpu, peak = time.monotonic() - begun, cpu_seconds() - cpu, peak_rss_mb()
print(json.dumps({"cpuSeconds": cpu, "wallSeconds": wall, "peakRssMb": peak, "answer": answer()}))
spark.stop()
