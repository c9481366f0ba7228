import {
  ArrayType,
  BooleanType,
  DecimalType,
  DoubleType,
  IntegerType,
  LongType,
  StringType,
  TimestampType,
  type Value,
} from "@ss/core";
import { describe, expect, it } from "vitest";
import { call, evaluate, evaluateRows, input, literal } from "./evaluate.js";

const int = (v: number | null) => literal(v, IntegerType);
const long = (v: bigint | null) => literal(v, LongType);
const text = (v: string | null) => literal(v, StringType);
const double = (v: number | null) => literal(v, DoubleType);

function failure(run: () => unknown): { condition: string; parameters: Record<string, string> } {
  try {
    run();
  } catch (error) {
    return error as never;
  }
  throw new Error("nothing failed");
}

describe("arithmetic", () => {
  const a = input("a", IntegerType);
  const b = input("b", IntegerType);

  it("adds, subtracts and multiplies ints and keeps nulls", () => {
    const rows = [
      [1, 2],
      [null, 3],
      [7, null],
      [-5, 5],
    ];
    expect(evaluateRows(call("+", a, b), [a, b], rows)).toEqual([3, null, null, 0]);
    expect(evaluateRows(call("*", a, b), [a, b], rows)).toEqual([2, null, null, -25]);
    expect(evaluateRows(call("-", a, b), [a, b], rows)).toEqual([-1, null, null, -10]);
  });
  it("divides ints as doubles and by div as longs", () => {
    expect(evaluate(call("/", int(3), int(2)))).toBe(1.5);
    expect(evaluate(call("div", int(-7), int(2)))).toBe(-3n);
    expect(evaluate(call("%", int(-7), int(3)))).toBe(-1);
    expect(evaluate(call("pmod", int(-7), int(3)))).toBe(2);
  });
  it("refuses int overflow in ANSI mode, wraps around without it and gives null from try_add", () => {
    const max = int(2147483647);
    const error = failure(() => evaluate(call("+", max, int(1))));
    expect(error.condition).toBe("ARITHMETIC_OVERFLOW");
    expect(error.parameters).toEqual({
      message: "overflow",
      alternative: " Use 'try_add' to tolerate overflow and return NULL instead.",
      config: '"spark.sql.ansi.enabled"',
    });
    expect(evaluate(call("+", max, int(1)), { ansi: false })).toBe(-2147483648);
    expect(evaluate(call("try_add", max, int(1)))).toBeNull();
  });
  it("refuses long overflow for every operator", () => {
    const max = long(9223372036854775807n);
    expect(failure(() => evaluate(call("+", max, long(1n)))).condition).toBe("ARITHMETIC_OVERFLOW");
    expect(failure(() => evaluate(call("-", long(-2n), max))).condition).toBe("ARITHMETIC_OVERFLOW");
    expect(failure(() => evaluate(call("*", max, long(2n)))).condition).toBe("ARITHMETIC_OVERFLOW");
    expect(evaluate(call("*", long(4294967296n), long(-2147483648n)))).toBe(-9223372036854775808n);
    expect(evaluate(call("+", max, long(1n)), { ansi: false })).toBe(-9223372036854775808n);
  });
  it("does not compute where an operand is null", () => {
    const l = input("l", LongType);
    const m = input("m", LongType);
    expect(
      evaluateRows(
        call("div", l, m),
        [l, m],
        [
          [1n, null],
          [null, 0n],
          [9n, 2n],
        ],
      ),
    ).toEqual([null, null, 4n]);
  });
  it("refuses division by zero in ANSI mode and gives null without it", () => {
    expect(failure(() => evaluate(call("/", int(1), int(0)))).condition).toBe("DIVIDE_BY_ZERO");
    expect(failure(() => evaluate(call("%", int(1), int(0)))).condition).toBe("REMAINDER_BY_ZERO");
    expect(evaluate(call("/", int(1), int(0)), { ansi: false })).toBeNull();
    expect(evaluate(call("try_divide", int(1), int(0)))).toBeNull();
  });
  it("gives decimals the precision of Spark's rules", () => {
    const d = (v: bigint, p: number, s: number) => literal(v, DecimalType(p, s));
    expect(evaluate(call("%", int(2), d(18n, 2, 1)))).toBe(2n);
    expect(evaluate(call("+", d(150n, 3, 2), d(25n, 2, 1)))).toBe(400n);
    expect(evaluate(call("/", d(10n, 2, 1), d(30n, 2, 1)))).toBe(333333n);
    const wide = literal(123456789012345678900n, DecimalType(21, 1));
    const error = failure(() => evaluate(call("*", wide, wide)));
    expect(error.condition).toBe("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION");
    expect(error.parameters["value"]).toBe("152415787532388367501905199875019052100");
    expect(error.parameters["scale"]).toBe("2");
  });
});

