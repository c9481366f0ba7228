import { StreamError } from "@ss/core";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analyzer/analyze.js";
import { call, type Expression, literal } from "../../src/expression/expression.js";
import { outputOf } from "../../src/logical/output.js";
import type { LogicalPlan } from "../../src/logical/plan.js";
import { isStreaming } from "../../src/logical/transform.js";
import { analyzed, environment, errorOf, schemaOf, schemaText, spine, stream } from "./analyzing.js";

const views = { e: "ts TIMESTAMP, v INT, st STRUCT<t: TIMESTAMP>" };
const column = (name: string): Expression => ({ kind: "unresolvedAttribute", parts: name.split(".") });

function watermarked(delay: string, eventTime: Expression = column("ts")): LogicalPlan {
  return { kind: "withWatermark", child: stream(views.e), eventTime, delay };
}

const conditionOf = (plan: LogicalPlan): string => {
  try {
    analyze(plan, environment());
  } catch (error) {
    if (StreamError.is(error)) return error.condition;
    throw error;
  }
  return "none";
};

describe("watermarks", () => {
  test.each([
    ["10 seconds", 10_000],
    ["1 minute 30 seconds", 90_000],
    ["interval 2 days", 172_800_000],
    ["1 month", 31 * 86_400_000],
    ["1 year", 12 * 31 * 86_400_000],
    ["0 seconds", 0],
    ["1500 microseconds", 1],
    ["INTERVAL '1' DAY", 86_400_000],
    ["interval '1 12:30' day to minute", 131_400_000],
    ["INTERVAL '1-2' YEAR TO MONTH", 14 * 31 * 86_400_000],
  ])("a delay of %s is %d ms", (delay, delayMs) => {
    const plan = analyze(watermarked(delay), environment());
    expect(plan).toMatchObject({ kind: "withWatermark", delayMs });
    expect(outputOf(plan)[0]!.metadata).toEqual({ "spark.watermarkDelayMs": delayMs });
    expect(isStreaming(plan)).toBe(true);
  });

  test("a delay has to be an interval, and not a negative one", () => {
    for (const text of ["soon", "10", "INTERVAL soon", "interval 1 + 1"])
      expect(conditionOf(watermarked(text))).toBe("CANNOT_PARSE_INTERVAL");
    expect(() => analyze(watermarked("INTERVAL -'1' DAY"), environment())).toThrow("should not be negative.");
    expect(() => analyze(watermarked("-1 year"), environment())).toThrow("should not be negative.");
    expect(() => analyze(watermarked("1 month -40 days"), environment())).toThrow("should not be negative.");
  });

  test("the event time is a top-level column of a TIMESTAMP type", () => {
    expect(conditionOf(watermarked("1 second", column("st.t")))).toBe("EVENT_TIME_MUST_BE_TOP_LEVEL_COLUMN");
    expect(conditionOf(watermarked("1 second", column("v")))).toBe("EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE");
  });

  test("of another column takes the place of the one before", () => {
    const first: LogicalPlan = {
      kind: "withWatermark",
      child: stream("a TIMESTAMP, b TIMESTAMP"),
      eventTime: column("a"),
      delay: "1 second",
    };
    const plan = analyze(
      { kind: "withWatermark", child: first, eventTime: column("b"), delay: "2 seconds" },
      environment(),
    );
    expect(outputOf(plan).map((one) => one.metadata)).toEqual([{}, { "spark.watermarkDelayMs": 2000 }]);
  });
});

