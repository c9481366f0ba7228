import { expect, test } from "vitest";
import { crc32c } from "../../src/index.js";
import { KernelArrays } from "../../src/wasm/kernel-arrays.js";
import { randomNumbers } from "./random.js";
import { withoutMemory } from "./ways.js";

const SEED = Number(process.env.SS_SEED ?? 3720);

/** Bit by bit, as the polynomial says. */
function byBits(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0x82f63b78;
  }
  return ~crc >>> 0;
}

test("gives the values of RFC 3720", () => {
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => 31 - i))).toBe(0x113fdb5c);
  expect(crc32c(new Uint8Array(0))).toBe(0);
});

test(`gives the same from any place on, to any place, seed ${SEED}`, () => {
  const random = randomNumbers(SEED);
  const arrays = new KernelArrays();
  const plain = Uint8Array.from({ length: 41_000 }, () => random() * 256);
  const inMemory = arrays.bytes(plain.length);
  inMemory.set(plain);
  for (let k = 0; k < 240; k++) {
    const start = Math.floor(random() * 40);
    const end = start + Math.floor(random() * (k < 200 ? 400 : 40_000));
    const expected = byBits(plain.subarray(start, end));
    expect(crc32c(plain, start, end)).toBe(expected);
    expect(crc32c(inMemory, start, end)).toBe(expected);
    expect(crc32c(plain.subarray(start), 0, end - start)).toBe(expected);
    expect(withoutMemory(() => crc32c(plain, start, end))).toBe(expected);
  }
  arrays.release();
});

test("a part that is none is refused", () => {
  expect(() => crc32c(new Uint8Array(4), 2, 5)).toThrow(RangeError);
  expect(() => crc32c(new Uint8Array(4), 3, 2)).toThrow(RangeError);
});
