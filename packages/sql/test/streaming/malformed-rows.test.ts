import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type ColumnFunction,
  columnBuilder,
  IntegerType,
  type Plugin,
  type SinkProvider,
  StreamError,
} from "@ss/core";
import { fileSink } from "@ss/sink-file";
import { MemorySource, memorySource } from "@ss/source-memory";
import { collectingSink } from "@ss/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type DataFrame, type DataStreamWriter, expr, SparkSession, window } from "../../src/index.js";

const SOURCE = "malformed-rows";
let folder: string;
const sessions: SparkSession[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ss-malformed-"));
});

afterEach(async () => {
  for (const spark of sessions.splice(0)) await spark.stop();
  MemorySource.reset(SOURCE);
  rmSync(folder, { recursive: true, force: true });
});

async function newSession(...plugins: readonly Plugin[]): Promise<SparkSession> {
  const spark = await SparkSession.builder()
    .use(memorySource(), fileSink(), ...plugins)
    .config("spark.sql.session.timeZone", "UTC")
    .logTo(() => {})
    .create();
  sessions.push(spark);
  return spark;
}

/** Records as Kafka has them, of which queries read the value. */
function stream(spark: SparkSession): DataFrame {
  return spark.readStream
    .format("memory")
    .option("name", SOURCE)
    .schema("key STRING, value STRING, topic STRING, offset BIGINT")
    .load();
}

type Query = (rows: DataFrame, spark: SparkSession) => DataFrame;
type Value = string | null;

/** Some values, at offsets from 0. */
function feed(values: readonly Value[], topic = "events"): void {
  MemorySource.addData(SOURCE, ...values.map((value, k) => [`k${k}`, value, topic, k]));
}

interface Outcome {
  readonly results: readonly unknown[];
  /** Reports, by offset. */
  readonly malformed: readonly Readonly<Record<string, unknown>>[];
  readonly numMalformedRows: number | undefined;
}

async function run(
  query: Query,
  values: readonly Value[],
  mode = "append",
  ...plugins: readonly Plugin[]
): Promise<Outcome> {
  const spark = await newSession(...plugins);
  const results: unknown[] = [];
  const malformed: Record<string, unknown>[] = [];
  const running = await query(stream(spark), spark)
    .writeStream.outputMode(mode)
    .foreachBatch(async (rows) => void results.push(...(await rows.collect())))
    .malformedRowsTo(async (rows) => void malformed.push(...((await rows.collect()) as never[])))
    .start();
  feed(values);
  await running.processAllAvailable();
  const { numMalformedRows } = running.lastProgress!;
  await spark.stop();
  MemorySource.reset(SOURCE);
  malformed.sort((a, b) => Number(a["offset"]) - Number(b["offset"]));
  return { results, malformed, numMalformedRows };
}

const EVENTS: readonly Value[] = [
  '{"a":1,"b":"x"}',
  '{"a":',
  null,
  '{"a":"no number"}',
  '{"a":5}',
  "",
  "[1]",
];
const cannot = (cause: string): string =>
  `[MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION] The record cannot be parsed: ${cause}.`;
const isArray =
  "[MALFORMED_RECORD_IN_PARSING.CANNOT_PARSE_JSON_ARRAYS_AS_STRUCTS] The record is an array, but the schema wants one struct.";

const fromJson = (options = ""): string => `from_json(value, 'a INT, b STRING'${options})`;

describe("a record that cannot be decoded is reported with all that was read of it, and goes no further:", () => {
  const modes: Readonly<Record<string, string>> = {
    "in the mode PERMISSIVE": "",
    "in the mode FAILFAST, without failing": ", map('mode', 'FAILFAST')",
  };
  test.each(Object.entries(modes))("%s", async (_, options) => {
    const { results, malformed, numMalformedRows } = await run(
      (rows) => rows.select(expr(fromJson(options)).as("e")).selectExpr("e.a AS a"),
      EVENTS,
    );
    expect(results).toEqual([{ a: 1 }, { a: null }, { a: 5 }, { a: null }]);
    const report = (k: number, reason: string): object => ({
      key: `k${k}`,
      value: EVENTS[k],
      topic: "events",
      offset: k,
      _function: "from_json(value)",
      _reason: reason,
    });
    expect(malformed).toEqual([
      report(1, cannot("unexpected end of record at byte 5")),
      report(3, cannot('field "a": "no number" is not an INT')),
      report(6, isArray),
    ]);
    expect(numMalformedRows).toBe(3);
  });
});

