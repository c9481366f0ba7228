import { checkNewRows, checkProgress, expectFailure, jumpClock, startStream, stopStream } from "@ss/testkit";
import { expect, test } from "vitest";
import {
  type DataFrame,
  type OutputMode,
  StatefulProcessor,
  TimeMode,
  type ValueState,
} from "../../../src/index.js";
import {
  Accumulator,
  COUNTED,
  CountWithTimer,
  Highest,
  LastingMap,
  PastTimer,
  Remembered,
  RunningCount,
} from "./processors.js";
import { restart, Stage, scenario } from "./stage.js";

const counts = (
  stage: Stage,
  timeMode: TimeMode = TimeMode.None,
  outputMode: OutputMode = "update",
): DataFrame =>
  stage
    .input("value STRING")
    .groupByKey("value")
    .transformWithState(() => new RunningCount(), { output: COUNTED, outputMode, timeMode });

scenario("a value goes on over restarts, and begins anew when it was cleared", async (set) => {
  const stage = await set();
  await stage.run(
    counts(stage),
    "update",
    stage.add("a"),
    checkNewRows(["a", "1"]),
    stage.state({ updated: 1 }),
    stage.add("a", "b"),
    checkNewRows(["a", "2"], ["b", "1"]),
    stage.state({ total: 2, updated: 2 }),
    ...restart,
    stage.add("a", "b"),
    checkNewRows(["b", "2"]),
    stage.state({ total: 1, updated: 1, removed: 1 }),
    ...restart,
    stage.add("a", "c"),
    checkNewRows(["a", "1"], ["c", "1"]),
  );
});

scenario("a timer fires when its time has come by the clock", async (set) => {
  const stage = await set({ clock: true });
  const words = stage
    .input("value STRING")
    .groupByKey("value")
    .transformWithState(() => new CountWithTimer(), {
      output: COUNTED,
      outputMode: "update",
      timeMode: TimeMode.ProcessingTime,
    });
  await stage.run(
    words,
    "update",
    stage.add("a"),
    jumpClock(1000),
    checkNewRows(["a", "1"]),
    stage.add("b"),
    jumpClock(1000),
    checkNewRows(["b", "1"]),
    stage.add("b"),
    jumpClock(10_000),
    checkNewRows(["a", "-1"], ["b", "2"]),
    ...restart,
    stage.add("b", "c"),
    jumpClock(1000),
    checkNewRows(["c", "1"]),
    stage.add("d"),
    jumpClock(10_000),
    checkNewRows(["c", "-1"], ["d", "1"]),
    checkProgress((progress) => {
      expect(progress.stateOperators[0]).toMatchObject({
        operatorName: "transformWithStateExec",
        numRowsTotal: 1,
        customMetrics: {
          numValueStateVars: 2,
          numListStateVars: 0,
          numMapStateVars: 0,
          numValueStateWithTTLVars: 0,
          numRegisteredTimers: 0,
          numDeletedTimers: 1,
          numExpiredTimers: 1,
        },
      });
    }),
  );
});

scenario("a timer wakes a query to which nothing comes", async (set) => {
  const stage = await set({ clock: true });
  const words = stage
    .input("value STRING")
    .groupByKey("value")
    .transformWithState(() => new CountWithTimer(), {
      output: COUNTED,
      outputMode: "update",
      timeMode: TimeMode.ProcessingTime,
    });
  await stage.run(
    words,
    "update",
    stage.add("a"),
    jumpClock(1000),
    checkNewRows(["a", "1"]),
    jumpClock(4000),
    checkNewRows(),
    jumpClock(1000),
    checkNewRows(["a", "-1"]),
    stage.state({ total: 0 }),
  );
});

const highest = (stage: Stage): DataFrame =>
  stage
    .input("k STRING, v INT")
    .selectExpr("k", "timestamp_seconds(v) AS t", "v")
    .withWatermark("t", "10 seconds")
    .groupByKey("k")
    .transformWithState(() => new Highest(), {
      output: { key: "string", highest: "int" },
      outputMode: "update",
      timeMode: TimeMode.EventTime,
    });

scenario("a timer fires when the watermark has passed it, and late rows are dropped", async (set) => {
  const stage = await set();
  await stage.run(
    highest(stage),
    "update",
    stage.add(["a", 11], ["a", 13], ["a", 15]),
    checkNewRows(["a", 15]),
    stage.add(["a", 4]),
    checkNewRows(),
    stage.state({ dropped: 1 }),
    stage.add(["a", 10]),
    checkNewRows(["a", 15]),
    ...restart,
    stage.add(["b", 31]),
    checkNewRows(["a", -1], ["b", 31]),
  );
});

