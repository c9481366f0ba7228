import { afterEach, expect, test } from "vitest";
import { expr, SparkSession } from "../../src/index.js";

const sessions: SparkSession[] = [];

async function sessionIn(zone: string): Promise<SparkSession> {
  const spark = await SparkSession.builder().config("spark.sql.session.timeZone", zone).create();
  sessions.push(spark);
  return spark;
}

afterEach(async () => {
  for (const spark of sessions.splice(0)) await spark.stop();
});

const MIDNIGHT = "unix_millis(TIMESTAMP '2024-01-01') AS at";

test("literals of times in SQL text are in the time zone of the session, wherever the text stands", async () => {
  const spark = await sessionIn("America/New_York");
  const one = spark.range(1);
  const midnight = Date.UTC(2024, 0, 1, 5);
  expect(await spark.sql(`SELECT ${MIDNIGHT}`).collect()).toEqual([{ at: midnight }]);
  expect(await one.selectExpr(MIDNIGHT).collect()).toEqual([{ at: midnight }]);
  expect(await one.select(expr(MIDNIGHT)).collect()).toEqual([{ at: midnight }]);
  const condition = "TIMESTAMP '2024-01-01' = TIMESTAMP '2024-01-01T05:00:00Z'";
  expect(await one.filter(condition).count()).toBe(1);
  expect(await one.where(expr(condition)).count()).toBe(1);
});

test("a table reads text by the settings of its own session, expr by those of the active one", async () => {
  const early = (await sessionIn("Asia/Tokyo")).range(1);
  const late = (await sessionIn("UTC")).range(1);
  expect(await early.selectExpr(MIDNIGHT).collect()).toEqual([{ at: Date.UTC(2023, 11, 31, 15) }]);
  expect(await late.selectExpr(MIDNIGHT).collect()).toEqual([{ at: Date.UTC(2024, 0, 1) }]);
  expect(await early.select(expr(MIDNIGHT)).collect()).toEqual([{ at: Date.UTC(2024, 0, 1) }]);
});

test("a byte order mark is a character of a text like others", async () => {
  const spark = await sessionIn("UTC");
  const table = spark.createDataFrame([["\ufeffab"]], "s STRING");
  expect(await table.collect()).toEqual([{ s: "\ufeffab" }]);
  const texts = table.selectExpr(
    "hex(s) AS plain",
    "hex(upper(s)) AS upper",
    "hex(substring(s, 1, 2)) AS part",
    "hex(cast(unhex('EFBBBF41') AS STRING)) AS cast",
    "hex(from_json(concat('{\"a\":\"', s, '\"}'), 'a STRING').a) AS json",
    "hex(concat(s, s)) AS twice",
    "length(s) AS length",
  );
  expect(await texts.collect()).toEqual([
    {
      plain: "EFBBBF6162",
      upper: "EFBBBF4142",
      part: "EFBBBF61",
      cast: "EFBBBF41",
      json: "EFBBBF6162",
      twice: "EFBBBF6162EFBBBF6162",
      length: 3,
    },
  ]);
});