/** The records of offsets 0 and 1 with those of 2 and 3, one with one. */
function joined(rows: DataFrame): DataFrame {
  const [a, b] = [rows.where("offset < 2").as("a"), rows.where("offset >= 2").as("b")];
  return a.join(b, expr("a.offset + 2 = b.offset"));
}

/** Which records are reported, by offset, and by which call. */
const QUERIES: Readonly<
  Record<
    string,
    {
      readonly query: Query;
      readonly values?: readonly Value[];
      readonly mode?: string;
      readonly results: readonly unknown[];
      readonly malformed: readonly string[];
    }
  >
> = {
  "a filter above does not hide it": {
    query: (rows) =>
      rows
        .select("*", expr(fromJson()).as("e"))
        .where("e.a > 1 AND offset > 3 AND topic = 'events'")
        .select("offset"),
    results: [{ offset: 4 }],
    malformed: ["1 from_json(value)", "3 from_json(value)", "6 from_json(value)"],
  },
  "a filter below does, as the function sees no such row": {
    query: (rows) => rows.where("offset > 2").selectExpr(`${fromJson()}.a AS a`),
    results: [{ a: null }, { a: 5 }].reverse(),
    malformed: ["3 from_json(value)", "6 from_json(value)"],
  },
  "by the condition of a filter": {
    query: (rows) => rows.where(`${fromJson()}.a > 1`).select("offset"),
    results: [{ offset: 4 }],
    malformed: ["1 from_json(value)", "3 from_json(value)", "6 from_json(value)"],
  },
  "by a column that nobody uses": {
    query: (rows) => rows.select("offset", expr(fromJson()).as("e")).select("offset"),
    results: [{ offset: 0 }, { offset: 2 }, { offset: 4 }, { offset: 5 }],
    malformed: ["1 from_json(value)", "3 from_json(value)", "6 from_json(value)"],
  },
  "for a field that nobody uses": {
    query: (rows) => rows.selectExpr("from_json(value, 'a INT, n INT').a AS a"),
    values: ['{"a":1,"n":2}', '{"a":1,"n":"x"}'],
    results: [{ a: 1 }],
    malformed: ["1 from_json(value)"],
  },
  "once, by the first of two functions": {
    query: (rows) =>
      rows.selectExpr(`${fromJson()}.a AS a`, "from_csv(value, 'n INT', map('sep', ';')).n AS n"),
    values: ['{"a":1}', "7", "8;x"],
    results: [],
    malformed: ["0 from_csv(value)", "1 from_json(value)", "2 from_json(value)"],
  },
  "once, in a filter and in columns": {
    query: (rows) => rows.where(`${fromJson()}.a = 5`).selectExpr(`${fromJson()}.a AS a`),
    results: [{ a: 5 }],
    malformed: ["1 from_json(value)", "3 from_json(value)", "6 from_json(value)"],
  },
  "by a function of what another has decoded": {
    query: (rows) => rows.selectExpr("from_json(from_json(value, 'inner STRING').inner, 'a INT').a AS a"),
    values: ['{"inner":"{\\"a\\":1}"}', '{"inner":"{"}', "{"],
    results: [{ a: 1 }],
    malformed: ["1 from_json(from_json(value).inner)", "2 from_json(value)"],
  },
  "with the record as it was read, behind a column of its name": {
    query: (rows) =>
      rows
        .selectExpr("upper(value) AS value")
        .select(expr("from_json(value, 'A INT')").as("e"))
        .selectExpr("e.A AS a"),
    results: [{ a: 1 }, { a: null }, { a: 5 }, { a: null }],
    malformed: ["1 from_json(value)", "3 from_json(value)", "6 from_json(value)"],
  },
  "in the branches that take it": {
    query: (rows) =>
      rows.selectExpr(
        `CASE WHEN key = 'k0' OR key = 'k3' THEN ${fromJson()}.a WHEN key = 'k4' THEN from_csv(value, 'n INT').n END AS a`,
      ),
    results: [{ a: 1 }, { a: null }, { a: null }, { a: null }, { a: null }],
    malformed: ["3 from_json(value)", "4 from_csv(value)"],
  },
  "in branches that another decoder chooses": {
    query: (rows) => rows.selectExpr(`IF(from_csv(key, 'k STRING').k = 'k3', ${fromJson()}.a, 0) AS a`),
    results: [{ a: 0 }, { a: 0 }, { a: 0 }, { a: 0 }, { a: 0 }, { a: 0 }],
    malformed: ["3 from_json(value)"],
  },
  "as a list whose elements become rows": {
    query: (rows) => rows.selectExpr("explode(from_json(value, 'ARRAY<INT>')) AS n"),
    values: ["[1,2]", "[1,", "[]", '["x"]'],
    results: [{ n: 1 }, { n: 2 }],
    malformed: ["1 from_json(value)", "3 from_json(value)"],
  },
  "as a map": {
    query: (rows) => rows.selectExpr("from_json(value, 'MAP<STRING, INT>')['a'] AS n"),
    values: ['{"a":1}', "{", null],
    results: [{ n: 1 }, { n: null }],
    malformed: ["1 from_json(value)"],
  },
  "for each element of a list that is a record": {
    query: (rows) =>
      rows.selectExpr("explode(split(value, ' ')) AS line").selectExpr("from_csv(line, 'n INT').n AS n"),
    values: ["1 x 2", "y z"],
    results: [{ n: 1 }, { n: 2 }],
    malformed: ["0 from_csv(line) x", "1 from_csv(line) y", "1 from_csv(line) z"],
  },
  "below a grouping, whose keys it decodes": {
    query: (rows) =>
      rows
        .groupBy(expr(`${fromJson()}.a`).as("a"))
        .count()
        .where("a IS NOT NULL"),
    mode: "update",
    results: [
      { a: 1, count: 1 },
      { a: 5, count: 1 },
    ],
    malformed: ["1 from_json(value)", "3 from_json(value)", "6 from_json(value)"],
  },
  "below a grouping, whose values it decodes": {
    query: (rows) =>
      rows.groupBy("topic").agg(expr(`sum(${fromJson()}.a)`).as("sum"), expr("count(*)").as("n")),
    mode: "update",
    results: [{ topic: "events", sum: 6, n: 4 }],
    malformed: ["1 from_json(value)", "3 from_json(value)", "6 from_json(value)"],
  },
  "by an aggregate whose filter lets it pass": {
    query: (rows) =>
      rows
        .groupBy("topic")
        .agg(
          expr(`sum(${fromJson()}.a) FILTER (WHERE offset <> 1 AND key <> 'k3')`).as("sum"),
          expr("count(*)").as("n"),
        ),
    mode: "update",
    results: [{ topic: "events", sum: 6, n: 6 }],
    malformed: ["6 from_json(value)"],
  },
  "by an aggregate and by its filter": {
    query: (rows) =>
      rows
        .groupBy("topic")
        .agg(expr(`sum(${fromJson()}.a) FILTER (WHERE from_csv(key, 'k STRING, n INT').n > 1)`).as("sum")),
    // a key is a record with one field too few for the function, so that there is no n
    mode: "update",
    results: [],
    malformed: ["0 from_csv(key)"],
    values: ['{"a":1}'],
  },
  "once for a record that falls into several windows": {
    query: (rows) =>
      rows
        .groupBy(window(expr("timestamp_seconds(from_json(value, 's LONG').s)"), "20 seconds", "10 seconds"))
        .agg(expr("sum(from_json(value, 's LONG').s)").as("sum"))
        .selectExpr("unix_seconds(window.start) AS start", "sum"),
    values: ['{"s":15}', '{"s":"x"}', "{"],
    mode: "update",
    results: [
      { start: 0, sum: 15 },
      { start: 10, sum: 15 },
    ],
    malformed: ["1 from_json(value)", "2 from_json(value)"],
  },
  "once for each column that has become a row": {
    query: (rows, spark) => {
      rows.createOrReplaceTempView("records");
      return spark
        .sql("SELECT * FROM records UNPIVOT (line FOR name IN (key, value))")
        .selectExpr("offset", "from_csv(line, 'n INT').n AS n");
    },
    values: ["1", "x"],
    results: [{ offset: 0, n: 1 }],
    malformed: ["0 from_csv(line) k0", "1 from_csv(line) k1", "1 from_csv(line) x"],
  },
  "of both inputs of a union": {
    query: (rows) =>
      rows
        .where("offset < 2")
        .selectExpr(`${fromJson()}.a AS a`)
        .union(rows.where("offset >= 2").selectExpr("from_csv(value, 'a INT').a AS a")),
    values: ['{"a":1}', "{", "3", "y"],
    results: [{ a: 1 }, { a: 3 }],
    malformed: ["1 from_json(value)", "3 from_csv(value)"],
  },
  "with the record of the side of a join of streams that it reads": {
    query: (rows) => joined(rows).selectExpr("from_json(b.value, 'a INT').a AS a"),
    values: ['{"a":1}', "{", '{"a":3}', "y"],
    results: [{ a: 3 }],
    malformed: ["3 from_json(value)"],
  },
  "with the record of either side of a join of streams, behind columns of both": {
    query: (rows) =>
      joined(rows)
        .selectExpr("a.value AS left", "b.value AS right", "a.offset + b.offset AS sum")
        .selectExpr("from_json(right, 'a INT').a AS b", "IF(sum > 2, from_json(left, 'a INT').a, 0) AS a"),
    values: ['{"a":1}', "{", '{"a":3}', '{"a":4}'],
    results: [{ a: 0, b: 3 }],
    malformed: ["1 from_json(left)"],
  },
  "with the record of the side that it reads, though the other chooses its rows": {
    query: (rows) =>
      joined(rows).selectExpr(
        "IF(a.offset = 1, from_json(from_json(b.value, 'i STRING').i, 'a INT').a, 0) AS a",
      ),
    values: ["x", "x", "x", '{"i":"{"}'],
    results: [{ a: 0 }],
    malformed: ["3 from_json(from_json(value).i)"],
  },
  "with the record of the stream of a join with a table": {
    query: (rows, spark) =>
      spark
        .sql("SELECT 'events' AS topic, 'of the table' AS value, -1L AS offset")
        .as("t")
        .join(rows.as("s"), expr("t.topic = s.topic"))
        .dropDuplicates(["s.offset"] as never)
        .selectExpr("from_json(s.value, 'a INT').a AS a"),
    values: ['{"a":1}', "{"],
    results: [{ a: 1 }],
    malformed: ["1 from_json(value)"],
  },
  "behind duplicates that are dropped": {
    query: (rows) => rows.dropDuplicates(["value"]).selectExpr(`${fromJson()}.a AS a`),
    values: ["{", "{", '{"a":1}'],
    results: [{ a: 1 }],
    malformed: ["0 from_json(value)"],
  },
  "of a call with a field for corrupt records, in the mode FAILFAST only": {
    query: (rows) =>
      rows.selectExpr(
        "from_json(value, 'a INT, _corrupt_record STRING')._corrupt_record AS bad",
        "from_json(value, 'a INT, _corrupt_record STRING', map('mode', 'FAILFAST')).a AS a",
      ),
    values: ["{", '{"a":1}'],
    results: [{ bad: null, a: 1 }],
    malformed: ["0 from_json(value)"],
  },
};

