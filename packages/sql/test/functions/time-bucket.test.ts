import { StreamError } from "@ss/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder().config("spark.sql.session.timeZone", "America/Los_Angeles").create();
});
afterAll(() => spark.stop());

async function bucket(args: string): Promise<unknown> {
  const [row] = await spark.sql(`SELECT CAST(time_bucket(${args}) AS STRING) AS b`).collect();
  return (row as { b: unknown }).b;
}

/** As Spark 4.3 answered in this time zone. */
test.each([
  [
    "INTERVAL '15' MINUTE, TIMESTAMP '2024-01-01 11:27:00', TIMESTAMP '1970-01-01 00:00:00'",
    "2024-01-01 11:15:00",
  ],
  ["INTERVAL '1' HOUR, TIMESTAMP '2024-01-01 11:27:00'", "2024-01-01 11:00:00"],
  [
    "INTERVAL '1' MONTH, TIMESTAMP '2024-07-20 14:30:00', TIMESTAMP '2024-06-15 09:00:00'",
    "2024-07-15 09:00:00",
  ],
  ["INTERVAL '1' HOUR, TIMESTAMP '1969-12-31 12:34:00'", "1969-12-31 12:00:00"],
  ["INTERVAL '7' HOUR, TIMESTAMP '1960-12-31 12:34:00'", "1960-12-31 08:00:00"],
  ["INTERVAL '0.000001' SECOND, TIMESTAMP '2024-07-10 12:34:00.123456'", "2024-07-10 12:34:00.123456"],
  ["INTERVAL 1 HOUR 30 MINUTES, TIMESTAMP '2024-07-10 12:34:00'", "2024-07-10 11:30:00"],
  ["INTERVAL '1' HOUR, TIMESTAMP_NTZ '2024-07-10 12:34:56.789'", "2024-07-10 12:00:00"],
  ["INTERVAL '1' DAY, TIMESTAMP_NTZ '1969-12-31 23:59:59.999999'", "1969-12-31 00:00:00"],
])("time_bucket(%s) is %s", async (args, expected) => {
  expect(await bucket(args)).toBe(expected);
});

test.each([
  ["INTERVAL '12' HOUR, TIMESTAMP '2024-07-10 13:00:00'", "2024-07-10 13:00:00"],
  ["INTERVAL '2' HOUR, TIMESTAMP '2024-03-10 05:00:00'", "2024-03-10 05:00:00"],
])("buckets that are shorter than a day go by the clock: %s", async (args, expected) => {
  expect(await bucket(args)).toBe(expected);
});

test.each([
  ["INTERVAL '1' DAY, TIMESTAMP '2024-07-10 00:30:00'", "2024-07-10 00:00:00"],
  ["INTERVAL '7' DAY, TIMESTAMP '2024-07-10 12:00:00'", "2024-07-04 00:00:00"],
  ["INTERVAL '24' HOUR, TIMESTAMP '2024-07-10 12:00:00'", "2024-07-10 00:00:00"],
  ["INTERVAL '25' HOUR, TIMESTAMP '2024-03-10 05:00:00'", "2024-03-09 16:00:00"],
  ["INTERVAL '36' HOUR, TIMESTAMP '2024-07-10 12:00:00'", "2024-07-10 00:00:00"],
  [
    "INTERVAL '1' DAY, TIMESTAMP '2024-03-10 03:10:00', TIMESTAMP '2024-03-01 02:30:00'",
    "2024-03-09 02:30:00",
  ],
  [
    "INTERVAL '1' DAY, TIMESTAMP '2024-03-10 03:40:00', TIMESTAMP '2024-03-01 02:30:00'",
    "2024-03-10 03:30:00",
  ],
  [
    "INTERVAL '1' DAY, timestamp_micros(1730624400000000), TIMESTAMP '2024-11-01 01:30:00'",
    "2024-11-03 01:30:00",
  ],
  ["INTERVAL '106751991' DAY, TIMESTAMP '-290000-01-01 00:00:00'", "-290308-12-22 00:00:00"],
])("buckets of a day and more go by the local calendar: %s", async (args, expected) => {
  expect(await bucket(args)).toBe(expected);
});

