import { StreamError, schemaOf } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DataFrame, expr, SparkSession } from "../../src/index.js";

let spark: SparkSession;
beforeEach(async () => {
  MemorySource.reset("mapped");
  spark = await SparkSession.builder().use(memorySource()).create();
});
afterEach(() => spark.stop());

const WORDS = schemaOf({ id: "int", word: "string" });
const words = () =>
  spark.createDataFrame(
    [
      [1, "ab"],
      [2, "c d"],
      [3, null],
    ],
    WORDS,
  );

test("map gives out one row for each row, of other columns", async () => {
  const lengths = words().map({ id: "int", length: "int" }, ({ id, word }) => ({
    id,
    length: word?.length ?? null,
  }));
  expect(await lengths.collect()).toEqual([
    { id: 1, length: 2 },
    { id: 2, length: 3 },
    { id: 3, length: null },
  ]);
});

test("flatMap gives out any number of rows for a row", async () => {
  const parts = words().flatMap({ word: "string" }, function* ({ word }) {
    for (const part of word?.split(" ") ?? []) yield { word: part };
  });
  expect(await parts.orderBy("word").collect()).toEqual([{ word: "ab" }, { word: "c" }, { word: "d" }]);
});

test("mapPartitions sees all rows, some thousand at a time", async () => {
  const rows = spark.range(10_000).mapPartitions({ rows: "int" }, (part) => [{ rows: [...part].length }]);
  const counts = (await rows.collect()).map((row) => row.rows!);
  expect(counts.reduce((a, b) => a + b, 0)).toBe(10_000);
  expect(counts.length).toBeGreaterThan(1);
});

test("what is done behind it does not reach before it, and columns that only the function uses are read", async () => {
  const ids = words()
    .withColumn("length", expr("length(word)"))
    .map({ id: "int", length: "int" }, ({ id, ...row }) => ({
      id: id! * 10,
      length: (row as { length: number }).length,
    }))
    .where("id > 10")
    .select("id");
  expect(await ids.collect()).toEqual([{ id: 20 }, { id: 30 }]);
});

test("two mappings of one table can be joined", async () => {
  const twice = words().map({ id: "int", n: "int" }, ({ id }) => ({ id, n: id! * 2 }));
  const rows = await twice
    .as("a")
    .join(twice.as("b"), expr("a.n = b.id"))
    .selectExpr("a.id AS x", "b.n AS y")
    .collect();
  expect(rows).toEqual([{ x: 1, y: 4 }]);
});

async function step(frame: DataFrame, trigger: object, ...rows: unknown[]): Promise<unknown[]> {
  const seen: unknown[] = [];
  const writer = frame.writeStream.foreach((row) => void seen.push(row)).trigger(trigger as never);
  const query = await writer.outputMode("realTime" in trigger ? "update" : "append").start();
  MemorySource.addData("mapped", ...rows);
  await query.processAllAvailable();
  await query.stop();
  return seen;
}

test.each([{ processingTime: 0 }, { continuous: "1 second" }, { realTime: "5 seconds" }])(
  "it runs on streams with the trigger %j",
  async (trigger) => {
    const numbers = spark.readStream.format("memory").option("name", "mapped").schema("n INT").load();
    const squares = numbers.flatMap({ n: "int" }, (row) => {
      const { n } = row as { n: number };
      return n % 2 === 0 ? [{ n: n * n }] : [];
    });
    expect(await step(squares, trigger, 1, 2, 3, 4)).toEqual([{ n: 4 }, { n: 16 }]);
  },
);

test("what the function throws is told as its own, with its cause", async () => {
  const failing = words().map({ id: "int" }, () => {
    throw new RangeError("no such word");
  });
  const error = await failing.collect().catch((e: unknown) => e);
  expect(StreamError.is(error, "SS_USER_FUNCTION_ERROR")).toBe(true);
  expect((error as StreamError).parameters).toEqual({ method: "map", reason: "no such word" });
  expect((error as StreamError).cause).toBeInstanceOf(RangeError);
});

test("a row may lack fields and may have more, but not have one in place of another", async () => {
  const given = (row: object): Promise<unknown[]> =>
    words()
      .limit(1)
      .map("id INT, n INT, at STRUCT<x: INT>", () => row as never)
      .collect();
  expect(await given({ id: 1 })).toEqual([{ id: 1, n: null, at: null }]);
  expect(await given({ id: 1, n: 2, at: { x: 3, z: 4 }, more: 5 })).toEqual([{ id: 1, n: 2, at: { x: 3 } }]);
  await expect(given({ id: 1, m: 2, at: null })).rejects.toMatchObject({
    condition: "SS_UNKNOWN_FIELD",
    parameters: { field: "m", missing: "n", what: "what the function of map gives out" },
  });
  await expect(given({ id: 1, n: 2, at: { y: 3 } })).rejects.toMatchObject({
    parameters: { field: "y", missing: "x", what: "what the function of map gives out, field at" },
  });
});
