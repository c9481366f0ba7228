import { MemorySource } from "@ss/source-memory";
import { checkNewRows, checkProgress, expectFailure, jumpClock, perform, VirtualClock } from "@ss/testkit";
import { describe, expect, test } from "vitest";
import {
  type Column,
  col,
  type DataFrame,
  GroupStateTimeout,
  SparkSession,
  StatefulProcessor,
  schemaOf,
  session_window,
  TimeMode,
  window,
} from "../../../src/index.js";
import { restart, Stage } from "./stage.js";

const { ProcessingTimeTimeout } = GroupStateTimeout;

test("the first batch finds the initial state, of keys without rows too", async () => {
  const stage = await Stage.set();
  const table = stage.spark.createDataFrame(
    [
      ["a", 10],
      ["z", 7],
    ],
    "k STRING, total BIGINT",
  );
  const seen: string[] = [];
  const totals = stage
    .input("k STRING, n INT")
    .groupByKey("k")
    .flatMapGroupsWithState(
      {
        state: { total: "int" },
        output: { k: "string", total: "int" },
        outputMode: "update",
        initialState: table.groupByKey("k"),
      },
      (k: string, rows, state) => {
        const list = [...rows].map((row) => row["n"] as number);
        seen.push(`${k}:${list.join("+")}`);
        const total = list.reduce((sum, n) => sum + n, state.getOption()?.total ?? 0);
        state.update({ total });
        return [{ k, total }];
      },
    );
  await stage.run(
    totals,
    "update",
    stage.add(["a", 1], ["b", 2]),
    checkNewRows(["a", 11], ["b", 2], ["z", 7]),
    stage.state({ total: 3 }),
    ...restart,
    stage.add(["a", 1], ["z", 1]),
    checkNewRows(["a", 12], ["z", 8]),
  );
  expect(seen.sort()).toEqual(["a:1", "a:1", "b:2", "z:", "z:1"]);
});

test("keys with an initial state and no rows are left alone where that is asked for, and remembered", async () => {
  const conf = { "spark.sql.streaming.flatMapGroupsWithState.skipEmittingInitialStateKeys": "true" };
  const stage = await Stage.set({ conf });
  const initialState = stage.spark.createDataFrame([["z", 7]], "k STRING, total INT").groupByKey("k");
  const totals = stage
    .input("k STRING, n INT")
    .groupByKey("k")
    .mapGroupsWithState(
      { state: "int", output: { k: "string", total: "int" }, initialState },
      (k: string, rows, state) => {
        const total = (state.getOption() ?? 0) + [...rows].length;
        state.update(total);
        return { k, total };
      },
    );
  await stage.run(
    totals,
    "update",
    stage.add(["a", 1]),
    checkNewRows(["a", 1]),
    stage.state({ total: 2 }),
    stage.add(["z", 1]),
    checkNewRows(["z", 8]),
  );
});

test("a table takes an initial state too; two of one key are refused", async () => {
  const { spark } = await Stage.set();
  const table = spark.createDataFrame([["a"], ["a"]], "k STRING");
  const counts = (initial: readonly unknown[]): DataFrame =>
    table.groupByKey("k").mapGroupsWithState(
      {
        state: "int",
        output: { k: "string", n: "int" },
        initialState: spark.createDataFrame(initial, "k STRING, n INT").groupByKey("k"),
      },
      (k: string, rows, state) => ({ k, n: (state.getOption() ?? 0) + [...rows].length }),
    );
  expect(
    await counts([
      ["a", 5],
      ["b", 1],
    ])
      .orderBy("k")
      .collect(),
  ).toEqual([
    { k: "a", n: 7 },
    { k: "b", n: 1 },
  ]);
  await expect(
    counts([
      ["a", 5],
      ["a", 1],
    ]).collect(),
  ).rejects.toThrow("multiple rows(state) with the same key");
  await spark.stop();
});

