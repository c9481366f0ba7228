import { memorySource } from "@ss/source-memory";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  col,
  type DataFrame,
  expr,
  SparkSession,
  session_window,
  window,
  window_time,
} from "../../src/index.js";

let spark: SparkSession;
let times: DataFrame;
beforeAll(async () => {
  spark = await SparkSession.builder().use(memorySource()).create();
  const stream = spark.readStream
    .format("memory")
    .option("name", "times")
    .schema("k STRING, t TIMESTAMP")
    .load();
  times = stream.withWatermark("t", "10 minutes");
});
afterAll(() => spark.stop());

const DELAY = { "spark.watermarkDelayMs": 600_000 };
const WINDOW = { ...DELAY, "spark.timeWindow": true };

/** What Spark 4.3.0 notes beside the columns of the same queries. */
const QUERIES: Readonly<Record<string, readonly [() => DataFrame, Readonly<Record<string, object>>]>> = {
  "a watermark": [() => times, { k: {}, t: DELAY }],
  "another name": [
    () => times.select(col("t").as("u"), expr("t + INTERVAL 1 DAY AS v")),
    { u: DELAY, v: {} },
  ],
  windows: [() => times.groupBy(window("t", "5 minutes")).count(), { window: WINDOW, count: {} }],
  "the time of a window": [
    () =>
      times
        .groupBy(window("t", "5 minutes"), "k")
        .count()
        .select("window", "k", window_time("window").as("at")),
    { window: WINDOW, k: {}, at: DELAY },
  ],
  sessions: [
    () => times.groupBy(session_window("t", "5 minutes")).count(),
    { session_window: { ...DELAY, "spark.sessionWindow": true }, count: {} },
  ],
  "a join": [
    () => times.withColumnRenamed("t", "z").join(times.selectExpr("t AS t2", "k AS k2"), expr("k = k2")),
    { k: {}, z: DELAY, t2: DELAY, k2: {} },
  ],
  "a union": [() => times.union(times), { k: {}, t: DELAY }],
  "another delay": [
    () => times.withWatermark("t", "20 minutes"),
    { k: {}, t: { "spark.watermarkDelayMs": 1_200_000 } },
  ],
};

test.each(Object.entries(QUERIES))(
  "the schema of %s tells of event times as Spark's does",
  async (_, [query, expected]) => {
    const { fields } = await query().schema();
    expect(Object.fromEntries(fields.map(({ name, metadata }) => [name, metadata ?? {}]))).toEqual(expected);
  },
);