describe("comparison", () => {
  it("orders NaN after every number and makes zeros equal", () => {
    expect(evaluate(call("=", double(Number.NaN), double(Number.NaN)))).toBe(true);
    expect(evaluate(call(">", double(Number.NaN), double(Number.POSITIVE_INFINITY)))).toBe(true);
    expect(evaluate(call("=", double(-0), double(0)))).toBe(true);
    const x = input("x", DoubleType);
    expect(evaluateRows(call("<", x, double(5)), [x], [[1], [Number.NaN], [null]])).toEqual([
      true,
      false,
      null,
    ]);
    expect(evaluateRows(call("<", double(5), x), [x], [[1], [Number.NaN], [null]])).toEqual([
      false,
      true,
      null,
    ]);
  });
  it("compares longs by words", () => {
    const x = input("x", LongType);
    const rows = [[-1n], [4294967296n], [2147483648n], [null], [-4294967297n]];
    expect(evaluateRows(call("<", x, long(2147483648n)), [x], rows)).toEqual([
      true,
      false,
      false,
      null,
      true,
    ]);
    expect(evaluateRows(call(">=", x, long(-1n)), [x], rows)).toEqual([true, true, true, null, false]);
    expect(evaluateRows(call("=", x, long(4294967296n)), [x], rows)).toEqual([
      false,
      true,
      false,
      null,
      false,
    ]);
  });
  it("compares strings by bytes", () => {
    const s = input("s", StringType);
    const rows = [["view"], ["views"], ["\u{1F600}"], [null], ["\uFFFD"]];
    expect(evaluateRows(call("=", s, text("view")), [s], rows)).toEqual([true, false, false, null, false]);
    expect(evaluateRows(call("<", text("\uFFFD"), s), [s], rows)).toEqual([false, false, true, null, false]);
  });
  it("promotes as ANSI mode does", () => {
    expect(evaluate(call("=", int(1), text("1")))).toBe(true);
    expect(evaluate(call("<", literal(11n, DecimalType(2, 1)), text("1")))).toBe(false);
    expect(evaluate(call(">", int(2), literal(11n, DecimalType(2, 1))))).toBe(true);
  });
  it("has a null-safe equality", () => {
    const nothing = literal(null, { kind: "void" });
    expect(evaluate(call("<=>", int(1), text("1")))).toBe(true);
    expect(evaluate(call("<=>", literal(true, BooleanType), nothing))).toBe(false);
    expect(evaluate(call("<=>", nothing, nothing))).toBe(true);
  });
  it("finds values in lists with three truth values", () => {
    const x = input("x", IntegerType);
    const list = call("in", x, int(1), int(2), int(null));
    expect(evaluateRows(list, [x], [[1], [3], [null]])).toEqual([true, null, null]);
    const long = call("in", x, ...Array.from({ length: 20 }, (_, k) => int(k * 2)));
    expect(evaluateRows(long, [x], [[38], [3], [null]])).toEqual([true, false, null]);
    const s = input("s", StringType);
    const words = call("in", s, ...Array.from({ length: 20 }, (_, k) => text(`word${k}`)));
    expect(evaluateRows(words, [s], [["word19"], ["word20"], [null]])).toEqual([true, false, null]);
  });
});

describe("logic", () => {
  const p = input("p", BooleanType);
  const q = input("q", BooleanType);
  const all: Value[] = [true, false, null];
  const rows = all.flatMap((l) => all.map((r) => [l, r]));
  it("knows three truth values", () => {
    expect(evaluateRows(call("and", p, q), [p, q], rows)).toEqual([
      true,
      false,
      null,
      false,
      false,
      false,
      null,
      false,
      null,
    ]);
    expect(evaluateRows(call("or", p, q), [p, q], rows)).toEqual([
      true,
      true,
      true,
      true,
      false,
      null,
      true,
      null,
      null,
    ]);
    expect(evaluateRows(call("not", p), [p, q], rows.slice(0, 9))).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
      null,
      null,
      null,
    ]);
  });
  it("does not evaluate what was decided", () => {
    const x = input("x", IntegerType);
    const guarded = call("and", call("!=", x, int(0)), call(">", call("/", int(10), x), int(2)));
    expect(evaluateRows(guarded, [x], [[0], [2], [9]])).toEqual([false, true, false]);
  });
});

