import { checkNewRows, expectFailure, jumpClock, startStream, stopStream } from "@ss/testkit";
import { expect, test } from "vitest";
import {
  type DataFrame,
  type ExpiredTimerInfo,
  type ListState,
  type MapState,
  StatefulProcessor,
  type StatefulProcessorHandle,
  TimeMode,
  type TimerValues,
  type TypeSpec,
  type ValueState,
  window,
} from "../../../src/index.js";
import { RunningCount } from "./processors.js";
import { restart, Stage } from "./stage.js";

type Variables = Record<string, never>;

/** A processor made of two functions. */
class Probe extends StatefulProcessor<string, object, { text: string }> {
  private readonly declare: (handle: StatefulProcessorHandle) => unknown;
  private readonly use: (variable: never, handle: StatefulProcessorHandle) => unknown;
  private variable: unknown;

  constructor(
    declare: (handle: StatefulProcessorHandle) => unknown,
    use: (variable: never, handle: StatefulProcessorHandle) => unknown,
  ) {
    super();
    this.declare = declare;
    this.use = use;
  }

  override init(): void {
    this.variable = this.declare(this.getHandle());
  }

  override handleInputRows(): Iterable<{ text: string }> {
    return [{ text: JSON.stringify(this.use(this.variable as never, this.getHandle())) ?? "" }];
  }
}

const nothing = (): Variables => ({});
const value = (handle: StatefulProcessorHandle): ValueState<string> => handle.getValueState("c", "string");
const list = (handle: StatefulProcessorHandle): ListState<string> => handle.getListState("c", "string");
const map = (handle: StatefulProcessorHandle): MapState<string, string> =>
  handle.getMapState("c", "string", "string");

const HANDLE = "STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_HANDLE_STATE";
const TIME = "STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_TIME_MODE";
const ILLEGAL = "ILLEGAL_STATE_STORE_VALUE";
const ttl = { ttlDuration: "1 second" };

/** A call that Apache Spark 4.3.0 refuses, and how it does. */
interface Refusal {
  readonly what: string;
  readonly mode: keyof typeof TimeMode;
  readonly condition: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly declare: (handle: StatefulProcessorHandle) => unknown;
  readonly use: (variable: never, handle: StatefulProcessorHandle) => unknown;
}

type Case = readonly [
  what: string,
  mode: keyof typeof TimeMode,
  condition: string,
  parameters: Readonly<Record<string, string>>,
  declare: (handle: StatefulProcessorHandle) => unknown,
  use?: (variable: never, handle: StatefulProcessorHandle) => unknown,
];

