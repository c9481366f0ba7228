import { join } from "node:path";
import { fileSink } from "@ss/sink-file";
import { parquetSink } from "@ss/sink-parquet";
import { fileSource } from "@ss/source-file";
import { kafka, kafkaSource } from "@ss/source-kafka";
import { type DataFrame, SparkSession, type StreamingQuery } from "@ss/sql";
import { foldersIn } from "./folders.js";

const EVENT = "id BIGINT, user STRING, type STRING, amount DOUBLE, at TIMESTAMP";
const IS_GOOD = "event.id IS NOT NULL AND event.user IS NOT NULL AND event.at IS NOT NULL";
/** Records of a batch, so that there is something to kill. */
const BATCH_ROWS = 20_000;

/** A session with all that the pipeline needs. */
export function session(): Promise<SparkSession> {
  return SparkSession.builder()
    .appName("kafka-to-parquet")
    .use(kafkaSource(), fileSource(), fileSink(), parquetSink())
    .getOrCreate();
}

/**
 * Starts the two queries: good events to Parquet, a folder for each day, and what is no event to JSON lines with its place in Kafka. Both go on
 * from their checkpoints, and end when all is read that is there now.
 */
export async function startQueries(
  spark: SparkSession,
  brokers: string,
  topic: string,
  data: string,
): Promise<StreamingQuery[]> {
  const records = spark.readStream
    .from(
      kafka({
        servers: brokers,
        subscribe: topic,
        startingOffsets: "earliest",
        maxOffsetsPerTrigger: BATCH_ROWS,
      }),
    )
    .selectExpr("*", "CAST(value AS STRING) AS text")
    .selectExpr("topic", "partition", "offset", "text", `from_json(text, '${EVENT}') AS event`);
  const folders = foldersIn(data);
  const good = records.filter(IS_GOOD).selectExpr("event.*", "CAST(event.at AS DATE) AS day");
  const rejected = records.filter(`NOT (${IS_GOOD})`).selectExpr("topic", "partition", "offset", "text");
  return [
    await writer(good, join(folders.checkpoints, "events"))
      .format("parquet")
      .partitionBy("day")
      .option("path", folders.events)
      .start(),
    await writer(rejected, join(folders.checkpoints, "rejected"))
      .format("json")
      .option("path", folders.rejected)
      .start(),
  ];
}

function writer(frame: DataFrame, checkpoint: string) {
  return frame.writeStream
    .outputMode("append")
    .option("checkpointLocation", checkpoint)
    .trigger({ availableNow: true });
}
