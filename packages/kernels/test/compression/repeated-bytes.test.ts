import { describe, expect, test } from "vitest";
import {
  compressLz4,
  compressSnappy,
  decompressLz4,
  decompressSnappy,
  lz4PackedMax,
  snappyPackedMax,
  snappyPlainLength,
} from "../../src/index.js";
import { KernelArrays } from "../../src/wasm/kernel-arrays.js";
import { randomNumbers, repetitiveBytes } from "./random.js";
import { withoutMemory } from "./ways.js";

const SEED = Number(process.env.SS_SEED ?? 20_262);

/** Compresses at odd places of larger arrays. */
function snappyOf(bytes: Uint8Array): Uint8Array {
  const target = new Uint8Array(snappyPackedMax(bytes.length) + 3);
  return target.subarray(3, compressSnappy(bytes, 0, bytes.length, target, 3));
}

function lz4Of(bytes: Uint8Array): Uint8Array {
  const target = new Uint8Array(lz4PackedMax(bytes.length) + 3);
  return target.subarray(3, compressLz4(bytes, 0, bytes.length, target, 3));
}

function fromSnappy(block: Uint8Array): Uint8Array {
  const size = snappyPlainLength(block, 0, block.length);
  const target = new Uint8Array(size + 1);
  decompressSnappy(block, 0, block.length, target, 1, size);
  return target.subarray(1);
}

function fromLz4(block: Uint8Array, size: number): Uint8Array {
  const target = new Uint8Array(size + 1);
  return target.subarray(1, 1 + decompressLz4(block, 0, block.length, target, 1));
}

/** Through the module and through TypeScript, both ways of writing by both ways of reading. */
function expectBack(bytes: Uint8Array): void {
  for (const block of [snappyOf(bytes), withoutMemory(() => snappyOf(bytes))]) {
    expect(Buffer.compare(fromSnappy(block), bytes)).toBe(0);
    expect(
      Buffer.compare(
        withoutMemory(() => fromSnappy(block)),
        bytes,
      ),
    ).toBe(0);
  }
  for (const block of [lz4Of(bytes), withoutMemory(() => lz4Of(bytes))]) {
    expect(Buffer.compare(fromLz4(block, bytes.length), bytes)).toBe(0);
    expect(
      Buffer.compare(
        withoutMemory(() => fromLz4(block, bytes.length)),
        bytes,
      ),
    ).toBe(0);
  }
}

const SIZES = [0, 1, 3, 12, 13, 15, 16, 17, 60, 61, 256, 257, 65_535, 65_536, 65_537, 200_000];

test.each(SIZES)("blocks of %i bytes come back", (size) => {
  const random = randomNumbers(SEED + size);
  expectBack(Uint8Array.from({ length: size }, () => random() * 256));
  expectBack(new Uint8Array(size).fill(7));
  expectBack(Uint8Array.from({ length: size }, (_, i) => (i * 7) % 11));
  expectBack(Uint8Array.from({ length: size }, () => random() * 2));
});

test(`copies of every length and distance come back, seed ${SEED}`, () => {
  const random = randomNumbers(SEED);
  for (let round = 0; round < 100; round++)
    expectBack(repetitiveBytes(random, 1 + Math.floor(random() * 70_000 * random())));
});

describe("arrays in the kernels' memory", () => {
  test("are read and written in place, and nothing beside the room is touched", () => {
    const random = randomNumbers(SEED);
    const plain = repetitiveBytes(random, 30_000);
    const arrays = new KernelArrays();
    const source = arrays.bytes(plain.length);
    source.set(plain);
    const packed = arrays.bytes(snappyPackedMax(plain.length));
    const end = compressSnappy(source, 0, plain.length, packed, 0);
    const target = arrays.bytes(plain.length + 20).fill(0xa5);
    decompressSnappy(packed, 0, end, target, 10, plain.length);
    expect(Buffer.compare(target.subarray(10, 10 + plain.length), plain)).toBe(0);
    expect([...target.subarray(0, 10), ...target.subarray(10 + plain.length)]).toEqual(Array(20).fill(0xa5));
    const lz4 = arrays.bytes(lz4PackedMax(plain.length));
    const lz4End = compressLz4(source, 0, plain.length, lz4, 0);
    expect(decompressLz4(lz4, 0, lz4End, target.fill(0xa5).subarray(0, 10 + plain.length), 10)).toBe(
      plain.length,
    );
    expect(Buffer.compare(target.subarray(10, 10 + plain.length), plain)).toBe(0);
    expect([...target.subarray(0, 10), ...target.subarray(10 + plain.length)]).toEqual(Array(20).fill(0xa5));
    arrays.release();
  });
});

test("what repeats takes little room, and what does not hardly more than before", () => {
  expect(snappyOf(new Uint8Array(1_000_000)).length).toBeLessThan(50_000);
  expect(lz4Of(new Uint8Array(1_000_000)).length).toBeLessThan(5000);
  const random = randomNumbers(SEED);
  const noise = Uint8Array.from({ length: 1_000_000 }, () => random() * 256);
  expect(snappyOf(noise).length).toBeLessThan(1_001_000);
  expect(lz4Of(noise).length).toBeLessThan(1_005_000);
});
