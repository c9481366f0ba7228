import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StreamError } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import { expr, SparkSession } from "@ss/sql";
import { afterAll, beforeEach, expect, test } from "vitest";
import { type LmdbStateStoreOptions, lmdbStateStore } from "../src/index.js";

const ROCKSDB = "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider";
const PROVIDER = "spark.sql.streaming.stateStore.providerClass";

const root = mkdtempSync(join(tmpdir(), "state-lmdb-query-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => MemorySource.reset("words"));

let runs = 0;

interface Trial {
  readonly checkpoint: string;
  readonly caches: string;
}

function trial(): Trial {
  const folder = join(root, String(runs++));
  return { checkpoint: join(folder, "checkpoint"), caches: join(folder, "caches") };
}

async function session(
  options: LmdbStateStoreOptions | undefined,
  conf: Record<string, string> = { [PROVIDER]: ROCKSDB },
  warnings: string[] = [],
): Promise<SparkSession> {
  const builder = SparkSession.builder().logTo((_level, message) => void warnings.push(message));
  for (const [key, value] of Object.entries(conf)) builder.config(key, value);
  const plugins = options === undefined ? [memorySource()] : [memorySource(), lmdbStateStore(options)];
  return builder.use(...plugins).create();
}

/** Counts words on a session, an addition a batch. */
async function count(
  spark: SparkSession,
  checkpoint: string,
  ...batches: readonly (readonly string[])[]
): Promise<void> {
  const words = spark.readStream.format("memory").option("name", "words").schema("word STRING").load();
  const query = await words
    .groupBy("word")
    .count()
    .writeStream.format("noop")
    .outputMode("update")
    .option("checkpointLocation", checkpoint)
    .start();
  for (const batch of batches) {
    MemorySource.addData("words", ...batch);
    await query.processAllAvailable();
  }
  await query.stop();
}

async function state(checkpoint: string): Promise<Record<string, number>> {
  const spark = await session(undefined, {});
  const rows = await spark.read
    .format("statestore")
    .load(checkpoint)
    .selectExpr("key.word", "value.count")
    .collect();
  await spark.stop();
  return Object.fromEntries(rows.map((row) => [row["word"], row["count"]]));
}

test("Spark's provider for RocksDB selects the store in LMDB, and the checkpoint names it", async () => {
  const { checkpoint, caches } = trial();
  const spark = await session({ folder: caches });
  await count(spark, checkpoint, ["a", "b", "a"], ["a"]);
  await spark.stop();
  expect(await state(checkpoint)).toEqual({ a: 3, b: 1 });
  expect(readdirSync(caches)).toHaveLength(1);
  // another session goes on with the store of the checkpoint, whatever its own setting is
  const again = await session({ folder: caches }, {});
  await count(again, checkpoint, ["b"]);
  await again.stop();
  expect(await state(checkpoint)).toEqual({ a: 3, b: 2 });
});

test("without the plug-in the provider is missed by name, and so is that of a checkpoint", async () => {
  const { checkpoint, caches } = trial();
  const conditionOf = async (spark: SparkSession): Promise<unknown> => {
    const error = await count(spark, checkpoint, ["a"]).catch((e: unknown) => e);
    await spark.stop();
    const { cause } = error as Error;
    return StreamError.is(cause) ? [cause.condition, cause.message.includes("@ss/state-lmdb")] : error;
  };
  expect(await conditionOf(await session(undefined))).toEqual(["STATE_STORE_INVALID_PROVIDER", true]);
  const spark = await session({ folder: caches });
  await count(spark, checkpoint, ["a"]);
  await spark.stop();
  expect(await conditionOf(await session(undefined, {}))).toEqual([
    "STATE_STORE_INVALID_CONFIG_AFTER_RESTART",
    true,
  ]);
});

test("settings of RocksDB without a meaning are told about once", async () => {
  const warnings: string[] = [];
  const conf = {
    [PROVIDER]: ROCKSDB,
    "spark.sql.streaming.stateStore.rocksdb.compactOnCommit": "true",
    "spark.sql.streaming.stateStore.rocksdb.maxMemoryUsageMB": "64",
  };
  const spark = await session({ folder: trial().caches }, conf, warnings);
  for (let i = 0; i < 2; i++) await count(spark, trial().checkpoint, ["a"]);
  await spark.stop();
  const about = warnings.filter((message) => message.includes("compactOnCommit"));
  expect(about).toHaveLength(1);
  expect(about[0]).not.toMatch(/: .*maxMemoryUsageMB.*\. Its/);
});

test("too little memory is refused", async () => {
  const spark = await session({ folder: trial().caches, memoryBytes: 1000 });
  const error = await count(spark, trial().checkpoint, ["a"]).catch((e: unknown) => e);
  await spark.stop();
  expect(StreamError.is((error as Error).cause, "SS_INVALID_OPTION")).toBe(true);
});

test("joins, deduplication and windows keep their state in LMDB as in memory", async () => {
  const rows = async (options: LmdbStateStoreOptions | undefined, conf: Record<string, string>) => {
    const { checkpoint } = trial();
    for (const name of ["left", "right"]) MemorySource.reset(name);
    const spark = await session(options, { ...conf, "spark.sql.session.timeZone": "UTC" });
    const stream = (name: string) =>
      spark.readStream
        .format("memory")
        .option("name", name)
        .schema("k INT, at TIMESTAMP")
        .load()
        .withWatermark("at", "10 seconds");
    const joined = stream("left")
      .dropDuplicates(["k", "at"])
      .as("l")
      .join(
        stream("right").as("r"),
        expr("l.k = r.k AND r.at BETWEEN l.at AND l.at + INTERVAL 30 SECONDS"),
        "leftOuter",
      )
      .selectExpr("l.k", "l.at", "r.at AS until");
    const query = await joined.writeStream
      .format("memory")
      .queryName("joined")
      .option("checkpointLocation", checkpoint)
      .start();
    const at = (second: number): Date => new Date(Date.UTC(2024, 0, 1, 0, 0, second));
    for (let second = 0; second < 200; second += 20) {
      MemorySource.addData("left", ...[0, 0, 1, 2].map((k) => ({ k, at: at(second + k) })));
      MemorySource.addData("right", ...[0, 2].map((k) => ({ k, at: at(second + 5 + 9 * k) })));
      await query.processAllAvailable();
    }
    await query.stop();
    const found = await spark.table("joined").collect();
    await spark.stop();
    return found.map((row) => JSON.stringify(Object.values(row))).sort();
  };
  const inMemory = await rows(undefined, {});
  expect(inMemory.length).toBeGreaterThan(10);
  expect(await rows({ folder: trial().caches, memoryBytes: 16 << 20 }, { [PROVIDER]: ROCKSDB })).toEqual(
    inMemory,
  );
});

test("a cache that is not this checkpoint's, or lost, is made anew", async () => {
  const [mine, other] = [trial(), trial()];
  const run = async ({ checkpoint, caches }: Trial, ...batches: string[][]): Promise<void> => {
    const spark = await session({ folder: caches });
    await count(spark, checkpoint, ...batches);
    await spark.stop();
  };
  await run(mine, ["a"], ["a", "b"]);
  MemorySource.reset("words");
  await run(other, ["x"], ["y"], ["z"]);
  // the cache of one checkpoint in the place of the other's
  const placeOf = ({ caches }: Trial): string => join(caches, readdirSync(caches)[0]!);
  const place = placeOf(mine);
  const cache = readdirSync(placeOf(other)).find((entry) => entry.startsWith("free_"))!;
  const foreign = join(placeOf(other), cache);
  rmSync(place, { recursive: true });
  mkdirSync(place);
  cpSync(foreign, join(place, "free_foreign"), { recursive: true });
  // what the source had before its reset, for its offsets to go on
  MemorySource.reset("words");
  MemorySource.addData("words", "a");
  MemorySource.addData("words", "a", "b");
  await run(mine, ["b"]);
  expect(await state(mine.checkpoint)).toEqual({ a: 2, b: 2 });
});

test("caches of checkpoints that are no more are removed, others are kept", async () => {
  const caches = trial().caches;
  const run = async (checkpoint: string): Promise<void> => {
    MemorySource.reset("words");
    const spark = await session({ folder: caches });
    await count(spark, checkpoint, ["a"]);
    await spark.stop();
  };
  const [gone, kept] = [trial().checkpoint, trial().checkpoint];
  await run(gone);
  await run(kept);
  expect(readdirSync(caches)).toHaveLength(2);
  rmSync(gone, { recursive: true });
  await run(trial().checkpoint);
  const places = readdirSync(caches).map((name) => readFileSync(join(caches, name, "checkpoint"), "utf8"));
  expect(places).toHaveLength(2);
  expect(places).toContain(join(kept, "state"));
});

test("a state goes on with another number of partitions, from its cache and without it", async () => {
  const { checkpoint, caches } = trial();
  const options = { folder: caches };
  const totals: string[] = [];
  for (const [k, partitions] of [7, 3, undefined].entries()) {
    const spark = await session(options);
    await count(spark, checkpoint, ["a", `only in ${k}`], ["a"]);
    const state = await spark.read.format("statestore").load(checkpoint).orderBy("key").collect();
    totals.push(state.map(({ key, value }) => `${Object.values(key)} ${Object.values(value)}`).join(", "));
    if (partitions !== undefined) await spark.streams.repartition(checkpoint, partitions);
    await spark.stop();
    if (k === 1) rmSync(caches, { recursive: true });
  }
  expect(totals).toEqual([
    "a 2, only in 0 1",
    "a 4, only in 0 1, only in 1 1",
    "a 6, only in 0 1, only in 1 1, only in 2 1",
  ]);
});

test("rows of one group among groups of one row each are one group, as in memory", async () => {
  const { checkpoint, caches } = trial();
  const spark = await session({ folder: caches });
  // every 40th word comes twice
  const words = Array.from({ length: 20_000 }, (_, i) => `word ${i - (i % 40 === 1 ? 1 : 0)}`);
  await count(spark, checkpoint, words);
  await spark.stop();
  const counts = await state(checkpoint);
  expect(Object.keys(counts)).toHaveLength(19_500);
  expect(Object.values(counts).filter((n) => n === 2)).toHaveLength(500);
  expect(counts["word 19960"]).toBe(2);
});
