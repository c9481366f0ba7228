import { StreamError } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import { type CollectingSink, collectingSink, FaultyFileSystem, VirtualClock } from "@ss/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DataFrame, expr, SparkSession, type StreamingQuery, Trigger } from "../../src/index.js";

let clock: VirtualClock;
let disk: FaultyFileSystem;
let sink: CollectingSink;
let spark: SparkSession;

beforeEach(async () => {
  MemorySource.reset("replayed");
  clock = new VirtualClock();
  disk = new FaultyFileSystem();
  await open();
});
afterEach(() => spark.stop());

/** A new process, with a sink that has nothing. */
async function open(): Promise<void> {
  sink = collectingSink();
  spark = await SparkSession.builder()
    .withClock(clock)
    .logTo(() => {})
    .use(memorySource(), sink.plugin(), { name: "disk", fileSystems: [disk] })
    .create();
}

const stream = (): DataFrame =>
  spark.readStream.format("memory").option("name", "replayed").schema("value BIGINT").load();

const counts = (rows: DataFrame): DataFrame => rows.groupBy("value").agg(expr("count(*) AS c"));

/** The rows of the newest batch, in order. */
const lastRows = (): unknown[] =>
  sink.batches
    .at(-1)!
    .rows.map((row) => row.map(Number))
    .sort(([a], [b]) => a! - b!);

test("current_timestamp is that of the batch, also where the batch is run again much later", async () => {
  const start = async (): Promise<StreamingQuery> => {
    const query = await counts(stream())
      .where("value >= CAST(current_timestamp() AS BIGINT) - 10")
      .writeStream.format("collecting")
      .outputMode("complete")
      .trigger(Trigger.ProcessingTime("10 seconds"))
      .option("checkpointLocation", "/checkpoint")
      .start();
    // it has looked for rows, and waits for its next trigger
    await clock.waitForSleepers();
    return query;
  };
  const batch = async (...values: readonly number[]): Promise<unknown[]> => {
    MemorySource.addData("replayed", ...values);
    await clock.advance(10_000);
    await clock.waitForSleepers();
    return lastRows();
  };
  const query = await start();
  expect(await batch(0, 5, 5, 10)).toEqual([
    [0, 1],
    [5, 2],
    [10, 1],
  ]);
  expect(await batch(15, 15, 20)).toEqual([
    [10, 1],
    [15, 2],
    [20, 1],
  ]);
  expect(await batch(0, 85)).toEqual([
    [20, 1],
    [85, 1],
  ]);
  await query.stop();
  await spark.stop();
  // the last commit is lost, and a minute goes by
  await disk.delete(`/checkpoint/commits/${sink.batches.at(-1)!.batchId}`);
  await clock.advance(60_000);
  await open();
  await start();
  expect(lastRows()).toEqual([
    [20, 1],
    [85, 1],
  ]);
  expect(await batch(85, 90, 100, 105)).toEqual([
    [90, 1],
    [100, 1],
    [105, 1],
  ]);
});

test("a batch that failed in its middle is run again as a whole, and counts once", async () => {
  let failures = 1;
  const start = (): Promise<StreamingQuery> =>
    counts(
      stream().map({ value: "bigint" }, ({ value }) => {
        if (value === 4 && failures-- > 0) throw new Error("not yet");
        return { value };
      }),
    )
      .writeStream.format("collecting")
      .outputMode("update")
      .option("checkpointLocation", "/checkpoint")
      .start();
  MemorySource.addData("replayed", 1, 2, 3, 4);
  await expect((await start()).awaitTermination()).rejects.toThrow("not yet");
  expect(sink.batches).toEqual([]);
  const query = await start();
  await query.processAllAvailable();
  expect(sink.batches.map(({ batchId }) => batchId)).toEqual([0]);
  expect(lastRows()).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 1],
  ]);
});

test("what the function of foreachBatch throws is told as its own, with the cause", async () => {
  const boom = new Error("boom");
  MemorySource.addData("replayed", 1);
  const query = await stream()
    .writeStream.foreachBatch(() => {
      throw boom;
    })
    .start();
  const error = await query.awaitTermination().catch((failure: unknown) => failure);
  const { cause } = error as Error;
  expect(StreamError.is(cause, "FOREACH_BATCH_USER_FUNCTION_ERROR")).toBe(true);
  expect((cause as Error).cause).toBe(boom);
});

test("withWatermark changes nothing about a table", async () => {
  const rows = spark
    .range(1, 101)
    .selectExpr("timestamp_seconds(id) AS eventTime")
    .withWatermark("eventTime", "1 minute")
    .selectExpr("CAST(eventTime AS BIGINT) AS t");
  expect(await rows.count()).toBe(100);
});
