import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StreamError } from "@ss/core";
import { MemorySource } from "@ss/source-memory";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DataFrame, type SparkSession, window } from "../../../src/index.js";
import { add, events, newSession, run, timeAt } from "./checkpoints.js";

let spark: SparkSession;
let words: string;
beforeAll(async () => {
  spark = await newSession();
  words = await run(events(spark, "words").groupBy("k").count(), "update", [
    () => add("words", ["a", 30, 3], ["c", 31, 4]),
    () => add("words", ["a", 0, 1], ["b", 1, 2]),
    () => add("words", ["a", 60, 5]),
  ]);
});
afterAll(() => spark.stop());

type Options = Record<string, string | number | boolean>;

function state(checkpoint: string, options: Options): DataFrame {
  let reader = spark.read.format("statestore");
  for (const [name, value] of Object.entries(options)) reader = reader.option(name, value);
  return reader.load(checkpoint);
}

async function rows(frame: DataFrame, ...columns: string[]): Promise<string[]> {
  const found = await frame.selectExpr(...columns).collect();
  return found.map((row) => JSON.stringify(Object.values(row))).sort();
}

const json = (...values: unknown[]): string => JSON.stringify(values);

describe("the change feed", () => {
  const feed = { readChangeFeed: true, changeStartBatchId: 0 };
  const columns = ["batch_id", "change_type", "key.k", "value.count"];

  test("tells what each batch put", async () => {
    const changes = state(words, feed);
    expect((await changes.schema()).treeString()).toBe(`root
 |-- batch_id: long (nullable = true)
 |-- change_type: string (nullable = true)
 |-- key: struct (nullable = true)
 |    |-- k: string (nullable = true)
 |-- value: struct (nullable = true)
 |    |-- count: long (nullable = true)
 |-- partition_id: integer (nullable = true)
`);
    const all = [
      json(0, "update", "a", 1),
      json(0, "update", "c", 1),
      json(1, "update", "a", 2),
      json(1, "update", "b", 1),
      json(2, "update", "a", 3),
    ];
    expect(await rows(changes, ...columns)).toEqual(all);
    const middle = state(words, { ...feed, changeStartBatchId: 1, changeEndBatchId: 1 });
    expect(await rows(middle, ...columns)).toEqual(all.slice(2, 4));
  });

  test("tells what a batch removed, with null for the value", async () => {
    const checkpoint = await run(
      events(spark, "windows").groupBy(window("ts", "10 seconds"), "k").count(),
      "append",
      [() => add("windows", ["a", 0, 1], ["b", 1, 1]), () => add("windows", ["a", 60, 1])],
    );
    const found = await rows(
      state(checkpoint, feed),
      "batch_id",
      "change_type",
      "key.window.start",
      "key.k",
      "value IS NULL",
    );
    // each batch moves the watermark, and one without data follows it: batch 1 finds nothing to end, batch 3 the first windows
    expect(found).toEqual([
      json(0, "update", timeAt(0), "a", false),
      json(0, "update", timeAt(0), "b", false),
      json(2, "update", timeAt(60), "a", false),
      json(3, "delete", timeAt(0), "a", true),
      json(3, "delete", timeAt(0), "b", true),
    ]);
  });
});

test("a batch without changes changes nothing", async () => {
  const checkpoint = await run(events(spark, "once").dropDuplicates(["k"]), "append", [
    () => add("once", ["a", 0, 1]),
    () => add("once", ["a", 0, 2]),
    () => add("once", ["b", 0, 2]),
  ]);
  const changes = state(checkpoint, { readChangeFeed: true, changeStartBatchId: 0 });
  expect(await rows(changes, "batch_id", "key.k")).toEqual([json(0, "a"), json(2, "b")]);
  expect(await rows(state(checkpoint, { batchId: 1 }), "key.k")).toEqual([json("a")]);
});

describe("a snapshot as the base", () => {
  let checkpoint: string;
  beforeAll(async () => {
    spark.conf.set("spark.sql.streaming.stateStore.minDeltasForSnapshot", "2");
    checkpoint = await run(
      events(spark, "snapshots").groupBy("k").count(),
      "update",
      Array.from({ length: 6 }, (_, i) => () => add("snapshots", [`k${i}`, 0, 1], ["all", 0, 1])),
    );
    spark.conf.unset("spark.sql.streaming.stateStore.minDeltasForSnapshot");
  });

  test("gives the rows of one partition as without it", async () => {
    const snapshots = readdirSync(join(checkpoint, "state")).filter((name) => name.endsWith(".snapshot"));
    const snapshotStartBatchId = Math.min(...snapshots.map((name) => Number.parseInt(name, 10))) - 1;
    for (const snapshotPartitionId of [0, 1]) {
      const based = state(checkpoint, { snapshotStartBatchId, snapshotPartitionId });
      const plain = state(checkpoint, {}).where(`partition_id = ${snapshotPartitionId}`);
      const columns = ["key.k", "value.count", "partition_id"];
      expect(await rows(based, ...columns)).toEqual(await rows(plain, ...columns));
    }
  });

  test("is missed by name where it was not written, and so is a partition", async () => {
    const fails = async (options: Options, condition: string): Promise<void> => {
      const error = await state(checkpoint, options)
        .collect()
        .catch((e: unknown) => e);
      expect(StreamError.is(error) && error.condition).toBe(condition);
    };
    await fails(
      { snapshotStartBatchId: 0, snapshotPartitionId: 0 },
      "CANNOT_LOAD_STATE_STORE.CANNOT_READ_MISSING_SNAPSHOT_FILE",
    );
    await fails(
      { snapshotStartBatchId: 0, snapshotPartitionId: 9 },
      "CANNOT_LOAD_STATE_STORE.SNAPSHOT_PARTITION_ID_NOT_FOUND",
    );
  });
});

