import { afterAll, beforeAll, expect, test } from "vitest";
import { expr, SparkSession, session_window, sum } from "../../src/index.js";

/** What Apache Spark 4.3.0 answers to the same queries. */
const spark = await SparkSession.builder().config("spark.sql.session.timeZone", "UTC").create();
afterAll(() => spark.stop());

beforeAll(async () => {
  const table = spark.sql(
    `SELECT * FROM VALUES
       ('a', timestamp'2024-01-01 00:00:00', 1), ('a', timestamp'2024-01-01 00:04:00', 2),
       ('a', timestamp'2024-01-01 00:09:00', 3), ('b', timestamp'2024-01-01 00:01:00', 4),
       ('a', timestamp'2024-01-01 00:14:00.000001', 5), ('a', null, 6) AS t(k, ts, v)`,
  );
  table.createOrReplaceTempView("t");
});

/** Rows as text, without regard to their order; times without the day that all have. */
async function rows(query: string): Promise<string[]> {
  const frame = spark.sql(query);
  const texts = (await frame.columns()).map((name) => `CAST(\`${name}\` AS STRING) AS \`${name}\``);
  const all = await frame.selectExpr(...texts).collect();
  return all.map((row) => Object.values(row).join(" ").replaceAll("2024-01-01 ", "")).sort();
}

const KEYED = [
  "a {00:00:00, 00:14:00} 3 6",
  "a {00:14:00.000001, 00:19:00.000001} 1 5",
  "b {00:01:00, 00:06:00} 1 4",
];

test.each(["'5 minutes'", "make_interval(0, 0, 0, 0, 0, 5, 0)", "CAST('5 minutes' AS INTERVAL)"])(
  "rows are in one session up to and including the gap of %s",
  async (gap) => {
    const query = `SELECT k, session_window, count(*), sum(v) FROM t GROUP BY k, session_window(ts, ${gap})`;
    expect(await rows(query)).toEqual(KEYED);
  },
);

test("the function of DataFrames takes the gap as text or as a column", async () => {
  for (const gap of ["5 minutes", expr("concat('5', ' minutes')")]) {
    const found = await spark
      .table("t")
      .groupBy("k", session_window("ts", gap))
      .agg(sum("v").as("total"))
      .selectExpr("k", "CAST(session_window.end AS STRING) AS e", "total")
      .collect();
    expect(found.map((row) => `${row["k"]} ${row["e"]} ${row["total"]}`).sort()).toEqual([
      "a 2024-01-01 00:14:00 6",
      "a 2024-01-01 00:19:00.000001 5",
      "b 2024-01-01 00:06:00 4",
    ]);
  }
});

test.each(["'abc'", "NULL", "'-5 minutes'", "'0 seconds'", "''", "CAST(NULL AS STRING)"])(
  "a gap of %s leaves no row",
  async (gap) => {
    expect(
      await rows(`SELECT k, session_window, count(*) FROM t GROUP BY k, session_window(ts, ${gap})`),
    ).toEqual([]);
  },
);

test("a gap of a month is one of the calendar", async () => {
  expect(
    await rows("SELECT k, session_window, sum(v) FROM t GROUP BY k, session_window(ts, '1 month')"),
  ).toEqual(["a {00:00:00, 2024-02-01 00:14:00.000001} 11", "b {00:01:00, 2024-02-01 00:01:00} 4"]);
});

test("each row may have a gap of its own, and is left out without a positive one", async () => {
  const gap = "CASE WHEN v > 2 THEN '1 minute' WHEN v = 1 THEN NULL ELSE 'bad' END";
  expect(
    await rows(`SELECT k, session_window, count(*) FROM t GROUP BY k, session_window(ts, ${gap})`),
  ).toEqual([
    "a {00:09:00, 00:10:00} 1",
    "a {00:14:00.000001, 00:15:00.000001} 1",
    "b {00:01:00, 00:02:00} 1",
  ]);
  const negative = "CASE WHEN v > 2 THEN '1 minute' WHEN v = 1 THEN '-1 minute' ELSE '3 minutes' END";
  expect(await rows(`SELECT k, session_window FROM t GROUP BY k, session_window(ts, ${negative})`)).toEqual([
    "a {00:04:00, 00:07:00}",
    "a {00:09:00, 00:10:00}",
    "a {00:14:00.000001, 00:15:00.000001}",
    "b {00:01:00, 00:02:00}",
  ]);
});

