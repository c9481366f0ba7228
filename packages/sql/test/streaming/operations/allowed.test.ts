import type { OutputMode } from "@ss/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type DataFrame,
  desc,
  expr,
  GroupStateTimeout,
  session_window,
  TimeMode,
  window,
} from "../../../src/index.js";
import { counted, Inputs, passedOn, running } from "./inputs.js";

let inputs: Inputs;
beforeEach(async () => {
  inputs = await Inputs.create("allowed");
});
afterEach(() => inputs.spark.stop());

/**
 * What every query gets: after the first rows the watermark is 2 s, then 21, 30, 60 and 90, with a delay of 10 s. The row of a at 5 s is late
 * for whoever goes by it.
 */
const STEPS: readonly (readonly (readonly [k: string, v: number, seconds: number])[])[] = [
  [
    ["a", 1, 10],
    ["a", 2, 11],
    ["b", 3, 12],
    ["a", 1, 10],
  ],
  [
    ["a", 1, 30],
    ["c", 1, 31],
  ],
  [
    ["a", 1, 5],
    ["d", 1, 40],
  ],
  [["e", 1, 70]],
  [["e", 1, 100]],
];

/** A query and what it gives out after each of the steps, sorted: times in seconds, windows as `start-end`. */
type Row = readonly [
  chain: string,
  mode: OutputMode,
  query: (i: Inputs) => DataFrame,
  expected: readonly (readonly string[])[],
];

const five = (rows: DataFrame, ...keys: string[]): DataFrame =>
  rows.groupBy(window("t", "5 seconds"), ...keys).count();
const pairs = (i: Inputs): DataFrame =>
  i.marked.join(
    i.marked.selectExpr("k AS k2", "t AS t2"),
    expr("k = k2 AND t2 >= t AND t2 <= t + INTERVAL 2 SECONDS"),
  );
const same = (rows: DataFrame, other: DataFrame, n: number): DataFrame =>
  rows.join(other.selectExpr(`k AS k${n}`, `t AS t${n}`), expr(`k = k${n} AND t = t${n}`));

const WINDOWS = [[], ["10-15 4"], [], ["30-35 2", "40-45 1"], ["70-75 1"]];
const TENS = [[], ["10-20 4"], [], ["30-40 2", "40-50 1"], ["70-80 1"]];
const NEW_KEYS = [["a", "b"], ["c"], ["d"], ["e"], []];