test("state of batches that minBatchesToRetain keeps can be read, older one is gone, from the disk too", async () => {
  spark.conf.set("spark.sql.streaming.minBatchesToRetain", "3");
  spark.conf.set("spark.sql.streaming.stateStore.minDeltasForSnapshot", "2");
  const checkpoint = await run(
    events(spark, "retained").groupBy("k").count(),
    "update",
    Array.from({ length: 12 }, (_, i) => () => add("retained", [`k${i}`, 0, 1])),
  );
  spark.conf.unset("spark.sql.streaming.minBatchesToRetain");
  spark.conf.unset("spark.sql.streaming.stateStore.minDeltasForSnapshot");
  const [batches] = await rows(
    spark.read.format("state-metadata").load(checkpoint),
    "minBatchId",
    "maxBatchId",
  );
  const [first, last] = JSON.parse(batches!) as [number, number];
  // as many as are to be retained, and the one that is being purged
  expect([last, first >= last - 3]).toEqual([11, true]);
  for (let batchId = first; batchId <= last; batchId++) {
    expect(await state(checkpoint, { batchId }).count()).toBe(batchId + 1);
  }
  const error = await state(checkpoint, { batchId: first - 1 })
    .count()
    .catch((e: unknown) => e);
  expect(StreamError.is(error, "STDS_COMMITTED_BATCH_UNAVAILABLE")).toBe(true);
  const versions = readdirSync(join(checkpoint, "state")).flatMap((name) => /^(\d+)-/.exec(name)?.[1] ?? []);
  // a snapshot takes the place of what was before it: two deltas lie between one and the next
  expect(Math.min(...versions.map(Number))).toBeGreaterThan(first - 3);
});