const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

describe("a malformed record is reported", () => {
  test.each(Object.entries(QUERIES))(
    "%s",
    async (_, { query, values = EVENTS, mode, results, malformed }) => {
      const found = await run(query, values, mode);
      const reports = found.malformed.map((row) =>
        [row["offset"], row["_function"], row["line"]].filter((part) => part !== undefined).join(" "),
      );
      expect({ malformed: reports, results: [...found.results].sort(byText) }).toEqual({
        malformed,
        results: [...results].sort(byText),
      });
      for (const row of found.malformed.filter((one) => "value" in one)) {
        expect(row["value"]).toBe(values[row["offset"] as number]);
      }
      expect(found.numMalformedRows).toBe(malformed.length);
    },
  );
});

/** A call, a record that it cannot read, and why: the first value that is none of its type, or where the record breaks. */
const CAUSES: readonly (readonly [call: string, record: string, cause: string])[] = [
  ["from_json(value, 'a INT')", '{"a":2147483648}', 'field "a": 2147483648 is not an INT'],
  ["from_json(value, 'b STRING, a INT')", '{"a":"ä\\"","b":1}', 'field "a": "ä\\"" is not an INT'],
  ["from_json(value, 'a INT')", '{"a":1 "b":2}', "unexpected character at byte 7"],
  ["from_json(value, 'a INT')", '"text"', '"text" is not a STRUCT<a: INT>'],
  ["from_json(value, 'a DECIMAL(3,1)')", '{"a":123.4}', 'field "a": 123.4 is not a DECIMAL(3,1)'],
  ["from_json(value, 'a BINARY')", '{"a":"?"}', 'field "a": "?" is not a BINARY'],
  ["from_json(value, 'a INT, a DATE')", '{"a":5}', 'field "a": 5 is not a DATE'],
  ["from_json(value, 's STRUCT<a: INT>')", '{"s":{"a":true}}', 'field "s.a": true is not an INT'],
  ["from_json(value, 's STRUCT<a: INT>')", '{"s":[1]}', 'field "s": [1] is not a STRUCT<a: INT>'],
  [
    "from_json(value, 'l ARRAY<STRUCT<n: INT>>')",
    '{"l":[{"n":1},null,{"n":"x"}]}',
    'field "l[2].n": "x" is not an INT',
  ],
  ["from_json(value, 'm MAP<STRING, INT>')", '{"m":{"k":1,"l":1.5}}', 'field "m["l"]": 1.5 is not an INT'],
  ["from_json(value, 'ARRAY<INT>')", '[1,"x"]', 'field "[1]": "x" is not an INT'],
  ["from_json(value, 'ARRAY<INT>')", "[1,", "unexpected end of record at byte 3"],
  ["from_json(value, 'ARRAY<STRUCT<a: INT>>')", '{"a":"x"}', 'field "a": "x" is not an INT'],
  ["from_json(value, 'MAP<STRING, INT>')", "5", "5 is not a MAP<STRING, INT>"],
  ["from_json(value, 'VARIANT')", '{"a":}', "unexpected character at byte 5"],
  ["from_json(value, 'a INT', map('mode', 'FAILFAST'))", ' {"a":" 1"}', 'field "a": " 1" is not an INT'],
  [
    "from_json(value, 'd DATE', map('dateFormat', 'dd.MM.yyyy'))",
    '{"d":"2024-05-01"}',
    'field "d": "2024-05-01" is not a DATE',
  ],
  ["from_csv(value, 'a INT, b STRING')", "x,y", 'field "a": "x" is not an INT'],
  ["from_csv(value, 'a INT, b DOUBLE')", '1,"x"', 'field "b": "x" is not a DOUBLE'],
  ["from_csv(value, 'a INT, b STRING')", "1", "it has 1 value for 2 fields"],
  ["from_csv(value, 'a INT')", "1,2,3", "it has 3 values for 1 field"],
];

