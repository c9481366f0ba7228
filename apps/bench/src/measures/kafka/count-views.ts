import { join } from "node:path";
import { kafkaSink } from "@ss/sink-kafka";
import { kafka, kafkaSource } from "@ss/source-kafka";
import { col, count, expr, SparkSession, sum, window } from "@ss/sql";
import { type Measured, measure } from "../../engines/measured.js";
import type { ViewCounts } from "./records.js";

/** Views per ad and 10 s, from one topic to another, with a checkpoint on disk, until the topic is used up. */
export async function countViews(
  scratch: string,
  bootstrap: string,
  from: string,
  to: string,
  delivery: string,
): Promise<Measured> {
  const spark = await SparkSession.builder()
    .config("spark.sql.session.timeZone", "UTC")
    .use(kafkaSource(), kafkaSink())
    .create();
  const counts = spark.readStream
    .from(kafka({ servers: bootstrap, subscribe: from, startingOffsets: "earliest" }))
    .selectExpr(
      "from_json(CAST(value AS STRING), 'ad_id STRING, event_type STRING, event_time BIGINT') AS event",
    )
    .where("event.event_type = 'view'")
    .selectExpr("event.ad_id AS ad_id", "timestamp_millis(event.event_time) AS event_time")
    .groupBy(col("ad_id"), window("event_time", "10 seconds"))
    .agg(count("*").as("n"))
    .selectExpr("ad_id AS key", "to_json(struct(ad_id, window.start AS start, n)) AS value");
  try {
    return await measure(async () => {
      const query = await counts.writeStream
        .format("kafka")
        .option("kafka.bootstrap.servers", bootstrap)
        .option("topic", to)
        .option("delivery", delivery)
        .outputMode("update")
        .option("checkpointLocation", join(scratch, "checkpoint"))
        .trigger({ availableNow: true })
        .start();
      await query.awaitTermination();
      return () => writtenViews(bootstrap, to);
    });
  } finally {
    await spark.stop();
  }
}

/** What stands in a topic of counts: the last one of each ad and window. */
export async function writtenViews(bootstrap: string, topic: string): Promise<ViewCounts> {
  const spark = await SparkSession.builder().use(kafkaSource()).create();
  try {
    const properties = { "isolation.level": "read_committed" };
    const [row] = await spark.read
      .from(kafka({ servers: bootstrap, subscribe: topic, properties }))
      .selectExpr("offset", "from_json(CAST(value AS STRING), 'ad_id STRING, start STRING, n BIGINT') AS c")
      .selectExpr("offset", "c.*")
      // an ad has one partition, so the last of its counts has the highest offset
      .groupBy("ad_id", "start")
      .agg(expr("max_by(n, offset)").as("n"))
      .agg(count("*").as("groups"), sum("n").as("total"))
      .collect();
    return { groups: Number(row!["groups"]), total: Number(row!["total"] ?? 0) };
  } finally {
    await spark.stop();
  }
}
