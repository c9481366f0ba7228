import { afterEach, beforeEach, expect, test } from "vitest";
import { col, expr, session_window, Trigger } from "../../../src/index.js";
import { counted, Inputs, passedOn, running } from "./inputs.js";
import { check, failure, type Refusal } from "./refusal.js";

let inputs: Inputs;
beforeEach(async () => {
  inputs = await Inputs.create("refused");
});
afterEach(() => inputs.spark.stop());

/** What is refused where a table is asked for. */
const ACTIONS: readonly (readonly [
  sense: string,
  run: (i: Inputs) => Promise<unknown>,
  refusal: Refusal | string,
])[] = [
  [
    "the rows of a stream",
    (i) => i.stream.collect(),
    "Queries with streaming sources must be executed with writeStream.start(), or from a streaming table or flow definition within a Spark Declarative Pipeline.",
  ],
  [
    "a stream as a printed table",
    (i) => i.stream.show(),
    "Queries with streaming sources must be executed with writeStream.start()",
  ],
  [
    "a stream that is written as a table",
    (i) => i.stream.write.format("noop").save(),
    { condition: "CALL_ON_STREAMING_DATASET_UNSUPPORTED", parameters: { methodName: "`write`" } },
  ],
  [
    "a table whose subquery reads a stream",
    (i) => i.sql("SELECT * FROM range(2) WHERE id IN (SELECT v FROM s)").collect(),
    { condition: "INVALID_SUBQUERY_EXPRESSION.STREAMING_QUERY" },
  ],
  [
    "dropDuplicatesWithinWatermark of a table",
    (i) => i.table.dropDuplicatesWithinWatermark(["k"]).collect(),
    "dropDuplicatesWithinWatermark is not supported with batch DataFrames/DataSets",
  ],
];

test.each(ACTIONS)("%s is refused", async (_, run, refusal) => {
  check(await failure(() => run(inputs)), refusal);
});

test.each([
  ["aggregation", "update", (i: Inputs) => i.stream.groupBy("k").count()],
  [
    "aggregation",
    "append",
    (i: Inputs) => i.marked.groupBy(session_window("t", "5 seconds"), col("k")).count(),
  ],
  ["dropDuplicates", "append", (i: Inputs) => i.stream.distinct()],
  ["dropDuplicatesWithinWatermark", "append", (i: Inputs) => i.marked.dropDuplicatesWithinWatermark(["k"])],
  ["join", "append", (i: Inputs) => i.stream.join(i.other, "k")],
  ["flatMapGroupsWithState", "append", (i: Inputs) => running(i.stream)],
  ["flatMapGroupsWithState", "update", (i: Inputs) => counted(i.stream)],
] as const)("state in Avro is refused for the operator %s in %s mode", async (operator, mode, query) => {
  inputs.spark.conf.set("spark.sql.streaming.stateStore.encodingFormat", "avro");
  const start = () => query(inputs).writeStream.format("noop").outputMode(mode).start();
  check(
    await failure(start),
    `State store encoding format as avro is not supported for operator=${operator} used within the query`,
  );
});

test.each([
  ["a union", "append", (i: Inputs) => i.stream.select("k").union(i.other.select("k"))],
  ["a limit", "append", (i: Inputs) => i.stream.limit(1)],
  ["transformWithState", "append", (i: Inputs) => passedOn(i.stream)],
] as const)("state in Avro is allowed beside %s", async (_, mode, query) => {
  inputs.spark.conf.set("spark.sql.streaming.stateStore.encodingFormat", "avro");
  const started = await query(inputs).writeStream.format("noop").outputMode(mode).start();
  await started.stop();
  expect(started.exception).toBeNull();
});

test("a join of streams without an equality is refused when it is planned", async () => {
  const query = await inputs.marked
    .as("a")
    .join(inputs.otherMarked.as("b"), expr("b.t > a.t"))
    .writeStream.format("noop")
    .start();
  inputs.add(["a", 1, 1]);
  const error = await failure(() => query.processAllAvailable());
  expect(error.message).toContain("Stream-stream join without equality predicate is not supported");
});

test.each([
  ["an aggregation", "Aggregate", "update", (i: Inputs) => i.stream.groupBy("k").count()],
  ["duplicates", "Deduplicate", "append", (i: Inputs) => i.stream.dropDuplicates(["k"])],
  ["a limit", "LocalLimit", "append", (i: Inputs) => i.stream.limit(1)],
  ["generated rows", "Generate", "append", (i: Inputs) => i.stream.selectExpr("explode(array(v))")],
  ["a union", "Union", "append", (i: Inputs) => i.stream.union(i.other)],
  ["a watermark", "EventTimeWatermark", "append", (i: Inputs) => i.marked],
  ["a join", "Join", "append", (i: Inputs) => i.stream.join(i.other, "k")],
  [
    "a table beside the stream",
    "Range",
    "append",
    (i: Inputs) => i.stream.join(i.spark.range(3), expr("v = id")),
  ],
  ["observed metrics", "CollectMetrics", "append", (i: Inputs) => i.stream.observe("x", expr("count(1)"))],
  ["a program over keys", "AppendColumns", "append", (i: Inputs) => running(i.stream)],
] as const)("%s is refused by the continuous trigger as %s", async (_, node, mode, query) => {
  const writer = query(inputs).writeStream.format("noop").outputMode(mode);
  const error = await failure(() => writer.trigger(Trigger.Continuous("1 second")).start());
  check(error, `Continuous processing does not support ${node} operations.`);
});

test.each(["current_timestamp()", "current_date()", "localtimestamp()", "now()", "unix_timestamp()"])(
  "%s is refused by the continuous trigger",
  async (call) => {
    const writer = inputs.stream.selectExpr(call).writeStream.format("noop");
    const error = await failure(() => writer.trigger(Trigger.Continuous("1 second")).start());
    check(error, "Continuous processing does not support current time operations.");
  },
);

test.each(["append", "complete"] as const)("real-time mode refuses the output mode %s", async (mode) => {
  const query = mode === "complete" ? inputs.stream.groupBy("k").count() : inputs.stream;
  const writer = query.writeStream.format("memory").queryName("realtime").outputMode(mode);
  const error = await failure(() => writer.trigger(Trigger.RealTime("5 seconds")).start());
  const outputMode = mode === "append" ? "Append" : "Complete";
  check(error, {
    condition: "STREAMING_REAL_TIME_MODE.OUTPUT_MODE_NOT_SUPPORTED",
    parameters: { outputMode },
  });
});

test.each([
  ["a sample", "append", (i: Inputs) => i.stream.sample(0.5, 1)],
  ["update of a limit", "update", (i: Inputs) => i.stream.limit(1)],
  ["complete of a limit", "complete", (i: Inputs) => i.stream.limit(1)],
] as const)("%s runs where the check is switched off", async (_, mode, query) => {
  inputs.spark.conf.set("spark.sql.streaming.unsupportedOperationCheck", false);
  const started = await query(inputs).writeStream.format("noop").outputMode(mode).start();
  inputs.add(["a", 1, 1]);
  await started.processAllAvailable();
  await started.stop();
  expect(started.exception).toBeNull();
});