describe("the reason says what is wrong with a record, and advises nothing:", () => {
  test.each(CAUSES)("%s of %s", async (call, record, cause) => {
    const { malformed } = await run((rows) => rows.select(expr(call).as("e")), [record]);
    expect(malformed.map((row) => row["_reason"])).toEqual([cannot(cause)]);
  });
});

test("the error of the mode FAILFAST says what is wrong, and what to do", async () => {
  const spark = await newSession();
  const failure = (call: string): Promise<unknown> =>
    spark
      .sql(`SELECT ${call} AS e FROM VALUES ('{"a":"x"}') AS t(value)`)
      .collect()
      .then(
        () => undefined,
        (error: StreamError) => error.message,
      );
  expect(await failure("from_json(value, 'a INT', map('mode', 'FAILFAST'))")).toContain(
    `The record [null] cannot be parsed: field "a": "x" is not an INT. Set the option 'mode' to 'PERMISSIVE' to get NULL instead.`,
  );
  expect(await failure("from_csv(value, 'a INT', map('mode', 'FAILFAST', 'quote', ''))")).toContain(
    `The record [null] cannot be parsed: field "a": "{"a":"x"}" is not an INT. Set the option 'mode' to 'PERMISSIVE' to get NULL instead.`,
  );
  expect(await failure("parse_json('{')")).toContain(
    "The record { cannot be parsed. Use `try_parse_json` to get NULL instead.",
  );
});

