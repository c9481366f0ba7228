import type { OutputMode, StreamingQueryProgress } from "@ss/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type DataFrame,
  type ExpiredTimerInfo,
  expr,
  GroupStateTimeout,
  type ListState,
  type MapState,
  StatefulProcessor,
  session_window,
  TimeMode,
  type TimerValues,
  type ValueState,
  window,
} from "../../../src/index.js";
import { type In, Inputs } from "./inputs.js";

let inputs: Inputs;
beforeEach(async () => {
  inputs = await Inputs.create("progress", { "spark.sql.shuffle.partitions": 1 });
});
afterEach(() => inputs.spark.stop());

/** The watermark, with a delay of 10 s, is 2 s after the first rows, then 21, then 30. The row at 5 s is late. */
const STEPS: readonly (readonly (readonly [k: string, v: number, seconds: number])[])[] = [
  [
    ["a", 1, 10],
    ["a", 2, 11],
    ["b", 3, 12],
  ],
  [
    ["a", 1, 30],
    ["c", 1, 31],
  ],
  [
    ["a", 1, 5],
    ["d", 1, 40],
  ],
];

/** Of a batch: rows in and out; rows of state in all, updated, removed; rows dropped for being late. */
type Counts = readonly [
  taken: number,
  given: number,
  total: number,
  updated: number,
  removed: number,
  late: number,
];

/** What Spark reports, batch by batch. */
interface Kind {
  readonly operator: string;
  readonly mode: OutputMode;
  readonly query: (i: Inputs) => DataFrame;
  readonly counts: readonly Counts[];
  /** Default 1. */
  readonly stores?: number;
  /** By name, batch by batch. */
  readonly metrics?: Readonly<Record<string, readonly number[]>>;
}

const other = (rows: DataFrame): DataFrame => rows.selectExpr("k AS k2", "v AS v2", "t AS t2");
const RANGE = expr("k = k2 AND t2 >= t AND t2 <= t + INTERVAL 2 SECONDS");
const large = (rows: DataFrame): DataFrame => other(rows).where("v2 > 1");

/** Remembers the last value of a key for ten seconds of event time. */
class Last extends StatefulProcessor<string, In, { readonly k: string }> {
  private value!: ValueState<number>;

  override init(): void {
    this.value = this.getHandle().getValueState("n", "int");
  }

  override *handleInputRows(k: string, rows: Iterable<In>): Iterable<{ k: string }> {
    for (const { v, t } of rows) {
      this.value.update(v);
      this.getHandle().registerTimer(t.getTime() + 10_000);
    }
    yield { k };
  }

  override *handleExpiredTimer(k: string, _: unknown, __: ExpiredTimerInfo): Iterable<{ k: string }> {
    this.value.clear();
    yield { k: `${k}!` };
  }
}

const DAY = { ttlDuration: "1 day" };

/** Remembers of each key its values in every kind of variable. */
class Variables extends StatefulProcessor<string, In, { readonly k: string }> {
  private count!: ValueState<number>;
  private last!: ValueState<{ v: number | null }>;
  private values!: ListState<number>;
  private ends!: ListState<{ v: number | null }>;
  private seen!: MapState<number, number>;
  private kept!: MapState<{ v: number | null }, { k: string | null }>;

  override init(): void {
    const handle = this.getHandle();
    this.count = handle.getValueState("count", "bigint");
    this.last = handle.getValueState("last", { v: "int" }, DAY);
    this.values = handle.getListState("values", "int");
    this.ends = handle.getListState("ends", { v: "int" }, DAY);
    this.seen = handle.getMapState("seen", "int", "int");
    this.kept = handle.getMapState("kept", { v: "int" }, { k: "string" }, DAY);
  }

  override *handleInputRows(k: string, rows: Iterable<In>, times: TimerValues): Iterable<{ k: string }> {
    const handle = this.getHandle();
    if (!this.count.exists()) handle.registerTimer(times.getCurrentProcessingTimeInMs() + 86_400_000);
    for (const { v } of rows) {
      this.count.update((this.count.get() ?? 0) + 1);
      this.last.update({ v });
      this.values.appendValue(v);
      this.ends.appendValue({ v });
      this.seen.updateValue(v, (this.seen.getValue(v) ?? 0) + 1);
      this.kept.updateValue({ v }, { k });
      if (v === LAST) {
        this.seen.removeKey(1);
        this.values.clear();
        for (const time of [...handle.listTimers()]) handle.deleteTimer(time);
        this.last.clear();
      }
    }
    yield { k };
  }
}

/** The value with which a key is forgotten in part. */
const LAST = 99;

