import type { OutputMode } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import { afterEach, expect, test } from "vitest";
import { col, type DataFrame, expr, lit, SparkSession, session_window, window } from "../../src/index.js";

/** Batches with their rows and counts as Apache Spark 4.3.0 reports them for the same additions. */
const GAP = "10 seconds";
const SOURCE = "sessions";
const sessions: SparkSession[] = [];

afterEach(async () => {
  for (const spark of sessions.splice(0)) await spark.stop();
  MemorySource.reset(SOURCE);
});

type Addition = readonly (readonly [k: string, t: number, v: number, gap?: string | null])[];

/** What a batch gave out, sorted, and per operator from the sink upwards: rows total, updated, removed, dropped. */
type BatchReport = readonly [rows: readonly string[], ...counts: readonly (readonly number[])[]];

async function newSession(conf: Readonly<Record<string, string>> = {}): Promise<SparkSession> {
  const builder = SparkSession.builder()
    .use(memorySource())
    .config("spark.sql.session.timeZone", "UTC")
    .logTo(() => {});
  for (const [key, value] of Object.entries(conf)) builder.config(key, value);
  const spark = await builder.create();
  sessions.push(spark);
  return spark;
}

function stream(spark: SparkSession): DataFrame {
  return spark.readStream
    .format("memory")
    .option("name", SOURCE)
    .schema("k STRING, t INT, v INT, gap STRING")
    .load()
    .withColumn("ts", expr("timestamp_seconds(t)"))
    .withWatermark("ts", "10 seconds");
}

async function batches(
  query: (rows: DataFrame) => DataFrame,
  mode: OutputMode,
  additions: readonly Addition[],
): Promise<BatchReport[]> {
  const spark = await newSession();
  const given: string[][] = [];
  const running = await query(stream(spark))
    .writeStream.outputMode(mode)
    .foreachBatch(async (rows) => {
      given.push((await rows.collect()).map((row) => Object.values(row).map(text).join(" ")).sort());
    })
    .start();
  for (const addition of additions) {
    MemorySource.addData(SOURCE, ...addition.map(([k, t, v, gap = null]) => [k, t, v, gap]));
    await running.processAllAvailable();
  }
  return running.recentProgress.map(({ stateOperators }, k) => [
    given[k]!,
    ...stateOperators.map((one) => [
      one.numRowsTotal,
      one.numRowsUpdated,
      one.numRowsRemoved,
      one.numRowsDroppedByWatermark,
    ]),
  ]);
}

function text(value: unknown): string {
  return Array.isArray(value) ? `[${value.join(" ")}]` : String(value);
}

const BOUNDS = ["k", "CAST(session_window.start AS BIGINT) AS s", "CAST(session_window.end AS BIGINT) AS e"];
const counted = (rows: DataFrame): DataFrame =>
  rows
    .groupBy("k", session_window("ts", GAP))
    .agg(expr("count(*) AS c"), expr("sum(v) AS total"))
    .selectExpr(...BOUNDS, "c", "total");

const ADDITIONS: readonly Addition[] = [
  [
    ["a", 10, 1],
    ["a", 12, 2],
    ["b", 11, 1],
    ["a", 12, 5],
    ["c", 40, 1],
  ],
  [
    ["a", 22, 3],
    ["a", 40, 1],
    ["c", 45, 1],
  ],
  [
    ["a", 5, 1],
    ["a", 5, 1],
    ["a", 6, 1],
    ["d", 41, 1],
    ["c", 30, 1],
  ],
  [
    ["c", 35, 9],
    ["c", 47, 1],
  ],
  [["c", 80, 1]],
  [["c", 200, 1]],
];

test("append gives a session out when the watermark has passed its end", async () => {
  expect(await batches(counted, "append", ADDITIONS)).toEqual([
    [[], [3, 3, 0, 0]],
    [
      ["a 10 22 3 8", "b 11 21 1 1"],
      [1, 0, 2, 0],
    ],
    [[], [3, 3, 0, 0]],
    [["a 22 32 1 3"], [2, 0, 1, 0]],
    [[], [3, 2, 1, 2]],
    [[], [3, 1, 0, 0]],
    [[], [3, 0, 0, 0]],
    [[], [4, 2, 0, 0]],
    [
      ["a 40 50 1 1", "c 30 57 5 13", "d 41 51 1 1"],
      [1, 0, 3, 0],
    ],
    [[], [2, 2, 0, 0]],
    [["c 80 90 1 1"], [1, 0, 1, 0]],
  ]);
});

test("complete gives all sessions in every batch, and drops late rows too", async () => {
  const [a, b, c, d] = ["a 40 50 1 1", "b 11 21 1 1", "c 30 57 5 13", "d 41 51 1 1"];
  expect(await batches(counted, "complete", ADDITIONS)).toEqual([
    [
      ["a 10 22 3 8", b, "c 40 50 1 1"],
      [3, 3, 0, 0],
    ],
    [
      ["a 10 32 4 11", a, b, "c 40 55 2 2"],
      [4, 3, 0, 0],
    ],
    [
      ["a 10 32 4 11", a, b, "c 30 55 3 3", d],
      [5, 2, 1, 2],
    ],
    [
      ["a 10 32 4 11", a, b, c, d],
      [5, 1, 0, 0],
    ],
    [
      ["a 10 32 4 11", a, b, c, "c 80 90 1 1", d],
      [6, 2, 0, 0],
    ],
    [
      ["a 10 32 4 11", a, b, "c 200 210 1 1", c, "c 80 90 1 1", d],
      [7, 3, 0, 0],
    ],
  ]);
});

