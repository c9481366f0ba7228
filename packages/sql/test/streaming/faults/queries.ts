import {
  expr,
  type ListState,
  type MapState,
  max,
  StatefulProcessor,
  session_window,
  udaf,
  type ValueState,
  window,
} from "../../../src/index.js";
import { Average } from "../../aggregators.js";
import type { TrialOptions } from "./trial.js";

const SCHEMA = "k STRING, n INT, t TIMESTAMP";
const at = (seconds: number): Date => new Date(seconds * 1000);

const INPUTS = [
  [
    ["a", 1, at(1)],
    ["b", 2, at(4)],
    ["a", 3, at(12)],
  ],
  [["a", 4, at(26)]],
  [
    ["b", 5, at(3)],
    ["c", 6, at(29)],
    ["a", 7, at(41)],
  ],
];

/** Numbers as texts, of which some are none. */
export const DECODED: TrialOptions = {
  schema: "id INT, text STRING",
  inputs: [
    [
      [1, "10"],
      [2, "x"],
      [3, null],
    ],
    [[4, "{"]],
    [
      [5, "7"],
      [6, "y"],
    ],
  ],
  query: (stream) => stream.selectExpr("id", "from_csv(text, 'n INT').n AS n"),
};
export const DECODED_RESULT: readonly string[] = ["1 10", "3 NULL", "5 7"];
export const DECODED_MALFORMED: readonly string[] = ["2 x", "4 {", "6 y"];

/** Rows with n > 1, as they are. */
export const STATELESS: TrialOptions = {
  schema: SCHEMA,
  inputs: INPUTS,
  query: (stream) => stream.filter("n > 1").selectExpr("k", "n * 10 AS n"),
};
export const STATELESS_RESULT: readonly string[] = ["a 30", "a 40", "a 70", "b 20", "b 50", "c 60"];

/**
 * Windows of ten seconds, given out when a watermark of five seconds has passed them. It is 7 s after the first addition, 21 s
 * after the second, so that [0, 10) and [10, 20) are complete and 3 s is late, 36 s after the third: [20, 30).
 */
export const WINDOWED: TrialOptions = {
  schema: SCHEMA,
  inputs: INPUTS,
  query: (stream) =>
    stream
      .withWatermark("t", "5 seconds")
      .groupBy(window("t", "10 seconds"))
      .sum("n")
      .selectExpr("CAST(window.start AS BIGINT) AS start", "`sum(n)` AS total"),
};
export const WINDOWED_RESULT: readonly string[] = ["0 3", "10 3", "20 10"];
export const WINDOWED_LATE: readonly string[] = [
  'stateStoreSave 1970-01-01T00:00:21.000Z {"window":{"start":"1970-01-01T00:00:00.000Z","end":"1970-01-01T00:00:10.000Z"},"k":"b","n":5,"t":"1970-01-01T00:00:03.000Z"}',
];

/**
 * Sessions that end 14 seconds after their last row. The watermark is 35 s after the second addition, which ends b's session and makes its row
 * at 3 s late, and lets c's row at 27 s begin the session of the one at 40 s; it is 65 s after the last.
 */
export const SESSIONS: TrialOptions = {
  schema: SCHEMA,
  inputs: [
    INPUTS[0]!,
    [
      ["a", 4, at(26)],
      ["c", 5, at(40)],
    ],
    [
      ["b", 6, at(3)],
      ["c", 7, at(27)],
    ],
    [["c", 8, at(70)]],
  ],
  query: (stream) =>
    stream
      .withWatermark("t", "5 seconds")
      .groupBy("k", session_window("t", "14 seconds"))
      .sum("n")
      .selectExpr(
        "k",
        "CAST(session_window.start AS BIGINT) AS s",
        "CAST(session_window.end AS BIGINT) AS e",
        "`sum(n)` AS total",
      ),
};
export const SESSIONS_RESULT: readonly string[] = ["a 1 40 8", "b 4 18 2", "c 27 54 12"];
export const SESSIONS_LATE: readonly string[] = [
  'sessionWindowStateStoreSaveExec 1970-01-01T00:00:35.000Z {"session_window":{"start":"1970-01-01T00:00:03.000Z","end":"1970-01-01T00:00:17.000Z"},"k":"b","n":6,"t":"1970-01-01T00:00:03.000Z"}',
];

