import {
  ArrayType,
  BinaryType,
  BooleanType,
  ByteType,
  type DataType,
  DateType,
  DayTimeIntervalType,
  DecimalType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  MapType,
  ShortType,
  StringType,
  StructField,
  StructType,
  simpleString,
  TimestampNTZType,
  TimestampType,
  type Value,
  YearMonthIntervalType,
} from "@ss/core";
import { describe, expect, it } from "vitest";
import type { Cast, Expression } from "../../src/expression/expression.js";
import { caster } from "../../src/functions/cast/caster.js";
import { evaluateRows, input, type Settings } from "./evaluate.js";

const LOS_ANGELES = "America/Los_Angeles";

function cast(child: Expression, type: DataType, mode: Cast["mode"] = "cast"): Cast {
  return { kind: "cast", child, type, mode };
}

/** The value by generated code, over a column with a null before and behind, and by the boxed way. */
function both(
  value: Value,
  from: DataType,
  to: DataType,
  settings: Settings = {},
  mode: Cast["mode"] = "cast",
): Value {
  const column = input("x", from);
  const [before, result, after] = evaluateRows(
    cast(column, to, mode),
    [column],
    [[null], [value], [null]],
    settings,
  );
  expect([before, after]).toEqual([null, null]);
  const options = { mode, ansi: settings.ansi ?? true, timeZone: settings.timeZone ?? "UTC" };
  expect(caster(from, to, options)(value)).toEqual(result);
  return result!;
}

function failure(run: () => unknown): { condition: string; parameters: Record<string, string> } {
  try {
    run();
  } catch (error) {
    return error as never;
  }
  throw new Error("nothing failed");
}

describe("casts that lose nothing", () => {
  const cases: readonly (readonly [Value, DataType, DataType, Value])[] = [
    [7, ByteType, LongType, 7n],
    [-7, IntegerType, LongType, -7n],
    [-7, IntegerType, DoubleType, -7],
    [16777217, IntegerType, FloatType, 16777216],
    [9007199254740993n, LongType, DoubleType, 9007199254740992],
    [5, IntegerType, DecimalType(10, 2), 500n],
    [150n, DecimalType(3, 2), DecimalType(30, 5), 150000n],
    [true, BooleanType, IntegerType, 1],
    [0, IntegerType, BooleanType, false],
    [4294967296n, LongType, BooleanType, true],
    [" 12 ", StringType, IntegerType, 12],
    ["-9223372036854775808", StringType, LongType, -9223372036854775808n],
    ["1e3", StringType, DoubleType, 1000],
    ["Infinity", StringType, DoubleType, Number.POSITIVE_INFINITY],
    [" Yes ", StringType, BooleanType, true],
    ["F", StringType, BooleanType, false],
    ["1.005", StringType, DecimalType(5, 2), 101n],
    ["2016-04-08", StringType, DateType, 16899],
    ["2016-04-08T01:02:03.5Z", StringType, TimestampType, 1460077323500000n],
    ["2016-04-08 01:02:03", StringType, TimestampNTZType, 1460077323000000n],
    ["ab", StringType, BinaryType, Uint8Array.of(97, 98)],
    [16899, DateType, TimestampNTZType, 1460073600000000n],
    ["INTERVAL '1-2' YEAR TO MONTH", StringType, YearMonthIntervalType(), 14],
    ["1 02:03:04", StringType, DayTimeIntervalType(), 93784000000n],
  ];
  for (const [value, from, to, expected] of cases) {
    it(`${value} as ${simpleString(from)} to ${simpleString(to)} is ${expected}`, () => {
      expect(both(value, from, to)).toEqual(expected);
    });
  }
});

describe("casts to STRING", () => {
  const cases: readonly (readonly [Value, DataType, string])[] = [
    [-2147483648, IntegerType, "-2147483648"],
    [-9223372036854775808n, LongType, "-9223372036854775808"],
    [1e7, DoubleType, "1.0E7"],
    [Math.fround(0.1), FloatType, "0.1"],
    [-150n, DecimalType(5, 2), "-1.50"],
    [true, BooleanType, "true"],
    [0, DateType, "1970-01-01"],
    [1500000n, TimestampType, "1969-12-31 16:00:01.5"],
    [1500000n, TimestampNTZType, "1970-01-01 00:00:01.5"],
    [[1, null], ArrayType(IntegerType), "[1, null]"],
    [{ keys: ["a"], values: [1] }, MapType(StringType, IntegerType), "{a -> 1}"],
    [[1, "x"], new StructType([StructField("a", IntegerType), StructField("b", StringType)]), "{1, x}"],
    [14, YearMonthIntervalType(), "INTERVAL '1-2' YEAR TO MONTH"],
  ];
  for (const [value, from, expected] of cases) {
    it(`a ${simpleString(from)} as ${expected}`, () => {
      expect(both(value, from, StringType, { timeZone: LOS_ANGELES })).toBe(expected);
    });
  }
});