test("a group may have a timeout and no state", async () => {
  const stage = await Stage.set({ clock: true });
  const calls = stage
    .input("k STRING")
    .groupByKey("k")
    .flatMapGroupsWithState(
      { state: "int", output: { text: "string" }, outputMode: "update", timeout: ProcessingTimeTimeout },
      (k: string, _rows, state) => {
        if (!state.hasTimedOut) {
          state.remove();
          state.setTimeoutDuration("2 seconds");
        }
        return [{ text: `${k} ${state.exists} ${state.hasTimedOut}` }];
      },
    );
  await stage.run(
    calls,
    "update",
    stage.add("a"),
    jumpClock(1000),
    checkNewRows(["a false false"]),
    stage.state({ total: 1, updated: 1, removed: 0 }),
    ...restart,
    jumpClock(2000),
    checkNewRows(),
    jumpClock(1000),
    checkNewRows(["a false true"]),
  );
});

describe("what a function has opened is closed when no more of its rows are taken", () => {
  const give = (closed: string[], row: unknown) =>
    function* (k: string): Generator<never> {
      try {
        for (;;) yield row as never;
      } finally {
        closed.push(k);
      }
    };
  class Giving extends StatefulProcessor<string, object, { n: number }> {
    override handleInputRows: (k: string) => Generator<never>;
    constructor(closed: string[], row: unknown) {
      super();
      this.handleInputRows = give(closed, row);
    }
  }
  const output = { n: "int" } as const;
  const queries = {
    flatMapGroupsWithState: (table: DataFrame, closed: string[], row: unknown) =>
      table
        .groupByKey("k")
        .flatMapGroupsWithState({ state: "int", output, outputMode: "append" }, give(closed, row)),
    transformWithState: (table: DataFrame, closed: string[], row: unknown) =>
      table.groupByKey("k").transformWithState(() => new Giving(closed, row), {
        output,
        outputMode: "append",
        timeMode: TimeMode.None,
      }),
  };

  test.each(Object.entries(queries))("%s", async (_name, query) => {
    const { spark } = await Stage.set();
    const table = spark.createDataFrame([["a"]], "k STRING");
    const closed: string[] = [];
    await expect(query(table, closed, "no row").collect()).rejects.toThrow("no row");
    expect(closed).toEqual(["a"]);
    expect(await query(table, closed, [1]).limit(3).count()).toBe(3);
    expect(closed).toEqual(["a", "a"]);
    await spark.stop();
  });
});

test("a timeout holds until the next call", async () => {
  const stage = await Stage.set({ clock: true });
  const calls = stage
    .input("k STRING")
    .groupByKey("k")
    .flatMapGroupsWithState(
      { state: "int", output: { timedOut: "boolean" }, outputMode: "update", timeout: ProcessingTimeTimeout },
      (_k: string, _rows, state) => {
        if (!state.exists) state.setTimeoutDuration(5000);
        state.update(1);
        return [{ timedOut: state.hasTimedOut }];
      },
    );
  await stage.run(
    calls,
    "update",
    stage.add("a"),
    jumpClock(1000),
    checkNewRows([false]),
    stage.add("a"),
    jumpClock(1000),
    checkNewRows([false]),
    jumpClock(100_000),
    checkNewRows(),
  );
});

test("a query without a trigger wakes when the first timeout is due", async () => {
  const clock = new VirtualClock();
  MemorySource.reset("waking");
  const spark = await SparkSession.builder()
    .use((await import("@ss/source-memory")).memorySource())
    .withClock(clock)
    .create();
  const rows = spark.readStream.format("memory").option("name", "waking").schema("k STRING").load();
  const seen: string[] = [];
  let timedOut: () => void = () => {};
  const done = new Promise<void>((resolve) => (timedOut = resolve));
  const calls = rows
    .groupByKey("k")
    .flatMapGroupsWithState(
      { state: "int", output: { k: "string" }, outputMode: "update", timeout: ProcessingTimeTimeout },
      (k: string, _rows, state) => {
        seen.push(`${k} at ${state.getCurrentProcessingTimeMs()}${state.hasTimedOut ? ", timed out" : ""}`);
        if (state.hasTimedOut) {
          state.remove();
          timedOut();
        } else {
          state.update(1);
          state.setTimeoutDuration("3 seconds");
        }
        return [];
      },
    );
  const query = await calls.writeStream.format("noop").outputMode("update").start();
  MemorySource.addData("waking", "a");
  await query.processAllAvailable();
  await clock.waitForSleepers();
  expect(clock.nextWakeMs).toBe(3001);
  await clock.advance(3001);
  await done;
  await query.stop();
  expect(seen).toEqual(["a at 0", "a at 3001, timed out"]);
  await spark.stop();
});