const CASES: readonly Case[] = [
  [
    "a timer",
    "None",
    TIME,
    { operationType: "register_timer", timeMode: "NoTime" },
    nothing,
    (_, h) => h.registerTimer(1),
  ],
  [
    "the list of timers",
    "None",
    TIME,
    { operationType: "list_timers", timeMode: "NoTime" },
    nothing,
    (_, h) => h.listTimers(),
  ],
  [
    "a timer in init",
    "ProcessingTime",
    HANDLE,
    { operationType: "register_timer", handleState: "PRE_INIT" },
    (h) => h.registerTimer(1),
  ],
  [
    "a variable after init",
    "None",
    HANDLE,
    { operationType: "get_value_state", handleState: "INITIALIZED" },
    nothing,
    (_, h) => value(h),
  ],
  [
    "a deletion after init",
    "None",
    HANDLE,
    { operationType: "delete_if_exists", handleState: "INITIALIZED" },
    nothing,
    (_, h) => h.deleteIfExists("c"),
  ],
  [
    "a value in init",
    "None",
    HANDLE,
    { operationType: "c.get", handleState: "PRE_INIT" },
    (h) => value(h).get(),
  ],
  [
    "an end",
    "None",
    "STATEFUL_PROCESSOR_INCORRECT_TIME_MODE_TO_ASSIGN_TTL",
    { stateName: "c", timeMode: "NoTime" },
    (h) => h.getValueState("c", "int", ttl),
  ],
  [
    "an end",
    "EventTime",
    "STATEFUL_PROCESSOR_INCORRECT_TIME_MODE_TO_ASSIGN_TTL",
    { stateName: "c", timeMode: "EventTime" },
    (h) => h.getListState("c", "int", ttl),
  ],
  [
    "a negative end",
    "ProcessingTime",
    "STATEFUL_PROCESSOR_TTL_DURATION_MUST_BE_POSITIVE",
    { operationType: "update", stateName: "c" },
    (h) => h.getValueState("c", "int", { ttlDuration: -1 }),
  ],
  [
    "two variables of a name",
    "None",
    "STATEFUL_PROCESSOR_DUPLICATE_STATE_VARIABLE_DEFINED",
    { stateVarName: "c" },
    (h) => [value(h), list(h)],
  ],
  [
    "a name of nothing",
    "None",
    "STATE_STORE_CANNOT_USE_COLUMN_FAMILY_WITH_INVALID_NAME",
    { operationName: "create_col_family", colFamilyName: "" },
    (h) => h.getValueState("", "int"),
  ],
  [
    "a name with a space",
    "None",
    "STATE_STORE_CANNOT_USE_COLUMN_FAMILY_WITH_INVALID_NAME",
    { operationName: "create_col_family", colFamilyName: " a" },
    (h) => h.getValueState(" a", "int"),
  ],
  [
    "the name default",
    "None",
    "STATE_STORE_CANNOT_USE_COLUMN_FAMILY_WITH_INVALID_NAME",
    { operationName: "create_col_family", colFamilyName: "default" },
    (h) => h.getValueState("default", "int"),
  ],
  [
    "a reserved name",
    "None",
    "STATE_STORE_CANNOT_CREATE_COLUMN_FAMILY_WITH_RESERVED_CHARS",
    { colFamilyName: "$a" },
    (h) => h.getValueState("$a", "int"),
  ],
  [
    "null in a list",
    "None",
    `${ILLEGAL}.NULL_VALUE`,
    { stateName: "c" },
    list,
    (v: ListState<unknown>) => v.appendValue(null),
  ],
  [
    "null for a list",
    "None",
    `${ILLEGAL}.NULL_VALUE`,
    { stateName: "c" },
    list,
    (v: ListState<unknown>) => v.put(null as never),
  ],
  [
    "a list of nothing",
    "None",
    `${ILLEGAL}.EMPTY_LIST_VALUE`,
    { stateName: "c" },
    list,
    (v: ListState<unknown>) => v.put([]),
  ],
  [
    "nothing to append",
    "None",
    `${ILLEGAL}.EMPTY_LIST_VALUE`,
    { stateName: "c" },
    list,
    (v: ListState<unknown>) => v.appendList([]),
  ],
  [
    "null as a key",
    "None",
    `${ILLEGAL}.NULL_VALUE`,
    { stateName: "c" },
    map,
    (v: MapState<unknown, unknown>) => v.updateValue(null, "x"),
  ],
  [
    "null in a map",
    "None",
    `${ILLEGAL}.NULL_VALUE`,
    { stateName: "c" },
    map,
    (v: MapState<unknown, unknown>) => v.updateValue("x", null),
  ],
  [
    "the value of null",
    "None",
    `${ILLEGAL}.NULL_VALUE`,
    { stateName: "c" },
    map,
    (v: MapState<unknown, unknown>) => v.getValue(null),
  ],
];

const REFUSALS = CASES.map(([what, mode, condition, parameters, declare, use = () => ""]): Refusal => {
  return { what, mode, condition, parameters, declare, use };
});

test.each(REFUSALS)(
  "$what in TimeMode.$mode is $condition",
  async ({ mode, condition, parameters, declare, use }) => {
    const stage = await Stage.set();
    const frame = stage
      .input("value STRING")
      .selectExpr("value", "timestamp_seconds(1) AS at")
      .withWatermark("at", "0 seconds")
      .groupByKey("value")
      .transformWithState(() => new Probe(declare, use), {
        output: { text: "string" },
        outputMode: "update",
        timeMode: TimeMode[mode],
      });
    await stage.run(
      frame,
      "update",
      stage.add("a"),
      expectFailure((error) => expect((error as Error).cause).toMatchObject({ condition, parameters })),
    );
  },
);

