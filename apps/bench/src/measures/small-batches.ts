import { join } from "node:path";
import { MemoryFileSystem, type Plugin } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import { col, count, type DataFrame, expr, SparkSession } from "@ss/sql";
import { BatchFeed } from "./batch-feed.js";
import { type BatchWrites, replay, timeInWrites, WriteRecorder } from "./durable-writes.js";
import { median, quantile } from "./statistics.js";

const ROWS = 100;
const GROUPS = 10;
const WARM_UP = 200;
/** Batches between two replays of their writes: the disk is in the same mood for both. */
const ROUND = 25;
const SOURCE = "numbers";

/** How long batches of 100 rows take. */
export interface SmallBatches {
  readonly batches: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Median of the durable writes of a batch made again, alone; 0 where there are none. */
  readonly writesMedianMs: number;
  /** Median of the time of a batch in which none of its durable writes was under way. */
  readonly outsideWritesMedianMs: number;
  readonly writesPerBatch: number;
  readonly isRight: boolean;
}

const rowsOf = (batch: number): readonly unknown[] =>
  Array.from({ length: ROWS }, (_, i) => [batch * ROWS + i]);

async function session(plugin: Plugin): Promise<{ spark: SparkSession; numbers: DataFrame }> {
  MemorySource.reset(SOURCE);
  const spark = await SparkSession.builder()
    .config("spark.sql.session.timeZone", "UTC")
    .use(memorySource(), plugin)
    .create();
  const numbers = spark.readStream.format("memory").option("name", SOURCE).schema("value LONG").load();
  return { spark, numbers };
}

/** A count per group, with a durable checkpoint on the disk of the folder. */
export async function statefulBatches(folder: string, batches: number): Promise<SmallBatches> {
  const recorder = new WriteRecorder();
  const checkpoint = join(folder, "checkpoint");
  const { spark, numbers } = await session({ name: "recorder", fileSystems: [recorder.fileSystem] });
  const query = await numbers
    .groupBy(expr(`value % ${GROUPS}`).as("k"))
    .agg(count("*").as("n"))
    .writeStream.format("noop")
    .outputMode("update")
    .option("checkpointLocation", checkpoint)
    .start();
  let writes: BatchWrites[] = [];
  let outsideMs: number[] = [];
  const feed = new BatchFeed(spark, SOURCE, rowsOf, (durationMs) => {
    const batch = recorder.take();
    writes.push(batch);
    outsideMs.push(durationMs - timeInWrites(batch, performance.now()));
  });
  await feed.run(WARM_UP);
  writes = [];
  outsideMs = [];
  const durationsMs: number[] = [];
  const writesMs: number[] = [];
  let files = 0;
  while (durationsMs.length < batches) {
    durationsMs.push(...(await feed.run(ROUND)));
    await query.processAllAvailable();
    for (const batch of writes) {
      files += batch.length;
      writesMs.push(await replay(batch, checkpoint, join(folder, "replayed")));
    }
    writes = [];
  }
  feed.close();
  const isRight =
    feed.rowCount === (WARM_UP + durationsMs.length) * ROWS &&
    query.lastProgress?.stateOperators[0]?.numRowsTotal === GROUPS;
  await spark.stop();
  return {
    ...summary(durationsMs),
    writesMedianMs: median(writesMs),
    outsideWritesMedianMs: median(outsideMs),
    writesPerBatch: files / durationsMs.length,
    isRight,
  };
}

/** A filter, with the no-op sink and a checkpoint in memory. */
export async function statelessBatches(batches: number): Promise<SmallBatches> {
  const { spark, numbers } = await session({ name: "memory", fileSystems: [new MemoryFileSystem()] });
  await numbers
    .select(col("value"), expr("value % 10").as("m"))
    .where("m < 5")
    .writeStream.format("noop")
    .option("checkpointLocation", "memory://small-batches/checkpoint")
    .start();
  const feed = new BatchFeed(spark, SOURCE, rowsOf);
  await feed.run(WARM_UP);
  const durationsMs = await feed.run(batches);
  feed.close();
  await spark.stop();
  const isRight = feed.rowCount === (WARM_UP + batches) * ROWS;
  const times = summary(durationsMs);
  return { ...times, writesMedianMs: 0, outsideWritesMedianMs: times.medianMs, writesPerBatch: 0, isRight };
}

function summary(durationsMs: readonly number[]): Pick<SmallBatches, "batches" | "medianMs" | "p99Ms"> {
  return {
    batches: durationsMs.length,
    medianMs: median(durationsMs),
    p99Ms: quantile(durationsMs, 0.99),
  };
}