describe("time windows", () => {
  const windowed = (window: Expression): LogicalPlan => ({
    kind: "aggregate",
    child: watermarked("10 seconds"),
    keys: [window],
    expressions: [
      window,
      { kind: "alias", child: call("count", literal(1, { kind: "integer" })), names: ["n"], id: 0 },
    ],
  });
  const text = (value: string): Expression => literal(value, { kind: "string" });

  test("a tumbling window is a column of the rows, with marks that tell what it is", () => {
    const plan = analyze(windowed(call("window", column("ts"), text("10 minutes"))), environment());
    expect(spine(plan)).toBe("aggregate > project > filter > withWatermark > source");
    expect(schemaText(outputOf(plan))).toBe("struct<window:struct<start:timestamp,end:timestamp>,n:bigint>");
    expect(outputOf(plan)[0]!.metadata).toEqual({
      "spark.watermarkDelayMs": 10_000,
      "spark.timeWindow": true,
    });
  });

  test("a duration may be an interval of SQL, but not of months", () => {
    const expected = "struct<window:struct<start:timestamp,end:timestamp>,n:bigint>";
    const plan = windowed(call("window", column("ts"), text("INTERVAL '5' MINUTES")));
    expect(schemaText(outputOf(analyze(plan, environment())))).toBe(expected);
    const months = windowed(call("window", column("ts"), text("INTERVAL '1-2' YEAR TO MONTH")));
    expect(() => analyze(months, environment())).toThrow("Intervals greater than a month is not supported");
  });

  test("a sliding window puts a row once into each window that it may lie in", () => {
    const even = analyze(
      windowed(call("window", column("ts"), text("10 minutes"), text("5 minutes"))),
      environment(),
    );
    expect(spine(even)).toBe("aggregate > expand > filter > withWatermark > source");
    const uneven = analyze(
      windowed(call("window", column("ts"), text("10 minutes"), text("4 minutes"))),
      environment(),
    );
    expect(spine(uneven)).toBe("aggregate > filter > expand > filter > withWatermark > source");
    const filter = uneven.kind === "aggregate" ? uneven.child : uneven;
    const expand = filter.kind === "filter" ? filter.child : filter;
    expect(expand.kind === "expand" && expand.projections.length).toBe(3);
  });

  test("the select list may use the window by its name", () => {
    expect(schemaOf("SELECT window.start, count(*) FROM e GROUP BY window(ts, '1 hour')", views)).toBe(
      "struct<start:timestamp,count(1):bigint>",
    );
    expect(schemaOf("SELECT window(ts, '1 hour') AS w, count(*) FROM e GROUP BY w", views)).toBe(
      "struct<w:struct<start:timestamp,end:timestamp>,count(1):bigint>",
    );
  });

  test("windows over windows go by window_time", () => {
    const inner = "SELECT window(ts, '5 minutes') AS w, count(*) AS n FROM e GROUP BY 1";
    expect(schemaOf(`SELECT window_time(w), n FROM (${inner})`, views)).toBe(
      "struct<window_time(w):timestamp,n:bigint>",
    );
    expect(
      schemaOf(
        `SELECT window(w, '1 hour').start AS s, sum(n) FROM (${inner}) GROUP BY window(w, '1 hour')`,
        views,
      ),
    ).toBe("struct<s:timestamp,sum(n):bigint>");
    expect(errorOf("SELECT window_time(struct(ts, ts)) FROM e", views).condition).toBe(
      "_LEGACY_ERROR_TEMP_3101",
    );
  });

  test("two different windows in one node are refused", () => {
    expect(
      errorOf("SELECT count(*) FROM e GROUP BY window(ts, '1 hour'), window(ts, '2 hours')", views).condition,
    ).toBe("_LEGACY_ERROR_TEMP_1039");
  });

  test.each([
    ["window(ts, '1 month')", "_LEGACY_ERROR_TEMP_3231"],
    ["window(ts, 'x')", "CANNOT_PARSE_INTERVAL"],
    ["window(ts, '0 seconds')", "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE"],
    ["window(ts, '1 second', '2 seconds')", "DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION"],
    ["window(ts, '2 seconds', '1 second', '1 second')", "DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION"],
    [
      "window(ts, '10 seconds', '5 seconds', '-5 seconds')",
      "DATATYPE_MISMATCH.PARAMETER_CONSTRAINT_VIOLATION",
    ],
    ["window(ts, '1 year', '1 month')", "_LEGACY_ERROR_TEMP_3231"],
    ["window(ts, '100001 seconds', '1 second')", "SS_TOO_MANY_WINDOWS"],
    ["window(v, '1 second')", "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"],
  ])("%s is refused", (window, condition) => {
    expect(errorOf(`SELECT count(*) FROM e GROUP BY ${window}`, views).condition).toBe(condition);
  });

  test("a window that slides by too little names both lengths and how many windows a row would be in", () => {
    const { parameters } = errorOf(
      "SELECT count(*) FROM e GROUP BY window(ts, '10 days', '1 microsecond')",
      views,
    );
    expect(parameters).toEqual({
      windowDuration: '"10 days"',
      slideDuration: '"1 microsecond"',
      windows: "864000000000",
    });
  });

  test("a query's plan keeps its filters below the window", () => {
    expect(spine(analyzed("SELECT count(*) FROM e WHERE v > 1 GROUP BY window(ts, '1 hour')", views))).toBe(
      "aggregate > project > filter > filter > source",
    );
  });
});