/** Totals by key, all of them in every batch. */
export const TOTALS: TrialOptions = {
  schema: SCHEMA,
  inputs: INPUTS,
  mode: "complete",
  query: (stream) => stream.groupBy("k").sum("n").selectExpr("k", "`sum(n)` AS total"),
};
export const TOTALS_RESULT: readonly string[] = ["a 15", "b 7", "c 6"];

/** Means by key, by an aggregator of the program, and the largest number. */
export const MEANS: TrialOptions = {
  schema: SCHEMA,
  inputs: INPUTS,
  mode: "update",
  query: (stream) => stream.groupBy("k").agg(udaf(new Average())("n").as("mean"), max("n")),
};
export const MEANS_RESULT: readonly string[] = [
  "a 2 3",
  "a 2.6666666666666665 4",
  "a 3.75 7",
  "b 2 2",
  "b 3.5 5",
  "c 6 6",
];

/** The largest number of each window of ten seconds, by a function of two values; windows as in {@link WINDOWED}. */
export const LARGEST: TrialOptions = {
  schema: SCHEMA,
  inputs: INPUTS.slice(0, 2),
  query: (stream) =>
    stream
      .withWatermark("t", "5 seconds")
      .groupByKey(window("t", "10 seconds"))
      .mapValues("int", (row) => row["n"] as number)
      .reduceGroups((a, b) => Math.max(a, b))
      .selectExpr("CAST(window.start AS BIGINT) AS start", "reduced"),
};
export const LARGEST_RESULT: readonly string[] = ["0 2", "10 3"];

/** The first five rows. */
export const FIRST_ROWS: TrialOptions = {
  schema: SCHEMA,
  inputs: INPUTS,
  query: (stream) => stream.limit(5).selectExpr("k", "n"),
};
export const FIRST_ROWS_RESULT: readonly string[] = ["a 1", "a 3", "a 4", "b 2", "b 5"];

/** The first row of each key. */
export const FIRST_OF_KEY: TrialOptions = {
  schema: SCHEMA,
  inputs: INPUTS,
  query: (stream) => stream.dropDuplicates(["k"]).selectExpr("k", "n"),
};
export const FIRST_OF_KEY_RESULT: readonly string[] = ["a 1", "b 2", "c 6"];

/**
 * Rows with those of even numbers that come up to 15 seconds later. The watermark of 21 s after the second addition ends the time of the
 * row at 1 s, which had no partner, and makes the one at 3 s late.
 */
export const PAIRS: TrialOptions = {
  schema: SCHEMA,
  inputs: INPUTS,
  query: (stream) =>
    stream
      .withWatermark("t", "5 seconds")
      .join(
        stream
          .filter("n % 2 = 0")
          .selectExpr("k AS k2", "n AS n2", "t AS t2")
          .withWatermark("t2", "5 seconds"),
        expr("k = k2 AND t2 BETWEEN t AND t + INTERVAL 15 SECONDS"),
        "left",
      )
      .select("n", "n2"),
};
export const PAIRS_RESULT: readonly string[] = ["1 NULL", "2 2", "3 4", "4 4", "6 6"];
export const PAIRS_LATE: readonly string[] = [
  'symmetricHashJoin 1970-01-01T00:00:21.000Z {"k":"b","n":5,"t":"1970-01-01T00:00:03.000Z"}',
];

/** The first row of each key, until five seconds of event time have passed: a's at 1 s is forgotten when the watermark is 7 s, and its row at 12 s was in time. */
export const FIRST_FOR_A_WHILE: TrialOptions = {
  schema: SCHEMA,
  inputs: INPUTS,
  query: (stream) =>
    stream.withWatermark("t", "5 seconds").dropDuplicatesWithinWatermark(["k"]).selectExpr("k", "n"),
};
export const FIRST_FOR_A_WHILE_RESULT: readonly string[] = ["a 1", "a 4", "b 2", "c 6"];

