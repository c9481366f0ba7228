import {
  DateType,
  DayTimeIntervalType,
  DoubleType,
  IntegerType,
  LongType,
  StringType,
  TimestampType,
  type Value,
  YearMonthIntervalType,
} from "@ss/core";
import { timeZone } from "@ss/kernels";
import { describe, expect, it } from "vitest";
import type { Expression } from "../../src/expression/expression.js";
import { localMicros } from "../../src/functions/cast/to-datetime.js";
import { addParts } from "../../src/functions/datetime/interval-arithmetic.js";
import { call, evaluateRows, input, literal } from "./evaluate.js";

const SEED = Number(process.env["SS_TEST_SEED"] ?? 20_251);

/** Numbers below `n`, the same ones for the same seed. */
function numbers(): (n: number) => number {
  let state = SEED;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
}

const ALPHABET = ["a", "Z", "q", " ", ".", "é", "ß", "İ", "漢", "\u{1F600}", "b", "\t"];

function texts(count: number): (string | null)[] {
  const next = numbers();
  const some = Array.from({ length: count }, () =>
    next(10) === 0 ? null : Array.from({ length: next(9) }, () => ALPHABET[next(ALPHABET.length)]!).join(""),
  );
  return [
    "",
    " ",
    "  ",
    "ASCII only, [\\]^_`{|}~@",
    "www.apache.org",
    "x".repeat(5000),
    "é".repeat(3000),
    null,
    ...some,
  ];
}

const text = (value: string): Expression => literal(value, StringType);
const int = (value: number): Expression => literal(value, IntegerType);
const points = (value: string): string[] => Array.from(value);

describe(`functions of texts that work on bytes, seed ${SEED}`, () => {
  const rows = texts(400);
  const x = input("x", StringType);
  const check = (
    name: string,
    make: (x: Expression) => Expression,
    expected: (value: string) => Value,
  ): void =>
    it(name, () => {
      const found = evaluateRows(
        make(x),
        [x],
        rows.map((row) => [row]),
      );
      expect(found).toEqual(rows.map((row) => (row === null ? null : expected(row))));
    });
  const trimmed = (value: string, set: string, start: boolean, end: boolean): string => {
    const [units, taken] = [points(value), new Set(points(set))];
    while (start && units.length > 0 && taken.has(units[0]!)) units.shift();
    while (end && units.length > 0 && taken.has(units.at(-1)!)) units.pop();
    return units.join("");
  };

  check(
    "upper gives capitals of every script",
    (e) => call("upper", e),
    (s) => s.toUpperCase(),
  );
  check(
    "lower gives small letters of every script",
    (e) => call("lower", e),
    (s) => s.toLowerCase(),
  );
  check(
    "lower of upper reads what was just written",
    (e) => call("lower", call("upper", e)),
    (s) => s.toUpperCase().toLowerCase(),
  );
  check(
    "trim takes spaces off both ends, and spaces only",
    (e) => call("trim", e),
    (s) => trimmed(s, " ", true, true),
  );
  for (const set of ["", "a", " aZ.", "é漢", "\u{1F600}b "]) {
    check(
      `ltrim takes any of '${set}'`,
      (e) => call("ltrim", text(set), e),
      (s) => trimmed(s, set, true, false),
    );
    check(
      `rtrim takes any of '${set}'`,
      (e) => call("rtrim", text(set), e),
      (s) => trimmed(s, set, false, true),
    );
    check(
      `btrim takes any of '${set}'`,
      (e) => call("btrim", e, text(set)),
      (s) => trimmed(s, set, true, true),
    );
  }
  for (const count of [-2147483648, -1, 0, 1, 3, 2147483647]) {
    const size = Math.max(count, 0);
    check(
      `left of ${count} counts characters`,
      (e) => call("left", e, int(count)),
      (s) => points(s).slice(0, size).join(""),
    );
    check(
      `right of ${count} counts characters`,
      (e) => call("right", e, int(count)),
      (s) => (size === 0 ? "" : points(s).slice(-size).join("")),
    );
  }
  check(
    "ascii is the first code point",
    (e) => call("ascii", e),
    (s) => s.codePointAt(0) ?? 0,
  );
  for (const part of ["", ".", "é", "a ", "\u{1F600}", "qq"]) {
    check(
      `instr finds '${part}' at a character`,
      (e) => call("instr", e, text(part)),
      (s) => (s.includes(part) ? points(s.slice(0, s.indexOf(part))).length + 1 : 0),
    );
    check(
      `replace changes every '${part}'`,
      (e) => call("replace", e, text(part), text("<é>")),
      (s) => (part === "" ? s : s.split(part).join("<é>")),
    );
    check(
      `replace without a replacement takes '${part}' out`,
      (e) => call("replace", e, text(part)),
      (s) => (part === "" ? s : s.split(part).join("")),
    );
  }
  for (const count of [-3, -1, 0, 1, 2]) {
    check(
      `substring_index counts ${count} delimiters`,
      (e) => call("substring_index", e, text("."), int(count)),
      (s) => {
        const parts = s.split(".");
        if (count === 0) return "";
        return count > 0 ? parts.slice(0, count).join(".") : parts.slice(count).join(".");
      },
    );
  }
  for (const [size, fill] of [
    [-1, "ab"],
    [0, "ab"],
    [4, "é\u{1F600}b"],
    [12, "é漢b"],
    [9, ""],
    [7, "."],
  ] as const) {
    const expected = (value: string, left: boolean): string => {
      const units = points(value);
      if (units.length >= size) return units.slice(0, Math.max(size, 0)).join("");
      if (fill === "") return value;
      const missing = points(fill.repeat(size))
        .slice(0, size - units.length)
        .join("");
      return left ? missing + value : value + missing;
    };
    check(
      `lpad fills up to ${size} characters with '${fill}'`,
      (e) => call("lpad", e, int(size), text(fill)),
      (s) => expected(s, true),
    );
    check(
      `rpad fills up to ${size} characters with '${fill}'`,
      (e) => call("rpad", e, int(size), text(fill)),
      (s) => expected(s, false),
    );
  }
  it("substring_index lets delimiters overlap", () => {
    expect(evaluateRows(call("substring_index", text("aaa"), text("aa"), int(-2)), [], [[]])).toEqual(["a"]);
  });
});