scenario("a timer for a time that has passed fires in the same batch, after the rows", async (set) => {
  const stage = await set({ clock: true });
  const words = stage
    .input("value STRING")
    .groupByKey("value")
    .transformWithState(() => new PastTimer(), {
      output: COUNTED,
      outputMode: "update",
      timeMode: TimeMode.ProcessingTime,
    });
  await stage.run(
    words,
    "update",
    stage.add("a"),
    jumpClock(1000),
    checkNewRows(["a", "1"]),
    stage.add("a"),
    jumpClock(1000),
    checkNewRows(["a", "2"], ["a", "-1"]),
  );
  expect(stage.sink.batches.at(-1)!.rows).toEqual([
    ["a", "2"],
    ["a", "-1"],
  ]);
});

/** What a key had last, and how often it came; the second version counts no more. */
class MostRecent extends StatefulProcessor<string, { s: string }, object> {
  static version: 1 | 2 = 1;
  private count: ValueState<number> | undefined;
  private recent!: ValueState<string>;

  override init(): void {
    const handle = this.getHandle();
    this.recent = handle.getValueState("mostRecent", "string");
    this.count = undefined;
    if (MostRecent.version === 1) this.count = handle.getValueState("countState", "bigint");
    else handle.deleteIfExists("countState");
  }

  override *handleInputRows(key: string, rows: Iterable<{ s: string }>): Iterable<object> {
    for (const { s } of rows) {
      const before = this.recent.get() ?? "";
      this.recent.update(s);
      const count = (this.count?.get() ?? 0) + 1;
      this.count?.update(count);
      yield { key, count: this.count ? String(count) : null, before };
    }
  }
}

test("a variable that a new version deletes is gone, the others stay", async () => {
  const stage = await Stage.set();
  MostRecent.version = 1;
  const frame = stage
    .input("k STRING, s STRING")
    .groupByKey("k")
    .transformWithState(() => new MostRecent(), {
      output: "key STRING, count STRING, before STRING",
      outputMode: "update",
    });
  await stage.run(
    frame as DataFrame,
    "update",
    stage.add(["a", "str1"]),
    checkNewRows(["a", "1", ""]),
    stage.state({ total: 2 }),
    stopStream(),
    { name: "upgrade", run: async () => void (MostRecent.version = 2) },
    startStream(),
    stage.add(["a", "str2"], ["b", "str3"]),
    checkNewRows(["a", null, "str1"], ["b", null, ""]),
    stage.state({ total: 2 }),
  );
});

scenario("entries of a map end each at its own time", async (set) => {
  const stage = await set({ clock: true });
  const map = stage
    .input("k STRING, uk STRING, action STRING, v INT")
    .groupByKey("k")
    .transformWithState(() => new LastingMap(), {
      output: { k: "string", uk: "string", v: "int" },
      outputMode: "append",
      timeMode: TimeMode.ProcessingTime,
    });
  await stage.run(
    map,
    "append",
    stage.add(["k1", "key1", "put", 1]),
    jumpClock(1000),
    checkNewRows(),
    stage.state({ total: 1, updated: 1 }),
    stage.add(["k1", "key1", "get", -1]),
    jumpClock(30_000),
    checkNewRows(["k1", "key1", 1]),
    stage.state({ total: 1, updated: 0 }),
    stage.add(["k1", "key2", "put", 2]),
    jumpClock(1000),
    checkNewRows(),
    stage.state({ total: 2, updated: 1 }),
    stage.add(["k1", "key1", "get", -1], ["k1", "key2", "get", -1]),
    jumpClock(30_000),
    checkNewRows(["k1", "key2", 2]),
    stage.state({ total: 1, updated: 0, removed: 1 }),
    checkProgress(({ stateOperators: [operator] }) => {
      expect(operator!.customMetrics).toMatchObject({
        numMapStateWithTTLVars: 1,
        numMapStateVars: 0,
        numValuesRemovedDueToTTLExpiry: 1,
      });
    }),
  );
});

scenario("an initial state is taken once, in the first batch", async (set) => {
  const stage = await set();
  const initialState = stage.spark
    .createDataFrame(
      [
        ["init_1", 40],
        ["init_2", 100],
      ],
      "k STRING, v DOUBLE",
    )
    .groupByKey("k");
  const processor = new Accumulator();
  const frame = stage
    .input("k STRING, action STRING, v DOUBLE")
    .groupByKey("k")
    .transformWithState(processor, {
      output: { k: "string", action: "string", v: "double" },
      outputMode: "update",
      initialState,
    });
  await stage.run(
    frame,
    "update",
    stage.add(["init_1", "add", 50]),
    checkNewRows(),
    stage.state({ total: 2 }),
    stage.add(["init_2", "add", 60]),
    checkNewRows(),
    ...restart,
    stage.add(["init_1", "add", 50]),
    checkNewRows(),
    stage.add(["init_1", "getOption", -1], ["init_2", "getOption", -1]),
    checkNewRows(["init_2", "getOption", 160], ["init_1", "getOption", 140]),
  );
  expect(processor.taken.sort()).toEqual(["init_1", "init_2"]);
});

