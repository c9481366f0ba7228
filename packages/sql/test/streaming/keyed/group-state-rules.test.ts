import type { OutputMode } from "@ss/core";
import { afterEach, expect, test } from "vitest";
import { type DataFrame, GroupStateTimeout, type KeyValueGroupedDataset } from "../../../src/index.js";
import { Stage } from "./stage.js";

const OUTPUT = { k: "string", n: "int" } as const;
let stage: Stage;

afterEach(() => stage.spark.stop());

async function rows(conf: Readonly<Record<string, string>> = {}): Promise<DataFrame> {
  stage = await Stage.set({ conf });
  return stage.input("k STRING, v INT");
}

const map = (table: DataFrame, timeout: GroupStateTimeout = GroupStateTimeout.NoTimeout): DataFrame =>
  table.groupByKey("k").mapGroupsWithState({ state: "int", output: OUTPUT, timeout }, (k) => ({ k, n: 1 }));

const flatMap = (
  table: DataFrame,
  outputMode: "append" | "update",
  timeout: GroupStateTimeout = GroupStateTimeout.NoTimeout,
): DataFrame =>
  table
    .groupByKey("k")
    .flatMapGroupsWithState({ state: "int", output: OUTPUT, outputMode, timeout }, (k) => [{ k, n: 1 }]);

async function start(table: DataFrame, mode: OutputMode): Promise<void> {
  const query = await table.writeStream.format("noop").outputMode(mode).start();
  await query.stop();
  if (query.exception) throw query.exception;
}

const timed = (table: DataFrame): DataFrame =>
  table.selectExpr("k", "timestamp_seconds(v) AS t", "v").withWatermark("t", "10 seconds");

test.each([
  ["append", "mapGroupsWithState is not supported with Append output mode"],
  ["complete", "This output mode is not supported for no streaming aggregations"],
] as const)("mapGroupsWithState does not run in mode %s", async (mode, message) => {
  await expect(start(map(await rows()), mode)).rejects.toThrow(message);
});

test("two of mapGroupsWithState are refused", async () => {
  await expect(start(map(map(await rows())), "update")).rejects.toThrow(
    "Multiple mapGroupsWithStates are not supported",
  );
});

test("mapGroupsWithState does not go together with flatMapGroupsWithState", async () => {
  await expect(start(flatMap(map(await rows()), "update"), "update")).rejects.toThrow(
    "Mixing mapGroupsWithStates and flatMapGroupsWithStates are not supported",
  );
});

test("several of flatMapGroupsWithState run in append mode, all of them", async () => {
  await start(flatMap(flatMap(await rows(), "append"), "append"), "append");
  await expect(start(flatMap(flatMap(await rows(), "append"), "update"), "update")).rejects.toThrow(
    "Multiple flatMapGroupsWithStates are not supported when they are not all in append mode",
  );
});

test.each([
  ["update", "append", "flatMapGroupsWithState in update mode is not supported with Append output mode"],
  ["append", "update", "flatMapGroupsWithState in append mode is not supported with Update output mode"],
  ["append", "complete", "This output mode is not supported for no streaming aggregations"],
] as const)("a function in mode %s does not run in a query in mode %s", async (fn, query, message) => {
  await expect(start(flatMap(await rows(), fn), query)).rejects.toThrow(message);
});

test("a flatMapGroupsWithState in update mode cannot be aggregated, others can", async () => {
  const counts = (table: DataFrame): DataFrame => table.groupBy("k").count();
  await expect(start(counts(flatMap(await rows(), "update")), "update")).rejects.toThrow(
    "flatMapGroupsWithState in update mode is not supported with aggregation",
  );
  await start(counts(map(await rows())), "update");
  await start(counts(flatMap(await rows(), "append")), "complete");
  await start(counts(flatMap(await rows(), "append")), "update");
});

test("an event-time timeout asks for a watermark", async () => {
  const { EventTimeTimeout } = GroupStateTimeout;
  await expect(start(map(await rows(), EventTimeTimeout), "update")).rejects.toThrow(
    "Watermark must be specified in the query using '[Dataset/DataFrame].withWatermark()'",
  );
  await start(map(timed(await rows()), EventTimeTimeout), "update");
});

test("rows of an event-time timeout are not kept once more, but where the check is switched off", async () => {
  const twice = (table: DataFrame): DataFrame =>
    flatMap(flatMap(timed(table), "append", GroupStateTimeout.EventTimeTimeout), "append");
  await expect(start(twice(await rows()), "append")).rejects.toThrow(/possible 'correctness' issue/);
  await start(
    twice(await rows({ "spark.sql.streaming.statefulOperator.checkCorrectness.enabled": "false" })),
    "append",
  );
});

test("an initial state is a table, under keys of the same types", async () => {
  const stream = await rows();
  const from = (initialState: KeyValueGroupedDataset<string, object>): DataFrame =>
    stream
      .groupByKey("k")
      .mapGroupsWithState({ state: { v: "int" }, output: OUTPUT, initialState }, (k) => ({ k, n: 1 }));
  await expect(
    start(from(stage.input("k STRING, v INT", "other").groupByKey("k")), "update"),
  ).rejects.toThrow("is not supported as the initial state in [flatMap|map]GroupsWithState");
  const table = stage.spark.createDataFrame([["a", 1]], "k STRING, v INT");
  await expect(start(from(table.groupByKey("v")), "update")).rejects.toThrow("grouped by");
  await start(from(table.groupByKey("k")), "update");
});

test("with allowMultiple off there is one stateful operator", async () => {
  const conf = { "spark.sql.streaming.statefulOperator.allowMultiple": "false" };
  await expect(start(flatMap(await rows(conf), "append").dropDuplicates(), "append")).rejects.toThrow(
    "Multiple stateful operators are not supported",
  );
});
