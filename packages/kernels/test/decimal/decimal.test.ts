import { describe, expect, it } from "vitest";
import {
  addDecimals,
  ceilDecimal,
  changeDecimalPrecision,
  compareDecimals,
  DECIMAL_INVALID,
  DECIMAL_OK,
  DECIMAL_OVERFLOW,
  DECIMAL_UNSUPPORTED,
  decimalFromDouble,
  decimalFromInteger,
  decimalToDouble,
  decimalToInteger,
  divideDecimals,
  floorDecimal,
  formatDecimal,
  formatDecimalScientific,
  integralQuotientOfDecimals,
  loadDecimal128,
  multiplyDecimals,
  parseDecimal64Into,
  parseDecimal128Into,
  parseDecimalText,
  remainderOfDecimals,
  roundHalfEvenDecimal,
  storeDecimal128,
  subtractDecimals,
  writeDecimal,
  writeDecimal64,
} from "../../src/index.js";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Texts with a precision and scale, the status, and the decimal as text. */
const PARSED: readonly [string, number, number, number, string?][] = [
  ["123.45", 5, 2, DECIMAL_OK, "123.45"],
  [" -1.5\n", 10, 2, DECIMAL_OK, "-1.50"],
  ["+.5", 3, 1, DECIMAL_OK, "0.5"],
  ["5.", 3, 1, DECIMAL_OK, "5.0"],
  ["1.005", 5, 2, DECIMAL_OK, "1.01"],
  ["-1.005", 5, 2, DECIMAL_OK, "-1.01"],
  ["1.00499999999999999999", 5, 2, DECIMAL_OK, "1.00"],
  ["1e2", 5, 0, DECIMAL_OK, "100"],
  ["12E-1", 5, 1, DECIMAL_OK, "1.2"],
  ["999.995", 5, 2, DECIMAL_OVERFLOW],
  ["1000", 5, 2, DECIMAL_OVERFLOW],
  ["1e-1000000000", 5, 2, DECIMAL_OK, "0.00"],
  ["6.0790316E+25569151", 18, 2, DECIMAL_UNSUPPORTED],
  ["999999999999999999", 18, 0, DECIMAL_OK, "999999999999999999"],
  ["-99999999999999.9999", 18, 4, DECIMAL_OK, "-99999999999999.9999"],
  ["", 5, 2, DECIMAL_INVALID],
  [".", 5, 2, DECIMAL_INVALID],
  ["1,5", 5, 2, DECIMAL_INVALID],
  ["1e", 5, 2, DECIMAL_INVALID],
  ["NaN", 5, 2, DECIMAL_INVALID],
  ["--1", 5, 2, DECIMAL_INVALID],
];

describe("decimals from text", () => {
  it.each(PARSED)("reads '%s' as DECIMAL(%d,%d)", (text, precision, scale, status, expected) => {
    const parsed = parseDecimalText(text, precision, scale);
    expect(parsed.status).toBe(status);
    if (expected !== undefined) expect(formatDecimal(parsed.unscaled, scale)).toBe(expected);

    const column = BigInt64Array.of(7n, 7n, 7n, 7n);
    const bytes = encode(text);
    expect(
      parseDecimal64Into(bytes, 0, bytes.length, precision, scale, new Int32Array(column.buffer), 1),
    ).toBe(status);
    expect(column[1]).toBe(status === DECIMAL_OK ? parsed.unscaled : 7n);
    expect(parseDecimal128Into(bytes, 0, bytes.length, precision + 20, scale, column, 1)).not.toBe(
      DECIMAL_OVERFLOW,
    );
    if (status === DECIMAL_OK) expect(loadDecimal128(column, 1)).toBe(parsed.unscaled);
  });

  it("keeps 38 digits", () => {
    const text = "-12345678901234567890123456789012345.678";
    expect(formatDecimal(parseDecimalText(text, 38, 3).unscaled, 3)).toBe(text);
    expect(parseDecimalText(`1${"0".repeat(38)}`, 38, 0).status).toBe(DECIMAL_UNSUPPORTED);
  });
});