test("a session within a longer one does not shorten it", async () => {
  const query = `SELECT session_window, count(*) FROM VALUES (0, '1 hour'), (60, '1 minute'), (3600, '1 second') AS v(s, gap)
    GROUP BY session_window(timestamp'2024-01-01 00:00:00' + make_interval(0, 0, 0, 0, 0, 0, s), gap)`;
  expect(await rows(query)).toEqual(["{00:00:00, 01:00:01} 3"]);
});

test("sessions need no other key, and join what is aggregated of distinct values too", async () => {
  const query =
    "SELECT session_window(ts, '5 minutes') AS w, count(*), collect_list(v), first(v), count(DISTINCT k) FROM t GROUP BY 1";
  expect(await rows(query)).toEqual([
    "{00:00:00, 00:14:00} 4 [1, 4, 2, 3] 1 2",
    "{00:14:00.000001, 00:19:00.000001} 1 [5] 5 1",
  ]);
  expect(
    await rows(
      "SELECT k, session_window, sum(DISTINCT v) FROM t GROUP BY k, session_window(ts, '5 minutes')",
    ),
  ).toEqual([
    "a {00:00:00, 00:14:00} 6",
    "a {00:14:00.000001, 00:19:00.000001} 5",
    "b {00:01:00, 00:06:00} 4",
  ]);
});

test("values are gathered in the order of event time", async () => {
  const query = `SELECT k, collect_list(v), first(v), last(v) FROM (SELECT * FROM t ORDER BY v DESC)
    GROUP BY k, session_window(ts, '5 minutes')`;
  expect(await rows(query)).toEqual(["a [1, 2, 3] 1 3", "a [5] 5 5", "b [4] 4 4"]);
});

test("without GROUP BY every row has a session of its own", async () => {
  expect(await rows("SELECT session_window(ts, '5 minutes'), v FROM t WHERE v < 3")).toEqual([
    "{00:00:00, 00:05:00} 1",
    "{00:04:00, 00:09:00} 2",
  ]);
});

test("a column of sessions keeps on joining them, by whatever name and through every projection", async () => {
  const below = "SELECT k, session_window(ts, '5 minutes') AS w FROM t";
  expect(await rows(`SELECT k, w, count(*) FROM (${below}) GROUP BY k, w`)).toEqual([
    "a {00:00:00, 00:14:00} 3",
    "a {00:14:00.000001, 00:19:00.000001} 1",
    "b {00:01:00, 00:06:00} 1",
  ]);
  const counts =
    "SELECT k, session_window AS w, count(*) AS c FROM t GROUP BY k, session_window(ts, '5 minutes')";
  expect(await rows(`SELECT w, sum(c) FROM (${counts}) GROUP BY w`)).toEqual([
    "{00:00:00, 00:14:00} 4",
    "{00:14:00.000001, 00:19:00.000001} 1",
  ]);
  expect(await rows("SELECT DISTINCT session_window(ts, '5 minutes') FROM t")).toEqual([
    "{00:00:00, 00:14:00}",
    "{00:14:00.000001, 00:19:00.000001}",
  ]);
});

test("columns are called as in Spark", async () => {
  const columns = (query: string): Promise<readonly string[]> => spark.sql(query).columns();
  const by = "session_window(ts, '5 minutes')";
  expect(await columns(`SELECT ${by}, upper(k) FROM t`)).toEqual(["session_window", "upper(k)"]);
  expect(await columns(`SELECT ${by}.start, count(*) FROM t GROUP BY ${by}.start`)).toEqual([
    "session_window.start",
    "count(1)",
  ]);
  const counts = `SELECT session_window AS w, count(*) AS c FROM t GROUP BY ${by}`;
  expect(await columns(`SELECT window_time(w), window(w, '1 hour') FROM (${counts})`)).toEqual([
    "window_time(w)",
    "window",
  ]);
});