const HOUR = 3_600_000_000n;
const DAY = 24n * HOUR;
const EDGES = [
  0n,
  -1n,
  1n,
  999n,
  -1000n,
  -1000001n,
  2n ** 52n - 1n,
  2n ** 52n,
  -(2n ** 52n),
  -(2n ** 52n) - 1n,
  2n ** 53n + 1n,
  // around the changes of the clock in Berlin in 2023, and before there were zones
  1679792400000000n - 1n,
  1679792400000000n,
  1698537600000000n,
  1698541200000000n,
  1698544799999999n,
  -2840144400000000n,
  -62135596800000000n,
  253402300799999999n,
  8_000_000_000_000_000_000n,
  -8_000_000_000_000_000_000n,
];

function instants(count: number): (bigint | null)[] {
  const next = numbers();
  const random = (): bigint =>
    BigInt(next(2 ** 31)) * BigInt(next(2 ** 21)) * (next(3) === 0 ? -1n : 1n) + BigInt(next(1000));
  return [...EDGES, null, ...Array.from({ length: count }, random)];
}

const ZONES = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kolkata", "+05:45", "-00:00:30"];

describe.each(ZONES)(`functions of times as words in %s, seed ${SEED}`, (id) => {
  const zone = timeZone(id)!;
  const settings = { timeZone: id };
  const rows = instants(300);
  const t = input("t", TimestampType);

  it.each([
    "microsecond",
    "MILLISECOND",
    "second",
    "minute",
    "hour",
    "day",
    "dd",
    "week",
    "month",
    "quarter",
    "year",
    "eon",
  ])("date_trunc by a constant %s is date_trunc by the same unit in a column", (unit) => {
    const u = input("u", StringType);
    const cells = rows.map((row) => [row, unit]);
    const constant = evaluateRows(call("date_trunc", text(unit), t), [t, u], cells, settings);
    const dynamic = evaluateRows(call("date_trunc", u, t), [t, u], cells, settings);
    expect(constant).toEqual(dynamic);
  });

  it.each([0n, 1n, -1n, 600_000_000n, DAY - 1n, DAY, -DAY, 3n * DAY + HOUR, -400n * DAY - 1n, 2n ** 53n])(
    "an instant moves by %d microseconds, whole days by the calendar",
    (amount) => {
      const interval = literal(amount, DayTimeIntervalType());
      const cells = rows.map((row) => [row, amount]);
      const i = input("i", DayTimeIntervalType());
      const moved = (sign: bigint): (bigint | null)[] =>
        rows.map((row) =>
          row === null
            ? null
            : addParts(row, 0, Number((sign * amount) / DAY), (sign * amount) % DAY, zone, {}),
        );
      expect(evaluateRows(call("+", t, interval), [t, i], cells, settings)).toEqual(moved(1n));
      expect(evaluateRows(call("-", t, interval), [t, i], cells, settings)).toEqual(moved(-1n));
      expect(evaluateRows(call("+", i, t), [t, i], cells, settings)).toEqual(moved(1n));
    },
  );

  it.each([0, 1, -1, 13, -1200])("an instant moves by %d months of the calendar", (months) => {
    const interval = literal(months, YearMonthIntervalType());
    const found = evaluateRows(
      call("+", t, interval),
      [t],
      rows.map((row) => [row]),
      settings,
    );
    expect(found).toEqual(rows.map((row) => (row === null ? null : addParts(row, months, 0, 0n, zone, {}))));
  });

  it("the difference of instants is that of their local times", () => {
    const near = rows.filter((row) => row === null || (row > -(2n ** 62n) && row < 2n ** 62n));
    const u = input("u", TimestampType);
    const cells = near.map((row, k) => [row, near[(k * 7 + 3) % near.length]!] as const);
    const expected = cells.map(([a, b]) =>
      a === null || b === null ? null : localMicros(a, zone) - localMicros(b, zone),
    );
    expect(evaluateRows(call("-", t, u), [t, u], cells, settings)).toEqual(expected);
  });

  it("timestamps of a count of units are that many microseconds, up to the last one and not beyond", () => {
    const l = input("l", LongType);
    const last = 9_223_372_036_854_775_807n;
    const counts = [
      0n,
      -1n,
      1_767_225_600_123n,
      -62_135_596_800_001n,
      9_007_199_254_741n,
      last / 1000n,
      -last / 1000n,
    ];
    const ofRows = (name: string, values: readonly Value[]): Value[] =>
      evaluateRows(
        call(name, l),
        [l],
        values.map((value) => [value]),
      );
    expect(ofRows("timestamp_millis", [...counts, null])).toEqual([...counts.map((n) => n * 1000n), null]);
    expect(ofRows("timestamp_micros", [...counts, last, -last - 1n])).toEqual([...counts, last, -last - 1n]);
    for (const beyond of [last / 1000n + 1n, -last / 1000n - 1n])
      expect(() => ofRows("timestamp_millis", [beyond])).toThrow(/long overflow/);
    const i = input("i", IntegerType);
    expect(evaluateRows(call("timestamp_millis", i), [i], [[2147483647], [-2147483648], [null]])).toEqual([
      2147483647000n,
      -2147483648000n,
      null,
    ]);
  });
  it("unix_timestamp is the second cut towards the epoch", () => {
    const found = evaluateRows(
      call("unix_timestamp", t),
      [t],
      rows.map((row) => [row]),
      settings,
    );
    expect(found).toEqual(rows.map((row) => (row === null ? null : row / 1000000n)));
    const d = input("d", DateType);
    const days = [0, -1, 19000, -25567, 2932896];
    const starts = evaluateRows(
      call("unix_timestamp", d),
      [d],
      days.map((day) => [day]),
      settings,
    );
    expect(starts).toEqual(days.map((day) => BigInt(zone.secondOfLocal(day * 86400))));
  });
});