/** Runs a probe over one row in a stage of its own. */
async function answer(
  declare: (handle: StatefulProcessorHandle) => unknown,
  use: (variable: never, handle: StatefulProcessorHandle) => unknown,
): Promise<unknown> {
  const stage = await Stage.set();
  const frame = stage
    .input("value STRING")
    .groupByKey("value")
    .transformWithState(() => new Probe(declare, use), { output: "text STRING", outputMode: "update" });
  let text = "";
  await stage.run(frame, "update", stage.add("a"), {
    name: "take the answer",
    run: async (test) => {
      await test.settle();
      text = String(stage.sink.batches.at(-1)!.rows[0]![0]);
    },
  });
  return JSON.parse(text);
}

test("a value that is not there is null, and null may be a value", async () => {
  expect(await answer(value, (v: ValueState<string>) => [v.get(), v.exists()])).toEqual([null, false]);
  const put = (v: ValueState<string>): unknown => {
    v.update(null as never);
    return [v.get(), v.exists()];
  };
  expect(await answer(value, put)).toEqual([null, true]);
});

test("a map is asked for its entries, keys and values, those just put too", async () => {
  const use = (v: MapState<string, string>): unknown => {
    const empty = [v.exists(), v.getValue("a"), v.containsKey("a"), [...v.iterator()]];
    v.updateValue("a", "1");
    v.updateValue("b", "2");
    v.updateValue("a", "3");
    v.removeKey("b");
    v.removeKey("z");
    const full = [v.exists(), v.getValue("a"), v.containsKey("b"), [...v.keys()], [...v.values()]];
    v.clear();
    return [empty, full, v.exists()];
  };
  expect(await answer(map, use)).toEqual([[false, null, false, []], [true, "3", false, ["a"], ["3"]], false]);
});

test("what is put is copied: a change of the object afterwards is not seen", async () => {
  const use = (v: ValueState<{ n: number }>): unknown => {
    const mine = { n: 1 };
    v.update(mine);
    mine.n = 2;
    const got = v.get()!;
    got.n = 3;
    return v.get();
  };
  expect(await answer((h) => h.getValueState("c", { n: "int" }), use)).toEqual({ n: 1 });
});

test("a value of another type is refused by the name of its variable", async () => {
  await expect(
    answer(
      (h) => h.getValueState("count", "int"),
      (v: ValueState<unknown>) => v.update("one"),
    ),
  ).rejects.toThrow(/the state variable count.*'one'/);
});

test.each(["init", "handleInputRows"] as const)("what %s throws is told as its own", async (name) => {
  const fail = (): never => {
    throw new RangeError("no luck");
  };
  const stage = await Stage.set();
  const frame = stage
    .input("value STRING")
    .groupByKey("value")
    .transformWithState(() => (name === "init" ? new Probe(fail, nothing) : new Probe(nothing, fail)), {
      output: { text: "string" },
      outputMode: "update",
    });
  await stage.run(
    frame,
    "update",
    stage.add("a"),
    expectFailure((error) => {
      expect((error as Error).cause).toMatchObject({
        condition: "TRANSFORM_WITH_STATE_USER_FUNCTION_ERROR",
        parameters: { function: name, reason: "no luck" },
        message: expect.stringContaining(
          `${name} of the StatefulProcessor Probe. Reason: RangeError: no luck.`,
        ),
      });
    }),
  );
});

test.each([
  [{ text: 1 }, "SS_VALUE_NOT_OF_TYPE", "StatefulProcessor Odd gives out, field text: the value 1 (number)"],
  [
    { test: "a" },
    "SS_UNKNOWN_FIELD",
    "StatefulProcessor Odd gives out: there is a field 'test', which the schema does not have, and none 'text'",
  ],
])(
  "a row %j that a processor gives out is refused by the names of class and field",
  async (row, condition, says) => {
    class Odd extends StatefulProcessor<string, object, { text: string }> {
      override handleInputRows(): Iterable<{ text: string }> {
        return [row as never];
      }
    }
    const stage = await Stage.set();
    const frame = stage
      .input("value STRING")
      .groupByKey("value")
      .transformWithState(() => new Odd(), { output: { text: "string" }, outputMode: "update" });
    await stage.run(
      frame,
      "update",
      stage.add("a"),
      expectFailure((error) => {
        expect((error as Error).cause).toMatchObject({ condition, message: expect.stringContaining(says) });
      }),
    );
  },
);