/** What the default of Kafka's max.request.size leaves to a record, besides what its headers but the reason take. */
const REQUEST_BYTES = 1_048_576 - 1024;

describe("the reason has the beginning of a long value, which fits into a request to Kafka beside the record:", () => {
  const long = 600_000;
  const LONG: Readonly<Record<string, readonly [call: string, record: string, cause: RegExp]>> = {
    "an array": ["from_json(value, 'a INT')", `[${"1".repeat(long)}`, /The record is an array/],
    "a number": [
      "from_json(value, 'a INT')",
      `{"a":${"1".repeat(long)}}`,
      /: field "a": 1{100}\.\.\. \(600000 bytes\) is not an INT\.$/,
    ],
    "a text of long characters": [
      "from_json(value, 'a INT')",
      `{"a":"-${"😀".repeat(long / 4)}"}`,
      /: field "a": "-(😀){24}\.\.\. \(600001 bytes\)" is not an INT\.$/u,
    ],
    "a field of CSV": [
      "from_csv(value, 'b STRING, a INT')",
      `x,${"ä".repeat(long / 2)}`,
      /: field "a": "ä{50}\.\.\. \(600000 bytes\)" is not an INT\.$/,
    ],
    "the name of a field": [
      `from_json(value, '\`${"x".repeat(2000)}\` STRUCT<a: INT>')`,
      `{"${"x".repeat(2000)}":{"a":"no"}}`,
      /: field "x{900}x*\.\.\. \(cut, \d+ characters\)\.$/,
    ],
  };
  test.each(Object.entries(LONG))("%s", async (_, [call, record, cause]) => {
    const { malformed } = await run((rows) => rows.select(expr(call).as("e")), [record]);
    const { value, _reason } = malformed[0]! as { value: string; _reason: string };
    expect(value).toBe(record);
    expect(Buffer.byteLength(value) + Buffer.byteLength(_reason)).toBeLessThan(REQUEST_BYTES);
    expect(Buffer.byteLength(_reason)).toBeLessThan(1400);
    expect(_reason).toMatch(cause);
    expect(_reason).not.toContain("\ufffd");
  });
});

