import { join } from "node:path";
import { MemorySource, memorySource } from "@ss/source-memory";
import { count, expr, SparkSession } from "@ss/sql";
import { type BatchCosts, CpuMeter } from "./batch-costs.js";
import { BatchFeed } from "./batch-feed.js";

const ROWS = 10;
const GROUPS = 10;
const SOURCE = "tiny";

/** Tiny batches, one after the other, of a query with state and a durable checkpoint. */
export async function manyBatches(folder: string, batches: number): Promise<BatchCosts> {
  MemorySource.reset(SOURCE);
  const spark = await SparkSession.builder().use(memorySource()).create();
  const query = await spark.readStream
    .format("memory")
    .option("name", SOURCE)
    .schema("value LONG")
    .load()
    .groupBy(expr(`value % ${GROUPS}`).as("k"))
    .agg(count("*").as("n"))
    .writeStream.format("noop")
    .outputMode("update")
    .option("checkpointLocation", join(folder, "checkpoint"))
    .start();
  const rowsOf = (batch: number) => Array.from({ length: ROWS }, (_, i) => [batch * ROWS + i]);
  const meter = new CpuMeter();
  const feed = new BatchFeed(spark, SOURCE, rowsOf, () => meter.batchDone());
  const durationsMs = await feed.run(batches);
  feed.close();
  const groups = query.lastProgress?.stateOperators[0]?.numRowsTotal;
  await spark.stop();
  return { durationsMs, cpuMs: meter.cpuMs, isRight: feed.rowCount === batches * ROWS && groups === GROUPS };
}