test("complete mode needs no watermark on the event time", async () => {
  const plain = (rows: DataFrame): DataFrame =>
    rows
      .select(col("k"), expr("timestamp_seconds(t) AS u"))
      .groupBy("k", session_window("u", GAP))
      .count()
      .selectExpr(...BOUNDS, "count");
  expect(await batches(plain, "complete", [[["a", 10, 1]], [["a", 15, 1]], [["a", 60, 1]]])).toEqual([
    [["a 10 20 1"], [1, 1, 0, 0]],
    [["a 10 25 2"], [1, 1, 0, 0]],
    [
      ["a 10 25 2", "a 60 70 1"],
      [2, 2, 0, 0],
    ],
  ]);
});

test("each row may have a gap of its own; without a positive one it is in no session", async () => {
  const own = (rows: DataFrame): DataFrame =>
    rows
      .groupBy("k", session_window("ts", col("gap")))
      .count()
      .selectExpr(...BOUNDS, "count");
  const additions: readonly Addition[] = [
    [
      ["a", 100, 1, "20 seconds"],
      ["a", 105, 1, "5 seconds"],
      ["a", 130, 1, "5 seconds"],
      ["b", 100, 1, "0 seconds"],
      ["b", 101, 1, "-3 seconds"],
      ["b", 102, 1, "bad"],
      ["b", 103, 1, null],
    ],
    [
      ["a", 118, 1, "12 seconds"],
      ["x", 125, 1, "1 second"],
    ],
    [["z", 300, 1, "1 second"]],
  ];
  expect(await batches(own, "append", additions)).toEqual([
    [[], [2, 2, 0, 0]],
    [["a 100 120 2"], [1, 0, 1, 0]],
    [[], [2, 2, 1, 0]],
    [[], [3, 1, 0, 0]],
    [
      ["a 118 135 2", "x 125 126 1"],
      [1, 0, 2, 0],
    ],
  ]);
});

test("values are gathered in the order of event time, over all batches", async () => {
  const gathered = (rows: DataFrame): DataFrame =>
    rows
      .groupBy("k", session_window("ts", GAP))
      .agg(expr("first(v) AS f"), expr("last(v) AS l"), expr("collect_list(v) AS all"))
      .drop("session_window");
  const additions: readonly Addition[] = [
    [
      ["a", 20, 1],
      ["a", 18, 2],
    ],
    [
      ["a", 22, 3],
      ["a", 19, 4],
    ],
    [
      ["a", 15, 5],
      ["a", 20, 6],
    ],
    [["a", 150, 1]],
  ];
  const found = await batches(gathered, "append", additions);
  expect(found.map(([, counts]) => counts)).toEqual([
    [1, 1, 0, 0],
    [1, 0, 0, 0],
    [1, 1, 0, 0],
    [1, 0, 0, 0],
    [1, 1, 1, 0],
    [2, 2, 0, 0],
    [1, 0, 1, 0],
  ]);
  expect(found.at(-1)![0]).toEqual(["a 5 6 [5 2 1 4 3 6]"]);
});

test("of rows with one time those of the state come first", async () => {
  const gathered = (rows: DataFrame): DataFrame =>
    rows.groupBy("k", session_window("ts", GAP)).agg(expr("collect_list(v) AS all")).select("k", "all");
  const additions: readonly Addition[] = [
    [["a", 20, 1]],
    [
      ["a", 20, 2],
      ["a", 19, 3],
      ["a", 21, 4],
    ],
    [["a", 19, 5]],
    [["a", 150, 1]],
  ];
  expect((await batches(gathered, "append", additions)).at(-1)![0]).toEqual(["a [3 1 2 4 5]"]);
});

