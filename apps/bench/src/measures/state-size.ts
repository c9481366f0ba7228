import { join } from "node:path";
import { MemorySource, memorySource } from "@ss/source-memory";
import { count, SparkSession, sum } from "@ss/sql";
import { BatchFeed } from "./batch-feed.js";
import { median } from "./statistics.js";

const CHANGED = 1000;
const BATCHES = 60;
const LOAD_ROWS = 20_000;
const SOURCE = "keys";

/** Time of batches that change a thousand keys, beside so many others. */
export interface StateCost {
  readonly keys: number;
  readonly medianMs: number;
  readonly isRight: boolean;
}

/** Fills the state with keys, then changes a thousand of them in each batch. */
export async function stateCost(folder: string, keys: number): Promise<StateCost> {
  MemorySource.reset(SOURCE);
  const spark = await SparkSession.builder().use(memorySource()).create();
  const query = await spark.readStream
    .format("memory")
    .option("name", SOURCE)
    .schema("k LONG, v LONG")
    .load()
    .groupBy("k")
    .agg(count("*").as("n"), sum("v").as("s"))
    .writeStream.format("noop")
    .outputMode("update")
    .option("checkpointLocation", join(folder, "checkpoint"))
    .start();
  const loads = Math.ceil(keys / LOAD_ROWS);
  const feed = new BatchFeed(spark, SOURCE, (batch) => {
    if (batch >= loads) return changes(batch, keys);
    const from = batch * LOAD_ROWS;
    return Array.from({ length: Math.min(LOAD_ROWS, keys - from) }, (_, i) => [from + i, i]);
  });
  await feed.run(loads);
  const durationsMs = await feed.run(BATCHES);
  feed.close();
  const isRight = query.lastProgress?.stateOperators[0]?.numRowsTotal === keys;
  await spark.stop();
  // the first of them warm up the code of such batches
  return { keys, medianMs: median(durationsMs.slice(BATCHES / 2)), isRight };
}

/** Keys all over the table: 7919 is prime to every number of keys that is asked for here. */
function changes(batch: number, keys: number): readonly unknown[] {
  return Array.from({ length: CHANGED }, (_, i) => [((batch * CHANGED + i) * 7919) % keys, i]);
}