test("a function of a plug-in tells rows in any order, and more than once", async () => {
  const refusing: ColumnFunction = {
    name: "no_number",
    arity: [1, 1],
    columnCount: 1,
    nullPropagating: true,
    tellsMalformed: true,
    resolve: () => ({ type: IntegerType, nullable: true }),
    open: ({ onMalformed }) => ({
      evaluate: (_, rowCount) => {
        const builder = columnBuilder(IntegerType);
        for (let i = 0; i < rowCount; i++) builder.append(i);
        for (const row of [3, 1, 3]) {
          for (const text of [`${row} is bad`, "and once more", "x".repeat(5000)]) {
            onMalformed!(row, new StreamError({ condition: "SS_BAD", message: text }));
          }
        }
        return builder.finish();
      },
    }),
  };
  const plugin: Plugin = { name: "refusing", functions: [refusing] };
  const found = await run(
    (rows) => rows.selectExpr("no_number(value) AS n"),
    ["a", "b", "c", "d"],
    "append",
    plugin,
  );
  expect(found.results).toEqual([{ n: 0 }, { n: 2 }]);
  expect(found.malformed.map((row) => [row["offset"], row["_reason"]])).toEqual([
    [1, "[SS_BAD] 1 is bad"],
    [3, "[SS_BAD] 3 is bad"],
  ]);
});

test("late rows and malformed ones have outputs of their own, of one batch", async () => {
  const spark = await newSession();
  const late: unknown[] = [];
  const malformed: unknown[] = [];
  const running = await stream(spark)
    .selectExpr("from_json(value, 's LONG').s AS s")
    .withColumn("t", expr("timestamp_seconds(s)"))
    .withWatermark("t", "10 seconds")
    .groupBy(window("t", "5 seconds"))
    .agg(expr("sum(from_csv(cast(s AS STRING), 'n INT').n)").as("sum"))
    .writeStream.format("memory")
    .queryName("sums")
    .lateRowsTo(async (rows) => void late.push(...(await rows.select("row").collect())))
    .malformedRowsTo(async (rows) => void malformed.push(...(await rows.select("value").collect())))
    .option("checkpointLocation", join(folder, "checkpoint"))
    .start();
  for (const s of ["30", "5000000000", '"x"', "4999999000", "7"]) {
    feed([`{"s":${s}}`]);
    await running.processAllAvailable();
  }
  // a number of 64 bits is none of 32, so that it is no value of the sum; what is late is so after all
  expect(malformed).toEqual(
    ['{"s":5000000000}', '{"s":"x"}', '{"s":4999999000}'].map((value) => ({ value })),
  );
  expect(late).toEqual([
    {
      row: '{"window":{"start":"1970-01-01T00:00:05.000Z","end":"1970-01-01T00:00:10.000Z"},"s":7,"t":"1970-01-01T00:00:07.000Z"}',
    },
  ]);
  expect(running.lastProgress!.sinks).toHaveLength(3);
});