test("a part of a session and a struct that looks like one are keys as any others", async () => {
  expect(
    await rows("SELECT k, count(*) FROM t WHERE v < 3 GROUP BY k, session_window(ts, '5 minutes').start"),
  ).toEqual(["a 1", "a 1"]);
  const like = "SELECT k, named_struct('start', ts, 'end', ts + INTERVAL 5 MINUTES) AS w FROM t WHERE v < 3";
  expect(await rows(`SELECT k, count(*) FROM (${like}) GROUP BY k, w`)).toEqual(["a 1", "a 1"]);
});

test("windows and sessions are made of each other by the last instant of what is below", async () => {
  const sessions =
    "SELECT k, session_window AS w, count(*) AS c FROM t GROUP BY k, session_window(ts, '5 minutes')";
  expect(await rows(`SELECT window_time(w), window(w, '10 minutes'), c FROM (${sessions})`)).toEqual([
    "00:05:59.999999 {00:00:00, 00:10:00} 1",
    "00:13:59.999999 {00:10:00, 00:20:00} 3",
    "00:19:00 {00:10:00, 00:20:00} 1",
  ]);
  const windows = "SELECT k, window AS w, count(*) AS c FROM t GROUP BY k, window(ts, '5 minutes')";
  expect(
    await rows(`SELECT session_window(w, '10 minutes') AS x, k, sum(c) FROM (${windows}) GROUP BY 1, 2`),
  ).toEqual(["{00:04:59.999999, 00:14:59.999999} b 1", "{00:04:59.999999, 00:24:59.999999} a 4"]);
});

test("a condition on sessions looks at whole ones", async () => {
  const sessions =
    "SELECT k, session_window AS w, count(*) AS c FROM t GROUP BY k, session_window(ts, '5 minutes')";
  expect(await rows(`SELECT k, c FROM (${sessions}) WHERE w.end > timestamp'2024-01-01 00:13:00'`)).toEqual([
    "a 1",
    "a 3",
  ]);
});

test.each([
  ["ts, INTERVAL '5' MINUTE", "_LEGACY_ERROR_TEMP_1040", { dt: "DayTimeIntervalType(2,2)" }],
  ["ts, INTERVAL 1 MONTH", "_LEGACY_ERROR_TEMP_1040", { dt: "YearMonthIntervalType(1,1)" }],
  ["ts, 5", "_LEGACY_ERROR_TEMP_1040", { dt: "IntegerType" }],
  ["ts, v", "_LEGACY_ERROR_TEMP_1040", { dt: "IntegerType" }],
  ["ts", "WRONG_NUM_ARGS.WITHOUT_SUGGESTION", { functionName: "`session_window`", actualNum: "1" }],
  ["ts, '1 minute', '2 minutes'", "WRONG_NUM_ARGS.WITHOUT_SUGGESTION", { actualNum: "3" }],
  [
    "v, '5 minutes'",
    "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
    {
      sqlExpr: '"sessionwindow(v, 5 minutes)"',
      paramIndex: "first",
      inputSql: '"v"',
      inputType: '"INT"',
      requiredType:
        '("(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)" or "STRUCT<start: TIMESTAMP, end: TIMESTAMP>" or "STRUCT<start: TIMESTAMP_NTZ, end: TIMESTAMP_NTZ>")',
    },
  ],
  ["named_struct('a', 1), '5 minutes'", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", { paramIndex: "first" }],
])("session_window(%s) is refused as by Spark: %s", async (args, condition, parameters) => {
  const failure = spark.sql(`SELECT session_window(${args}) FROM t`).collect();
  await expect(failure).rejects.toMatchObject({ condition, parameters });
});

test.each(["session_window(ts, '6 minutes')", "window(ts, '6 minutes')"])(
  "a session beside %s is refused",
  async (other) => {
    const failure = spark
      .sql(`SELECT count(*) FROM t GROUP BY session_window(ts, '5 minutes'), ${other}`)
      .collect();
    await expect(failure).rejects.toMatchObject({ condition: "_LEGACY_ERROR_TEMP_1039" });
  },
);

test("sessions in grouping sets are refused", async () => {
  const failure = spark
    .sql("SELECT count(*) FROM t GROUP BY ROLLUP (k, session_window(ts, '5 minutes'))")
    .collect();
  await expect(failure).rejects.toMatchObject({ condition: "SS_NULLABLE_SESSION_WINDOW" });
});
