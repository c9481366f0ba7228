import { MemorySource, memorySource } from "@ss/source-memory";
import { beforeEach, expect, test } from "vitest";
import { type Column, collect_list, count, first, SparkSession, sum } from "../../src/index.js";

beforeEach(() => MemorySource.reset("groups"));

const KEYS = 20_000;

/** Two batches, in each every key so often, far apart: what the last one says of the keys. */
async function totals(
  times: number,
  aggregates: readonly Column[],
): Promise<readonly Record<string, unknown>[]> {
  const spark = await SparkSession.builder().use(memorySource()).create();
  const query = await spark.readStream
    .format("memory")
    .option("name", "groups")
    .schema("k LONG, v LONG")
    .load()
    .groupBy("k")
    .agg(aggregates[0]!, ...aggregates.slice(1))
    .writeStream.format("memory")
    .queryName("totals")
    .outputMode("update")
    .start();
  for (const batch of [0, 1]) {
    const rows = Array.from({ length: times * KEYS }, (_, i) => [i % KEYS, batch * times * KEYS + i]);
    MemorySource.addData("groups", ...rows);
    await query.processAllAvailable();
  }
  await query.stop();
  const rows = await spark.table("totals").collect();
  await spark.stop();
  expect(rows.length).toBe(2 * KEYS);
  return rows.slice(KEYS) as unknown as Record<string, unknown>[];
}

test.each([1, 2, 5])(
  "each of many groups is given once a batch, with all of its rows (%i in a batch)",
  async (times) => {
    const rows = await totals(times, [
      count("*").as("n"),
      sum("v").as("s"),
      first("v").as("f"),
      collect_list("v").as("all"),
    ]);
    const wrong = rows.filter((row, k) => {
      const values = Array.from({ length: 2 * times }, (_, i) => k + i * KEYS);
      const s = values.reduce((all, value) => all + value, 0);
      const expected = { k, n: 2 * times, s, f: k, all: values };
      return JSON.stringify({ ...row }) !== JSON.stringify(expected);
    });
    expect(wrong).toEqual([]);
  },
);

test("rows of one group that follow each other now and then, among groups of one row each, are one group", async () => {
  const spark = await SparkSession.builder().use(memorySource()).create();
  const query = await spark.readStream
    .format("memory")
    .option("name", "groups")
    .schema("k STRING, v LONG")
    .load()
    .groupBy("k")
    .agg(count("*").as("n"), sum("v").as("s"), first("v").as("f"), collect_list("v").as("all"))
    .writeStream.format("memory")
    .queryName("totals")
    .outputMode("update")
    .start();
  const SHARED = 40;
  const expected = new Map<string | null, number[]>();
  for (const batch of [0, 1]) {
    const rows = Array.from({ length: 24_000 }, (_, i): [string | null, number] => {
      const n = batch * 18_000 + i - (i % SHARED === 1 ? 1 : 0);
      return [n === 18_400 ? null : `key ${n}`, i];
    });
    for (const [k, v] of rows) expected.set(k, [...(expected.get(k) ?? []), v]);
    MemorySource.addData("groups", ...rows);
    await query.processAllAvailable();
  }
  await query.stop();
  const rows = await spark.table("totals").collect();
  await spark.stop();
  expect(rows.length).toBe(2 * (24_000 - 24_000 / SHARED));
  const last = new Map(rows.map((row) => [row["k"], row]));
  const wrong = [...expected].filter(([k, all]) => {
    const s = all.reduce((sum, value) => sum + value, 0);
    return JSON.stringify({ ...last.get(k) }) !== JSON.stringify({ k, n: all.length, s, f: all[0], all });
  });
  expect(wrong).toEqual([]);
});