test("the query is told: its id, its run and its batch", async () => {
  const info = (await answer(nothing, (_v, h) => {
    const query = h.getQueryInfo();
    return [query.getQueryId(), query.getRunId(), query.getBatchId()];
  })) as readonly unknown[];
  expect(info).toEqual([
    expect.stringMatching(/^[0-9a-f-]{36}$/),
    expect.stringMatching(/^[0-9a-f-]{36}$/),
    0,
  ]);
});

test("a processor is one query's at a time, and ends with it", async () => {
  const stage = await Stage.set();
  const calls: string[] = [];
  class Ending extends RunningCount {
    override init(): void {
      super.init();
      calls.push("init");
    }
    override close(): void {
      calls.push("close");
    }
  }
  const frame = stage
    .input("value STRING")
    .groupByKey("value")
    .transformWithState(new Ending(), { output: "key STRING, count STRING", outputMode: "update" });
  const start = (): ReturnType<ReturnType<DataFrame["writeStream"]["format"]>["start"]> =>
    frame.writeStream.format("noop").outputMode("update").start();
  const first = await start();
  await first.processAllAvailable();
  const second = await start();
  await expect(second.awaitTermination()).rejects.toMatchObject({
    cause: { condition: "SS_PROCESSOR_IN_USE" },
  });
  await first.stop();
  const third = await start();
  await third.processAllAvailable();
  await third.stop();
  expect(calls).toEqual(["init", "close", "init", "close"]);
  await stage.spark.stop();
});

test("a provider of single tables is refused by name", async () => {
  const stateStoreProvider = "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider";
  const stage = await Stage.set({
    conf: { "spark.sql.streaming.stateStore.providerClass": stateStoreProvider },
  });
  const frame = stage
    .input("value STRING")
    .groupByKey("value")
    .transformWithState(new RunningCount(), { output: "key STRING, count STRING", outputMode: "update" });
  await expect(frame.writeStream.format("noop").outputMode("update").start()).rejects.toMatchObject({
    condition: "UNSUPPORTED_FEATURE.STORE_BACKEND_NOT_SUPPORTED_FOR_TWS",
    parameters: { stateStoreProvider },
  });
  await stage.spark.stop();
});

test("an unknown time mode is refused, and a query in mode complete without an aggregation", async () => {
  const stage = await Stage.set();
  const keyed = stage.input("value STRING").groupByKey("value");
  const options = { output: "key STRING, count STRING", outputMode: "complete" } as const;
  expect(() =>
    keyed.transformWithState(new RunningCount(), { ...options, timeMode: "Tea" as never }),
  ).toThrow("STATEFUL_PROCESSOR_UNKNOWN_TIME_MODE");
  const frame = keyed.transformWithState(new RunningCount(), options);
  await expect(frame.writeStream.format("noop").outputMode("complete").start()).rejects.toThrow(
    "no streaming aggregations",
  );
  await stage.spark.stop();
});

/** Timers at 10 and 20 ms; the first deletes the second and sets one at 15. */
class Timers extends StatefulProcessor<string, object, { text: string }> {
  override *handleInputRows(
    _key: string,
    _rows: Iterable<object>,
    times: TimerValues,
  ): Iterable<{ text: string }> {
    for (const at of [20, 10, 20]) this.getHandle().registerTimer(at);
    yield { text: `rows ${[...this.getHandle().listTimers()]} ${times.getCurrentWatermarkInMs()}` };
  }

  override *handleExpiredTimer(
    _key: string,
    _times: TimerValues,
    info: ExpiredTimerInfo,
  ): Iterable<{ text: string }> {
    const at = info.getExpiryTimeInMs();
    yield { text: `fired ${at} with ${[...this.getHandle().listTimers()]}` };
    if (at !== 10) return;
    this.getHandle().deleteTimer(20);
    this.getHandle().registerTimer(15);
  }
}

/** As Apache Spark 4.3.0 does: the timers that fire are those that had come when the rows were done. */
const FIRED = ["fired 10 with 10,20", "fired 20 with 15"];

