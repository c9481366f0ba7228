import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemorySource, memorySource } from "@ss/source-memory";
import { afterAll, beforeEach, expect, test } from "vitest";
import { type DataFrame, SparkSession } from "../../src/index.js";

const folder = mkdtempSync(join(tmpdir(), "sample-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let spark: SparkSession;
beforeEach(async () => {
  MemorySource.reset("sample");
  spark = await SparkSession.builder().use(memorySource()).create();
});

const ids = async (rows: DataFrame): Promise<number[]> => (await rows.collect()).map((row) => row["id"]);

// two samples of 1000 rows at a half are equal with a chance of 2^-1000
test("samples without a seed differ from one another", async () => {
  const numbers = spark.range(1000) as DataFrame;
  numbers.createOrReplaceTempView("numbers");
  expect(await ids(numbers.sample(0.5))).not.toEqual(await ids(numbers.sample(0.5)));
  const text = "SELECT id FROM numbers TABLESAMPLE (50 PERCENT)";
  expect(await ids(spark.sql(text))).not.toEqual(await ids(spark.sql(text)));
});

test("a sampled table has the same rows in all its actions", async () => {
  const half = spark.range(1000).sample(0.5) as DataFrame;
  const first = await ids(half);
  expect(await ids(half)).toEqual(first);
  expect(await half.count()).toBe(first.length);
});

test("the same seed takes the same rows", async () => {
  const numbers = spark.range(1000) as DataFrame;
  numbers.createOrReplaceTempView("numbers");
  expect(await ids(numbers.sample(0.5, 7))).toEqual(await ids(numbers.sample(0.5, 7)));
  const text = "SELECT id FROM numbers TABLESAMPLE (50 PERCENT) REPEATABLE (7)";
  expect(await ids(spark.sql(text))).toEqual(await ids(spark.sql(text)));
});

test("a sampled table beside a stream has the same rows after a restart", async () => {
  const run = async (checkpoint: string): Promise<number[]> => {
    const seen: number[] = [];
    const rows = spark.readStream.format("memory").option("name", "sample").schema("value INT").load();
    const sampled = spark.range(1000).sample(0.5);
    const query = await rows
      .crossJoin(sampled)
      .writeStream.option("checkpointLocation", join(folder, checkpoint))
      .trigger({ availableNow: true })
      .foreachBatch(async (batch) => {
        for (const row of await batch.collect()) seen.push(row["id"] as number);
      })
      .start();
    await query.awaitTermination();
    return seen.sort((a, b) => a - b);
  };
  MemorySource.addData("sample", 1);
  const first = await run("one");
  MemorySource.addData("sample", 2);
  expect(await run("one")).toEqual(first);
  expect(await run("two")).not.toEqual(first);
});
