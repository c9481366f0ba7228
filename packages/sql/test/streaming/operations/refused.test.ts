import type { OutputMode } from "@ss/core";
import { afterEach, beforeEach, test } from "vitest";
import {
  col,
  type DataFrame,
  expr,
  GroupStateTimeout,
  session_window,
  TimeMode,
  udaf,
  window,
} from "../../../src/index.js";
import { Total } from "../../aggregators.js";
import { counted, Inputs, passedOn, running } from "./inputs.js";
import { check, failure, type Refusal } from "./refusal.js";

let inputs: Inputs;
beforeEach(async () => {
  inputs = await Inputs.create("refused");
});
afterEach(() => inputs.spark.stop());

/** A query that is refused: in a mode, by what. */
type Row = readonly [
  sense: string,
  mode: OutputMode,
  query: (i: Inputs) => DataFrame,
  refusal: Refusal | string,
];

const unsupported = (outputMode: OutputMode, operation: string): Refusal => ({
  condition: "STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION",
  parameters: { outputMode, operation },
});
const NO_WATERMARK = unsupported("append", "streaming aggregations without watermark");
const NO_AGGREGATION = unsupported("complete", "no streaming aggregations");
const TWO_MAPS = "Multiple mapGroupsWithStates are not supported on a streaming DataFrames/Datasets";
const TWO_FLAT_MAPS =
  "Multiple flatMapGroupsWithStates are not supported when they are not all in append mode or the output mode is not append on a streaming DataFrames/Datasets";
const GROUPS_WATERMARK =
  "Watermark must be specified in the query using '[Dataset/DataFrame].withWatermark()' for using event-time timeout in a [map|flatMap]GroupsWithState. Event-time timeout not supported without watermark.";
const INITIAL_STATE =
  "Non-streaming DataFrame/Dataset is not supported as the initial state in [flatMap|map]GroupsWithState operation on a streaming DataFrame/Dataset";
const SORTING =
  "Sorting is not supported on streaming DataFrames/Datasets, unless it is on aggregated DataFrame/Dataset in Complete output mode";
const CHAIN = "Detected pattern of possible 'correctness' issue due to global watermark.";
const EVENT_TIME = GroupStateTimeout.EventTimeTimeout;

const five = (rows: DataFrame): DataFrame => rows.groupBy(window("t", "5 seconds")).count();
const ten = (rows: DataFrame): DataFrame => rows.groupBy(window("window", "10 seconds")).count();
const latest = (rows: DataFrame): DataFrame =>
  rows.groupBy("k").agg(expr("max(v)").as("v"), expr("max(t)").as("t"));
const joined = (
  left: DataFrame,
  right: DataFrame,
  type: string,
  condition = "a.k = b.k AND a.t = b.t",
): DataFrame => left.as("a").join(right.as("b"), expr(condition), type);
const outer = (name: string): string =>
  `Stream-stream ${name} join between two streaming DataFrame/Datasets is not supported without a watermark in the join keys, or a watermark on the nullable side and an appropriate range condition`;
const joinMode = (name: string, mode: string, only: string): string =>
  `${name} join between two streaming DataFrames/Datasets is not supported in ${mode} output mode, only in ${only}`;