/** The totals of {@link WINDOWED} in windows of twenty seconds. Of those [0, 20) is complete when the watermark is 21 s. */
export const WINDOWS_OF_WINDOWS: TrialOptions = {
  schema: SCHEMA,
  inputs: INPUTS,
  query: (stream) =>
    stream
      .withWatermark("t", "5 seconds")
      .groupBy(window("t", "10 seconds"))
      .sum("n")
      .groupBy(window("window", "20 seconds"))
      .sum("sum(n)")
      .selectExpr("CAST(window.start AS BIGINT) AS start", "`sum(sum(n))` AS total"),
};
export const WINDOWS_OF_WINDOWS_RESULT: readonly string[] = ["0 6"];

/** The rows of {@link PAIRS} that have a partner. */
export const PARTNERED: TrialOptions = {
  ...PAIRS,
  query: (stream) =>
    stream
      .withWatermark("t", "5 seconds")
      .join(
        stream.filter("n % 2 = 0").selectExpr("k AS k2", "t AS t2").withWatermark("t2", "5 seconds"),
        expr("k = k2 AND t2 BETWEEN t AND t + INTERVAL 15 SECONDS"),
        "left_semi",
      )
      .select("n"),
};
export const PARTNERED_RESULT: readonly string[] = ["2", "3", "4", "6"];

/**
 * Rows with those of larger even numbers that come up to 15 seconds later, and all that have no partner. The watermark is that of the side that is behind:
 * 21 s after the second addition, which leaves 1 and 2 on the left and 2 on the right alone, and makes 5 late; 24 s after the third, when the others may
 * still find one.
 */
export const ALL_PAIRS: TrialOptions = {
  ...PAIRS,
  query: (stream) =>
    stream
      .withWatermark("t", "5 seconds")
      .join(
        stream
          .filter("n % 2 = 0")
          .selectExpr("k AS k2", "n AS n2", "t AS t2")
          .withWatermark("t2", "5 seconds"),
        expr("k = k2 AND n2 > n AND t2 BETWEEN t AND t + INTERVAL 15 SECONDS"),
        "full",
      )
      .select("n", "n2"),
};
export const ALL_PAIRS_RESULT: readonly string[] = ["1 NULL", "2 NULL", "3 4", "NULL 2"];

/** Sessions that end 13 seconds after a row of a, and two after one of another key. At the watermark of 36 s a's second one is open. */
export const SESSIONS_BY_ROW: TrialOptions = {
  schema: SCHEMA,
  inputs: INPUTS,
  query: (stream) =>
    stream
      .withWatermark("t", "5 seconds")
      .groupBy("k", session_window("t", expr("CASE k WHEN 'a' THEN '13 seconds' ELSE '2 seconds' END")))
      .sum("n")
      .selectExpr(
        "k",
        "CAST(session_window.start AS BIGINT) AS s",
        "CAST(session_window.end AS BIGINT) AS e",
        "`sum(n)` AS total",
      ),
};
export const SESSIONS_BY_ROW_RESULT: readonly string[] = ["a 1 25 4", "b 4 6 2", "c 29 31 6"];

