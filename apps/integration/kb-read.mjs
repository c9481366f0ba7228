import { mkdtempSync, rmSync } from "node:fs";
import { kafkaSource } from "@ss/source-kafka";
import { expr, SparkSession } from "@ss/sql";

const boot = process.argv[2],
  mode = process.argv[3] ?? "count";
const spark = await SparkSession.builder().use(kafkaSource()).getOrCreate();
const t0 = process.cpuUsage(),
  w0 = performance.now();
const src = spark.readStream
  .format("kafka")
  .option("kafka.bootstrap.servers", boot)
  .option("subscribe", "events")
  .option("startingOffsets", "earliest")
  .load();
let df = src;
if (mode === "count") df = src.groupBy().count();
else
  df = src
    .selectExpr("from_json(CAST(value AS STRING), 'ad_id STRING, event_type STRING, event_time BIGINT') AS e")
    .selectExpr("e.ad_id AS ad_id", "e.event_type AS event_type", "timestamp_millis(e.event_time) AS at")
    .filter("event_type = 'view'")
    .groupBy("ad_id", expr("window(at, '10 seconds')"))
    .count();
const ck = mkdtempSync("/tmp/kb/ck-");
const q = await df.writeStream
  .format("noop")
  .outputMode("update")
  .option("checkpointLocation", ck)
  .trigger({ availableNow: true })
  .start();
await q.awaitTermination();
const c = process.cpuUsage(t0);
console.log(
  mode,
  "cpu",
  ((c.user + c.system) / 1e6).toFixed(2),
  "wall",
  ((performance.now() - w0) / 1e3).toFixed(2),
  "rows",
  q.recentProgress.reduce((a, p) => a + p.numInputRows, 0),
  "batches",
  q.recentProgress.length,
);
await spark.stop();
rmSync(ck, { recursive: true });
