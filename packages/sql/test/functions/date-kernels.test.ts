import {
  BooleanType,
  DateType,
  IntegerType,
  LongType,
  StringType,
  TimestampNTZType,
  TimestampType,
  type Value,
} from "@ss/core";
import { describe, expect, it } from "vitest";
import type { Expression } from "../../src/expression/expression.js";
import { call, evaluate, evaluateRows, input, literal, type Settings } from "./evaluate.js";

const SEED = Number(process.env["SS_TEST_SEED"] ?? 20_281);

/** Numbers below `n`, the same ones for the same seed. */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
}

const text = (value: string): Expression => literal(value, StringType);
const day = (iso: string): number => Date.parse(`${iso}T00:00:00Z`) / 86_400_000;
const instant = (iso: string): bigint => BigInt(Date.parse(iso)) * 1000n;
const timestamp = (iso: string): Expression => literal(instant(iso), TimestampType);
const date = (iso: string): Expression => literal(day(iso), DateType);

describe("functions of dates and times give what Spark's documentation shows", () => {
  const cases: readonly (readonly [string, Expression, Value])[] = [
    ["add_months", call("add_months", date("2016-08-31"), literal(1, IntegerType)), day("2016-09-30")],
    ["next_day", call("next_day", date("2015-01-14"), text("TU")), day("2015-01-20")],
    ["trunc to the week", call("trunc", date("2019-08-04"), text("week")), day("2019-07-29")],
    ["trunc to the quarter", call("trunc", date("2019-08-04"), text("quarter")), day("2019-07-01")],
    ["trunc to a unit of times", call("trunc", date("2019-08-04"), text("hour")), null],
    [
      "make_date",
      call("make_date", literal(2013, IntegerType), literal(7, IntegerType), literal(15, IntegerType)),
      day("2013-07-15"),
    ],
    ["dayname", call("dayname", date("2008-02-20")), "Wed"],
    ["monthname", call("monthname", date("2008-02-20")), "Feb"],
    ["date_format", call("date_format", timestamp("2016-04-08T00:00:00Z"), text("y")), "2016"],
    [
      "from_unixtime",
      call("from_unixtime", literal(0n, LongType), text("yyyy-MM-dd HH:mm:ss")),
      "1970-01-01 00:00:00",
    ],
    [
      "to_timestamp",
      call("to_timestamp", text("2016-12-31"), text("yyyy-MM-dd")),
      instant("2016-12-31T00:00:00Z"),
    ],
    [
      "unix_timestamp",
      call("unix_timestamp", text("2016-04-08"), text("yyyy-MM-dd")),
      BigInt(day("2016-04-08") * 86400),
    ],
    ["to_date", call("to_date", text("2016-12-31"), text("yyyy-MM-dd")), day("2016-12-31")],
    [
      "months_between",
      call(
        "$months_between",
        timestamp("1997-02-28T10:30:00Z"),
        timestamp("1996-10-30T00:00:00Z"),
        literal(true, BooleanType),
      ),
      3.94959677,
    ],
    [
      "from_utc_timestamp",
      call("from_utc_timestamp", timestamp("2016-08-31T00:00:00Z"), text("Asia/Seoul")),
      instant("2016-08-31T09:00:00Z"),
    ],
    [
      "to_utc_timestamp",
      call("to_utc_timestamp", timestamp("2016-08-31T00:00:00Z"), text("Asia/Seoul")),
      instant("2016-08-30T15:00:00Z"),
    ],
    [
      "seconds with their fraction",
      call("$second_with_fraction", timestamp("2019-10-01T00:00:01.001Z")),
      1_001_000n,
    ],
  ];
  for (const [name, e, expected] of cases) it(name, () => expect(evaluate(e)).toEqual(expected));
});