const APPEND: readonly Row[] = [
  [
    "an aggregation over another",
    "append",
    (i) => five(i.marked).groupBy(window("window", "10 seconds")).agg(expr("sum(count)")),
    TENS,
  ],
  [
    "three aggregations",
    "append",
    (i) =>
      five(i.marked, "k")
        .groupBy(window("window", "10 seconds"), "k")
        .agg(expr("sum(count)").as("n"))
        .groupBy(window("window", "20 seconds"))
        .agg(expr("sum(n)")),
    [[], ["0-20 4"], [], ["20-40 2", "40-60 1"], ["60-80 1"]],
  ],
  [
    "duplicates of what an aggregation gives out",
    "append",
    (i) => five(i.marked, "k").dropDuplicates(["window", "count"]).select("window", "count"),
    [[], ["10-15 1", "10-15 3"], [], ["30-35 1", "40-45 1"], ["70-75 1"]],
  ],
  [
    "duplicates within the watermark of what an aggregation gives out",
    "append",
    (i) =>
      five(i.marked, "k")
        .selectExpr("window_time(window) AS t", "count")
        .dropDuplicatesWithinWatermark(["count"])
        .selectExpr("count"),
    [[], ["1", "3"], [], ["1"], ["1"]],
  ],
  [
    "an aggregation over rows without duplicates",
    "append",
    (i) => five(i.marked.dropDuplicates(["k", "t"])),
    [[], ["10-15 3"], [], ["30-35 2", "40-45 1"], ["70-75 1"]],
  ],
  [
    "an aggregation over rows without duplicates within the watermark",
    "append",
    (i) => five(i.marked.dropDuplicatesWithinWatermark(["k"])),
    [[], ["10-15 2"], [], ["30-35 1", "40-45 1"], ["70-75 1"]],
  ],
  [
    "duplicates by two keys after one another",
    "append",
    (i) => i.marked.dropDuplicates(["k", "t"]).dropDuplicates(["v", "t"]),
    [["a 1 10", "a 2 11", "b 3 12"], ["a 1 30", "c 1 31"], ["d 1 40"], ["e 1 70"], ["e 1 100"]],
  ],
  [
    "a join of aggregations",
    "append",
    (i) =>
      five(i.marked).join(i.marked.groupBy(window("t", "5 seconds")).agg(expr("sum(v)").as("s")), "window"),
    [[], ["10-15 4 7"], [], ["30-35 2 2", "40-45 1 1"], ["70-75 1 1"]],
  ],
  [
    "an aggregation over a join",
    "append",
    (i) => five(pairs(i)),
    [[], ["10-15 8"], [], ["30-35 2", "40-45 1"], ["70-75 1"]],
  ],
  [
    "duplicates of what a join gives out",
    "append",
    (i) => pairs(i).dropDuplicates(["k", "t"]).select("k", "t"),
    [["a 10", "a 11", "b 12"], ["a 30", "c 31"], ["d 40"], ["e 70"], ["e 100"]],
  ],
  [
    "a join of three streams",
    "append",
    (i) =>
      same(same(i.marked, i.marked, 2), i.marked, 3)
        .dropDuplicates(["k", "t"])
        .select("k", "t"),
    [["a 10", "a 11", "b 12"], ["a 30", "c 31"], ["d 40"], ["e 70"], ["e 100"]],
  ],
  [
    "windows over sessions",
    "append",
    (i) =>
      i.marked
        .groupBy(session_window("t", "5 seconds"), "k")
        .count()
        .groupBy(window("session_window", "20 seconds"))
        .agg(expr("sum(count)")),
    [[], ["0-20 4"], [], ["20-40 2", "40-60 1"], ["60-80 1"]],
  ],
  [
    "sessions over windows",
    "append",
    (i) =>
      five(i.marked, "k")
        .selectExpr("window_time(window) AS t", "k", "count")
        .groupBy(session_window("t", "15 seconds"), "k")
        .agg(expr("sum(count)").as("n"))
        .select("k", "n"),
    [[], [], ["a 3", "b 1"], ["a 1", "c 1", "d 1"], ["e 1"]],
  ],
  [
    "a limit of what an aggregation gives out",
    "append",
    (i) => five(i.marked).limit(2).selectExpr("1"),
    [[], ["1"], [], ["1"], []],
  ],
  [
    "a limit of rows without duplicates",
    "append",
    (i) => i.stream.dropDuplicates(["k"]).limit(3).select("k"),
    [["a", "b"], ["c"], [], [], []],
  ],
  [
    "duplicates among the first rows",
    "append",
    (i) => i.stream.limit(5).dropDuplicates(["k"]).select("k"),
    [["a", "b"], [], [], [], []],
  ],
  [
    "an aggregation of the first rows",
    "append",
    (i) => five(i.marked.limit(5)),
    [[], ["10-15 4"], [], ["30-35 1"], []],
  ],
  [
    "a limit of a limit",
    "append",
    (i) => i.stream.limit(3).select("k", "v").limit(2),
    [["a 1", "a 2"], [], [], [], []],
  ],
  [
    "a union of aggregations",
    "append",
    (i) => five(i.marked).union(i.marked.groupBy(window("t", "10 seconds")).count()),
    WINDOWS.map((rows, k) => [...rows, ...TENS[k]!].sort()),
  ],
  [
    "a union of an aggregation and rows",
    "append",
    (i) => five(i.marked).selectExpr("window.start AS s", "count").union(i.stream.selectExpr("t", "0L")),
    [
      ["10 0", "10 0", "11 0", "12 0"],
      ["10 4", "30 0", "31 0"],
      ["40 0", "5 0"],
      ["30 2", "40 1", "70 0"],
      ["100 0", "70 1"],
    ],
  ],
  [
    "a join of a table with what an aggregation gives out, and an aggregation of that",
    "append",
    (i) =>
      five(i.marked, "k")
        .join(i.table.select("k"), "k")
        .groupBy(window("window", "10 seconds"))
        .agg(expr("sum(count)")),
    [[], ["10-20 3"], [], ["30-40 1"], []],
  ],
  [
    "an aggregation over a join with a table",
    "append",
    (i) => five(i.marked.join(i.table.select("k"), "k")),
    [[], ["10-15 3"], [], ["30-35 1"], []],
  ],
  [
    "groups by time_bucket, whose starts are the event time",
    "append",
    (i) =>
      i.stream
        .withColumn("b", expr("time_bucket(INTERVAL 10 SECONDS, t)"))
        .withWatermark("b", "10 seconds")
        .groupBy("b")
        .count(),
    [[], ["10 4"], ["30 2"], ["40 1"], ["70 1"]],
  ],
  [
    "SELECT DISTINCT with an event time, which is given out when the watermark has passed it",
    "append",
    (i) => i.sql("SELECT DISTINCT k, t FROM s", i.marked),
    [[], ["a 10", "a 11", "b 12"], ["a 30"], ["c 31", "d 40"], ["e 70"]],
  ],
  [
    "UNION of SQL text, which is without duplicates",
    "append",
    (i) => i.sql("SELECT k, t FROM s UNION SELECT k, t FROM s", i.marked),
    [[], ["a 10", "a 11", "b 12"], ["a 30"], ["c 31", "d 40"], ["e 70"]],
  ],
  [
    "EXCEPT of a table with an event time",
    "append",
    (i) => i.marked.select("k", "t").except(i.spark.sql("SELECT 'a' AS k, timestamp_seconds(11) AS t")),
    [[], ["a 10", "b 12"], ["a 30"], ["c 31", "d 40"], ["e 70"]],
  ],
  [
    "two flatMapGroupsWithState in append mode",
    "append",
    (i) => running(running(i.stream)).select("k", "v"),
    [["a 1", "b 1"], ["a 2", "c 1"], ["a 3", "d 1"], ["e 1"], ["e 2"]],
  ],
  [
    "flatMapGroupsWithState over rows without duplicates",
    "append",
    (i) => running(i.stream.dropDuplicates(["k", "v"])).select("k", "v"),
    [["a 2", "b 1"], ["c 1"], ["d 1"], ["e 1"], []],
  ],
  [
    "duplicates of what flatMapGroupsWithState gives out",
    "append",
    (i) => running(i.stream).dropDuplicates(["k"]).select("k", "v"),
    [["a 3", "b 1"], ["c 1"], ["d 1"], ["e 1"], []],
  ],
  [
    "an aggregation of what flatMapGroupsWithState gives out, with a watermark of its own",
    "append",
    (i) => five(running(i.stream).withWatermark("t", "10 seconds")),
    [[], ["10-15 2"], [], ["30-35 2", "40-45 1"], ["70-75 1"]],
  ],
  [
    "flatMapGroupsWithState over an aggregation",
    "append",
    (i) =>
      running(five(i.marked, "k").selectExpr("k", "CAST(count AS INT) AS v", "window.start AS t")).select(
        "k",
        "v",
      ),
    [[], ["a 1", "b 1"], [], ["a 2", "c 1", "d 1"], ["e 1"]],
  ],
  [
    "duplicates of what flatMapGroupsWithState with event-time timeouts gives out, by another key than the time",
    "append",
    (i) => running(i.marked, "append", GroupStateTimeout.EventTimeTimeout).dropDuplicates(["k"]).select("k"),
    NEW_KEYS,
  ],
  [
    "an aggregation of what transformWithState gives out by its event time",
    "append",
    (i) => five(passedOn(i.marked, "t")),
    WINDOWS,
  ],
  [
    "two transformWithState",
    "append",
    (i) => passedOn(passedOn(i.stream)).dropDuplicates(["k"]).select("k"),
    NEW_KEYS,
  ],
  [
    "transformWithState by event time, behind a watermark whose column is gone",
    "append",
    (i) =>
      passedOn(i.marked.selectExpr("k", "v", "timestamp_seconds(v) AS t"), undefined, TimeMode.EventTime)
        .dropDuplicates(["k"])
        .select("k"),
    NEW_KEYS,
  ],
  [
    "mapGroups, which sees the groups of a batch",
    "append",
    (i) =>
      i.stream
        .groupByKey("k")
        .mapGroups({ k: "string", n: "int" }, (k, rows) => ({ k: k as string, n: [...rows].length })),
    [["a 3", "b 1"], ["a 1", "c 1"], ["a 1", "d 1"], ["e 1"], ["e 1"]],
  ],
];

