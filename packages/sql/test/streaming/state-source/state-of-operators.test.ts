import { MemorySource } from "@ss/source-memory";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  avg,
  count,
  type DataFrame,
  expr,
  type SparkSession,
  session_window,
  sum,
  udaf,
  window,
} from "../../../src/index.js";
import { Average, Total } from "../../aggregators.js";
import { add, events, newSession, run, timeAt } from "./checkpoints.js";

let spark: SparkSession;
beforeAll(async () => {
  spark = await newSession();
});
afterAll(() => spark.stop());
beforeEach(() => {
  for (const name of ["a", "b"]) MemorySource.reset(name);
});

const steps = [
  () => add("a", ["a", 30, 3], ["c", 31, 4]),
  () => add("a", ["a", 0, 1], ["b", 1, 2]),
  () => add("a", ["a", 60, 5]),
];

function state(checkpoint: string, options: Record<string, string | number | boolean> = {}): DataFrame {
  let reader = spark.read.format("statestore");
  for (const [name, value] of Object.entries(options)) reader = reader.option(name, value);
  return reader.load(checkpoint);
}

async function tree(frame: DataFrame): Promise<string> {
  return (await frame.schema()).treeString();
}

async function rows(frame: DataFrame, ...columns: string[]): Promise<string[]> {
  const found = await frame.selectExpr(...columns).collect();
  return found.map((row) => JSON.stringify(Object.values(row))).sort();
}

const json = (...values: unknown[]): string => JSON.stringify(values);

// schemas and rows of this file are those that Spark 4.3.0 gives for the same queries
test("an aggregation's state has its keys and the buffers of its aggregates", async () => {
  const frame = events(spark, "a").groupBy("k").agg(count("*").as("n"), sum("v").as("s"), avg("v"));
  const checkpoint = await run(frame, "update", steps);
  expect(await tree(state(checkpoint))).toBe(`root
 |-- key: struct (nullable = true)
 |    |-- k: string (nullable = true)
 |-- value: struct (nullable = true)
 |    |-- count: long (nullable = true)
 |    |-- sum: long (nullable = true)
 |    |-- sum: double (nullable = true)
 |    |-- count: long (nullable = true)
 |-- partition_id: integer (nullable = true)
`);
  const columns = ["key.k", "to_json(value) AS value"];
  expect(await rows(state(checkpoint), ...columns)).toEqual([
    json("a", '{"count":3,"sum":9,"sum":9.0,"count":3}'),
    json("b", '{"count":1,"sum":2,"sum":2.0,"count":1}'),
    json("c", '{"count":1,"sum":4,"sum":4.0,"count":1}'),
  ]);
  expect(await rows(state(checkpoint, { batchId: 0 }), ...columns)).toEqual([
    json("a", '{"count":1,"sum":3,"sum":3.0,"count":1}'),
    json("c", '{"count":1,"sum":4,"sum":4.0,"count":1}'),
  ]);
});

test("an aggregator of the program has the fields of its buffer there", async () => {
  const frame = events(spark, "a").groupBy("k").agg(udaf(new Average())("v"), udaf(new Total())("v"));
  const checkpoint = await run(frame, "update", steps);
  expect(await rows(state(checkpoint), "key.k", "to_json(value) AS value")).toEqual([
    json("a", '{"sum":9.0,"count":3,"value":9}'),
    json("b", '{"sum":2.0,"count":1,"value":2}'),
    json("c", '{"sum":4.0,"count":1,"value":4}'),
  ]);
});

test("windows stand whole in the keys, and evicted ones are gone", async () => {
  const frame = events(spark, "a").groupBy(window("ts", "10 seconds"), "k").count();
  const checkpoint = await run(frame, "append", steps);
  expect(await tree(state(checkpoint))).toBe(`root
 |-- key: struct (nullable = true)
 |    |-- window: struct (nullable = true)
 |    |    |-- start: timestamp (nullable = true)
 |    |    |-- end: timestamp (nullable = true)
 |    |-- k: string (nullable = true)
 |-- value: struct (nullable = true)
 |    |-- count: long (nullable = true)
 |-- partition_id: integer (nullable = true)
`);
  expect(await rows(state(checkpoint), "key.window.start", "key.window.end", "key.k", "value.count")).toEqual(
    [json(timeAt(60), timeAt(70), "a", 1)],
  );
});

