import { MemorySource, memorySource } from "@ss/source-memory";
import { VirtualClock } from "@ss/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DataFrame, SparkSession, type StreamingQuery } from "../../src/index.js";

let spark: SparkSession;
beforeEach(async () => {
  MemorySource.reset("settled");
  spark = await SparkSession.builder()
    .logTo(() => {})
    .use(memorySource())
    .create();
});
afterEach(() => spark.stop());

const stream = (): DataFrame =>
  spark.readStream.format("memory").option("name", "settled").schema("value INT").load();

/** What a query makes of a row when the settings change right after it was started, with and without waiting for it. */
async function bothWays<T>(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
  start: () => Promise<StreamingQuery>,
  look: (query: StreamingQuery) => Promise<T>,
): Promise<T[]> {
  const found: T[] = [];
  for (const waits of [true, false]) {
    for (const [key, value] of Object.entries(before)) spark.conf.set(key, value);
    const starting = start();
    if (waits) await starting;
    for (const [key, value] of Object.entries(after)) spark.conf.set(key, value);
    const query = await starting;
    MemorySource.addData("settled", 0);
    await query.processAllAvailable();
    found.push(await look(query));
    await query.stop();
  }
  return found;
}

test("a query keeps to the settings that it was started with", async () => {
  const rows = await bothWays(
    { "spark.sql.ansi.enabled": "false", "spark.sql.session.timeZone": "Asia/Tokyo" },
    { "spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC" },
    () =>
      stream()
        .selectExpr("1 / value AS q", "CAST(TIMESTAMP_SECONDS(value) AS STRING) AS t")
        .writeStream.format("memory")
        .queryName("settled")
        .start(),
    () => spark.sql("SELECT * FROM settled LIMIT 1").collect(),
  );
  const expected = [{ q: null, t: "1970-01-01 09:00:00" }];
  expect(rows).toEqual([expected, expected]);
});

test("so do its state and its progress", async () => {
  const found = await bothWays(
    { "spark.sql.shuffle.partitions": "4", "spark.sql.streaming.numRecentProgressUpdates": "1" },
    { "spark.sql.shuffle.partitions": "8", "spark.sql.streaming.numRecentProgressUpdates": "100" },
    () => stream().groupBy("value").count().writeStream.format("noop").outputMode("update").start(),
    async (query) => {
      MemorySource.addData("settled", 0);
      await query.processAllAvailable();
      return [query.recentProgress.length, query.lastProgress!.stateOperators[0]!.numShufflePartitions];
    },
  );
  expect(found).toEqual([
    [1, 4],
    [1, 4],
  ]);
});

const NUMBERS = { "ss.collect.longs": "number", "spark.sql.session.timeZone": "Asia/Tokyo" };
const BIGINTS = { "ss.collect.longs": "bigint", "spark.sql.session.timeZone": "UTC" };
const TOKYO = "1970-01-01 09:00:00";

test("so do the tables that foreachBatch is given, and what is made of them", async () => {
  const seen: unknown[] = [];
  await bothWays(
    NUMBERS,
    BIGINTS,
    () =>
      stream()
        .selectExpr("CAST(value AS LONG) AS n")
        .writeStream.foreachBatch(async (batch) => {
          seen.push(
            ...(await batch.limit(1).selectExpr("n", "CAST(TIMESTAMP_SECONDS(n) AS STRING) AS t").collect()),
          );
        })
        .start(),
    async () => {},
  );
  expect(seen).toEqual([
    { n: 0, t: TOKYO },
    { n: 0, t: TOKYO },
  ]);
});

test("so do the rows that foreach is given", async () => {
  const seen: unknown[] = [];
  await bothWays(
    NUMBERS,
    BIGINTS,
    () =>
      stream()
        .selectExpr("CAST(value AS LONG) AS n")
        .writeStream.foreach((row) => void seen.push(row))
        .start(),
    async () => {},
  );
  expect(seen.length).toBeGreaterThan(1);
  expect(new Set(seen.map((row) => (row as { n: unknown }).n))).toEqual(new Set([0]));
});

test("so do the tables of late rows", async () => {
  const seen: unknown[] = [];
  const texts = async (batch: DataFrame): Promise<void> => {
    const rows = await batch.selectExpr("CAST(TIMESTAMP_SECONDS(0) AS STRING) AS t").collect();
    for (const row of rows) seen.push(row);
  };
  await bothWays(
    NUMBERS,
    BIGINTS,
    () =>
      stream()
        .selectExpr("TIMESTAMP_SECONDS(value) AS time")
        .withWatermark("time", "0 seconds")
        .groupBy("time")
        .count()
        .writeStream.format("noop")
        .outputMode("update")
        .lateRowsTo(texts)
        .start(),
    async (query) => {
      MemorySource.addData("settled", 100);
      await query.processAllAvailable();
      MemorySource.addData("settled", 1);
      await query.processAllAvailable();
    },
  );
  expect(seen.length).toBeGreaterThan(1);
  expect(new Set(seen.map((row) => (row as { t: unknown }).t))).toEqual(new Set([TOKYO]));
});

test("how long stop() waits is what the session says when it is called", async () => {
  const clock = new VirtualClock();
  const session = await SparkSession.builder().withClock(clock).use(memorySource()).create();
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  MemorySource.addData("settled", 1);
  const rows = session.readStream.format("memory").option("name", "settled").schema("value INT").load();
  const query = await rows.writeStream
    .foreach(async () => {
      begin();
      await released;
    })
    .start();
  await begun;
  session.conf.set("spark.sql.streaming.stopTimeout", "3s");
  const stopping = expect(query.stop()).rejects.toMatchObject({ condition: "SS_STOP_TIMEOUT" });
  await clock.advance(3000);
  await stopping;
  release();
  session.conf.set("spark.sql.streaming.stopTimeout", "0");
  await query.stop();
  await session.stop();
});
