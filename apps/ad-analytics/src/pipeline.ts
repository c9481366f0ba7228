import { kafkaSink } from "@ss/sink-kafka";
import { postgresSink } from "@ss/sink-postgres";
import { fileSource } from "@ss/source-file";
import { kafka, kafkaSource } from "@ss/source-kafka";
import { col, count, SparkSession, type StreamingQuery, window } from "@ss/sql";
import { type Output, startWriter } from "./output.js";

/** What the stream is told. */
export interface StreamSettings {
  readonly brokers: string;
  readonly topic: string;
  /** The file of ads and their campaigns. */
  readonly ads: string;
  readonly checkpoint: string;
  readonly output: Output;
}

const EVENT = "ad_id STRING, event_type STRING, event_time TIMESTAMP";
/** Records of a batch at most, so that there is something to kill while the stream catches up. */
const BATCH_ROWS = 20_000;

/** A session with all that the pipeline needs. */
export function session(): Promise<SparkSession> {
  return (
    SparkSession.builder()
      .appName("ad-analytics")
      .config("spark.sql.shuffle.partitions", 2)
      // a batch without rows, which only moves the watermark, would make the next rows wait
      .config("spark.sql.streaming.noDataMicroBatches.enabled", false)
      .use(kafkaSource(), fileSource(), kafkaSink(), postgresSink())
      .getOrCreate()
  );
}

/** Starts the query: views per campaign and ten seconds, kept up to date. It goes on from its checkpoint, and runs until it is stopped. */
export function startQuery(spark: SparkSession, settings: StreamSettings): Promise<StreamingQuery> {
  const { brokers, topic, checkpoint, output } = settings;
  const ads = spark.read.schema("ad_id STRING, campaign_id STRING").json(settings.ads);
  const views = spark.readStream
    .from(
      kafka({
        servers: brokers,
        subscribe: topic,
        startingOffsets: "earliest",
        maxOffsetsPerTrigger: BATCH_ROWS,
      }),
    )
    .selectExpr(`from_json(CAST(value AS STRING), '${EVENT}') AS event`)
    .selectExpr("event.*")
    .where("event_type = 'view'")
    .withWatermark("event_time", "10 seconds");
  const counts = views
    .join(ads, "ad_id")
    .groupBy(col("campaign_id"), window("event_time", "10 seconds"))
    .agg(count("*").as("views"))
    .selectExpr("campaign_id", "window.start AS window_start", "views");
  return startWriter(counts, output, checkpoint);
}