describe("conditions", () => {
  it("chooses the first branch that holds", () => {
    const x = input("x", IntegerType);
    const e = call(
      "when",
      call(">", x, int(10)),
      text("big"),
      call(">", x, int(5)),
      text("middle"),
      text("small"),
    );
    expect(evaluateRows(e, [x], [[11], [7], [null], [1]])).toEqual(["big", "middle", "small", "small"]);
  });
  it("takes the first value that is there", () => {
    const x = input("x", IntegerType);
    const y = input("y", LongType);
    const e = call("coalesce", x, y, int(-1));
    expect(
      evaluateRows(
        e,
        [x, y],
        [
          [null, 5n],
          [3, null],
          [null, null],
        ],
      ),
    ).toEqual([5n, 3n, -1n]);
    expect(evaluate(call("nullif", int(2), int(2)))).toBeNull();
    expect(evaluate(call("nvl2", text(null), int(2), int(1)))).toBe(1);
    expect(evaluate(call("greatest", int(10), int(9), int(null), int(4)))).toBe(10);
    expect(evaluate(call("least", text("b"), text("a")))).toBe("a");
  });
});

describe("items", () => {
  const list = input("list", ArrayType(IntegerType));
  it("takes elements by position", () => {
    const e = call("getItem", list, int(1));
    expect(evaluateRows(e, [list], [[[1, 2]], [null]])).toEqual([2, null]);
    const error = failure(() => evaluateRows(e, [list], [[[1]]]));
    expect(error.condition).toBe("INVALID_ARRAY_INDEX");
    expect(error.parameters).toMatchObject({ indexValue: "1", arraySize: "1" });
    expect(evaluateRows(e, [list], [[[1]]], { ansi: false })).toEqual([null]);
  });
  it("takes values by key and fields by name", () => {
    const m = call("map", text("a"), int(1), text("b"), int(2));
    expect(evaluate(call("getItem", m, text("b")))).toBe(2);
    expect(evaluate(call("getItem", m, text("c")))).toBeNull();
    const s = call("named_struct", text("x"), int(4), text("y"), text("z"));
    expect(evaluate(call("getItem", s, text("Y")))).toBe("z");
    expect(evaluate(s)).toEqual([4, "z"]);
  });
});

describe("time windows", () => {
  const t = input("t", TimestampType);
  const micros = (v: bigint) => literal(v, LongType);
  it("floors times to their window", () => {
    const e = call("$tumbling_window", t, micros(10_000_000n), micros(0n));
    expect(
      evaluateRows(e, [t], [[15_000_000n], [-1n], [20_000_000n], [null], [9_000_000_000_000_000_001n]]),
    ).toEqual([
      [10_000_000n, 20_000_000n],
      [-10_000_000n, 0n],
      [20_000_000n, 30_000_000n],
      null,
      [9_000_000_000_000_000_000n, 9_000_000_000_010_000_000n],
    ]);
  });
  it("agrees with integer arithmetic for random times", () => {
    let seed = 12345;
    const next = (): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
    for (const duration of [1n, 3n, 1_000_000n, 86_400_000_000n, 7n * 86_400_000_000n]) {
      const start = BigInt(Math.floor(next() * Number(duration)));
      const times = Array.from({ length: 200 }, () => BigInt(Math.floor((next() - 0.5) * 2 ** 53)));
      const e = call("$tumbling_window", t, micros(duration), micros(start));
      const expected = times.map((time) => {
        const rest = (((time - start) % duration) + duration) % duration;
        return [time - rest, time - rest + duration];
      });
      expect(
        evaluateRows(
          e,
          [t],
          times.map((time) => [time]),
        ),
        `seed 12345, duration ${duration}`,
      ).toEqual(expected);
    }
  });
  it("gives each sliding window that a time may lie in, the latest first", () => {
    const windows = [0n, 1n].map((k) =>
      call("$sliding_window", t, micros(10n), micros(5n), micros(0n), micros(k)),
    );
    expect(windows.map((e) => evaluateRows(e, [t], [[12n]]))).toEqual([[[10n, 20n]], [[5n, 15n]]]);
  });
});
