import { join } from "node:path";
import { kafkaSink } from "@ss/sink-kafka";
import { kafka, kafkaSource } from "@ss/source-kafka";
import { SparkSession } from "@ss/sql";

/** Counts records per key from one topic to another, with a checkpoint on disk, until the process is asked to end. */
export async function countKeys(
  scratch: string,
  bootstrap: string,
  from: string,
  to: string,
): Promise<number> {
  const spark = await SparkSession.builder().use(kafkaSource(), kafkaSink()).create();
  const query = await spark.readStream
    .from(kafka({ servers: bootstrap, subscribe: from, startingOffsets: "earliest" }))
    .selectExpr("from_json(CAST(value AS STRING), 'k STRING').k AS k")
    .groupBy("k")
    .count()
    .selectExpr("k AS key", "CAST(count AS STRING) AS value")
    .writeStream.format("kafka")
    .option("kafka.bootstrap.servers", bootstrap)
    .option("topic", to)
    .outputMode("update")
    .option("checkpointLocation", join(scratch, "checkpoint"))
    .start();
  process.once("SIGTERM", () => void query.stop());
  await query.awaitTermination();
  const batches = (query.lastProgress?.batchId ?? -1) + 1;
  await spark.stop();
  return batches;
}