const refused = (writer: DataStreamWriter): Promise<unknown> =>
  writer.start().then(
    (query) => query.stop(),
    (error: unknown) => (StreamError.is(error) ? error.condition : error),
  );

test("a query that decodes no records, or not those of its streams, has no malformed rows", async () => {
  const spark = await newSession();
  const rows = stream(spark);
  const table = spark.sql(`SELECT 'x' AS topic, ${fromJson()} AS e FROM VALUES ('{}') AS t(value)`);
  const queries = [
    rows,
    rows.selectExpr("to_json(struct(*))"),
    rows.selectExpr("from_json(value, 'a INT, _corrupt_record STRING')"),
    rows.selectExpr("from_json('{}', 'a INT')"),
    rows.join(table, "topic"),
  ];
  for (const query of queries) {
    const writer = query.writeStream.format("noop").malformedRowsTo("noop");
    expect(await refused(writer)).toBe("SS_NO_MALFORMED_ROWS");
  }
  const grouped = rows.groupBy("topic").agg(expr("max(value)").as("value")).selectExpr(fromJson());
  expect(await refused(grouped.writeStream.outputMode("update").format("noop").malformedRowsTo("noop"))).toBe(
    "SS_NO_MALFORMED_ROWS",
  );
});

test("functions that decode where rows cannot be reported are refused", async () => {
  const spark = await newSession();
  const rows = stream(spark);
  const table = spark.sql("SELECT 1 AS n");
  const queries = [
    rows.selectExpr(`transform(split(value, ' '), x -> from_csv(x, 'n INT').n)`),
    rows.join(table, expr("from_csv(value, 'n INT').n = n")),
    rows.selectExpr("IF(rand() < 0.5, from_csv(value, 'n INT').n, 0)"),
  ];
  for (const query of queries) {
    const writer = query.writeStream.outputMode("append").format("noop").malformedRowsTo("noop");
    expect(await refused(writer)).toBe("SS_FUNCTION_PLACE");
  }
});

test("columns of one name and two types cannot be reported together", async () => {
  const spark = await newSession();
  const rows = stream(spark);
  const other = (type: string): DataFrame =>
    rows.selectExpr(`cast(offset AS ${type}) AS n`, "value").selectExpr(`${fromJson()}.a AS a`);
  expect(
    await refused(other("INT").union(other("STRING")).writeStream.format("noop").malformedRowsTo("noop")),
  ).toBe("SS_MALFORMED_ROWS_COLUMN");
});

test("a call that reads both sides of a join cannot be reported with columns that both have", async () => {
  const spark = await newSession();
  const both = joined(stream(spark)).selectExpr("from_csv(concat(a.value, b.value), 'n INT').n");
  expect(await refused(both.writeStream.format("noop").malformedRowsTo("noop"))).toBe(
    "SS_MALFORMED_ROWS_COLUMN",
  );
});

test("malformed rows have a place of their own", async () => {
  const spark = await newSession();
  const decoded = stream(spark).withColumn("t", expr(`timestamp_seconds(${fromJson()}.a)`));
  const named = decoded.writeStream.format("memory").queryName("rows");
  expect(await refused(named.malformedRowsTo("memory", { queryName: "Rows" }))).toBe(
    "SS_MALFORMED_ROWS_AMONG_RESULTS",
  );
  await expect(named.malformedRowsTo("memory", { queryName: "Rows" }).start()).rejects.toThrow(
    "Malformed rows cannot be written where the results are",
  );
  const path = join(folder, "out");
  const late = decoded.withWatermark("t", "1 minute").groupBy("t").count();
  const writer = late.writeStream.format("noop").lateRowsTo("json", { path });
  const both = writer.malformedRowsTo("json", { path: `${path}/` });
  expect(await refused(both)).toBe("SS_MALFORMED_ROWS_AMONG_RESULTS");
  await expect(both.start()).rejects.toThrow("Malformed rows cannot be written where the late rows are");
});

