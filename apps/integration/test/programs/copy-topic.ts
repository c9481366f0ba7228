// A program that copies a topic, exactly once, in small batches: `copy-topic BOOTSTRAP FROM CHECKPOINT topic|postgres|parquet TO`, where TO is
// a topic, a URL or a folder. It begins when it is told to by a message, "begin" to run until it is killed, "finish" to end when it has copied
// all that there is, and says "ready" before and "committed" after each batch.
import { once } from "node:events";
import { kafkaSink } from "@ss/sink-kafka";
import { parquetSink } from "@ss/sink-parquet";
import { postgresSink } from "@ss/sink-postgres";
import { kafkaSource } from "@ss/source-kafka";
import { SparkSession } from "@ss/sql";

type Target = "topic" | "postgres" | "parquet";
const [bootstrap, from, checkpointLocation, target, to] = process.argv.slice(2) as [
  string,
  string,
  string,
  Target,
  string,
];

// old batches and logs are cleaned up after every few batches, so that a kill can meet that too
const spark = await SparkSession.builder()
  .config("spark.sql.streaming.minBatchesToRetain", "2")
  .config("spark.sql.streaming.fileSink.log.compactInterval", "3")
  .config("spark.sql.streaming.fileSink.log.cleanupDelay", "0s")
  .use(kafkaSource(), kafkaSink(), parquetSink(), postgresSink())
  .create();
process.send?.("ready");
const [order] = (await once(process, "message")) as ["begin" | "finish"];
spark.streams.addListener({ onQueryProgress: () => void process.send?.("committed") });

const records = spark.readStream
  .format("kafka")
  .option("kafka.bootstrap.servers", bootstrap)
  .option("subscribe", from)
  .option("startingOffsets", "earliest")
  .option("maxOffsetsPerTrigger", order === "finish" ? 5_000 : 40)
  .load();
const numbers = records.selectExpr("CAST(CAST(value AS STRING) AS BIGINT) AS value", "partition");
const writers = {
  topic: () =>
    records
      .select("key", "value")
      .writeStream.format("kafka")
      .option("kafka.bootstrap.servers", bootstrap)
      .option("topic", to)
      .option("delivery", "exactlyOnce"),
  postgres: () => numbers.writeStream.format("postgres").option("url", to).option("dbtable", "copied"),
  parquet: () => numbers.writeStream.format("parquet").partitionBy("partition").option("path", to),
};
const writer = writers[target]().option("checkpointLocation", checkpointLocation);
const query = await (order === "finish" ? writer.trigger({ availableNow: true }) : writer).start();
await query.awaitTermination();
await spark.stop();
process.exit(0);