test("windows of completed sessions, and sessions of completed windows", async () => {
  const additions: readonly Addition[] = [
    [
      ["a", 10, 1],
      ["b", 20, 1],
    ],
    [["a", 60, 1]],
    [["a", 150, 1]],
    [["a", 400, 1]],
  ];
  const windows = (rows: DataFrame): DataFrame =>
    rows
      .groupBy("k", session_window("ts", GAP))
      .count()
      .groupBy(window("session_window", "100 seconds"))
      .sum("count")
      .selectExpr("CAST(window.start AS BIGINT) AS s", "`sum(count)` AS c");
  expect(await batches(windows, "append", additions)).toEqual([
    [[], [0, 0, 0, 0], [2, 2, 0, 0]],
    [[], [0, 0, 0, 0], [2, 0, 0, 0]],
    [[], [0, 0, 0, 0], [3, 2, 0, 0]],
    [[], [1, 1, 0, 0], [1, 0, 2, 0]],
    [[], [1, 0, 0, 0], [2, 2, 0, 0]],
    [["0 3"], [0, 1, 1, 0], [1, 0, 1, 0]],
    [[], [0, 0, 0, 0], [2, 2, 0, 0]],
    [["100 1"], [0, 1, 1, 0], [1, 0, 1, 0]],
  ]);
  MemorySource.reset(SOURCE);
  const ofWindows = (rows: DataFrame): DataFrame =>
    rows
      .groupBy("k", window("ts", "5 seconds"))
      .count()
      .groupBy("k", session_window("window", GAP))
      .sum("count")
      .selectExpr("k", "CAST(session_window.start AS DOUBLE) AS s", "`sum(count)` AS c");
  expect(await batches(ofWindows, "append", additions)).toEqual([
    [[], [0, 0, 0, 0], [2, 2, 0, 0]],
    [[], [0, 0, 0, 0], [2, 0, 0, 0]],
    [[], [0, 0, 0, 0], [3, 1, 0, 0]],
    [
      ["a 14.999999 1", "b 24.999999 1"],
      [0, 2, 2, 0],
      [1, 0, 2, 0],
    ],
    [[], [0, 0, 0, 0], [2, 1, 0, 0]],
    [["a 64.999999 1"], [0, 1, 1, 0], [1, 0, 1, 0]],
    [[], [0, 0, 0, 0], [2, 1, 0, 0]],
    [["a 154.999999 1"], [0, 1, 1, 0], [1, 0, 1, 0]],
  ]);
});

test("sessions of rows that are not duplicates", async () => {
  const additions: readonly Addition[] = [
    [
      ["a", 10, 1],
      ["a", 10, 1],
    ],
    [["a", 60, 1]],
    [["a", 150, 1]],
  ];
  expect(await batches((rows) => counted(rows.dropDuplicates(["k", "ts"])), "append", additions)).toEqual([
    [[], [1, 1, 0, 0], [1, 1, 0, 0]],
    [[], [2, 2, 0, 0], [2, 1, 0, 0]],
    [["a 10 20 1 1"], [1, 0, 1, 0], [1, 0, 1, 0]],
    [[], [2, 2, 0, 0], [2, 1, 0, 0]],
    [["a 60 70 1 1"], [1, 0, 1, 0], [1, 0, 1, 0]],
  ]);
});

test("many keys meet the state piece by piece, and a key with nothing new is left alone", async () => {
  const keys = 40_000;
  const rows = (from: number, t: number): Addition => {
    return Array.from({ length: keys }, (_, k) => [`key ${from + k}`, t, 1] as const);
  };
  const counts = (frame: DataFrame): DataFrame => frame.groupBy("k", session_window("ts", GAP)).count();
  const found = await batches((frame) => counts(frame).where("k = 'key 20000'"), "append", [
    rows(0, 100),
    rows(20_000, 105),
    [["z", 500, 1]],
  ]);
  expect(found.map(([, one]) => one)).toEqual([
    [40_000, 40_000, 0, 0],
    [40_000, 0, 0, 0],
    [60_000, 40_000, 0, 0],
    [60_000, 0, 0, 0],
    [60_001, 1, 0, 0],
    [1, 0, 60_000, 0],
  ]);
  expect(found.at(-1)![0]).toHaveLength(1);
  expect(found.at(-1)![0][0]).toMatch(/^key 20000 .* 2$/);
});

async function start(
  query: (rows: DataFrame) => DataFrame,
  mode: OutputMode,
  conf: Readonly<Record<string, string>> = {},
): Promise<void> {
  const spark = await newSession(conf);
  const running = await query(stream(spark)).writeStream.format("noop").outputMode(mode).start();
  await running.processAllAvailable();
}

test.each(["true", "false"])("update mode is refused, checks of operations being %s", async (checked) => {
  const conf = { "spark.sql.streaming.unsupportedOperationCheck": checked };
  await expect(start(counted, "update", conf)).rejects.toMatchObject({
    condition: "STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION",
    parameters: { outputMode: "update", operation: "session window streaming aggregations" },
  });
});

test("append mode needs a watermark on the event time", async () => {
  const plain = (rows: DataFrame): DataFrame =>
    rows.select(col("k"), expr("timestamp_seconds(t) AS u")).groupBy("k", session_window("u", GAP)).count();
  await expect(start(plain, "append")).rejects.toMatchObject({
    condition: "STREAMING_OUTPUT_MODE.UNSUPPORTED_OPERATION",
    parameters: { operation: "streaming aggregations without watermark" },
  });
});

test.each([
  { name: "no other key", keys: [] },
  { name: "constants as the other keys", keys: [lit(1)] },
])("a stream's sessions with $name are refused", async ({ keys }) => {
  for (const mode of ["append", "complete"] as const) {
    const global = (rows: DataFrame): DataFrame => rows.groupBy(...keys, session_window("ts", GAP)).count();
    await expect(start(global, mode)).rejects.toThrow(
      /Global aggregation with session window in streaming query is not supported/,
    );
  }
});