test("sessions are found by their keys and start, and stand whole in the values", async () => {
  const frame = events(spark, "a").groupBy(session_window("ts", "10 seconds"), "k").agg(count("*"), sum("v"));
  const checkpoint = await run(frame, "append", [steps[0]!]);
  const first = state(checkpoint, { batchId: 0 });
  expect(await tree(first)).toBe(`root
 |-- key: struct (nullable = true)
 |    |-- k: string (nullable = true)
 |    |-- sessionStartTime: timestamp (nullable = true)
 |-- value: struct (nullable = true)
 |    |-- session_window: struct (nullable = true)
 |    |    |-- start: timestamp (nullable = true)
 |    |    |-- end: timestamp (nullable = true)
 |    |-- k: string (nullable = true)
 |    |-- count: long (nullable = true)
 |    |-- sum: long (nullable = true)
 |-- partition_id: integer (nullable = true)
`);
  const columns = [
    "key.*",
    "value.session_window.start",
    "value.session_window.end",
    "value.k AS kept",
    "value.count",
    "value.sum",
  ];
  expect(await rows(first, ...columns)).toEqual([
    json("a", timeAt(30), timeAt(30), timeAt(40), "a", 1, 3),
    json("c", timeAt(31), timeAt(31), timeAt(41), "c", 1, 4),
  ]);
  const metadata = spark.read.format("state-metadata").option("_numColsPrefixKey", true).load(checkpoint);
  expect(await rows(metadata, "operatorName", "_numColsPrefixKey")).toEqual([
    json("sessionWindowStateStoreSaveExec", 1),
  ]);
});

test("the state of a global aggregate is one row without a key, in partition 0", async () => {
  const checkpoint = await run(events(spark, "a").agg(count("*")), "complete", steps);
  expect(await rows(state(checkpoint), "to_json(key)", "value.count", "partition_id")).toEqual([
    json("{}", 5, 0),
  ]);
});

test("every key is in one partition of those that the checkpoint pinned", async () => {
  const many = () =>
    add("a", ...Array.from({ length: 50 }, (_, i): [string, number, number] => [`k${i}`, 0, i]));
  const checkpoint = await run(events(spark, "a").groupBy("k").count(), "update", [many]);
  spark.conf.set("spark.sql.shuffle.partitions", "7");
  const counts = await rows(state(checkpoint).groupBy("partition_id").count(), "partition_id");
  spark.conf.set("spark.sql.shuffle.partitions", "2");
  expect(counts).toEqual([json(0), json(1)]);
});

test("what deduplication remembers are keys, and when they expire", async () => {
  const plain = await run(events(spark, "a").dropDuplicates(["k"]), "append", steps);
  expect(await tree(state(plain))).toContain(" |    |-- __dummy__: void (nullable = true)\n");
  expect(await rows(state(plain), "key.k", "to_json(value)")).toEqual([
    json("a", "{}"),
    json("b", "{}"),
    json("c", "{}"),
  ]);
  MemorySource.reset("a");
  const within = await run(events(spark, "a").dropDuplicatesWithinWatermark(["k"]), "append", [steps[0]!]);
  expect(await tree(state(within))).toContain(" |    |-- expiresAtMicros: long (nullable = true)\n");
  // 5 seconds after the event times
  expect(
    await rows(state(within, { batchId: 0 }), "key.k", "timestamp_micros(value.expiresAtMicros)"),
  ).toEqual([json("a", timeAt(35)), json("c", timeAt(36))]);
});

test("a limit remembers how many rows have passed", async () => {
  const checkpoint = await run(events(spark, "a").limit(2), "append", steps);
  expect(await tree(state(checkpoint))).toBe(`root
 |-- key: struct (nullable = true)
 |    |-- key: void (nullable = true)
 |-- value: struct (nullable = true)
 |    |-- value: long (nullable = true)
 |-- partition_id: integer (nullable = true)
`);
  expect(await rows(state(checkpoint), "key.key", "value.value", "partition_id")).toEqual([json(null, 2, 0)]);
});