test.each([
  ["timeMode", "NoTime", "ProcessingTime", TimeMode.ProcessingTime, "update"],
  ["outputMode", "Update", "Append", TimeMode.None, "append"],
] as const)(
  "another %s after a restart is refused",
  async (configName, oldConfig, newConfig, timeMode, mode) => {
    const stage = await Stage.set();
    let [currentTime, currentMode]: [TimeMode, OutputMode] = [TimeMode.None, "update"];
    const frame = {
      get writeStream() {
        return counts(stage, currentTime, currentMode).writeStream;
      },
    };
    await stage.run(
      frame as DataFrame,
      "update",
      stage.add("a"),
      checkNewRows(["a", "1"]),
      stopStream(),
      { name: "change", run: async () => void ([currentTime, currentMode] = [timeMode, mode]) },
      startStream(),
      expectFailure((error) => {
        expect((error as Error).cause).toMatchObject({
          condition: "STATE_STORE_INVALID_CONFIG_AFTER_RESTART",
          parameters: { configName, oldConfig, newConfig },
        });
      }),
    );
  },
);

scenario("lists are appended to, replaced and cleared, over restarts", async (set) => {
  const stage = await set();
  const frame = stage
    .input("k STRING, s STRING")
    .groupByKey("k")
    .transformWithState(() => new Remembered(), {
      output: { k: "string", texts: "array<string>" },
      outputMode: "update",
    });
  await stage.run(
    frame,
    "update",
    stage.add(["a", "x"], ["b", "1"], ["a", "y"]),
    checkNewRows(["a", ["x", "y"]], ["b", ["1"]]),
    stage.add(["a", "z"]),
    checkNewRows(["a", ["x", "y", "z"]]),
    ...restart,
    stage.add(["a", "w"], ["b", "clear"]),
    checkNewRows(["a", ["x", "y", "z", "w"]], ["b", []]),
    stage.add(["a", "put p,q"], ["a", "r"], ["b", "2"]),
    checkNewRows(["a", ["p", "q", "r"]], ["b", ["2"]]),
    stage.state({ total: 2 }),
  );
});

type Version = "value" | "list" | "two values";

/** Remembers a key in a variable whose kind differs from version to version, and in the last one in one more. */
class Changing extends StatefulProcessor<string, object, { readonly key: string; readonly known: string }> {
  static version: Version = "value";
  private known!: { exists(): boolean };
  private remember: () => void = () => {};

  override init(): void {
    const handle = this.getHandle();
    if (Changing.version === "list") {
      const list = handle.getListState("known", "int");
      [this.known, this.remember] = [list, () => list.appendValue(1)];
      return;
    }
    const value = handle.getValueState("known", "int");
    const more = Changing.version === "value" ? undefined : handle.getValueState("more", "string");
    this.known = value;
    this.remember = () => {
      value.update(1);
      more?.update("x");
    };
  }

  override *handleInputRows(key: string): Iterable<{ key: string; known: string }> {
    yield { key, known: String(this.known.exists()) };
    this.remember();
  }
}

test("a variable of another kind after a restart is refused, and one more is not", async () => {
  const stage = await Stage.set();
  Changing.version = "value";
  const frame = stage
    .input("value STRING")
    .groupByKey("value")
    .transformWithState(() => new Changing() as never, {
      output: "key STRING, known STRING",
      outputMode: "update",
      timeMode: TimeMode.None,
    });
  const change = (version: Version) => ({
    name: `change to ${version}`,
    run: async () => void (Changing.version = version),
  });
  await stage.run(
    frame as DataFrame,
    "update",
    stage.add("a"),
    checkNewRows(["a", "false"]),
    stopStream(),
    change("list"),
    startStream(),
    expectFailure((error) => {
      expect((error as Error).cause).toMatchObject({
        condition: "STATE_STORE_INVALID_VARIABLE_TYPE_CHANGE",
        parameters: { stateVarName: "known", newType: "ListState", oldType: "ValueState" },
      });
    }),
    change("two values"),
    startStream(),
    stage.add("a", "b"),
    checkNewRows(["a", "true"], ["b", "false"]),
  );
});