const KINDS: Readonly<Record<string, Kind>> = {
  "an aggregation by windows in append mode": {
    operator: "stateStoreSave",
    mode: "append",
    query: (i) => i.marked.groupBy(window("t", "5 seconds"), "k").count(),
    counts: [
      [3, 0, 2, 2, 0, 0],
      [0, 0, 2, 0, 0, 0],
      [2, 0, 4, 2, 0, 0],
      [0, 2, 2, 0, 2, 0],
      [2, 0, 3, 1, 0, 1],
      [0, 0, 3, 0, 0, 0],
    ],
  },
  "an aggregation by windows in update mode": {
    operator: "stateStoreSave",
    mode: "update",
    query: (i) => i.marked.groupBy(window("t", "5 seconds"), "k").count(),
    counts: [
      [3, 2, 2, 2, 0, 0],
      [0, 0, 2, 0, 0, 0],
      [2, 2, 4, 2, 0, 0],
      [0, 0, 2, 0, 2, 0],
      [2, 1, 3, 1, 0, 1],
      [0, 0, 3, 0, 0, 0],
    ],
  },
  "an aggregation in complete mode": {
    operator: "stateStoreSave",
    mode: "complete",
    query: (i) => i.stream.groupBy("k").count(),
    counts: [
      [3, 2, 2, 2, 0, 0],
      [2, 3, 3, 2, 0, 0],
      [2, 4, 4, 2, 0, 0],
    ],
  },
  "an aggregation by sessions": {
    operator: "sessionWindowStateStoreSaveExec",
    mode: "append",
    query: (i) => i.marked.groupBy(session_window("t", "5 seconds"), "k").count(),
    // a session that was there counts as updated with the new ones of its key
    counts: [
      [3, 0, 2, 2, 0, 0],
      [0, 0, 2, 0, 0, 0],
      [2, 0, 4, 3, 0, 0],
      [0, 2, 2, 0, 2, 0],
      [2, 0, 3, 1, 0, 1],
      [0, 0, 3, 0, 0, 0],
    ],
  },
  dropDuplicates: {
    operator: "dedupe",
    mode: "append",
    query: (i) => i.stream.dropDuplicates(["k"]),
    counts: [
      [3, 2, 2, 2, 0, 0],
      [2, 1, 3, 1, 0, 0],
      [2, 1, 4, 1, 0, 0],
    ],
    metrics: { numDroppedDuplicateRows: [1, 1, 1] },
  },
  "dropDuplicates by event time": {
    operator: "dedupe",
    mode: "append",
    query: (i) => i.marked.dropDuplicates(["k", "t"]),
    counts: [
      [3, 3, 3, 3, 0, 0],
      [0, 0, 3, 0, 0, 0],
      [2, 2, 5, 2, 0, 0],
      [0, 0, 2, 0, 3, 0],
      [2, 1, 3, 1, 0, 1],
      [0, 0, 2, 0, 1, 0],
    ],
    metrics: { numDroppedDuplicateRows: [0, 0, 0, 0, 0, 0] },
  },
  dropDuplicatesWithinWatermark: {
    operator: "dedupeWithinWatermark",
    mode: "append",
    query: (i) => i.marked.dropDuplicatesWithinWatermark(["k"]),
    counts: [
      [3, 2, 2, 2, 0, 0],
      [0, 0, 2, 0, 0, 0],
      [2, 1, 3, 1, 0, 0],
      [0, 0, 2, 0, 1, 0],
      [2, 1, 3, 1, 0, 1],
      [0, 0, 2, 0, 1, 0],
    ],
    metrics: { numDroppedDuplicateRows: [1, 0, 1, 0, 0, 0] },
  },
  "a limit": {
    operator: "globalLimit",
    mode: "append",
    query: (i) => i.stream.limit(4),
    counts: [
      [3, 3, 1, 1, 0, 0],
      [2, 1, 1, 1, 0, 0],
      [2, 0, 1, 0, 0, 0],
    ],
  },
  "an inner join of streams": {
    operator: "symmetricHashJoin",
    mode: "append",
    stores: 4,
    query: (i) => i.marked.join(other(i.marked), RANGE),
    counts: [
      [6, 4, 6, 6, 0, 0],
      [0, 0, 6, 0, 0, 0],
      [4, 2, 10, 4, 0, 0],
      [0, 0, 4, 0, 6, 0],
      [4, 1, 6, 2, 0, 2],
      [0, 0, 6, 0, 0, 0],
    ],
  },
  "an inner join of streams without watermarks": {
    operator: "symmetricHashJoin",
    mode: "append",
    stores: 4,
    query: (i) => i.stream.join(other(i.stream), expr("k = k2")),
    counts: [
      [6, 5, 6, 6, 0, 0],
      [4, 6, 10, 4, 0, 0],
      [4, 8, 14, 4, 0, 0],
    ],
  },
  "a left join of streams, the right of which has rows at first only": {
    operator: "symmetricHashJoin",
    mode: "append",
    stores: 4,
    query: (i) => i.marked.join(large(i.marked), RANGE, "left"),
    counts: [
      [6, 3, 5, 5, 0, 0],
      [0, 0, 5, 0, 0, 0],
      [4, 0, 7, 2, 0, 0],
      [4, 0, 9, 2, 0, 0],
    ],
  },
  "a left semi join of streams, the right of which has rows at first only": {
    operator: "symmetricHashJoin",
    mode: "append",
    stores: 4,
    query: (i) => i.marked.join(large(i.marked), RANGE, "left_semi"),
    counts: [
      [6, 3, 2, 2, 0, 0],
      [0, 0, 2, 0, 0, 0],
      [4, 0, 4, 2, 0, 0],
      [4, 0, 6, 2, 0, 0],
    ],
  },
  "flatMapGroupsWithState that forgets a key": {
    operator: "flatMapGroupsWithState",
    mode: "update",
    query: (i) =>
      i.stream
        .groupByKey("k")
        .flatMapGroupsWithState(
          { state: "int", output: { k: "string" }, outputMode: "update" },
          (k, _, state) => {
            state.update(1);
            if (k === "c") state.remove();
            return [{ k: k as string }];
          },
        ),
    counts: [
      [3, 2, 2, 2, 0, 0],
      [2, 2, 2, 1, 1, 0],
      [2, 2, 3, 2, 0, 0],
    ],
  },
  "flatMapGroupsWithState with event-time timeouts": {
    operator: "flatMapGroupsWithState",
    mode: "append",
    query: (i) => {
      const timeout = GroupStateTimeout.EventTimeTimeout;
      return i.marked
        .groupByKey("k")
        .flatMapGroupsWithState(
          { state: "int", output: { k: "string" }, outputMode: "append", timeout },
          (k, rows, state) => {
            if (state.hasTimedOut) state.remove();
            else {
              state.update(1);
              const times = ([...rows] as unknown as In[]).map(({ t }) => t.getTime());
              state.setTimeoutTimestamp(Math.max(...times), "5 seconds");
            }
            return [{ k: k as string }];
          },
        );
    },
    counts: [
      [3, 2, 2, 2, 0, 0],
      [0, 0, 2, 0, 0, 0],
      [2, 2, 3, 2, 0, 0],
      [0, 1, 2, 0, 1, 0],
      [2, 1, 3, 1, 0, 1],
      [0, 0, 3, 0, 0, 0],
    ],
  },
  "flatMapGroupsWithState with an initial state": {
    operator: "flatMapGroupsWithState",
    mode: "append",
    query: (i) => {
      const initialState = i.spark.sql("SELECT * FROM VALUES ('a', 1), ('z', 2) AS s(k, n)").groupByKey("k");
      return i.stream
        .groupByKey("k")
        .flatMapGroupsWithState(
          { state: "int", output: { k: "string" }, outputMode: "append", initialState },
          (k, _, state) => {
            state.update(1);
            return [{ k: k as string }];
          },
        );
    },
    counts: [
      [3, 3, 3, 3, 0, 0],
      [2, 2, 4, 2, 0, 0],
      [2, 2, 5, 2, 0, 0],
    ],
  },
  "transformWithState with timers": {
    operator: "transformWithStateExec",
    mode: "append",
    query: (i) =>
      i.marked.groupByKey("k").transformWithState(() => new Last() as never, {
        output: { k: "string" },
        outputMode: "append",
        timeMode: TimeMode.EventTime,
      }),
    counts: [
      [3, 2, 2, 3, 0, 0],
      [0, 0, 2, 0, 0, 0],
      [2, 2, 3, 2, 0, 0],
      [0, 2, 2, 0, 2, 0],
      [2, 1, 3, 1, 0, 1],
      [0, 1, 2, 0, 1, 0],
    ],
    metrics: {
      numValueStateVars: [1, 1, 1, 1, 1, 1],
      numValueStateWithTTLVars: [0, 0, 0, 0, 0, 0],
      numListStateVars: [0, 0, 0, 0, 0, 0],
      numMapStateVars: [0, 0, 0, 0, 0, 0],
      numRegisteredTimers: [3, 0, 2, 0, 1, 0],
      numDeletedTimers: [0, 0, 0, 2, 0, 1],
      numExpiredTimers: [0, 0, 0, 2, 0, 1],
      numDeletedStateVars: [0, 0, 0, 0, 0, 0],
      numValuesRemovedDueToTTLExpiry: [0, 0, 0, 0, 0, 0],
    },
  },
};