test("a join of streams has a side by its name, and four stores", async () => {
  const both = [
    () => {
      add("a", ["a", 30, 3], ["c", 31, 4]);
      add("b", ["c", 31, 40], ["d", 32, 41]);
    },
    () => {
      add("a", ["a", 40, 5]);
      add("b", ["a", 62, 50]);
    },
  ];
  const condition = "l.k = r.k AND r.ts >= l.ts - INTERVAL 1 MINUTE AND r.ts <= l.ts + INTERVAL 1 MINUTE";
  const frame = events(spark, "a").as("l").join(events(spark, "b").as("r"), expr(condition), "leftOuter");
  const checkpoint = await run(frame.selectExpr("l.k", "l.v", "r.v AS rv"), "append", both);
  await expect(state(checkpoint).schema()).rejects.toThrow(
    'choose one with .option("joinSide", "left") or .option("joinSide", "right").',
  );
  expect(await tree(state(checkpoint, { joinSide: "left" }))).toBe(`root
 |-- key: struct (nullable = true)
 |    |-- field0: string (nullable = true)
 |-- value: struct (nullable = true)
 |    |-- k: string (nullable = true)
 |    |-- ts: timestamp (nullable = true)
 |    |-- v: long (nullable = true)
 |-- partition_id: integer (nullable = true)
`);
  const left = [json("a", "a", timeAt(30), 3), json("a", "a", timeAt(40), 5), json("c", "c", timeAt(31), 4)];
  const columns = ["key.field0", "value.k", "value.ts", "value.v"];
  expect(await rows(state(checkpoint, { joinSide: "left" }), ...columns)).toEqual(left);
  expect(await rows(state(checkpoint, { joinSide: "right" }), "key.field0", "value.v")).toEqual([
    json("a", 50),
    json("c", 40),
    json("d", 41),
  ]);
  const numbers = state(checkpoint, { storeName: "left-keyToNumValues" });
  expect(await rows(numbers, "key.field0", "value.value")).toEqual([json("a", 2), json("c", 1)]);
  const values = state(checkpoint, { storeName: "left-keyWithIndexToValue" });
  expect(await tree(values)).toContain(" |    |-- index: long (nullable = true)\n");
  expect(await rows(values, "key.field0", "key.index", "value.v", "value.matched")).toEqual([
    json("a", 0, 3, true),
    json("a", 1, 5, true),
    json("c", 0, 4, true),
  ]);
  // one partition for all rows of a key, in every store
  const partitions = async (frame: DataFrame): Promise<string[]> => [
    ...new Set(await rows(frame, "key.field0", "partition_id")),
  ];
  expect(await partitions(values)).toEqual(await partitions(numbers));
  const stores = await rows(
    spark.read.format("state-metadata").load(checkpoint),
    "stateStoreName",
    "operatorName",
  );
  expect(stores).toEqual(
    [
      "left-keyToNumValues",
      "left-keyWithIndexToValue",
      "right-keyToNumValues",
      "right-keyWithIndexToValue",
    ].map((store) => json(store, "symmetricHashJoin")),
  );
});

test("state-metadata lists the stores, with the batches that the logs hold", async () => {
  const checkpoint = await run(events(spark, "a").groupBy("k").count(), "update", steps);
  const metadata = spark.read.format("state-metadata").load(checkpoint);
  expect(await tree(metadata)).toBe(`root
 |-- operatorId: long (nullable = true)
 |-- operatorName: string (nullable = true)
 |-- stateStoreName: string (nullable = true)
 |-- numPartitions: integer (nullable = true)
 |-- minBatchId: long (nullable = true)
 |-- maxBatchId: long (nullable = true)
 |-- operatorProperties: string (nullable = true)
`);
  expect(await rows(metadata, "*")).toEqual([json(0, "stateStoreSave", "default", 2, 0, 2, null)]);
  const withPrefix = spark.read.format("state-metadata").option("_numColsPrefixKey", true).load(checkpoint);
  expect(await rows(withPrefix, "_numColsPrefixKey")).toEqual([json(0)]);
  MemorySource.reset("a");
  const stateless = await run(events(spark, "a").select("k"), "append", steps);
  expect(await spark.read.format("state-metadata").load(stateless).count()).toBe(0);
});

test("operators of a chain are told apart by their ids", async () => {
  const chain = events(spark, "a").dropDuplicates(["k", "ts"]).groupBy(window("ts", "10 seconds")).count();
  const checkpoint = await run(chain, "append", [steps[0]!]);
  const found = await rows(
    spark.read.format("state-metadata").load(checkpoint),
    "operatorId",
    "operatorName",
  );
  expect(found).toHaveLength(2);
  for (const row of found) {
    const [operatorId, name] = JSON.parse(row) as [number, string];
    const schema = await tree(state(checkpoint, { operatorId, batchId: 0 }));
    expect(schema.includes("__dummy__")).toBe(name === "dedupe");
  }
});