/** How many rows each key has had, told with each addition and when ten seconds of event time have passed without any. */
export const VISITS: TrialOptions = {
  schema: SCHEMA,
  inputs: INPUTS,
  mode: "update",
  query: (stream) =>
    stream
      .withWatermark("t", "5 seconds")
      .groupByKey("k")
      .flatMapGroupsWithState(
        {
          state: { rows: "int", last: "timestamp" },
          output: { k: "string", rows: "int", last: "int" },
          outputMode: "update",
          timeout: "EventTimeTimeout",
        },
        (k: string, rows, state) => {
          if (state.hasTimedOut) {
            const { rows: count, last } = state.get();
            state.remove();
            return [{ k, rows: count, last: last!.getTime() / 1000 }];
          }
          const times = [...rows].map((row) => (row["t"] as Date).getTime());
          const before = state.getOption();
          const last = Math.max(before?.last?.getTime() ?? 0, ...times);
          state.update({ rows: (before?.rows ?? 0) + times.length, last: new Date(last) });
          state.setTimeoutTimestamp(last, "10 seconds");
          return [{ k, rows: state.get().rows, last: null }];
        },
      ),
};
/**
 * After the first addition the watermark is 7 s: nothing times out. The second brings it to 21 s: b, last seen at 4 s, is told. In the third 3 s
 * is late; it brings the watermark to 36 s: a was seen at 41 s, c at 29 s.
 */
export const VISITS_RESULT: readonly string[] = [
  "a 2 NULL",
  "a 3 NULL",
  "a 4 NULL",
  "b 1 4",
  "b 1 NULL",
  "c 1 NULL",
];

/** Remembers how many rows a key has had, all their numbers and when each number came last; told when five seconds of event time have passed. */
class Diary extends StatefulProcessor<
  string,
  { readonly n: number; readonly t: Date },
  { k: string; text: string }
> {
  private rows!: ValueState<{ count: number | null }>;
  private numbers!: ListState<number>;
  private lasts!: MapState<number, Date>;

  override init(): void {
    const handle = this.getHandle();
    this.rows = handle.getValueState("rows", { count: "int" });
    this.numbers = handle.getListState("numbers", "int");
    this.lasts = handle.getMapState("lasts", "int", "timestamp");
  }

  override *handleInputRows(
    k: string,
    rows: Iterable<{ readonly n: number; readonly t: Date }>,
  ): Iterable<{ k: string; text: string }> {
    let count = this.rows.get()?.count ?? 0;
    for (const { n, t } of rows) {
      count++;
      this.numbers.appendValue(n);
      this.lasts.updateValue(n % 2, t);
      this.getHandle().registerTimer(t.getTime() + 5000);
    }
    this.rows.update({ count });
    yield { k, text: this.page() };
  }

  override *handleExpiredTimer(k: string): Iterable<{ k: string; text: string }> {
    yield { k, text: `${this.page()} !` };
    if ([...this.getHandle().listTimers()].length > 1) return;
    this.rows.clear();
    this.numbers.clear();
    this.lasts.clear();
  }

  private page(): string {
    const lasts = [...this.lasts.iterator()].map(([n, at]) => `${n}:${at.getTime() / 1000}`).sort();
    return `${this.rows.get()?.count} [${[...this.numbers.get()]}] ${lasts}`;
  }
}

export const DIARY: TrialOptions = {
  schema: SCHEMA,
  inputs: INPUTS,
  mode: "update",
  query: (stream) =>
    stream
      .withWatermark("t", "5 seconds")
      .groupByKey("k")
      .transformWithState(() => new Diary(), {
        output: { k: "string", text: "string" },
        outputMode: "update",
        timeMode: "EventTime",
      }),
};
/**
 * The watermark is 7 s after the first addition: the timer of a at 6 s fires, those at 9 s (b) and 17 s (a) wait. The second addition brings it to
 * 21 s, and both fire, so that a has one for 31 s left and b nothing. In the third 3 s is late; the watermark becomes 36 s: a's timer at 31 s and
 * c's at 34 s fire, and a's for 46 s is left.
 */
export const DIARY_RESULT: readonly string[] = [
  "a 2 [1,3] 1:12",
  "a 2 [1,3] 1:12 !",
  "a 3 [1,3,4] 0:26,1:12",
  "a 3 [1,3,4] 0:26,1:12 !",
  "a 4 [1,3,4,7] 0:26,1:41",
  "a 4 [1,3,4,7] 0:26,1:41 !",
  "b 1 [2] 0:4",
  "b 1 [2] 0:4 !",
  "c 1 [6] 0:29",
  "c 1 [6] 0:29 !",
];
