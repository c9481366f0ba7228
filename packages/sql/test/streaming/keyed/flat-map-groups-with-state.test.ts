import { checkNewRows, jumpClock } from "@ss/testkit";
import { expect, test } from "vitest";
import { type DataFrame, GroupStateTimeout } from "../../../src/index.js";
import { restart, Stage, scenario } from "./stage.js";

const COUNTS = { key: "string", count: "string" } as const;

/** Counts the rows of each key; at three the state is removed and nothing is given out. */
function runningCount(input: DataFrame): DataFrame {
  return input
    .groupByKey("value")
    .flatMapGroupsWithState(
      { state: "int", output: COUNTS, outputMode: "update" },
      (key: string, rows, state) => {
        const count = (state.getOption() ?? 0) + [...rows].length;
        if (count === 3) {
          state.remove();
          return [];
        }
        state.update(count);
        return [{ key, count: String(count) }];
      },
    );
}

scenario("a running count goes on over restarts, and a state that is removed begins anew", async (set) => {
  const stage = await set();
  await stage.run(
    runningCount(stage.input("value STRING")),
    "update",
    stage.add("a"),
    checkNewRows(["a", "1"]),
    stage.state({ total: 1, updated: 1 }),
    stage.add("a", "b"),
    checkNewRows(["a", "2"], ["b", "1"]),
    stage.state({ total: 2, updated: 2 }),
    ...restart,
    stage.add("a", "b"),
    checkNewRows(["b", "2"]),
    stage.state({ total: 1, updated: 1, removed: 1, dropped: 0 }),
    ...restart,
    stage.add("a", "c"),
    checkNewRows(["a", "1"], ["c", "1"]),
    stage.state({ total: 3, updated: 2 }),
  );
});

scenario(
  "a processing-time timeout comes when its time has passed, after the rows of the batch",
  async (set) => {
    const stage = await set({ clock: true });
    const counts = stage
      .input("value STRING")
      .groupByKey("value")
      .flatMapGroupsWithState(
        {
          state: "int",
          output: COUNTS,
          outputMode: "update",
          timeout: GroupStateTimeout.ProcessingTimeTimeout,
        },
        (key: string, rows, state) => {
          if (state.hasTimedOut) {
            state.remove();
            return [{ key, count: "-1" }];
          }
          const count = (state.getOption() ?? 0) + [...rows].length;
          state.update(count);
          state.setTimeoutDuration("10 seconds");
          return [{ key, count: String(count) }];
        },
      );
    await stage.run(
      counts,
      "update",
      stage.add("a"),
      jumpClock(1000),
      checkNewRows(["a", "1"]),
      stage.state({ total: 1, updated: 1 }),
      stage.add("b"),
      jumpClock(1000),
      checkNewRows(["b", "1"]),
      stage.state({ total: 2, updated: 1 }),
      stage.add("b"),
      jumpClock(10_000),
      checkNewRows(["a", "-1"], ["b", "2"]),
      stage.state({ total: 1, updated: 1, removed: 1, dropped: 0 }),
      ...restart,
      stage.add("c"),
      jumpClock(11_000),
      checkNewRows(["b", "-1"], ["c", "1"]),
      stage.state({ total: 1, updated: 1, removed: 1, dropped: 0 }),
      jumpClock(12_000),
      checkNewRows(["c", "-1"]),
      stage.state({ total: 0, updated: 0, removed: 1, dropped: 0 }),
    );
  },
);

/** The highest event time of each key; five seconds after it the key is given up. */
function highest(input: DataFrame): DataFrame {
  return input
    .selectExpr("k", "timestamp_seconds(v) AS t", "v")
    .withWatermark("t", "10 seconds")
    .groupByKey("k")
    .flatMapGroupsWithState(
      {
        state: "int",
        output: { key: "string", highest: "int" },
        outputMode: "update",
        timeout: GroupStateTimeout.EventTimeTimeout,
      },
      (key: string, rows, state) => {
        if (state.hasTimedOut) {
          state.remove();
          return [{ key, highest: -1 }];
        }
        const highest = Math.max(state.getOption() ?? 0, ...[...rows].map((row) => row["v"] as number));
        state.update(highest);
        state.setTimeoutTimestamp(highest * 1000, "5 seconds");
        return [{ key, highest }];
      },
    );
}

scenario(
  "an event-time timeout comes when the watermark has passed it, and late rows are dropped",
  async (set) => {
    const stage = await set();
    await stage.run(
      highest(stage.input("k STRING, v INT")),
      "update",
      stage.add(["a", 11], ["a", 13], ["a", 15]),
      checkNewRows(["a", 15]),
      stage.state({ dropped: 0 }),
      stage.add(["a", 4]),
      checkNewRows(),
      stage.state({ dropped: 1, total: 1, updated: 0 }),
      stage.add(["a", 10]),
      checkNewRows(["a", 15]),
      stage.add(["b", 31]),
      checkNewRows(["a", -1], ["b", 31]),
      stage.state({ total: 1, removed: 1 }),
    );
  },
);

test("a key with rows in the batch is not timed out in that batch", async () => {
  const stage = await Stage.set({ conf: { "spark.sql.streaming.noDataMicroBatches.enabled": "false" } });
  const timedOut: boolean[] = [];
  const states = stage
    .input("ts INT")
    .selectExpr("timestamp_seconds(ts) AS t", "1 AS k")
    .withWatermark("t", "0 seconds")
    .groupByKey("k")
    .mapGroupsWithState(
      { state: "int", output: { n: "int" }, timeout: GroupStateTimeout.EventTimeTimeout },
      (_key: number, rows, state) => {
        timedOut.push(state.hasTimedOut);
        if (!state.exists) {
          state.update(0);
          state.setTimeoutTimestamp(500);
        }
        return { n: [...rows].length };
      },
    );
  await stage.run(states, "update", stage.add(1), checkNewRows([1]), stage.add(2), checkNewRows([1]));
  expect(timedOut).toEqual([false, false]);
});

test("on a table the function is called once a key, and there is no state", async () => {
  const { spark } = await Stage.set();
  const table = spark.createDataFrame([["a"], ["a"], ["b"]], "value STRING");
  const existed: boolean[] = [];
  const counts = table
    .groupByKey("value")
    .flatMapGroupsWithState(
      { state: "int", output: { key: "string", n: "int" }, outputMode: "append" },
      (key: string, rows, state) => {
        existed.push(state.exists);
        state.update(1);
        return [{ key, n: [...rows].length }];
      },
    );
  expect(await counts.orderBy("key").collect()).toEqual([
    { key: "a", n: 2 },
    { key: "b", n: 1 },
  ]);
  expect(existed).toEqual([false, false]);
  await spark.stop();
});

test("complete is no output mode of a function", async () => {
  const stage = await Stage.set();
  const grouped = stage.input("value STRING").groupByKey("value");
  expect(() =>
    grouped.flatMapGroupsWithState({ state: "int", output: COUNTS, outputMode: "complete" }, () => []),
  ).toThrow("The output mode of function should be append or update");
  await stage.spark.stop();
});
