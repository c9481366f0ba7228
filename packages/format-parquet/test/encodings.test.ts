import { describe, expect, test } from "vitest";
import { codecOf } from "../src/direct/codecs.js";
import { DeltaReader } from "../src/direct/delta-reader.js";
import { HybridReader } from "../src/direct/hybrid-reader.js";
import { LevelReader } from "../src/direct/level-reader.js";
import { ParquetFault } from "../src/direct/parquet-fault.js";
import { Random } from "./mutations.js";

// Each encoder here is the plainest one that the format allows; it takes random choices where the format leaves a choice.

const SEED = Number(process.env.SS_SEED ?? 41);
/** Decoders may read some bytes behind the end. */
const padded = (bytes: readonly number[]): Uint8Array =>
  Uint8Array.from([...bytes, ...new Array<number>(16).fill(0xa5)]);

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return [...bytes, value];
}

/** Numbers of some bits each, the first in the lowest bits. */
function packed(values: readonly bigint[], width: number): number[] {
  const bits = values.reduce(
    (all, value, i) => all | (BigInt.asUintN(width, value) << BigInt(i * width)),
    0n,
  );
  return Array.from({ length: Math.ceil((values.length * width) / 8) }, (_, k) =>
    Number((bits >> BigInt(8 * k)) & 255n),
  );
}

test("data of blocks that are damaged or of another size are told", () => {
  const of = (number: number, bytes: readonly number[]) => () =>
    codecOf(number)!.decompress(Uint8Array.from(bytes), 0, bytes.length, new Uint8Array(32), 0, 3);
  for (const bytes of [[4, 8, 1, 2, 3], [3, 8, 1], [3, 0, 7, 6, 2, 0], []]) {
    expect(of(1, bytes)).toThrow(ParquetFault);
    expect(of(1, bytes)).toThrow("snappy data");
  }
  for (const bytes of [[0x50, 1], [0x10, 1, 2, 0], []]) expect(of(7, bytes)).toThrow(ParquetFault);
  for (const bytes of [
    [0x10, 1],
    [0x1f, 1, 1, 0, 200, 0x50, 1, 2, 3, 4, 5],
  ])
    expect(of(7, bytes)).toThrow("LZ4 data has another size");
});

test("data of the codecs of Node that are damaged or of another size are told", () => {
  for (const number of [2, 4]) {
    const { decompress } = codecOf(number)!;
    expect(() => decompress(Uint8Array.of(1, 2, 3), 0, 3, new Uint8Array(9), 0, 4)).toThrow(
      "data is damaged",
    );
  }
  expect(codecOf(3)).toBeUndefined();
});

/** Runs of equal values and packed groups, cut at random. */
function hybrid(values: readonly number[], width: number, random: Random): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < values.length; ) {
    let equal = 1;
    while (i + equal < values.length && values[i + equal] === values[i] && equal < 500) equal++;
    if (equal > 1 && random.below(3) > 0) {
      bytes.push(...varint(equal * 2));
      for (let b = 0; b < Math.ceil(width / 8); b++) bytes.push((values[i]! >>> (8 * b)) & 255);
      i += equal;
      continue;
    }
    const groups = Math.min(1 + random.below(5), Math.ceil((values.length - i) / 8));
    const group = Array.from({ length: groups * 8 }, (_, k) => BigInt((values[i + k] ?? 0) >>> 0));
    bytes.push(...varint(groups * 2 + 1), ...packed(group, width));
    i += groups * 8;
  }
  return bytes;
}

/** A value now and then stands several times in a row. */
function valuesOfWidth(width: number, count: number, random: Random): number[] {
  const values: number[] = [];
  while (values.length < count) {
    const value = width === 0 ? 0 : Math.floor((random.below(2 ** 31) * 2 + random.below(2)) % 2 ** width);
    for (let k = random.below(3) === 0 ? random.below(30) : 0; k >= 0; k--) values.push(value);
  }
  return values.slice(0, count);
}

describe(`runs and packed values, seed ${SEED}`, () => {
  test.each(Array.from({ length: 33 }, (_, width) => width))("of %d bits", (width) => {
    const random = new Random(SEED + width);
    const values = valuesOfWidth(width, 1000, random);
    const bytes = width === 0 ? [] : hybrid(values, width, random);
    const reader = new HybridReader();
    reader.start(padded(bytes), 0, bytes.length, width, 2 ** width);
    const found = new Int32Array(1003);
    for (let at = 0; at < 1000; ) {
      const n = Math.min(1000 - at, 1 + random.below(100));
      reader.read(n, found, 3 + at);
      at += n;
    }
    expect(Array.from(found.subarray(3), (value) => value >>> 0)).toEqual(values);
  });

  test("an index that the dictionary does not have is told, in runs and packed", () => {
    const reader = new HybridReader();
    reader.start(padded([8, 5]), 0, 2, 3, 5);
    expect(() => reader.read(1, new Int32Array(8), 0)).toThrow(
      "the index 5 lies outside the dictionary of 5 values",
    );
    reader.start(padded([3, 0, 0xe0, 0]), 0, 4, 3, 5);
    expect(() => reader.read(8, new Int32Array(8), 0)).toThrow("outside the dictionary");
  });

  test("values that end too early, or are too wide, are told", () => {
    const reader = new HybridReader();
    reader.start(padded([8, 1]), 0, 2, 3, 8);
    expect(() => reader.read(5, new Int32Array(8), 0)).toThrow("end too early");
    reader.start(padded([3]), 0, 1, 3, 8);
    expect(() => reader.read(1, new Int32Array(8), 0)).toThrow("end too early");
    expect(() => reader.start(padded([]), 0, 0, 33, 8)).toThrow("33 bits");
  });
});