test.each([
  [
    "INTERVAL '1' MONTH, TIMESTAMP '2024-03-31 00:00:00', TIMESTAMP '2024-01-31 00:00:00'",
    "2024-03-31 00:00:00",
  ],
  [
    "INTERVAL '1' MONTH, TIMESTAMP '2024-03-30 00:00:00', TIMESTAMP '2024-01-31 00:00:00'",
    "2024-02-29 00:00:00",
  ],
  ["INTERVAL '3' MONTH, TIMESTAMP '2024-08-10 00:00:00'", "2024-07-01 00:00:00"],
  ["INTERVAL '1-6' YEAR TO MONTH, TIMESTAMP '1968-08-10 00:00:00'", "1968-07-01 00:00:00"],
  [
    "INTERVAL '3' MONTH, TIMESTAMP '2023-08-10 00:00:00', TIMESTAMP '2024-01-01 00:00:00'",
    "2023-07-01 00:00:00",
  ],
  [
    "INTERVAL '2' MONTH, TIMESTAMP '2024-02-28 00:00:00', TIMESTAMP '2023-12-31 00:00:00'",
    "2023-12-31 00:00:00",
  ],
  [
    "INTERVAL '1' MONTH, TIMESTAMP '2023-02-28 13:00:00', TIMESTAMP '2024-01-31 12:00:00'",
    "2023-02-28 12:00:00",
  ],
  [
    "INTERVAL '1' MONTH, TIMESTAMP '2024-03-10 03:10:00', TIMESTAMP '2024-01-10 02:30:00'",
    "2024-02-10 02:30:00",
  ],
  ["INTERVAL '1' MONTH, TIMESTAMP_NTZ '2024-03-10 12:00:00'", "2024-03-01 00:00:00"],
])("buckets of months begin on the day of the origin: %s", async (args, expected) => {
  expect(await bucket(args)).toBe(expected);
});

test.each([
  "NULL, TIMESTAMP '2024-07-10 12:34:00'",
  "CAST(NULL AS INTERVAL DAY TO SECOND), TIMESTAMP '2024-07-10 12:34:00'",
  "INTERVAL '1' HOUR, NULL",
  "INTERVAL '1' HOUR, TIMESTAMP '2024-07-10 12:34:00', NULL",
])("time_bucket(%s) is null", async (args) => {
  expect(await bucket(args)).toBeNull();
});

test("every row has its bucket, with nulls among them", async () => {
  const rows = await spark
    .sql(
      "SELECT unix_seconds(time_bucket(INTERVAL '10' SECOND, t)) AS b FROM (SELECT IF(id % 3 = 0, NULL, timestamp_seconds(id * 7 - 30)) AS t FROM range(10))",
    )
    .collect();
  expect(rows).toEqual([null, -30, -20, null, -10, 0, null, 10, 20, null].map((b) => ({ b })));
});

const ORIGIN = "TIMESTAMP '1970-01-01 00:00:00'";
const HOUR = "INTERVAL '01' HOUR";
const NOON = "TIMESTAMP '2024-07-10 12:00:00'";

test.each([
  [
    "INTERVAL '1' HOUR, DATE '2024-07-10'",
    "UNEXPECTED_INPUT_TYPE",
    {
      paramIndex: "second",
      requiredType: '"(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)"',
      inputType: '"DATE"',
      sqlExpr: `"time_bucket(${HOUR}, DATE '2024-07-10', ${ORIGIN})"`,
    },
  ],
  [
    `'1 hour', ${NOON}`,
    "UNEXPECTED_INPUT_TYPE",
    { paramIndex: "first", requiredType: '("INTERVAL DAY TO SECOND" or "INTERVAL YEAR TO MONTH")' },
  ],
  [
    `INTERVAL '1' HOUR, ${NOON}, TIMESTAMP_NTZ '2024-07-10 00:30:00'`,
    "UNEXPECTED_INPUT_TYPE",
    { paramIndex: "third", requiredType: '"TIMESTAMP"' },
  ],
  [
    `INTERVAL '-1' MONTH, ${NOON}`,
    "VALUE_OUT_OF_RANGE",
    { exprName: "`bucketSize`", valueRange: "(0, inf)", currentValue: "INTERVAL '-1' MONTH" },
  ],
  [`INTERVAL '0' HOUR, ${NOON}`, "VALUE_OUT_OF_RANGE", { currentValue: "INTERVAL '00' HOUR" }],
])("time_bucket(%s) is refused: %s", async (args, problem, parameters) => {
  const error = await bucket(args).catch((e: unknown) => e);
  expect(StreamError.is(error, `DATATYPE_MISMATCH.${problem}`)).toBe(true);
  expect((error as StreamError).parameters).toMatchObject(parameters);
});

test.each([
  ["x", "bucketSize", `time_bucket(x, ${NOON})`, "(INTERVAL '1' HOUR)"],
  ["x", "origin", `time_bucket(INTERVAL '1' HOUR, ${NOON}, x)`, `(${NOON})`],
])("%s is no constant for %s", async (_, name, call, value) => {
  const rows = spark.sql(`SELECT ${call} FROM VALUES ${value} AS t(x)`);
  const error = await rows.collect().catch((e: unknown) => e);
  expect(StreamError.is(error, "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT")).toBe(true);
  expect((error as StreamError).parameters).toMatchObject({ inputName: `\`${name}\``, inputExpr: '"x"' });
});

test("its column has the name of the call with the origin", async () => {
  const columns = await spark.sql(`SELECT time_bucket(INTERVAL '1' HOUR, ${NOON})`).columns();
  expect(columns).toEqual([`time_bucket(${HOUR}, ${NOON}, ${ORIGIN})`]);
});
