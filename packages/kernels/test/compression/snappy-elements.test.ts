import { describe, expect, test } from "vitest";
import { CompressionError, decompressSnappy, snappyPlainLength } from "../../src/index.js";
import { randomNumbers } from "./random.js";
import { WAYS } from "./ways.js";

// The encoder here is the plainest one that the format allows; it takes random choices where the format leaves a choice.

const SEED = Number(process.env.SS_SEED ?? 41);
const GUARD = 0xa5;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

/** Random literals and copies, and what they stand for. */
function elements(random: () => number): { bytes: number[]; expected: number[] } {
  const below = (limit: number) => Math.floor(random() * limit);
  const expected: number[] = [];
  const bytes: number[] = [];
  for (let k = below(60); k >= 0; k--) {
    const kind = expected.length === 0 ? 0 : below(4);
    if (kind === 0) {
      const length = 1 + below(below(100) === 0 ? 70_000 : [20, 70, 300][below(3)]!);
      const literal = Array.from({ length }, () => below(256));
      const least = length <= 60 ? 0 : length <= 256 ? 1 : length <= 65_536 ? 2 : 3;
      const size = least === 0 && below(4) > 0 ? 0 : Math.min(4, Math.max(1, least) + below(3));
      bytes.push((size === 0 ? length - 1 : 59 + size) << 2);
      for (let b = 0; b < size; b++) bytes.push(((length - 1) >> (8 * b)) & 255);
      for (const byte of literal) {
        bytes.push(byte);
        expected.push(byte);
      }
      continue;
    }
    const near = below(2) === 0 ? Math.min(expected.length, 20) : expected.length;
    const limit = kind === 1 ? 2047 : kind === 2 ? 65_535 : 2 ** 31;
    const offset = 1 + below(Math.min(near, limit));
    const length = kind === 1 ? 4 + below(8) : 1 + below(64);
    if (kind === 1) bytes.push(1 | ((length - 4) << 2) | ((offset >> 8) << 5), offset & 255);
    else {
      bytes.push(kind | ((length - 1) << 2));
      for (let b = 0; b < (kind === 2 ? 2 : 4); b++) bytes.push((offset >>> (8 * b)) & 255);
    }
    for (let b = 0; b < length; b++) expected.push(expected[expected.length - offset]!);
  }
  return { bytes, expected };
}

test.each(WAYS.snappy)(`every kind of literal and copy comes out %s, seed ${SEED}`, (_, decompress) => {
  const random = randomNumbers(SEED);
  for (let k = 0; k < 40; k++) {
    const { bytes, expected } = elements(random);
    const source = Uint8Array.from([7, 7, 7, ...bytes]);
    const target = new Uint8Array(expected.length + 12).fill(GUARD);
    expect(decompress(source, 3, source.length, target, 5, expected.length)).toBe(expected.length);
    expect(Buffer.compare(target.subarray(5, 5 + expected.length), Uint8Array.from(expected))).toBe(0);
    // and nothing beside the room was touched
    expect([...target.subarray(0, 5), ...target.subarray(5 + expected.length)]).toEqual(
      Array(12).fill(GUARD),
    );
  }
});

describe.each([
  ["another size", [4, 8, 1, 2, 3], "of 4 bytes stands where 3 are expected"],
  ["a literal beyond the end", [3, 8, 1], "ends too early"],
  ["a literal length beyond the end", [3, 252, 1], "ends too early"],
  ["a literal longer than the block", [3, 12, 1, 2, 3, 4], "is longer than its head says"],
  ["a copy from before the start", [3, 0, 7, 6, 2, 0], "refers to bytes before its start"],
  ["a copy at no distance", [3, 0, 7, 6, 0, 0], "refers to bytes before its start"],
  ["a copy longer than the block", [3, 0, 7, 254, 1, 0], "is longer than its head says"],
  ["half a copy", [3, 0, 7, 6, 1], "ends too early"],
  ["too few bytes", [3, 4, 1, 2], "ends too early"],
  ["no end of the size", [0x83, 0x80, 0x80], "ends too early"],
  ["a size of too many bytes", [0x83, 0x80, 0x80, 0x80, 0x80, 0x80, 0], "has no proper head"],
])("damage is told: %s", (name, bytes, fault) => {
  test("in a small block", () => {
    const source = Uint8Array.from(bytes);
    const decompress = () => decompressSnappy(source, 0, source.length, new Uint8Array(32), 0, 3);
    expect(decompress).toThrow(CompressionError);
    expect(decompress).toThrow(`snappy data ${fault}`);
  });

  // a head is read in one way alone
  if (name.includes("size")) return;

  test("the same, whichever way it is read", () => {
    const source = Uint8Array.from(bytes.slice(1));
    const answers = WAYS.snappy.map(([, decompress]) =>
      decompress(source, 0, source.length, new Uint8Array(9), 0, 3),
    );
    expect(new Set(answers).size).toBe(1);
  });
});

test("a size that so few bytes cannot stand for is no reason to make room for it", () => {
  const claim = Uint8Array.from([...varint(2 ** 31 - 1), 0, 1]);
  expect(() => snappyPlainLength(claim, 0, claim.length)).toThrow(
    "snappy data of 7 bytes cannot stand for 2147483647",
  );
  // the most that three bytes can stand for, 64
  const dense = Uint8Array.from([65, 0, 9, 254, 1, 0]);
  expect(snappyPlainLength(dense, 0, dense.length)).toBe(65);
});

test("a target that is too small is the caller's fault", () => {
  expect(() => decompressSnappy(Uint8Array.of(3, 8, 1, 2, 3), 0, 5, new Uint8Array(3), 1, 3)).toThrow(
    RangeError,
  );
});
