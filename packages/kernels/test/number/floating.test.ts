import { describe, expect, it } from "vitest";
import {
  formatDouble,
  formatFloat,
  parseDoubleInto,
  parseDoubleText,
  parseFloatInto,
  parseFloatText,
  writeDouble,
  writeFloat,
} from "../../src/index.js";

/** Numbers and what Double.toString makes of them since JDK 19. */
const DOUBLES: readonly [number, string][] = [
  [0, "0.0"],
  [-0, "-0.0"],
  [1, "1.0"],
  [-1.5, "-1.5"],
  [100, "100.0"],
  [0.1, "0.1"],
  [0.001, "0.001"],
  [0.00099, "9.9E-4"],
  [9999999, "9999999.0"],
  [9999999.999999998, "9999999.999999998"],
  [1e7, "1.0E7"],
  [12345678, "1.2345678E7"],
  [1.5e300, "1.5E300"],
  [1e23, "1.0E23"],
  [2e-323, "2.0E-323"],
  [4.9e-324, "4.9E-324"],
  [9.9e-324, "9.9E-324"],
  [2.2250738585072014e-308, "2.2250738585072014E-308"],
  [1.7976931348623157e308, "1.7976931348623157E308"],
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "Infinity"],
  [Number.NEGATIVE_INFINITY, "-Infinity"],
];

/** Floats and what Float.toString makes of them since JDK 19. */
const FLOATS: readonly [number, string][] = [
  [0.1, "0.1"],
  [3.4028235e38, "3.4028235E38"],
  [1.4e-45, "1.4E-45"],
  [16777216, "1.6777216E7"],
  [1048576.25, "1048576.2"],
  [0.000244140625, "2.4414062E-4"],
  [9999999, "9999999.0"],
  [0.001, "0.001"],
  [1.1754944e-38, "1.1754944E-38"],
  [33554432, "3.3554432E7"],
  [-0, "-0.0"],
];

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function written(write: (bytes: Uint8Array, at: number, value: number) => number, value: number): string {
  const bytes = new Uint8Array(40);
  return new TextDecoder().decode(bytes.subarray(3, write(bytes, 3, value)));
}

describe("floating point as text", () => {
  it.each(DOUBLES)("prints the double %d as Java does", (value, text) => {
    expect(formatDouble(value)).toBe(text);
    expect(written(writeDouble, value)).toBe(text);
  });

  it.each(FLOATS)("prints the float %d as Java does", (value, text) => {
    expect(formatFloat(Math.fround(value))).toBe(text);
    expect(written(writeFloat, Math.fround(value))).toBe(text);
  });

  it("reads back what it prints", () => {
    let state = 12345;
    const words = new Uint32Array(2);
    const double = new Float64Array(words.buffer);
    const float = new Float32Array(words.buffer);
    const next = (): number => (state = Math.imul(state, 1664525) + 1013904223) >>> 0;
    for (let i = 0; i < 5000; i++) {
      words[0] = next();
      words[1] = next();
      const value = double[0] as number;
      expect(parseDoubleText(formatDouble(value)), "seed 12345").toBe(value);
      const single = float[1] as number;
      expect(parseFloatText(formatFloat(single)), "seed 12345").toBe(single);
    }
  });
});

describe("floating point from text", () => {
  const parse = (text: string): number | undefined => {
    const out = Float64Array.of(-77);
    const bytes = encode(`<${text}>`);
    if (parseDoubleInto(bytes, 1, bytes.length - 1, out, 0)) return out[0];
    expect(out[0]).toBe(-77);
    return undefined;
  };

  it("rounds doubles correctly", () => {
    for (const text of [
      "0.1",
      "123456789012345",
      "1e22",
      "1e23",
      "9007199254740993",
      "2.2250738585072011e-308",
      "0.000000000000000000000000000000000001",
      "1.7976931348623158e308",
      "-5e-324",
      "179769313486231580793728971405301e276",
      "3.14159265358979323846264338327950288",
    ]) {
      expect(parse(text), text).toBe(Number(text));
    }
    expect(Object.is(parse("-0"), -0)).toBe(true);
    expect(parse("1e400")).toBe(Number.POSITIVE_INFINITY);
  });

  it("takes the words, suffixes and hexadecimal form that Java and Spark take", () => {
    expect([parse("Infinity"), parse("-inf"), parse("+INF"), parse("infinity")]).toEqual([
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
    expect(parse("nan")).toBeNaN();
    expect([parse("1d"), parse("1.5F"), parse(".5f"), parse("5."), parse(" 1 \n")]).toEqual([
      1, 1.5, 0.5, 5, 1,
    ]);
    expect([parse("0x1.8p1"), parse("-0x.8p0"), parse("0x1p-1074")]).toEqual([3, -0.5, 5e-324]);
  });

  it("refuses what is no number", () => {
    for (const text of [
      "",
      " ",
      ".",
      "-",
      "1e",
      "e5",
      "1__0",
      "1,5",
      "0x10",
      "1dd",
      "infi",
      "1 2",
      "NaNd",
      "d",
    ]) {
      expect(parse(text), text).toBeUndefined();
    }
  });

  it("rounds floats once", () => {
    const bits = (text: string): number | undefined => {
      const out = new Float32Array(1);
      const bytes = encode(text);
      return parseFloatInto(bytes, 0, bytes.length, out, 0) ? new Uint32Array(out.buffer)[0] : undefined;
    };
    // 1 + 2^-24 lies between two floats: exactly there it rounds to even, a trifle above it rounds up.
    expect(bits("1.000000059604644775390625")).toBe(0x3f800000);
    expect(bits("1.0000000596046447753906250000000000000000001")).toBe(0x3f800001);
    expect(bits("1.0000000596046447753906249999999999999999999")).toBe(0x3f800000);
    expect(bits("1.000000178813934326171875")).toBe(0x3f800002);
    expect(bits("1.0000001788139343261718749999999999999999")).toBe(0x3f800001);
    expect(bits("3.4028235677973367e38")).toBe(0x7f800000);
    expect(bits("3.4028235677973366e38")).toBe(0x7f7fffff);
    expect(bits("7.006492321624085e-46")).toBe(0);
    expect(bits("7.0064923216240854e-46")).toBe(1);
    expect(bits("0x1.000001p0")).toBe(0x3f800000);
    expect(bits("0x1.000003p0")).toBe(0x3f800002);
  });
});