test("timers of a table fire after its rows", async () => {
  const { spark } = await Stage.set();
  const rows = await spark
    .createDataFrame([["a"]], "value STRING")
    .groupByKey("value")
    .transformWithState(new Timers(), {
      output: { text: "string" },
      outputMode: "append",
      timeMode: TimeMode.ProcessingTime,
    })
    .collect();
  expect(rows.map(({ text }) => text)).toEqual(["rows 10,20 -1", ...FIRED]);
  await spark.stop();
});

test("a timer that a timer sets for a time that has passed fires in the next batch", async () => {
  const stage = await Stage.set({ clock: true });
  const frame = stage
    .input("value STRING")
    .groupByKey("value")
    .transformWithState(() => new Timers(), {
      output: { text: "string" },
      outputMode: "append",
      timeMode: TimeMode.ProcessingTime,
    });
  await stage.run(
    frame,
    "append",
    stage.add("a"),
    jumpClock(1000),
    checkNewRows(["rows 10,20 0"], ...FIRED.map((text) => [text])),
    stage.state({ total: 0 }),
    jumpClock(1000),
    checkNewRows(["fired 15 with 15"]),
  );
});

/** Gives the rows of a key out with their time, some seconds earlier. */
class Passing extends StatefulProcessor<string, { t: Date }, { k: string; at: Date }> {
  private readonly secondsEarlier: number;
  constructor(secondsEarlier: number) {
    super();
    this.secondsEarlier = secondsEarlier;
  }
  override *handleInputRows(k: string, rows: Iterable<{ t: Date }>): Iterable<{ k: string; at: Date }> {
    for (const { t } of rows) yield { k, at: new Date(t.getTime() - this.secondsEarlier * 1000) };
  }
}

const passing = (stage: Stage, secondsEarlier: number): DataFrame =>
  stage
    .input("k STRING, v INT")
    .selectExpr("k", "timestamp_seconds(v) AS t")
    .withWatermark("t", "5 seconds")
    .groupByKey("k")
    .transformWithState(() => new Passing(secondsEarlier), {
      output: { k: "string", at: "timestamp" },
      outputMode: "append",
      eventTimeColumn: "at",
    });

test("what a processor gives out is aggregated by a time column of its own, under the same watermark", async () => {
  const stage = await Stage.set();
  const counts = passing(stage, 0)
    .groupBy(window("at", "10 seconds"))
    .count()
    .selectExpr("CAST(window.start AS BIGINT) AS start", "count");
  await stage.run(
    counts,
    "append",
    stage.add(["a", 1], ["b", 2], ["a", 3]),
    checkNewRows(),
    ...restart,
    stage.add(["a", 16]),
    checkNewRows([0, 3]),
    stage.add(["a", 2], ["b", 30]),
    checkNewRows([10, 1]),
  );
});

test("a row older than the watermark cannot be given out under it", async () => {
  const stage = await Stage.set();
  await stage.run(
    passing(stage, 20),
    "append",
    stage.add(["a", 100]),
    checkNewRows(["a", new Date(80_000)]),
    stage.add(["a", 100]),
    expectFailure((error) => {
      expect((error as Error).cause).toMatchObject({
        condition: "EMITTING_ROWS_OLDER_THAN_WATERMARK_NOT_ALLOWED",
        parameters: { currentWatermark: "95000", emittedRowEventTime: "80000" },
      });
    }),
  );
});

test.each([
  ["t TIMESTAMP", "at", "CANNOT_ASSIGN_EVENT_TIME_COLUMN_WITHOUT_WATERMARK"],
  ["t TIMESTAMP", "k", "EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE"],
  ["t TIMESTAMP", "nowhere", "UNRESOLVED_COLUMN.WITH_SUGGESTION"],
])("of (%s) without a watermark the event time %s is %s", async (ddl, eventTimeColumn, condition) => {
  const stage = await Stage.set();
  const frame = stage
    .input(`k STRING, ${ddl}`)
    .groupByKey("k")
    .transformWithState(() => new Passing(0), {
      output: { k: "string", at: "timestamp" },
      outputMode: "append",
      eventTimeColumn,
    });
  await expect(frame.schema()).rejects.toMatchObject({ condition });
  await stage.spark.stop();
});