const QUERIES: readonly Row[] = [
  ["keys of a stream, in append mode", "append", (i) => i.stream.groupByKey("k").keys(), NO_WATERMARK],
  [
    "the numbers of rows of keys, in append mode",
    "append",
    (i) => i.stream.groupByKey("k").count(),
    NO_WATERMARK,
  ],
  [
    "reduced groups, in append mode",
    "append",
    (i) => i.stream.groupByKey("k").reduceGroups((a) => a),
    NO_WATERMARK,
  ],
  [
    "an aggregator over distinct values",
    "update",
    (i) => {
      i.spark.udf.register("total", udaf(new Total()));
      return i.sql("SELECT k, total(DISTINCT v) FROM s GROUP BY k");
    },
    "Distinct aggregations are not supported on streaming DataFrames/Datasets",
  ],
  [
    "sorted groups of a stream with those of a table",
    "append",
    (i) =>
      i.stream
        .groupByKey("k")
        .cogroupSorted(i.table.groupByKey("k"), ["v"], ["v"], { k: "string" }, () => []),
    "CoGrouping with a streaming DataFrame/Dataset is not supported",
  ],
  [
    "sorted groups, in complete mode",
    "complete",
    (i) => i.stream.groupByKey("k").flatMapSortedGroups(["v"], { k: "string" }, () => []),
    NO_AGGREGATION,
  ],
  ["a query without a stream", "append", (i) => i.table, { condition: "WRITE_STREAM_NOT_ALLOWED" }],
  [
    "a subquery that reads a stream",
    "append",
    (i) => i.sql("SELECT * FROM s WHERE v IN (SELECT v FROM s)"),
    { condition: "INVALID_SUBQUERY_EXPRESSION.STREAMING_QUERY" },
  ],

  ["two mapGroupsWithState in a row", "update", (i) => counted(counted(i.stream)), TWO_MAPS],
  [
    "two mapGroupsWithState beside one another",
    "update",
    (i) => counted(i.stream).union(counted(i.stream)),
    TWO_MAPS,
  ],
  [
    "mapGroupsWithState with flatMapGroupsWithState",
    "update",
    (i) => counted(running(i.stream, "update")),
    "Mixing mapGroupsWithStates and flatMapGroupsWithStates are not supported on a streaming DataFrames/Datasets",
  ],
  [
    "two flatMapGroupsWithState in update mode",
    "update",
    (i) => running(running(i.stream, "update"), "update"),
    TWO_FLAT_MAPS,
  ],
  [
    "two flatMapGroupsWithState of different modes",
    "append",
    (i) => running(running(i.stream, "update")),
    TWO_FLAT_MAPS,
  ],

  ["append of groups without a watermark", "append", (i) => i.stream.groupBy("k").count(), NO_WATERMARK],
  [
    "append of groups by other columns than the event time",
    "append",
    (i) => i.marked.groupBy("k").count(),
    NO_WATERMARK,
  ],
  ["append of all rows as one group", "append", (i) => i.marked.groupBy().count(), NO_WATERMARK],
  [
    "append of groups by what is computed of the event time",
    "append",
    (i) => i.marked.groupBy(expr("date_trunc('minute', t)")).count(),
    NO_WATERMARK,
  ],
  [
    "append of groups by time_bucket of the event time",
    "append",
    (i) => i.marked.withColumn("b", expr("time_bucket(INTERVAL 10 SECONDS, t)")).groupBy("b").count(),
    NO_WATERMARK,
  ],
  [
    "append of SELECT DISTINCT without a watermark",
    "append",
    (i) => i.sql("SELECT DISTINCT k FROM s"),
    NO_WATERMARK,
  ],
  [
    "append of the second of two aggregations without event time",
    "append",
    (i) => five(i.marked).groupBy("count").count(),
    NO_WATERMARK,
  ],
  [
    "append of groups of what mapGroups gives out, which has no event time",
    "append",
    (i) =>
      i.marked
        .groupByKey("k")
        .mapGroups({ t: "timestamp" }, () => ({ t: new Date(0) }))
        .groupBy("t")
        .count(),
    NO_WATERMARK,
  ],

  [
    "update of session windows",
    "update",
    (i) => i.marked.groupBy(session_window("t", "5 seconds"), col("k")).count(),
    unsupported("update", "session window streaming aggregations"),
  ],
  ["complete of rows that are not aggregated", "complete", (i) => i.stream, NO_AGGREGATION],
  ["complete of rows without duplicates", "complete", (i) => i.stream.dropDuplicates(["k"]), NO_AGGREGATION],
  ["complete of a limit", "complete", (i) => i.stream.limit(1), NO_AGGREGATION],
  ["complete of a join", "complete", (i) => i.stream.join(i.other, "k"), NO_AGGREGATION],
  ["complete of flatMapGroupsWithState", "complete", (i) => running(i.stream), NO_AGGREGATION],
  ["complete of mapGroupsWithState", "complete", (i) => counted(i.stream), NO_AGGREGATION],
  ["complete of transformWithState", "complete", (i) => passedOn(i.stream), NO_AGGREGATION],
  [
    "complete of mapGroups",
    "complete",
    (i) => i.stream.groupByKey("k").mapGroups({ k: "string" }, (k) => ({ k: k as string })),
    NO_AGGREGATION,
  ],

  [
    "a DISTINCT aggregate",
    "update",
    (i) => i.sql("SELECT k, count(DISTINCT v) FROM s GROUP BY k"),
    "Distinct aggregations are not supported on streaming DataFrames/Datasets. Consider using approx_count_distinct() instead.",
  ],
  [
    "a stream as initial state of flatMapGroupsWithState",
    "append",
    (i) =>
      i.stream.groupByKey("k").flatMapGroupsWithState(
        {
          state: "int",
          output: { k: "string" },
          outputMode: "append",
          initialState: i.other.select("k", "v").groupByKey("k"),
        },
        () => [],
      ),
    INITIAL_STATE,
  ],
  [
    "a stream as initial state of mapGroupsWithState",
    "update",
    (i) =>
      i.stream
        .groupByKey("k")
        .mapGroupsWithState(
          { state: "int", output: { k: "string" }, initialState: i.other.select("k", "v").groupByKey("k") },
          (k) => ({ k: k as string }),
        ),
    INITIAL_STATE,
  ],
  [
    "append of mapGroupsWithState",
    "append",
    (i) => counted(i.stream),
    "mapGroupsWithState is not supported with Append output mode on a streaming DataFrame/Dataset",
  ],
  [
    "complete of mapGroupsWithState below an aggregation",
    "complete",
    (i) => counted(i.stream).groupBy("k").count(),
    "mapGroupsWithState is not supported with Complete output mode on a streaming DataFrame/Dataset",
  ],
  [
    "append of flatMapGroupsWithState in update mode",
    "append",
    (i) => running(i.stream, "update"),
    "flatMapGroupsWithState in update mode is not supported with Append output mode on a streaming DataFrame/Dataset",
  ],
  [
    "update of flatMapGroupsWithState in append mode",
    "update",
    (i) => running(i.stream),
    "flatMapGroupsWithState in append mode is not supported with Update output mode on a streaming DataFrame/Dataset",
  ],
  [
    "flatMapGroupsWithState in update mode below an aggregation",
    "update",
    (i) => running(i.stream, "update").groupBy("k").count(),
    "flatMapGroupsWithState in update mode is not supported with aggregation on a streaming DataFrame/Dataset",
  ],
  [
    "flatMapGroupsWithState in update mode over an aggregation",
    "update",
    (i) => running(latest(i.stream), "update"),
    "flatMapGroupsWithState in update mode is not supported with aggregation on a streaming DataFrame/Dataset",
  ],
  [
    "an event-time timeout of mapGroupsWithState without a watermark",
    "update",
    (i) => counted(i.stream, EVENT_TIME),
    GROUPS_WATERMARK,
  ],
  [
    "an event-time timeout of flatMapGroupsWithState without a watermark",
    "append",
    (i) => running(i.stream, "append", EVENT_TIME),
    GROUPS_WATERMARK,
  ],

  ...(["left", "right", "full"] as const).map((type): Row => {
    const name = { left: "LeftOuter", right: "RightOuter", full: "FullOuter" }[type];
    return [
      `update of a ${type} join of two streams`,
      "update",
      (i) => joined(i.marked, i.otherMarked, type),
      joinMode(name, "Update", "Append output mode"),
    ];
  }),
  [
    "complete of a left join of two streams below an aggregation",
    "complete",
    (i) => joined(i.marked, i.otherMarked, "left").groupBy("a.k").count(),
    joinMode("LeftOuter", "Complete", "Append output mode"),
  ],
  [
    "complete of an inner join of two streams below an aggregation",
    "complete",
    (i) => joined(i.marked, i.otherMarked, "inner").groupBy("a.k").count(),
    joinMode("Inner", "Complete", "Append and Update output modes"),
  ],
  [
    "complete of a left semi join of two streams below an aggregation",
    "complete",
    (i) => joined(i.marked, i.otherMarked, "left_semi").groupBy("k").count(),
    joinMode("LeftSemi", "Complete", "Append and Update output modes"),
  ],
  [
    "a full join of a stream with a table",
    "append",
    (i) => i.stream.join(i.table, "k", "full"),
    "FullOuter joins with streaming DataFrames/Datasets on the left and a static DataFrame/Dataset on the right is not supported",
  ],
  [
    "a full join of a table with a stream",
    "append",
    (i) => i.table.join(i.stream, "k", "full"),
    "FullOuter joins with streaming DataFrames/Datasets on the right and a static DataFrame/Dataset on the left is not supported",
  ],
  [
    "a left anti join of two streams",
    "append",
    (i) => joined(i.marked, i.otherMarked, "left_anti"),
    "LeftAnti joins with a streaming DataFrame/Dataset on the right are not supported",
  ],
  [
    "a left anti join of a table with a stream",
    "append",
    (i) => i.table.join(i.stream, "k", "left_anti"),
    "LeftAnti joins with a streaming DataFrame/Dataset on the right are not supported",
  ],
  [
    "a left join of a table with a stream",
    "append",
    (i) => i.table.join(i.stream, "k", "left"),
    "LeftOuter join with a streaming DataFrame/Dataset on the right and a static DataFrame/Dataset on the left is not supported",
  ],
  [
    "a left semi join of a table with a stream",
    "append",
    (i) => i.table.join(i.stream, "k", "left_semi"),
    "LeftSemi join with a streaming DataFrame/Dataset on the right and a static DataFrame/Dataset on the left is not supported",
  ],
  [
    "a right join of a stream with a table",
    "append",
    (i) => i.stream.join(i.table, "k", "right"),
    "RightOuter join with a streaming DataFrame/Dataset on the left and a static DataFrame/DataSet on the right not supported",
  ],
  [
    "a left join of streams without watermarks",
    "append",
    (i) => joined(i.stream, i.other, "left"),
    outer("LeftOuter"),
  ],
  [
    "a right join of streams without watermarks",
    "append",
    (i) => joined(i.stream, i.other, "right"),
    outer("RightOuter"),
  ],
  [
    "a full join of streams without watermarks",
    "append",
    (i) => joined(i.stream, i.other, "full"),
    outer("FullOuter"),
  ],
  [
    "a left semi join of streams without watermarks",
    "append",
    (i) => joined(i.stream, i.other, "left_semi"),
    outer("LeftSemi"),
  ],
  [
    "a left join without event times in its condition",
    "append",
    (i) => joined(i.marked, i.otherMarked, "left", "a.k = b.k"),
    outer("LeftOuter"),
  ],
  [
    "a left join in a range without a watermark on the nullable side",
    "append",
    (i) => joined(i.marked, i.other, "left", "a.k = b.k AND b.t > a.t AND b.t < a.t + INTERVAL 5 SECONDS"),
    outer("LeftOuter"),
  ],
  [
    "a left join whose right rows may be of any time to come",
    "append",
    (i) => joined(i.marked, i.otherMarked, "left", "a.k = b.k AND b.t > a.t - INTERVAL 5 SECONDS"),
    outer("LeftOuter"),
  ],
  [
    "a right join whose left rows may be of any time to come",
    "append",
    (i) => joined(i.marked, i.otherMarked, "right", "a.k = b.k AND b.t < a.t + INTERVAL 5 SECONDS"),
    outer("RightOuter"),
  ],
  [
    "dropDuplicatesWithinWatermark without a watermark",
    "append",
    (i) => i.marked.drop("t").dropDuplicatesWithinWatermark(["k"]),
    "dropDuplicatesWithinWatermark is not supported on streaming DataFrames/DataSets without watermark: call withWatermark(...) first",
  ],
  [
    "transformWithState by event time without a watermark",
    "append",
    (i) => passedOn(i.stream, undefined, TimeMode.EventTime),
    { condition: "SS_EVENT_TIME_WITHOUT_WATERMARK", says: "call withWatermark(...) before groupByKey(...)" },
  ],
  ...(["streams", "a stream and a table", "a table and a stream"] as const).map(
    (what): Row => [
      `cogroup of ${what}`,
      "append",
      (i) => {
        const [left, right] = {
          streams: [i.stream, i.other],
          "a stream and a table": [i.stream, i.table],
          "a table and a stream": [i.table, i.stream],
        }[what] as [DataFrame, DataFrame];
        return left.groupByKey("k").cogroup(right.groupByKey("k"), { k: "string" }, () => []);
      },
      "CoGrouping with a streaming DataFrame/Dataset is not supported",
    ],
  ),
  [
    "a union of a stream and a table",
    "append",
    (i) => i.stream.union(i.table),
    "Union between streaming and batch DataFrames/Datasets is not supported",
  ],
  [
    "EXCEPT with a stream on the right",
    "append",
    (i) => i.table.except(i.stream),
    "Except on a streaming DataFrame/Dataset on the right is not supported",
  ],
  [
    "EXCEPT ALL with a stream on the right",
    "append",
    (i) => i.table.exceptAll(i.stream),
    "Except on a streaming DataFrame/Dataset on the right is not supported",
  ],
  [
    "EXCEPT ALL with a stream on the left",
    "append",
    (i) => i.stream.exceptAll(i.table),
    { condition: "SS_UNSUPPORTED_STREAMING_OPERATION" },
  ],
  [
    "INTERSECT of streams",
    "append",
    (i) => i.stream.intersect(i.other),
    "Intersect of streaming DataFrames/Datasets is not supported",
  ],
  [
    "INTERSECT of a table with a stream",
    "append",
    (i) => i.table.intersectAll(i.stream),
    "Intersect of streaming DataFrames/Datasets is not supported",
  ],
  [
    "update of a limit",
    "update",
    (i) => i.stream.limit(1),
    "Limits are not supported on streaming DataFrames/Datasets in Update output mode",
  ],
  [
    "an offset",
    "append",
    (i) => i.stream.offset(1),
    "Offset is not supported on streaming DataFrames/Datasets",
  ],
  [
    "an offset of the complete result",
    "complete",
    (i) => i.stream.groupBy("k").count().offset(1),
    "Offset is not supported on streaming DataFrames/Datasets",
  ],
  ["an order of rows", "append", (i) => i.stream.orderBy("k"), SORTING],
  ["an order of groups in update mode", "update", (i) => i.stream.groupBy("k").count().orderBy("k"), SORTING],
  ["an order below an aggregation", "complete", (i) => i.stream.orderBy("k").groupBy("k").count(), SORTING],
  [
    "a sample",
    "append",
    (i) => i.stream.sample(0.5),
    "Sampling is not supported on streaming DataFrames/Datasets",
  ],
  [
    "a function over a window of rows",
    "append",
    (i) => i.sql("SELECT k, row_number() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM s"),
    {
      condition: "NON_TIME_WINDOW_NOT_SUPPORTED_IN_STREAMING",
      parameters: {
        windowFunc: "ROW_NUMBER()",
        columnName: "`rn`",
        windowSpec:
          "(PARTITION BY S.K ORDER BY S.V DESC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
      },
    },
  ],
  [
    "monotonically_increasing_id()",
    "append",
    (i) => i.stream.select(expr("monotonically_increasing_id() + 1")),
    "Expression(s): monotonically_increasing_id() is not supported with streaming DataFrames/Datasets",
  ],
  ["update of an aggregation over another", "update", (i) => ten(five(i.marked)), CHAIN],
  ["complete of an aggregation over another", "complete", (i) => ten(five(i.marked)), CHAIN],
  [
    "update of a join of aggregations",
    "update",
    (i) => five(i.marked).join(five(i.otherMarked), "window"),
    CHAIN,
  ],
  [
    "update of an aggregation over SELECT DISTINCT",
    "update",
    (i) => i.sql("SELECT DISTINCT k FROM s").groupBy("k").count(),
    CHAIN,
  ],
  ["update of mapGroupsWithState over an aggregation", "update", (i) => counted(latest(i.stream)), CHAIN],
  [
    "update of flatMapGroupsWithState in append mode over an aggregation",
    "update",
    (i) => running(latest(i.stream)),
    CHAIN,
  ],
  ["update of transformWithState over an aggregation", "update", (i) => passedOn(latest(i.stream)), CHAIN],
  [
    "state over flatMapGroupsWithState with event-time timeouts",
    "append",
    (i) => running(running(i.marked, "append", EVENT_TIME)),
    CHAIN,
  ],
];

test.each(QUERIES)("%s is refused in %s mode", async (_, mode, query, refusal) => {
  const start = () => query(inputs).writeStream.format("noop").outputMode(mode).start();
  check(await failure(start), refusal);
});
