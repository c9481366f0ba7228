import { describe, expect, it } from "vitest";
import {
  parseInt8Text,
  parseInt16Text,
  parseInt32,
  parseInt32Text,
  parseInt64Into,
  parseInt64Text,
  writeInt64,
  writeInteger,
} from "../../src/index.js";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("integers from text", () => {
  it("drops white space and control characters around them and takes a sign", () => {
    expect(parseInt32Text(" \t\n 12\u0000\u007f ")).toBe(12);
    expect(parseInt32Text("+7")).toBe(7);
    expect(parseInt32Text("-7")).toBe(-7);
    expect(parseInt32Text("-0")).toBe(0);
    expect(parseInt32Text("00000000000000000000000012")).toBe(12);
  });

  it("refuses what is no integer", () => {
    for (const text of ["", " ", "+", "-", "1 2", "1.0", "1e3", "0x10", "a", "１", "--1"]) {
      expect(parseInt32Text(text), text).toBeNaN();
      expect(parseInt64Text(text), text).toBeUndefined();
    }
  });

  it("accepts the ends of each range and nothing beyond", () => {
    expect([parseInt8Text("127"), parseInt8Text("-128")]).toEqual([127, -128]);
    expect([parseInt8Text("128"), parseInt8Text("-129")]).toEqual([Number.NaN, Number.NaN]);
    expect([parseInt16Text("32767"), parseInt16Text("-32769")]).toEqual([32767, Number.NaN]);
    expect([parseInt32Text("2147483647"), parseInt32Text("-2147483648")]).toEqual([2147483647, -2147483648]);
    expect([parseInt32Text("2147483648"), parseInt32Text("-2147483649")]).toEqual([Number.NaN, Number.NaN]);
    expect(parseInt64Text("9223372036854775807")).toBe(9223372036854775807n);
    expect(parseInt64Text("-9223372036854775808")).toBe(-9223372036854775808n);
    expect(parseInt64Text("9223372036854775808")).toBeUndefined();
    expect(parseInt64Text("-9223372036854775809")).toBeUndefined();
    expect(parseInt64Text("99999999999999999999")).toBeUndefined();
  });

  it("cuts a fraction off where casts outside ANSI mode do", () => {
    expect(parseInt32Text("12.5", true)).toBe(12);
    expect(parseInt32Text("-1.9", true)).toBe(-1);
    expect(parseInt64Text("1.", true)).toBe(1n);
    expect(parseInt32Text("1.x", true)).toBeNaN();
  });

  it("reads a range of bytes and leaves the column alone on failure", () => {
    expect(parseInt32(encode("a,42,b"), 2, 4)).toBe(42);
    const column = new BigInt64Array([1n, 2n]);
    const words = new Int32Array(column.buffer);
    expect(parseInt64Into(encode("x-5000000000y"), 1, 12, words, 1)).toBe(true);
    expect(parseInt64Into(encode("no"), 0, 2, words, 0)).toBe(false);
    expect([...column]).toEqual([1n, -5000000000n]);
  });

  it("writes and reads back every int64", () => {
    let state = 20240229n;
    const bytes = new Uint8Array(24);
    const column = new BigInt64Array(1);
    const words = new Int32Array(column.buffer);
    for (let i = 0; i < 20000; i++) {
      state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
      const value = BigInt.asIntN(64, state) >> (state % 63n);
      column[0] = value;
      const end = writeInt64(bytes, 0, words[0] as number, words[1] as number);
      expect(new TextDecoder().decode(bytes.subarray(0, end))).toBe(String(value));
      column[0] = 0n;
      expect(parseInt64Into(bytes, 0, end, words, 0)).toBe(true);
      if (column[0] !== value) expect.unreachable(`${value} came back as ${column[0]} (seed 20240229)`);
    }
  });

  it("writes integers between -2^53 and 2^53", () => {
    const bytes = new Uint8Array(24);
    for (const value of [
      0, 9, 10, -1, 99999, 100000, 2147483647, -2147483648, 4503599627370497, -9007199254740991,
    ]) {
      expect(new TextDecoder().decode(bytes.subarray(0, writeInteger(bytes, 0, value)))).toBe(String(value));
    }
  });
});