const OTHER_MODES: readonly Row[] = [
  [
    "duplicates of what changes in groups",
    "update",
    (i) => i.stream.groupBy("k").count().dropDuplicates(["k"]).select("k"),
    NEW_KEYS,
  ],
  [
    "duplicates of all groups",
    "complete",
    (i) => i.stream.groupBy("k").count().dropDuplicates(["k"]).select("k"),
    NEW_KEYS,
  ],
  [
    "the first of all groups in an order",
    "complete",
    (i) => i.stream.groupBy("k").count().orderBy(desc("count"), "k").limit(2),
    [
      ["a 3", "b 1"],
      ["a 4", "b 1"],
      ["a 5", "b 1"],
      ["a 5", "b 1"],
      ["a 5", "e 2"],
    ],
  ],
  [
    "a limit of all groups",
    "complete",
    (i) => i.stream.groupBy("k").count().limit(1).selectExpr("1"),
    [["1"], ["1"], ["1"], ["1"], ["1"]],
  ],
  [
    "an order of all groups",
    "complete",
    (i) => i.stream.groupBy("k").count().orderBy("k").select("k"),
    [
      ["a", "b"],
      ["a", "b", "c"],
      ["a", "b", "c", "d"],
      ["a", "b", "c", "d", "e"],
      ["a", "b", "c", "d", "e"],
    ],
  ],
  [
    "an aggregation over rows without duplicates",
    "update",
    (i) => i.stream.dropDuplicates(["k"]).groupBy("v").count(),
    [["1 1", "3 1"], ["1 2"], ["1 3"], ["1 4"], []],
  ],
  [
    "an aggregation of what mapGroupsWithState gives out",
    "update",
    (i) => counted(i.stream).groupBy("v").count(),
    [["1 1", "3 1"], ["1 2", "4 1"], ["1 3", "5 1"], ["1 4"], ["2 1"]],
  ],
  [
    "an aggregation of what flatMapGroupsWithState in append mode gives out",
    "complete",
    (i) => running(i.stream).groupBy("v").count().where("v = 1"),
    [["1 1"], ["1 2"], ["1 3"], ["1 4"], ["1 4"]],
  ],
  [
    "mapGroups of what changes in groups",
    "update",
    (i) =>
      i.stream
        .groupBy("k")
        .count()
        .groupByKey("k")
        .mapGroups({ k: "string", n: "bigint" }, (k, rows) => ({
          k: k as string,
          n: ([...rows] as { count: number }[])[0]!.count,
        })),
    [["a 3", "b 1"], ["a 4", "c 1"], ["a 5", "d 1"], ["e 1"], ["e 2"]],
  ],
  [
    "SELECT DISTINCT",
    "update",
    (i) => i.sql("SELECT DISTINCT k, v FROM s"),
    [["a 1", "a 2", "b 3"], ["a 1", "c 1"], ["a 1", "d 1"], ["e 1"], ["e 1"]],
  ],
  [
    "EXCEPT of a table",
    "update",
    (i) => i.stream.select("k", "v").except(i.table.select("k", "v")),
    [["a 2", "b 3"], ["c 1"], ["d 1"], ["e 1"], ["e 1"]],
  ],
  [
    "groups by ROLLUP, where the rule against grouping sets does not fire",
    "update",
    (i) => i.sql("SELECT k, count(*) FROM s GROUP BY ROLLUP (k)"),
    [
      ["a 3", "b 1", "null 4"],
      ["a 4", "c 1", "null 6"],
      ["a 5", "d 1", "null 8"],
      ["e 1", "null 9"],
      ["e 2", "null 10"],
    ],
  ],
];

function cell(value: unknown): string {
  if (value instanceof Date) return String(value.getTime() / 1000);
  if (typeof value === "object" && value !== null && "start" in value && "end" in value) {
    return `${cell(value.start)}-${cell(value.end)}`;
  }
  return String(value);
}

/** What the query gives out after each step. */
async function outputs(rows: DataFrame, mode: OutputMode): Promise<string[][]> {
  let given: string[] = [];
  const query = await rows.writeStream
    .outputMode(mode)
    .foreachBatch(async (batch) => {
      for (const row of await batch.collect()) given.push(Object.values(row).map(cell).join(" "));
    })
    .start();
  const found: string[][] = [];
  try {
    for (const step of STEPS) {
      inputs.add(...step);
      await query.processAllAvailable();
      found.push(given.sort());
      given = [];
    }
  } finally {
    await query.stop();
  }
  return found;
}

test.each([...APPEND, ...OTHER_MODES])("%s run in %s mode", async (_, mode, query, expected) => {
  expect(await outputs(query(inputs), mode)).toEqual(expected);
});