test("keys of several columns are objects, computed ones too; null is a key", async () => {
  const stage = await Stage.set();
  const keys: unknown[] = [];
  const grouped = stage
    .input("a STRING, n INT, at TIMESTAMP")
    .groupByKey("a", col("n").plus(1).as("next"), "at")
    .mapGroupsWithState({ state: "int", output: { n: "int" } }, (key, rows, state) => {
      keys.push(key);
      state.update((state.getOption() ?? 0) + [...rows].length);
      return { n: state.get() };
    });
  const at = new Date(1000);
  await stage.run(
    grouped,
    "update",
    stage.add(["x", 1, at], [null, null, null], ["x", 1, at]),
    checkNewRows([2], [1]),
    ...restart,
    stage.add(["x", 1, at], [null, null, null]),
    checkNewRows([3], [2]),
  );
  const expected = [
    { a: "x", next: 2, at },
    { a: null, next: null, at: null },
  ];
  expect(keys).toEqual([...expected, ...expected]);
});

test("types of all kinds go through the state and come back", async () => {
  const stage = await Stage.set();
  const schema = schemaOf({
    flag: "boolean",
    tiny: "tinyint",
    long: "bigint",
    real: "double",
    exact: "decimal(10,2)",
    text: "string",
    bytes: "binary",
    day: "date",
    at: "timestamp",
    list: "array<string>",
    pairs: "map<string,int>",
    inner: "struct<a:int,b:array<struct<c:string>>>",
    'a`"\u2028': "int",
  }).add("__proto__", "int");
  const value = Object.fromEntries([
    ["flag", true],
    ["tiny", -3],
    ["long", 2 ** 40],
    ["real", 0.1],
    ["exact", "12.50"],
    ["text", "ß\u0000x"],
    ["bytes", new Uint8Array([1, 2])],
    ["day", new Date("2020-02-29T00:00:00Z")],
    ["at", new Date("2020-02-29T12:34:56.789Z")],
    ["list", ["a", null, ""]],
    ["pairs", new Map([["x", 1]])],
    ["inner", { a: 1, b: [{ c: "d" }, null] }],
    ["__proto__", 5],
    ['a`"\u2028', 6],
  ]);
  const found: unknown[] = [];
  const kept = stage
    .input("k STRING")
    .groupByKey("k")
    .flatMapGroupsWithState(
      { state: schema, output: { k: "string" }, outputMode: "update" },
      (_k: string, _rows, state) => {
        found.push(state.getOption());
        if (!state.exists) state.update(value as never);
        return [];
      },
    );
  await stage.run(
    kept,
    "update",
    stage.add("a"),
    checkNewRows(),
    stage.add("a"),
    checkNewRows(),
    ...restart,
    stage.add("a"),
    checkNewRows(),
  );
  expect(found).toEqual([undefined, value, value]);
});

test("what the function throws is told as its own, and a row of another type by the column", async () => {
  const failing = await Stage.set();
  const thrown = new Error("no luck");
  const fails = failing
    .input("k STRING")
    .groupByKey("k")
    .mapGroupsWithState({ state: "int", output: { n: "int" } }, () => {
      throw thrown;
    });
  await failing.run(
    fails,
    "update",
    failing.add("a"),
    expectFailure((error) => {
      const { cause } = error as { cause: { condition: string; cause: unknown; parameters: unknown } };
      expect(cause.condition).toBe("FLATMAPGROUPSWITHSTATE_USER_FUNCTION_ERROR");
      expect(cause.parameters).toEqual({ reason: "no luck" });
      expect(cause.cause).toBe(thrown);
    }),
  );
  const wrong = await Stage.set();
  const gives = wrong
    .input("k STRING")
    .groupByKey("k")
    .mapGroupsWithState({ state: "int", output: { n: "int" } }, () => ({ n: "one" }) as never);
  await wrong.run(
    gives,
    "update",
    wrong.add("a"),
    expectFailure(/mapGroupsWithState gives out, field n.*'one'/),
  );
});

test("what GroupState refuses comes out as it is", async () => {
  const stage = await Stage.set();
  const frame = stage
    .input("k STRING")
    .groupByKey("k")
    .mapGroupsWithState({ state: "int", output: { n: "int" } }, (_k, _rows, state) => ({ n: state.get() }));
  await stage.run(frame, "update", stage.add("a"), expectFailure("SS_NO_GROUP_STATE"));
});