async function reports({ query, mode }: Kind): Promise<StreamingQueryProgress[]> {
  // what is given out is read, so that nothing is left undone
  const writer = query(inputs).writeStream.outputMode(mode).format("memory").queryName("reported");
  const started = await writer.start();
  try {
    for (const step of STEPS) {
      inputs.add(...step);
      await started.processAllAvailable();
    }
    return started.recentProgress.filter(({ stateOperators }) => stateOperators.length > 0);
  } finally {
    await started.stop();
  }
}

test.each(Object.entries(KINDS))("progress of %s is as Spark reports it", async (_, kind) => {
  const found = await reports(kind);
  const only = found.map(({ stateOperators }) => stateOperators[0]!);
  expect(
    found.map(({ numInputRows, sink }, k): Counts => {
      const { numRowsTotal, numRowsUpdated, numRowsRemoved, numRowsDroppedByWatermark } = only[k]!;
      return [
        numInputRows,
        sink.numOutputRows,
        numRowsTotal,
        numRowsUpdated,
        numRowsRemoved,
        numRowsDroppedByWatermark,
      ];
    }),
  ).toEqual(kind.counts);
  for (const report of only) {
    expect(report).toMatchObject({
      operatorName: kind.operator,
      numShufflePartitions: 1,
      numStateStoreInstances: kind.stores ?? 1,
    });
    for (const time of [report.allUpdatesTimeMs, report.allRemovalsTimeMs, report.commitTimeMs]) {
      expect(Number.isInteger(time) && time >= 0).toBe(true);
    }
    expect(report.memoryUsedBytes).toBeGreaterThan(0);
  }
  for (const [name, values] of Object.entries(kind.metrics ?? {})) {
    expect([name, only.map(({ customMetrics }) => customMetrics[name])]).toEqual([name, values]);
  }
});

