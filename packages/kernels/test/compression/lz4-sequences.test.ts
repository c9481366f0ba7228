import { describe, expect, test } from "vitest";
import { CompressionError, compressLz4, decompressLz4, lz4PackedMax } from "../../src/index.js";
import { WAYS } from "./ways.js";

test.each(WAYS.lz4)("literals and copies with long lengths come out %s", (_, decompress) => {
  const literal = Array.from({ length: 300 }, (_value, i) => i & 255);
  // 300 literals (15, 255, 30), then 1 + 4 + 15 bytes at a distance of 3, then a last literal
  const bytes = Uint8Array.from([0xff, 255, 30, ...literal, 3, 0, 1, 0x10, 9]);
  const copied = Array.from({ length: 20 }, (_value, i) => literal[297 + (i % 3)]!);
  const target = new Uint8Array(330).fill(0xa5);
  expect(decompress(bytes, 0, bytes.length, target, 4, 321)).toBe(321);
  expect([...target]).toEqual([...Array(4).fill(0xa5), ...literal, ...copied, 9, ...Array(5).fill(0xa5)]);
});

describe.each([
  ["literals beyond the end", [0x50, 1], "ends too early"],
  ["a copy from before the start", [0x10, 1, 2, 0], "refers to bytes before its start"],
  ["a copy at no distance", [0x10, 1, 0, 0], "refers to bytes before its start"],
  ["half a distance", [0x10, 1, 1], "ends too early"],
  ["half a length", [0x1f, 1, 1, 0], "ends too early"],
  ["no last literals", [0x10, 1, 1, 0], "ends too early"],
  ["nothing", [], "ends too early"],
])("damage is told: %s", (_, bytes, fault) => {
  const source = Uint8Array.from(bytes);

  test("as an error", () => {
    const decompress = () => decompressLz4(source, 0, source.length, new Uint8Array(32), 0);
    expect(decompress).toThrow(CompressionError);
    expect(decompress).toThrow(`lz4 data ${fault}`);
  });

  test("the same, whichever way it is read", () => {
    const answers = WAYS.lz4.map(([, decompress]) =>
      decompress(source, 0, source.length, new Uint8Array(9), 0, 9),
    );
    expect(new Set(answers).size).toBe(1);
  });
});

test("a target without enough room is told by -1, one with more is filled as far as needed", () => {
  const plain = new TextEncoder().encode("abcabcabcabcabcabcabcabcabcabcabc, and so on".repeat(20));
  const packed = new Uint8Array(lz4PackedMax(plain.length));
  const end = compressLz4(plain, 0, plain.length, packed, 0);
  for (const room of [0, 1, 60, plain.length - 1]) {
    expect(decompressLz4(packed, 0, end, new Uint8Array(room), 0)).toBe(-1);
  }
  const large = new Uint8Array(plain.length + 40);
  expect(decompressLz4(packed, 0, end, large, 7)).toBe(plain.length);
  expect(Buffer.compare(large.subarray(7, 7 + plain.length), plain)).toBe(0);
});

test("a copy that claims to be huge is longer than any room", () => {
  const bytes = new Uint8Array(100_000).fill(255);
  bytes.set([0x1f, 1, 1, 0]);
  expect(() => decompressLz4(bytes, 0, bytes.length, new Uint8Array(1 << 20), 0)).toThrow(
    "lz4 data ends too early",
  );
  bytes[bytes.length - 1] = 0;
  expect(decompressLz4(bytes, 0, bytes.length, new Uint8Array(1 << 20), 0)).toBe(-1);
});
