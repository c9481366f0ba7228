import { join } from "node:path";
import { fileSource } from "@ss/source-file";
import { count, SparkSession } from "@ss/sql";
import type { BatchTimes } from "./many-batches.js";

const FILES_PER_BATCH = 100;

/** Small files of one folder, a hundred a batch, counted per text; `rows` is how many rows they hold together. */
export async function manyFiles(input: string, rows: number, folder: string): Promise<BatchTimes> {
  const spark = await SparkSession.builder().use(fileSource()).create();
  const durationsMs: number[] = [];
  let rowCount = 0;
  let last = performance.now();
  spark.streams.addListener({
    onQueryProgress: ({ progress }) => {
      const now = performance.now();
      durationsMs.push(now - last);
      last = now;
      rowCount += progress.numInputRows;
    },
  });
  const query = await spark.readStream
    .option("maxFilesPerTrigger", FILES_PER_BATCH)
    .text(input)
    .groupBy("value")
    .agg(count("*").as("n"))
    .writeStream.format("noop")
    .outputMode("update")
    .option("checkpointLocation", join(folder, "checkpoint"))
    .trigger({ availableNow: true })
    .start();
  last = performance.now();
  await query.awaitTermination();
  await spark.stop();
  return { durationsMs, isRight: rowCount === rows };
}