// conditions and parameters as Spark 4.3.0 gives them for the same options
describe("options", () => {
  const invalid = (name: string): [string, string] => ["STDS_INVALID_OPTION_VALUE.WITH_MESSAGE", name];
  const negative = (name: string): [string, string] => ["STDS_INVALID_OPTION_VALUE.IS_NEGATIVE", name];
  const required = (name: string): [string, string] => ["STDS_REQUIRED_OPTION_UNSPECIFIED", name];
  const conflict = (a: string, b: string): [string, string] => ["STDS_CONFLICT_OPTIONS", `['${a}', '${b}']`];
  const feed = { readChangeFeed: true, changeStartBatchId: 0 };
  test.each<[Options, [condition: string, parameter?: string]]>([
    [{ batchId: -1 }, negative("batchId")],
    [{ batchId: "x" }, invalid("batchId")],
    [{ batchId: 99 }, ["STDS_COMMITTED_BATCH_UNAVAILABLE"]],
    [{ operatorId: -1 }, negative("operatorId")],
    [{ operatorId: 7 }, ["STDS_FAILED_TO_READ_STATE_SCHEMA"]],
    [{ storeName: "" }, ["STDS_INVALID_OPTION_VALUE.IS_EMPTY", "storeName"]],
    [{ storeName: "x" }, ["STDS_FAILED_TO_READ_STATE_SCHEMA"]],
    [{ joinSide: "middle" }, invalid("joinSide")],
    [{ joinSide: "left" }, ["STDS_FAILED_TO_READ_STATE_SCHEMA"]],
    [{ joinSide: "left", storeName: "left-keyToNumValues" }, conflict("joinSide", "storeName")],
    [{ joinSide: "left", ...feed }, conflict("joinSide", "readChangeFeed")],
    [{ readChangeFeed: true }, required("changeStartBatchId")],
    [{ readChangeFeed: "x" }, invalid("readChangeFeed")],
    [{ ...feed, changeStartBatchId: -1 }, negative("changeStartBatchId")],
    [{ ...feed, changeStartBatchId: 2, changeEndBatchId: 1 }, invalid("changeEndBatchId")],
    [{ ...feed, changeEndBatchId: 99 }, ["STDS_COMMITTED_BATCH_UNAVAILABLE"]],
    [{ ...feed, batchId: 1 }, conflict("batchId", "readChangeFeed")],
    [
      { ...feed, snapshotStartBatchId: 0, snapshotPartitionId: 0 },
      conflict("snapshotStartBatchId", "readChangeFeed"),
    ],
    [{ changeStartBatchId: 0 }, invalid("changeStartBatchId")],
    [{ changeEndBatchId: 1 }, invalid("changeEndBatchId")],
    [{ snapshotStartBatchId: 0 }, required("snapshotPartitionId")],
    [{ snapshotPartitionId: 0 }, required("snapshotStartBatchId")],
    [{ snapshotStartBatchId: -1, snapshotPartitionId: 0 }, negative("snapshotStartBatchId")],
    [{ snapshotStartBatchId: 0, snapshotPartitionId: -1 }, negative("snapshotPartitionId")],
    [{ snapshotStartBatchId: 9, snapshotPartitionId: 0 }, invalid("snapshotStartBatchId")],
    [{ snapshotStartBatchId: 1, snapshotPartitionId: 0, batchId: 0 }, invalid("snapshotStartBatchId")],
    [{ stateVarName: "x" }, invalid("stateVarName")],
    [{ readRegisteredTimers: true }, invalid("readRegisteredTimers")],
    [{ readRegisteredTimers: true, stateVarName: "x" }, conflict("readRegisteredTimers", "stateVarName")],
    [{ flattenCollectionTypes: "x" }, invalid("flattenCollectionTypes")],
  ])("%j are refused as %j", async (options, [condition, parameter]) => {
    const error = await state(words, options)
      .schema()
      .catch((e: unknown) => e);
    expect(error).toSatisfy((e: unknown) => StreamError.is(e));
    expect((error as StreamError).condition).toBe(condition);
    const { optionName, options: names } = (error as StreamError).parameters as Record<string, string>;
    if (parameter !== undefined) expect(optionName ?? names).toBe(parameter.replace(/^\[(?!')/, "["));
  });

  test("a batch that is not there is told from those that are", async () => {
    await expect(state(words, { batchId: 99 }).schema()).rejects.toThrow(
      /The batch 99 is none of the committed batches that are kept, 0 to \d+, checkpoint location: /,
    );
  });

  test("a path is needed, a schema and a stream are refused", async () => {
    const conditionOf = async (frame: DataFrame): Promise<unknown> => {
      const error = await frame.schema().catch((e: unknown) => e);
      return StreamError.is(error) ? error.condition : error;
    };
    for (const format of ["statestore", "state-metadata"]) {
      expect(await conditionOf(spark.read.format(format).load())).toBe("STDS_REQUIRED_OPTION_UNSPECIFIED");
    }
    const given = spark.read.schema("a INT").format("statestore").load(words);
    expect(await conditionOf(given)).toBe("_LEGACY_ERROR_TEMP_2242");
    expect(await conditionOf(spark.readStream.format("statestore").load(words))).toBe(
      "_LEGACY_ERROR_TEMP_2093",
    );
  });

  test("the path may be an option", async () => {
    expect(await spark.read.format("statestore").option("path", words).load().count()).toBe(3);
  });

  test("names have no case, and the defaults may be spelled out", async () => {
    const options = {
      BATCHID: 0,
      operatorid: 0,
      storename: "default",
      joinside: "NONE",
      readchangefeed: "False",
      flattencollectiontypes: false,
    };
    expect(await state(words, options).count()).toBe(2);
  });
});

test("a checkpoint without batches, without state, or with damaged operators is told from one with state", async () => {
  const conditionOf = async (checkpoint: string): Promise<unknown> => {
    const error = await state(checkpoint, {})
      .schema()
      .catch((e: unknown) => e);
    return StreamError.is(error) ? error.condition : error;
  };
  expect(await conditionOf(`${words}-not-there`)).toBe("STDS_COMMITTED_BATCH_UNAVAILABLE");
  MemorySource.reset("plain");
  const stateless = await run(events(spark, "plain").select("k"), "append", [
    () => add("plain", ["a", 0, 1]),
  ]);
  expect(await conditionOf(stateless)).toBe("STDS_FAILED_TO_READ_STATE_SCHEMA");
  const damaged = await run(events(spark, "damaged").dropDuplicates(["k"]), "append", [
    () => add("damaged", ["a", 0, 1]),
  ]);
  const file = join(damaged, "state", "0", "_metadata", "metadata");
  writeFileSync(file, readFileSync(file).subarray(0, 50));
  expect(await conditionOf(damaged)).toBe("STDS_FAILED_TO_READ_OPERATOR_METADATA");
});

test("a query writes down its operators once, and reading changes nothing", async () => {
  const files = (): string[] => readdirSync(join(words, "state"), { recursive: true }).map(String).sort();
  const before = files();
  expect(before).toContain(join("0", "_metadata", "metadata"));
  await state(words, {}).collect();
  await state(words, { readChangeFeed: true, changeStartBatchId: 0 }).collect();
  expect(files()).toEqual(before);
  expect(readdirSync(join(words, "runs"))).toHaveLength(1);
});