describe(`levels, seed ${SEED}`, () => {
  const bitsOf = (bytes: Uint8Array, from: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => (bytes[(from + i) >> 3]! >> ((from + i) & 7)) & 1);

  test("runs and packed levels become bits", () => {
    const random = new Random(SEED);
    const levels = valuesOfWidth(1, 2000, random);
    const bytes = hybrid(levels, 1, random);
    const reader = new LevelReader();
    reader.start(padded(bytes), 0, bytes.length);
    for (let at = 0; at < levels.length; ) {
      const n = Math.min(levels.length - at, 1 + random.below(90));
      const from = random.below(20);
      const bits = new Uint8Array(16).fill(255);
      const wanted = levels.slice(at, at + n);
      expect(reader.read(n, bits, from)).toBe(wanted.filter((level) => level === 1).length);
      expect(bitsOf(bits, 0, from)).toEqual(new Array<number>(from).fill(1));
      expect(bitsOf(bits, from, n)).toEqual(wanted);
      at += n;
    }
  });

  test("levels of old files, from the highest bit to the lowest", () => {
    const reader = new LevelReader();
    reader.startOld(padded([0b10110000, 0b01000000]), 0, 10);
    const bits = new Uint8Array(4);
    expect(reader.read(10, bits, 0)).toBe(4);
    expect(bitsOf(bits, 0, 10)).toEqual([1, 0, 1, 1, 0, 0, 0, 0, 0, 1]);
  });

  test("levels above the highest, or too few, are told", () => {
    const reader = new LevelReader();
    reader.start(padded([8, 2]), 0, 2);
    expect(() => reader.read(1, new Uint8Array(4), 0)).toThrow("level 2");
    reader.start(padded([8, 1]), 0, 2);
    expect(() => reader.read(5, new Uint8Array(4), 0)).toThrow("end too early");
  });
});

describe(`differences, seed ${SEED}`, () => {
  const MINI_BLOCK = 32;
  const MINI_BLOCKS = 4;

  function zigzag(value: bigint): number[] {
    let bits = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
    const bytes: number[] = [];
    for (; bits >= 128n; bits >>= 7n) bytes.push(Number(bits & 127n) | 128);
    return [...bytes, Number(bits)];
  }

  function encode(values: readonly bigint[]): number[] {
    const bytes = [
      ...varint(MINI_BLOCK * MINI_BLOCKS),
      MINI_BLOCKS,
      ...varint(values.length),
      ...zigzag(values[0] ?? 0n),
    ];
    const deltas = values.slice(1).map((value, i) => BigInt.asIntN(64, value - values[i]!));
    for (let i = 0; i < deltas.length; i += MINI_BLOCK * MINI_BLOCKS) {
      const block = deltas.slice(i, i + MINI_BLOCK * MINI_BLOCKS);
      const least = block.reduce((a, b) => (a < b ? a : b));
      const widths: number[] = [];
      const packs: number[] = [];
      for (let m = 0; m < MINI_BLOCKS; m++) {
        const above = block
          .slice(m * MINI_BLOCK, (m + 1) * MINI_BLOCK)
          .map((d) => BigInt.asUintN(64, d - least));
        const width = above.reduce(
          (most, value) => Math.max(most, value.toString(2).length * Number(value > 0n)),
          0,
        );
        widths.push(width);
        if (above.length > 0)
          packs.push(...packed([...above, ...new Array<bigint>(MINI_BLOCK - above.length).fill(0n)], width));
      }
      bytes.push(...zigzag(least), ...widths, ...packs);
    }
    return bytes;
  }

  test.each([1, 5, 20, 31, 32, 33, 40, 50, 63, 64])("numbers of %d bits", (width) => {
    const random = new Random(SEED + width);
    const values = Array.from({ length: 700 }, () => {
      const bits =
        (BigInt(random.below(2 ** 31)) << 33n) ^
        (BigInt(random.below(2 ** 31)) << 12n) ^
        BigInt(random.below(4096));
      return BigInt.asIntN(width, bits);
    });
    const bytes = encode(values);
    const reader = new DeltaReader();
    reader.start(padded(bytes), 0, bytes.length);
    const words = new Int32Array(1400);
    for (let at = 0; at < 700; at += 70) reader.read(70, words, at * 2, 2);
    expect(Array.from(new BigInt64Array(words.buffer))).toEqual(values);
    reader.start(padded(bytes), 0, bytes.length);
    expect(reader.skip()).toBe(bytes.length);
    reader.start(padded(bytes), 0, bytes.length);
    expect(() => reader.read(701, new Int32Array(701), 0, 1)).toThrow("end too early");
  });

  test("an impossible head, width or end is told", () => {
    const reader = new DeltaReader();
    expect(() => reader.start(padded([128, 1, 0, 3, 0]), 0, 5)).toThrow("impossible size");
    expect(() => reader.start(padded([128]), 0, 1)).toThrow("head");
    reader.start(padded([128, 1, 4, 3, 0, 0, 65, 0, 0, 0]), 0, 10);
    expect(() => reader.read(2, new Int32Array(4), 0, 2)).toThrow("65 bits");
    reader.start(padded([128, 1, 4, 3, 0, 0, 64, 0, 0, 0]), 0, 10);
    expect(() => reader.read(2, new Int32Array(4), 0, 2)).toThrow("end too early");
  });
});