test("malformed rows are rows of a table with the memory sink, and files with a file sink", async () => {
  const spark = await newSession();
  const decoded = stream(spark).selectExpr(`${fromJson()}.a AS a`);
  const path = join(folder, "malformed");
  for (const [k, to] of (
    [
      ["memory", { queryName: "malformed" }],
      ["json", { path }],
    ] as const
  ).entries()) {
    const running = await decoded.writeStream
      .format("memory")
      .queryName(`rows${k}`)
      .malformedRowsTo(to[0], to[1])
      .option("checkpointLocation", join(folder, `checkpoint${k}`))
      .start();
    MemorySource.reset(SOURCE);
    feed(EVENTS);
    await running.processAllAvailable();
    await running.stop();
  }
  const columns = ["offset", "_function"];
  const reports = [1, 3, 6].map((offset) => ({ offset, _function: "from_json(value)" }));
  expect(
    await spark
      .table("malformed")
      .selectExpr(...columns)
      .collect(),
  ).toEqual(reports);
});

test.each([true, false])(
  "a query goes on with malformed rows, or without, on its checkpoint: first with %s",
  async (first) => {
    const results: unknown[] = [];
    const malformed: unknown[] = [];
    for (const [k, asks] of [first, !first, first].entries()) {
      const spark = await newSession();
      const writer = stream(spark)
        .groupBy(expr(`${fromJson()}.a`).as("a"))
        .count()
        .writeStream.outputMode("update")
        .option("checkpointLocation", join(folder, "checkpoint"))
        .foreachBatch(async (rows) => void results.push(...(await rows.where("a = 1").collect())));
      const reports = async (rows: DataFrame): Promise<void> =>
        void malformed.push(...(await rows.selectExpr("offset", "value").collect()));
      const running = await (asks ? writer.malformedRowsTo(reports) : writer).start();
      feed(['{"a":1}', `{${k}`]);
      await running.processAllAvailable();
      await running.stop();
    }
    expect(results).toEqual([1, 2, 3].map((count) => ({ a: 1, count })));
    expect(malformed).toEqual((first ? ["{0", "{2"] : ["{1"]).map((value) => ({ offset: 1, value })));
  },
);

test("a batch that comes again after its results were taken reports what the first did", async () => {
  const reports: string[] = [];
  let fails = true;
  for (let attempt = 0; attempt < 2; attempt++) {
    const spark = await newSession();
    const running = await stream(spark)
      .selectExpr(`${fromJson()}.a AS a`)
      .writeStream.format("noop")
      .option("checkpointLocation", join(folder, "checkpoint"))
      .malformedRowsTo(async (rows, batchId) => {
        const offsets = (await rows.select("offset").collect()).map((row) => row["offset"]);
        reports.push(`${batchId}: ${offsets.join()}`);
        if (fails) throw new Error("the sink is gone");
      })
      .start();
    if (attempt === 0) feed(EVENTS);
    await running.processAllAvailable().catch(() => {});
    fails = false;
  }
  expect(reports).toEqual(["0: 1,3,6", "0: 1,3,6"]);
});

test("a sink whose columns have a meaning gets the rows that it asks for", async () => {
  const letters = collectingSink();
  const [provider] = letters.plugin().sinks!;
  const asking: SinkProvider = {
    ...provider!,
    names: ["letters"],
    malformedColumns: (report) => {
      expect(report.fields.map(({ name }) => name)).toEqual([
        "key",
        "value",
        "topic",
        "offset",
        "_function",
        "_reason",
      ]);
      return ["upper(value) AS value", "concat(coalesce(NULL, array()), array(topic, _function)) AS headers"];
    },
  };
  const spark = await newSession({ name: "letters", sinks: [asking] });
  const running = await stream(spark)
    .selectExpr(`${fromJson()}.a AS a`)
    .writeStream.format("noop")
    .malformedRowsTo("letters")
    .option("checkpointLocation", join(folder, "checkpoint"))
    .start();
  feed(EVENTS);
  await running.processAllAvailable();
  // the same number whether late rows have an output too
  expect(letters.batches[0]!.outputId).toBe(2);
  expect(letters.batches[0]!.schema.fields.map(({ name }) => name)).toEqual(["value", "headers"]);
  expect(letters.table()).toEqual(
    [1, 3, 6].map((k) => [EVENTS[k]!.toUpperCase(), ["events", "from_json(value)"]]),
  );
});
