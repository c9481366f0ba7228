import { describe, expect, test } from "vitest";
import type { Literal } from "../../src/expression/expression.js";
import { type ParserConf, parseExpression } from "../../src/parser/parser.js";

function lit(text: string, conf?: ParserConf): Literal {
  const e = parseExpression(text, conf);
  if (e.kind !== "literal") throw new Error(`${text} is no literal but ${e.kind}`);
  return e;
}

function valueOf(text: string, conf?: ParserConf): unknown {
  return lit(text, conf).value;
}

describe("numbers", () => {
  test("digits are an INT, a BIGINT or a DECIMAL, the first that holds them", () => {
    expect(lit("2147483647")).toMatchObject({ value: 2147483647, type: { kind: "integer" } });
    expect(lit("-2147483648")).toMatchObject({ value: -2147483648, type: { kind: "integer" } });
    expect(lit("2147483648")).toMatchObject({ value: 2147483648n, type: { kind: "long" } });
    expect(lit("9223372036854775808")).toMatchObject({
      value: 9223372036854775808n,
      type: { kind: "decimal", precision: 19, scale: 0 },
    });
  });

  test("suffixes choose the type", () => {
    expect(lit("-128Y")).toMatchObject({ value: -128, type: { kind: "byte" } });
    expect(lit("7S")).toMatchObject({ value: 7, type: { kind: "short" } });
    expect(lit("7L")).toMatchObject({ value: 7n, type: { kind: "long" } });
    expect(lit("0.1F")).toMatchObject({ value: Math.fround(0.1), type: { kind: "float" } });
    expect(lit("1D")).toMatchObject({ value: 1, type: { kind: "double" } });
    expect(lit("12e-1")).toMatchObject({ value: 1.2, type: { kind: "double" } });
  });

  test("decimals are exact", () => {
    expect(lit("-.180")).toMatchObject({ value: -180n, type: { kind: "decimal", precision: 3, scale: 3 } });
    expect(lit("123.08BD")).toMatchObject({
      value: 12308n,
      type: { kind: "decimal", precision: 5, scale: 2 },
    });
    expect(lit("123.0E-28BD")).toMatchObject({
      value: 1230n,
      type: { precision: 29, scale: 29 },
      text: "1.230E-26",
    });
    expect(lit("1E2BD")).toMatchObject({ value: 100n, type: { precision: 3, scale: 0 } });
  });

  test("a number beyond its type is refused with its limits", () => {
    expect(() => lit("128Y")).toThrow(
      expect.objectContaining({
        condition: "INVALID_NUMERIC_LITERAL_RANGE",
        sqlState: "22003",
        parameters: { rawStrippedQualifier: "128", minValue: "-128", maxValue: "127", typeName: "tinyint" },
        queryContext: { startIndex: 0, stopIndex: 3, fragment: "128Y" },
      }),
    );
    expect(() => lit("9223372036854775808L")).toThrow(/INVALID_NUMERIC_LITERAL_RANGE/);
    expect(() => lit("1E309")).toThrow(/INVALID_NUMERIC_LITERAL_RANGE/);
    expect(() => lit("1.20E-38BD")).toThrow(/DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION/);
  });
});

describe("strings", () => {
  test("escapes stand for characters, and those of wild cards stay escaped", () => {
    expect(valueOf(String.raw`'a\n\t\'\"\\\0b'`)).toBe("a\n\t'\"\\\0b");
    expect(valueOf(String.raw`'\110\145\041'`)).toBe("He!");
    expect(valueOf(String.raw`'\u0057\U0001F600'`)).toBe("W\u{1f600}");
    expect(valueOf(String.raw`'\%\_\x'`)).toBe("\\%\\_x");
  });

  test("neighbours are one string, and a doubled quote is a quote", () => {
    expect(valueOf(`'hello' " " 'lee'`)).toBe("hello lee");
    expect(valueOf("'S''par''k'")).toBe("S'par'k");
    expect(valueOf("'S''par''k'", { consecutiveStringLiterals: true })).toBe("Spark");
    expect(valueOf(`"S''p""k"`)).toBe(`S''p"k`);
  });

  test("raw strings and the setting for escaped strings keep backslashes", () => {
    expect(valueOf("r'a\\n'")).toBe("a\\n");
    expect(valueOf("'a\\n'", { escapedStringLiterals: true })).toBe("a\\n");
  });

  test("double quotes hold names by setting", () => {
    expect(parseExpression(`"a b"`, { doubleQuotedIdentifiers: true })).toMatchObject({ parts: ["a b"] });
  });
});