/** Remembers the last thing under a type. */
class Last extends StatefulProcessor<string, object, { before: string }> {
  private last!: { get(): unknown; update(value: never): void } | ListState<never>;
  private readonly kind: "value" | "list";
  private readonly type: TypeSpec;
  constructor(kind: "value" | "list", type: TypeSpec) {
    super();
    this.kind = kind;
    this.type = type;
  }
  override init(): void {
    const handle = this.getHandle();
    this.last = (
      this.kind === "value" ? handle.getValueState("last", this.type) : handle.getListState("last", this.type)
    ) as never;
  }
  override *handleInputRows(): Iterable<{ before: string }> {
    if ("update" in this.last) {
      const before = this.last.get();
      this.last.update({ n: 1 } as never);
      yield { before: JSON.stringify(before) };
    }
  }
}

test.each([
  ["value", { n: "int", more: "string" }, undefined],
  ["value", { n: "bigint" }, "STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE"],
  ["list", { n: "int" }, "STATE_STORE_INVALID_VARIABLE_TYPE_CHANGE"],
] as const)("a value of {n: int} that becomes a %s of %j: %s", async (kind, type, condition) => {
  const stage = await Stage.set();
  let make = (): Last => new Last("value", { n: "int" });
  const frame = stage
    .input("value STRING")
    .groupByKey("value")
    .transformWithState(() => make(), { output: { before: "string" }, outputMode: "update" });
  await stage.run(
    frame,
    "update",
    stage.add("a"),
    checkNewRows(["null"]),
    stopStream(),
    { name: "change", run: async () => void (make = () => new Last(kind, type)) },
    startStream(),
    stage.add("a"),
    condition === undefined
      ? checkNewRows(['{"n":1,"more":null}'])
      : expectFailure((error) => expect((error as Error).cause).toMatchObject({ condition })),
  );
});

/** Variables of every kind, used as in a query of Apache Spark 4.3.0 whose counts these are. */
class Everything extends StatefulProcessor<string, object, { text: string }> {
  private list!: ListState<string>;
  private map!: MapState<string, string>;
  private value!: ValueState<number>;

  override init(): void {
    this.list = this.getHandle().getListState("l", "string", { ttlDuration: "1 minute" });
    this.map = this.getHandle().getMapState("m", "string", "string");
    this.value = this.getHandle().getValueState("v", "bigint");
  }

  override handleInputRows(key: string, _rows: Iterable<object>, times: TimerValues): { text: string }[] {
    if (key === "clear") {
      this.list.clear();
      this.map.clear();
      this.value.clear();
    } else if (key === "put") {
      this.list.put(["x", "y"]);
      this.list.put(["z"]);
    } else {
      this.list.appendList(["1", "2", "3"]);
      for (const [k, v] of ["a1", "b2", "a3"]) this.map.updateValue(k!, v!);
      this.value.update(1);
      this.value.update(2);
      this.getHandle().registerTimer(times.getCurrentProcessingTimeInMs() + 1_000_000);
    }
    return [{ text: [...this.list.get()].join() }];
  }
}

test("rows and changes are counted as Spark counts them", async () => {
  const stage = await Stage.set({ clock: true });
  const frame = stage
    .input("value STRING")
    .groupByKey("value")
    .transformWithState(() => new Everything(), {
      output: { text: "string" },
      outputMode: "update",
      timeMode: TimeMode.ProcessingTime,
    });
  await stage.run(
    frame,
    "update",
    stage.add("a"),
    jumpClock(1000),
    checkNewRows(["1,2,3"]),
    stage.state({ total: 4, updated: 8, removed: 0 }),
    stage.add("clear"),
    jumpClock(1000),
    checkNewRows([""]),
    stage.state({ total: 4, updated: 0, removed: 1 }),
    stage.add("put"),
    jumpClock(1000),
    checkNewRows(["z"]),
    stage.state({ total: 5, updated: 3, removed: 0 }),
    stage.add("a"),
    jumpClock(1000),
    checkNewRows(["1,2,3,1,2,3"]),
    stage.state({ total: 5, updated: 8, removed: 0 }),
  );
});
