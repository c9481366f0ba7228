import { join } from "node:path";
import type { Plugin } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import { count, SparkSession, type StreamingQuery, sum } from "@ss/sql";
import { BatchFeed } from "./batch-feed.js";
import { timeInWrites, WriteRecorder } from "./durable-writes.js";
import { median } from "./statistics.js";

const CHANGED = 1000;
const BATCHES = 60;
const LOAD_ROWS = 20_000;
const SOURCE = "keys";

/** Time of batches that change a thousand keys, beside so many others. */
export interface StateCost {
  readonly keys: number;
  readonly medianMs: number;
  /** Median of the time of a batch in which none of its durable writes was under way. */
  readonly outsideWritesMedianMs: number;
  readonly isRight: boolean;
}

/** Fills the state with keys and changes a thousand of them in each batch. */
export async function stateCost(folder: string, keys: number): Promise<StateCost> {
  MemorySource.reset(SOURCE);
  const recorder = new WriteRecorder();
  const plugin = { name: "recorder", fileSystems: [recorder.fileSystem] };
  const { spark, query } = await start(plugin, join(folder, "checkpoint"));
  const loads = Math.ceil(keys / LOAD_ROWS);
  const outsideMs: number[] = [];
  const rowsOf = (batch: number): readonly unknown[] =>
    batch < loads ? fill(batch, keys) : changes(batch, keys);
  const feed = new BatchFeed(spark, SOURCE, rowsOf, (durationMs) => {
    outsideMs.push(durationMs - timeInWrites(recorder.take(), performance.now()));
  });
  await feed.run(loads);
  outsideMs.length = 0;
  const durationsMs = await feed.run(BATCHES);
  feed.close();
  const held = query.lastProgress?.stateOperators[0]?.numRowsTotal;
  await spark.stop();
  // the first of them warm up the code of such batches
  const steady = (times: readonly number[]): number => median(times.slice(BATCHES / 2));
  return {
    keys,
    medianMs: steady(durationsMs),
    outsideWritesMedianMs: steady(outsideMs),
    isRight: held === keys,
  };
}

async function start(
  plugin: Plugin,
  checkpointLocation: string,
): Promise<{ readonly spark: SparkSession; readonly query: StreamingQuery }> {
  const spark = await SparkSession.builder().use(memorySource(), plugin).create();
  const query = await spark.readStream
    .format("memory")
    .option("name", SOURCE)
    .schema("k LONG, v LONG")
    .load()
    .groupBy("k")
    .agg(count("*").as("n"), sum("v").as("s"))
    .writeStream.format("noop")
    .outputMode("update")
    .option("checkpointLocation", checkpointLocation)
    .start();
  return { spark, query };
}

function fill(batch: number, keys: number): readonly unknown[] {
  const from = batch * LOAD_ROWS;
  return Array.from({ length: Math.min(LOAD_ROWS, keys - from) }, (_, i) => [from + i, i]);
}

/** Keys all over the table: 7919 is prime to every number of keys that is asked for here. */
function changes(batch: number, keys: number): readonly unknown[] {
  return Array.from({ length: CHANGED }, (_, i) => [((batch * CHANGED + i) * 7919) % keys, i]);
}