it("an instant that leaves 64 bits is an error", () => {
  const t = input("t", TimestampType);
  const max = [[2n ** 63n - 1n]];
  expect(() => evaluateRows(call("+", t, literal(1n, DayTimeIntervalType())), [t], max)).toThrow(
    /DATETIME_OVERFLOW|overflow/,
  );
  expect(() => evaluateRows(call("+", t, literal(1, YearMonthIntervalType())), [t], max)).toThrow(
    /DATETIME_OVERFLOW|overflow/,
  );
});

/** A double rounded half up by the digits of the shortest decimal that stands for it. */
function roundedByDigits(value: number, places: number, halfEven: boolean): number {
  const [mantissa, exponent = "0"] = Math.abs(value).toExponential().split("e");
  const digits = mantissa!.replace(".", "");
  const scale = digits.length - 1 - Number(exponent);
  if (places >= scale) return value;
  const power = 10n ** BigInt(scale - places);
  const unscaled = BigInt(digits);
  const [floor, rest] = [unscaled / power, unscaled % power];
  const up = 2n * rest > power || (2n * rest === power && (!halfEven || floor % 2n === 1n));
  const rounded = Number(`${up ? floor + 1n : floor}e${-places}`);
  return value < 0 && rounded !== 0 ? -rounded : rounded;
}