test("the function sees the watermark and the time of the batch, which is that of current_timestamp()", async () => {
  const stage = await Stage.set({ clock: true });
  const times = stage
    .input("v INT")
    .selectExpr("timestamp_seconds(v) AS t", "CAST(unix_millis(current_timestamp()) AS BIGINT) AS now")
    .withWatermark("t", "1 second")
    .selectExpr("1 AS k", "t", "now")
    .groupByKey("k")
    .mapGroupsWithState(
      { state: "int", output: { watermark: "long", time: "long", same: "boolean" } },
      (_k, rows, state) => {
        const time = state.getCurrentProcessingTimeMs();
        const same = [...rows].every((row) => row["now"] === time);
        return { watermark: state.getCurrentWatermarkMs(), time, same };
      },
    );
  await stage.run(
    times,
    "update",
    stage.add(10),
    jumpClock(1000),
    checkNewRows([0, 1000, true]),
    stage.add(20),
    jumpClock(1000),
    checkNewRows([9000, 2000, true]),
  );
});

test("explain and progress name the operator", async () => {
  const stage = await Stage.set();
  const frame = stage
    .input("k STRING")
    .groupByKey("k")
    .mapGroupsWithState({ state: "int", output: { n: "int" } }, () => ({ n: 1 }));
  await stage.run(
    frame,
    "update",
    stage.add("a"),
    checkProgress((progress) => {
      expect(progress.stateOperators[0]!.operatorName).toBe("flatMapGroupsWithState");
    }),
    perform("explain", async ({ query }) => {
      expect((query as never as { explain(): string }).explain()).toContain("MapGroupsWithState [k#");
    }),
  );
});

test("windows are keys as columns are, sessions are not", async () => {
  const { spark } = await Stage.set();
  const table = spark.createDataFrame(
    [1, 3, 12].map((seconds) => [new Date(seconds * 1000)]),
    "t TIMESTAMP",
  );
  const counts = (key: Column): DataFrame =>
    table
      .groupByKey(key)
      .mapGroupsWithState({ state: "int", output: { from: "timestamp", n: "int" } }, (span, rows) => ({
        from: span.start,
        n: [...rows].length,
      }));
  expect(await counts(window("t", "10 seconds")).orderBy("from").collect()).toEqual([
    { from: new Date(0), n: 2 },
    { from: new Date(10_000), n: 1 },
  ]);
  await expect(counts(session_window("t", "5 seconds")).collect()).rejects.toThrow(
    "SS_SESSION_WINDOW_AS_KEY",
  );
  await spark.stop();
});

test("a function that waits, or gives out something else, is told so", async () => {
  const { spark } = await Stage.set();
  const keyed = spark.createDataFrame([["a"]], "k STRING").groupByKey("k");
  const gives = (rows: unknown): Promise<unknown> =>
    keyed
      .flatMapGroupsWithState({ state: "int", output: "n INT", outputMode: "append" }, () => rows as never)
      .collect();
  await expect(gives(Promise.resolve([]))).rejects.toThrow("it gave a promise of rows");
  await expect(gives(undefined)).rejects.toThrow("it gave undefined");
  await expect(gives([undefined])).rejects.toThrow("undefined (undefined) is no row");
  await expect(gives([7])).rejects.toThrow("7 (number) is no row");
  await spark.stop();
});

test("progress counts states that were set, and calls that removed, as Spark does", async () => {
  const stage = await Stage.set();
  const frame = stage
    .input("k STRING")
    .groupByKey("k")
    .flatMapGroupsWithState(
      { state: "int", output: { k: "string" }, outputMode: "update" },
      (k: string, _rows, state) => {
        if (k === "a" || k === "both") state.update(1);
        if (k === "remove" || k === "both") state.remove();
        return [{ k }];
      },
    );
  await stage.run(
    frame,
    "update",
    stage.add("a"),
    checkNewRows(["a"]),
    stage.state({ total: 1, updated: 1, removed: 0 }),
    stage.add("remove", "leave", "both"),
    checkNewRows(["remove"], ["leave"], ["both"]),
    stage.state({ total: 1, updated: 0, removed: 2 }),
    stage.add("a"),
    checkNewRows(["a"]),
    stage.state({ total: 1, updated: 1, removed: 0 }),
  );
});