test("of state in memory it is told how much there is, and that it was there when the batch began", async () => {
  const found = await reports(KINDS["dropDuplicates"]!);
  const metrics = found.map(({ stateOperators }) => stateOperators[0]!.customMetrics);
  expect(metrics.map(({ loadedMapCacheHitCount }) => loadedMapCacheHitCount)).toEqual([0, 1, 2]);
  expect(metrics.map(({ loadedMapCacheMissCount }) => loadedMapCacheMissCount)).toEqual([0, 0, 0]);
  expect(metrics.every(({ stateOnCurrentVersionSizeBytes }) => stateOnCurrentVersionSizeBytes! > 0)).toBe(
    true,
  );
  expect(Object.keys(metrics[0]!)).toEqual(Object.keys(metrics[0]!).sort());
});

test("variables of every kind are counted as Spark counts them", async () => {
  const query = await inputs.stream
    .groupByKey("k")
    .transformWithState(() => new Variables() as never, {
      output: { k: "string" },
      outputMode: "update",
      timeMode: TimeMode.ProcessingTime,
    })
    .writeStream.outputMode("update")
    .format("noop")
    .start();
  const seen: unknown[] = [];
  for (const rows of [
    [
      ["a", 1, 0],
      ["a", 2, 0],
      ["b", 3, 0],
    ],
    [["a", 1, 0]],
    [["a", LAST, 0]],
  ] as const) {
    inputs.add(...rows);
    await query.processAllAvailable();
    const { numRowsTotal, numRowsUpdated, numRowsRemoved, customMetrics } =
      query.lastProgress!.stateOperators[0]!;
    const { numRegisteredTimers, numDeletedTimers } = customMetrics;
    seen.push([numRowsTotal, numRowsUpdated, numRowsRemoved, numRegisteredTimers, numDeletedTimers]);
  }
  await query.stop();
  expect(seen).toEqual([
    [14, 18, 0, 2, 0],
    [14, 6, 0, 0, 0],
    [13, 6, 6, 0, 1],
  ]);
});

test("the metrics that are an operator's own are those of Spark", async () => {
  const names = async (kind: string): Promise<string[]> =>
    Object.keys((await reports(KINDS[kind]!))[0]!.stateOperators[0]!.customMetrics);
  expect(await names("transformWithState with timers")).toEqual(
    expect.arrayContaining([
      "initialStateProcessingTimeMs",
      "numListStateWithTTLVars",
      "numMapStateWithTTLVars",
      "timerProcessingTimeMs",
    ]),
  );
});