describe("casts that fail", () => {
  it("tell the text and the types in ANSI mode", () => {
    const error = failure(() => both("abc", StringType, IntegerType));
    expect(error.condition).toBe("CAST_INVALID_INPUT");
    expect(error.parameters).toEqual({
      expression: "'abc'",
      sourceType: '"STRING"',
      targetType: '"INT"',
      ansiConfig: '"spark.sql.ansi.enabled"',
    });
  });
  const overflows: readonly (readonly [Value, DataType, DataType, string])[] = [
    [4567890123456789n, LongType, IntegerType, "4567890123456789L"],
    [4567890123456789n, LongType, ShortType, "4567890123456789L"],
    [128, IntegerType, ByteType, "128"],
    [9.223372036854776e20, DoubleType, LongType, "9.223372036854776E20D"],
    [1e10, DoubleType, IntegerType, "1.0E10D"],
  ];
  for (const [value, from, to, text] of overflows) {
    it(`name the value where ${text} is beyond ${simpleString(to)}`, () => {
      const error = failure(() => both(value, from, to));
      expect(error.condition).toBe("CAST_OVERFLOW");
      expect(error.parameters["value"]).toBe(text);
    });
  }
  it("give null where TRY_CAST or the legacy mode asks for it", () => {
    for (const [value, from, to] of [
      ["abc", StringType, IntegerType],
      ["x", StringType, DateType],
      ["1e400x", StringType, DoubleType],
      ["later", StringType, TimestampType],
      ["maybe", StringType, BooleanType],
    ] as const) {
      expect(both(value, from, to, {}, "try")).toBeNull();
      expect(both(value, from, to, { ansi: false })).toBeNull();
    }
    expect(both(128, IntegerType, ByteType, {}, "try")).toBeNull();
    expect(both(4567890123456789n, LongType, IntegerType, {}, "try")).toBeNull();
  });
  it("wrap around or saturate without ANSI mode, as Java narrows", () => {
    const legacy = { ansi: false };
    expect(both(128, IntegerType, ByteType, legacy)).toBe(-128);
    expect(both(4294967297n, LongType, IntegerType, legacy)).toBe(1);
    expect(both(1e20, DoubleType, LongType, legacy)).toBe(9223372036854775807n);
    expect(both(Number.NaN, DoubleType, IntegerType, legacy)).toBe(0);
    expect(both("1.9", StringType, IntegerType, legacy)).toBe(1);
  });
  it("read decimals from texts", () => {
    expect(both(" 1.255 ", StringType, DecimalType(5, 2))).toBe(126n);
    expect(both("-1e3", StringType, DecimalType(10, 2))).toBe(-100000n);
    expect(both("123456789012345678901.5", StringType, DecimalType(30, 1))).toBe(1234567890123456789015n);
    expect(both("abc", StringType, DecimalType(5, 2), {}, "try")).toBeNull();
    expect(both("1234.5", StringType, DecimalType(5, 2), { ansi: false })).toBeNull();
    expect(failure(() => both("abc", StringType, DecimalType(5, 2))).condition).toBe("CAST_INVALID_INPUT");
    expect(failure(() => both("1234.5", StringType, DecimalType(5, 2))).condition).toBe(
      "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
    );
  });
  it("refuse decimals without room", () => {
    const error = failure(() => both(12345n, DecimalType(5, 2), DecimalType(3, 1)));
    expect(error.condition).toBe("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION");
    expect(error.parameters).toMatchObject({ value: "123.45", precision: "3", scale: "1" });
  });
});

describe("casts of times", () => {
  it("go by the session's zone", () => {
    const settings = { timeZone: LOS_ANGELES };
    expect(both(1460073600000000n, TimestampType, DateType, settings)).toBe(16898);
    expect(both(16899, DateType, TimestampType, settings)).toBe(1460098800000000n);
    expect(both("2016-04-08", StringType, TimestampType, settings)).toBe(1460098800000000n);
    expect(both(1460098800000000n, TimestampType, TimestampNTZType, settings)).toBe(1460073600000000n);
    expect(both(1460073600000000n, TimestampNTZType, TimestampType, settings)).toBe(1460098800000000n);
  });
  it("floor seconds before the epoch", () => {
    expect(both(-1n, TimestampType, LongType)).toBe(-1n);
    expect(both(-1n, TimestampType, IntegerType)).toBe(-1);
    expect(both(5, IntegerType, TimestampType)).toBe(5000000n);
  });
});

describe("casts of parts", () => {
  it("take elements, values and fields along", () => {
    expect(both(["1", null, "3"], ArrayType(StringType), ArrayType(LongType))).toEqual([1n, null, 3n]);
    const from = new StructType([StructField("a", StringType)]);
    const to = new StructType([StructField("b", DoubleType)]);
    expect(both(["1.5"], from, to)).toEqual([1.5]);
    expect(both(["x"], from, to, {}, "try")).toEqual([null]);
  });
});