describe(`functions of dates and times agree with the dates of JavaScript, seed ${SEED}`, () => {
  const next = numbers(SEED);
  const d = input("d", DateType);
  const t = input("t", TimestampType);
  const n = input("n", IntegerType);
  const some = <T>(value: T): T | null => (next(12) === 0 ? null : value);
  const rows: Value[][] = Array.from({ length: 500 }, () => [
    some(next(60_000) - 20_000),
    some(BigInt(next(4e9) - 1e9) * 1_000_000n + BigInt(next(1e6))),
    some(next(600) - 300),
  ]);
  const check = (
    name: string,
    e: Expression,
    used: readonly number[],
    expected: (row: Value[]) => Value,
    settings: Settings = {},
  ): void =>
    it(name, () => {
      const found = evaluateRows(e, [d, t, n], rows, settings);
      rows.forEach((row, k) => {
        expect(found[k]).toEqual(used.some((at) => row[at] === null) ? null : expected(row));
      });
    });
  const utc = (days: Value): Date => new Date((days as number) * 86_400_000);
  const iso = (micros: Value): string =>
    new Date(
      Number(
        (micros as bigint) / 1000n - ((micros as bigint) < 0n && (micros as bigint) % 1000n !== 0n ? 1n : 0n),
      ),
    ).toISOString();
  const daysOf = (year: number, month: number, dayOfMonth: number): number =>
    Date.UTC(year, month, dayOfMonth) / 86_400_000;

  check("add_months cuts the day", call("add_months", d, n), [0, 2], ([days, , months]) => {
    const from = utc(days!);
    const month = from.getUTCMonth() + (months as number);
    const last = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate();
    return daysOf(from.getUTCFullYear(), month, Math.min(from.getUTCDate(), last));
  });
  check("next_day is within a week", call("next_day", d, text(" fri ")), [0], ([days]) => {
    const from = utc(days!).getUTCDay();
    return (days as number) + (((5 - from + 6) % 7) + 1);
  });
  check("next_day of no day is null without ANSI", call("next_day", d, text("x")), [0], () => null, {
    ansi: false,
  });
  check("trunc to the month", call("trunc", d, text("MM")), [0], ([days]) =>
    daysOf(utc(days!).getUTCFullYear(), utc(days!).getUTCMonth(), 1),
  );
  check("dayname", call("dayname", d), [0], ([days]) => utc(days!).toUTCString().slice(0, 3));
  check("monthname", call("monthname", d), [0], ([days]) => utc(days!).toUTCString().slice(8, 11));
  check("date_format", call("date_format", t, text("yyyy-MM-dd'T'HH:mm:ss.SSSX")), [1], ([, time]) =>
    iso(time!),
  );
  check(
    "date_format without a zone",
    call(
      "date_format",
      { kind: "cast", child: t, type: TimestampNTZType, mode: "cast" },
      text("yyyyMMdd HHmm"),
    ),
    [1],
    ([, time]) =>
      `${iso(time!).slice(0, 10).replaceAll("-", "")} ${iso(time!).slice(11, 16).replace(":", "")}`,
  );
  check("from_unixtime", call("from_unixtime", call("unix_seconds", t)), [1], ([, time]) =>
    iso(time!).slice(0, 19).replace("T", " "),
  );
  check(
    "what date_format writes to_timestamp reads",
    call(
      "to_timestamp",
      call("date_format", t, text("yyyy-MM-dd HH:mm:ss.SSSSSS")),
      text("yyyy-MM-dd HH:mm:ss.SSSSSS"),
    ),
    [1],
    ([, time]) => time!,
    { timeZone: "Asia/Kolkata" },
  );
  check(
    "what date_format writes to_date reads",
    call("to_date", call("date_format", t, text("d.M.yyyy")), text("d.M.yyyy")),
    [1],
    ([, time]) => Math.floor(Date.parse(iso(time!)) / 86_400_000),
  );
  check(
    "unix_timestamp of a text",
    call("unix_timestamp", call("date_format", t, text("yyyy-MM-dd HH:mm:ss"))),
    [1],
    ([, time]) => BigInt(Math.floor(Date.parse(iso(time!)) / 1000)),
  );
  check(
    "to utc and back",
    call("from_utc_timestamp", call("to_utc_timestamp", t, text("+05:30")), text("+05:30")),
    [1],
    ([, time]) => time!,
  );
});

it("texts that a pattern does not match are errors with ANSI, and null otherwise", () => {
  const wrong = call("to_timestamp", text("2016-12-32"), text("yyyy-MM-dd"));
  expect(() => evaluate(wrong)).toThrow("CANNOT_PARSE_TIMESTAMP");
  expect(evaluate(wrong, { ansi: false })).toBeNull();
  expect(evaluate(call("try_to_timestamp", text("x"), text("yyyy")))).toBeNull();
  expect(() => evaluate(call("date_format", timestamp("2016-04-08T00:00:00Z"), text("YYYY")))).toThrow(
    "DATETIME_PATTERN_RECOGNITION",
  );
});