describe("decimals as text", () => {
  it("is plain for casts and scientific for toString", () => {
    expect([
      formatDecimal(0n, 0),
      formatDecimal(-10n, 3),
      formatDecimal(5n, -2),
      formatDecimal(0n, 3),
    ]).toEqual(["0", "-0.010", "500", "0.000"]);
    const cases: [bigint, number, string][] = [
      [1n, 7, "1E-7"],
      [0n, 18, "0E-18"],
      [1n, 6, "0.000001"],
      [123n, 10, "1.23E-8"],
      [-123n, -2, "-1.23E+4"],
      [123n, 2, "1.23"],
    ];
    for (const [unscaled, scale, text] of cases) expect(formatDecimalScientific(unscaled, scale)).toBe(text);
  });

  it("is written into bytes", () => {
    const bytes = new Uint8Array(64);
    const cases: [bigint, number, string][] = [
      [-12345n, 2, "-123.45"],
      [5n, 9, "0.000000005"],
      [0n, 2, "0.00"],
      [999999999999999999n, 18, "0.999999999999999999"],
      [-999999999999999999n, 3, "-999999999999999.999"],
      [7n, 0, "7"],
    ];
    for (const [unscaled, scale, text] of cases) {
      const words = new Int32Array(BigInt64Array.of(unscaled).buffer);
      const end = writeDecimal64(bytes, 0, words[0] as number, words[1] as number, scale);
      expect(new TextDecoder().decode(bytes.subarray(0, end))).toBe(text);
      expect(new TextDecoder().decode(bytes.subarray(0, writeDecimal(bytes, 0, unscaled, scale)))).toBe(text);
    }
  });
});

describe("decimal arithmetic", () => {
  it("computes at the precision and scale of the result", () => {
    expect(addDecimals(15n, 1, 225n, 2, 5, 2)).toBe(375n);
    expect(subtractDecimals(15n, 1, 225n, 2, 5, 2)).toBe(-75n);
    expect(addDecimals(99999n, 0, 1n, 0, 5, 0)).toBeUndefined();
    expect(multiplyDecimals(15n, 1, -225n, 2, 10, 2)).toBe(-338n);
    // 1 / 3 and 2 / 3 at six digits.
    expect(divideDecimals(1n, 0, 3n, 0, 10, 6)).toBe(333333n);
    expect(divideDecimals(-2n, 0, 3n, 0, 10, 6)).toBe(-666667n);
    expect(divideDecimals(1n, 0, 0n, 0, 10, 6)).toBeUndefined();
    expect(remainderOfDecimals(20n, 1, 18n, 1, 2, 1)).toBe(2n);
    expect(remainderOfDecimals(-20n, 1, 18n, 1, 2, 1)).toBe(-2n);
    expect(integralQuotientOfDecimals(-70n, 1, 2n, 0)).toBe(-3n);
  });

  it("rounds a quotient at 39 decimals before the scale of the result", () => {
    // 4.5 - 10^-45 rounds up to 4.5 at 39 decimals, and that up to 5.
    const dividend = 45n * 10n ** 44n - 1n;
    expect(divideDecimals(dividend, 45, 1n, 0, 38, 0)).toBe(5n);
  });

  it("compares, rounds and changes scale", () => {
    expect([
      compareDecimals(10n, 1, 1n, 0),
      compareDecimals(-11n, 1, -1n, 0),
      compareDecimals(2n, 0, 199n, 2),
    ]).toEqual([0, -1, 1]);
    expect([floorDecimal(-15n, 1), floorDecimal(15n, 1), ceilDecimal(-15n, 1), ceilDecimal(15n, 1)]).toEqual([
      -2n,
      1n,
      -1n,
      2n,
    ]);
    expect([
      roundHalfEvenDecimal(25n, 1, 0),
      roundHalfEvenDecimal(35n, 1, 0),
      roundHalfEvenDecimal(-25n, 1, 0),
    ]).toEqual([2n, 4n, -2n]);
    expect([changeDecimalPrecision(12345n, 3, 4, 2), changeDecimalPrecision(99995n, 3, 4, 2)]).toEqual([
      1235n,
      undefined,
    ]);
  });

  it("converts to and from other numbers", () => {
    expect(decimalToDouble(1n, 1)).toBe(0.1);
    expect(decimalToDouble(12345678901234567890123456789012345678n, 38)).toBe(0.12345678901234568);
    expect([decimalToInteger(-199n, 2), decimalToInteger(5n, -2)]).toEqual([-1n, 500n]);
    expect(decimalFromDouble(1.005, 10, 2)).toBe(101n);
    expect(decimalFromDouble(Number.NaN, 10, 2)).toBeUndefined();
    expect(decimalFromDouble(1e10, 10, 2)).toBeUndefined();
    expect(decimalFromInteger(99n, 4, 2)).toBe(9900n);
    expect(decimalFromInteger(100n, 4, 2)).toBeUndefined();
  });

  it("keeps int128 in columns", () => {
    const column = new BigInt64Array(4);
    for (const value of [0n, -1n, 10n ** 38n - 1n, -(10n ** 38n) + 1n, 2n ** 64n, -(2n ** 64n) - 5n]) {
      storeDecimal128(value, column, 1);
      expect(loadDecimal128(column, 1)).toBe(value);
    }
  });
});