describe("typed literals", () => {
  test("dates, times and bytes carry their value and their text", () => {
    expect(lit("dAte '2016-03-12'")).toMatchObject({ value: 16872, text: "DATE '2016-03-12'" });
    expect(lit("TIME '10:00:01'")).toMatchObject({ value: 36001000000000n, text: "TIME '10:00:01'" });
    expect(lit("x'ABC'")).toMatchObject({ text: "X'0ABC'", value: Uint8Array.of(0x0a, 0xbc) });
  });

  test("TIMESTAMP is an instant in the session's zone", () => {
    const conf = { timeZone: "America/Los_Angeles" };
    expect(lit("timestamp '1970-01-01 00:00:00.000'", conf)).toMatchObject({
      value: 28800000000n,
      type: { kind: "timestamp" },
      text: "TIMESTAMP '1970-01-01 00:00:00'",
    });
    expect(valueOf("timestamp '1970-01-01 00:00:00Z'", conf)).toBe(0n);
  });

  test("as TIMESTAMP_NTZ it is a wall-clock time, but for a text with a zone", () => {
    const conf: ParserConf = { timeZone: "America/Los_Angeles", timestampType: "timestamp_ntz" };
    expect(lit("timestamp '1970-01-01 00:00:01'", conf)).toMatchObject({
      value: 1000000n,
      type: { kind: "timestamp_ntz" },
    });
    expect(lit("timestamp '1970-01-01 00:00:01Z'", conf)).toMatchObject({
      value: 1000000n,
      type: { kind: "timestamp" },
    });
  });

  test("words for days follow the clock and the zone", () => {
    const conf = { timeZone: "America/Los_Angeles", now: () => 86400000 + 3600000 };
    expect(valueOf("date 'today'", conf)).toBe(0);
    expect(valueOf("date 'Tomorrow'", conf)).toBe(1);
    expect(valueOf("date 'epoch'", conf)).toBe(0);
    expect(valueOf("timestamp 'yesterday UTC'", conf)).toBe(-57600000000n);
    expect(valueOf("timestamp 'now'", conf)).toBe(90000000000n);
  });

  test("a text that is no value, and a word that is no type, are refused", () => {
    expect(() => lit("date 'mar 11 2016'")).toThrow(
      expect.objectContaining({
        condition: "INVALID_TYPED_LITERAL",
        sqlState: "42604",
        parameters: { value: "'mar 11 2016'", valueType: '"DATE"' },
      }),
    );
    expect(() => lit("GEO '(10,-6)'")).toThrow(
      expect.objectContaining({
        condition: "UNSUPPORTED_TYPED_LITERAL",
        parameters: {
          unsupportedType: '"GEO"',
          supportedTypes: '"DATE", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP", "INTERVAL", "X", "TIME"',
        },
      }),
    );
  });
});

describe("intervals", () => {
  test.each([
    ["INTERVAL 2 YEARS 4 MONTHS", "INTERVAL '2-4' YEAR TO MONTH", 28],
    ["INTERVAL '2-2' YEAR TO MONTH", "INTERVAL '2-2' YEAR TO MONTH", 26],
    ["INTERVAL -'-1-1' YEAR TO MONTH", "INTERVAL '1-1' YEAR TO MONTH", 13],
    ["INTERVAL '1' DAY", "INTERVAL '1' DAY", 86400000000n],
    ["INTERVAL 3 WEEK", "INTERVAL '21' DAY", 1814400000000n],
    ["INTERVAL 2 MILLISECOND", "INTERVAL '00.002' SECOND", 2000n],
    ["INTERVAL '1 day 2 hours'", "INTERVAL '1 02' DAY TO HOUR", 93600000000n],
    ["INTERVAL - '1 2:3:4.001' DAY TO SECOND", "INTERVAL '-1 02:03:04.001' DAY TO SECOND", -93784001000n],
  ])("%s is %s", (text, shown, value) => {
    expect(lit(text)).toMatchObject({ text: shown, value });
  });

  test("legacy ones are calendar intervals", () => {
    expect(lit("INTERVAL 1 MONTH 2 DAYS 3 HOURS", { legacyInterval: true })).toMatchObject({
      type: { kind: "interval" },
      value: { months: 1, days: 2, micros: 10800000000n },
    });
  });

  test.each([
    ["interval 4 month 2 weeks", "_LEGACY_ERROR_TEMP_0029"],
    ["interval '1 day 2' day", "_LEGACY_ERROR_TEMP_0026"],
    ["interval 1 year to month", "_LEGACY_ERROR_TEMP_0027"],
    ["interval '10-9' year to month '1' year", "_LEGACY_ERROR_TEMP_0024"],
    ["interval '1' year to second", "INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION"],
    ["interval '15:40' hour to second", "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE"],
    ["interval 10 nanoseconds", "INVALID_INTERVAL_FORMAT.INVALID_UNIT"],
    ["interval '1.2'", "INVALID_TYPED_LITERAL"],
    ["interval 1 fake_unit", "PARSE_SYNTAX_ERROR"],
  ])("%s is refused as %s", (text, condition) => {
    expect(() => lit(text)).toThrow(expect.objectContaining({ condition }));
  });
});