describe(`functions of doubles, seed ${SEED}`, () => {
  const next = numbers();
  const random = Array.from({ length: 3000 }, () => {
    const number = (next(2 ** 31) - 2 ** 30) / 10 ** next(12);
    return next(4) === 0 ? Math.round(number * 1000) / 1000 + 0.0005 : number;
  });
  const rows = [
    2.5,
    -2.5,
    0.125,
    1.005,
    2.675,
    -1.115,
    0.5,
    0.49999999999999994,
    -0.3,
    1e15,
    1e22,
    5e-324,
    4503599627370496.5,
    123456789012.345,
    0.285,
    ...random,
  ];
  const x = input("x", DoubleType);
  const cells = [...rows.map((row) => [row]), [null]];

  it.each([0, 1, 2, 3, 6, 15])("round and bround to %d places decide by the shortest decimal", (places) => {
    for (const name of ["round", "bround"]) {
      const found = evaluateRows(call(name, x, int(places)), [x], cells);
      expect(found).toEqual([...rows.map((row) => roundedByDigits(row, places, name === "bround")), null]);
    }
  });

  it("round keeps what is no number, and loses the sign of a zero that it makes", () => {
    const found = evaluateRows(
      call("round", x, int(0)),
      [x],
      [[Number.NaN], [Number.POSITIVE_INFINITY], [-0.2]],
    );
    expect(found).toEqual([Number.NaN, Number.POSITIVE_INFINITY, 0]);
  });

  it("floor and ceil give whole numbers, and the ends of BIGINT beyond it", () => {
    const whole = (value: number): bigint => BigInt.asIntN(64, BigInt(value));
    const small = rows.filter((row) => Math.abs(row) < 1e18);
    const list = small.map((row) => [row]);
    expect(evaluateRows(call("floor", x), [x], list)).toEqual(small.map((row) => whole(Math.floor(row))));
    expect(evaluateRows(call("ceil", x), [x], list)).toEqual(small.map((row) => whole(Math.ceil(row))));
    const ends = [[1e300], [-1e300], [Number.NaN], [9007199254740994], [null]];
    const limits = [9223372036854775807n, -9223372036854775808n, 0n, 9007199254740994n, null];
    expect(evaluateRows(call("floor", x), [x], ends)).toEqual(limits);
  });

  it("round and floor of whole numbers change nothing", () => {
    const l = input("l", LongType);
    const longs = [[9007199254740993n], [-1n], [null]];
    expect(evaluateRows(call("round", l, int(2)), [l], longs)).toEqual(longs.flat());
    expect(evaluateRows(call("floor", l), [l], longs)).toEqual(longs.flat());
  });
});

it("make_date gives the first and the last day that there is, and none of a year that Java lacks", () => {
  const y = input("y", IntegerType);
  const m = input("m", IntegerType);
  const d = input("d", IntegerType);
  const date = (row: readonly number[], ansi: boolean) =>
    evaluateRows(call("make_date", y, m, d), [y, m, d], [row], { ansi });
  const ends = [
    [[5881580, 7, 11], 2 ** 31 - 1],
    [[-5877641, 6, 23], -(2 ** 31)],
  ] as const;
  for (const [row, days] of ends) expect(date(row, true)).toEqual([days]);
  for (const ansi of [true, false]) {
    expect(() => date([5881580, 7, 12], ansi)).toThrow("ARITHMETIC_OVERFLOW");
    expect(() => date([-5877641, 6, 22], ansi)).toThrow("ARITHMETIC_OVERFLOW");
  }
  for (const year of [1_000_000_000, -(2 ** 31)]) {
    expect(date([year, 1, 1], false)).toEqual([null]);
    expect(() => date([year, 1, 1], true)).toThrow("Invalid value for Year");
  }
});
