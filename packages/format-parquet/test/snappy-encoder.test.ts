import { expect, test } from "vitest";
import { decompressElements, snappyStart } from "../src/direct/snappy.js";
import { decompressSnappy } from "../src/direct/snappy-module.js";
import { compressSnappy } from "../src/write/direct/compress-snappy.js";
import { randomNumbers } from "./random-values.js";

const SEED = 20_262;

function expectBack(bytes: Uint8Array): Uint8Array {
  const block = compressSnappy(bytes);
  const byModule = new Uint8Array(bytes.length + 64);
  decompressSnappy(block, 0, block.length, byModule, 0, bytes.length);
  expect(Buffer.compare(byModule.subarray(0, bytes.length), bytes)).toBe(0);
  const inScript = new Uint8Array(bytes.length + 64);
  const start = snappyStart(block, 0, block.length, bytes.length);
  decompressElements(block, start, block.length, inScript, 0, bytes.length);
  expect(Buffer.compare(inScript.subarray(0, bytes.length), bytes)).toBe(0);
  return block;
}

test.each([0, 1, 3, 15, 16, 17, 60, 61, 256, 257, 65_535, 65_536, 65_537, 200_000])(
  "blocks of %i bytes come back from both decompressors",
  (size) => {
    const random = randomNumbers(SEED + size);
    expectBack(Uint8Array.from({ length: size }, () => random() * 256));
    expectBack(new Uint8Array(size).fill(7));
    expectBack(Uint8Array.from({ length: size }, (_, i) => (i * 7) % 11));
    expectBack(Uint8Array.from({ length: size }, () => random() * 2));
  },
);

test(`copies of every length and distance come back, seed ${SEED}`, () => {
  const random = randomNumbers(SEED);
  for (let round = 0; round < 300; round++) {
    const bytes = new Uint8Array(1 + Math.floor(random() * 70_000 * random()));
    for (let at = 0; at < bytes.length; ) {
      const length = 1 + Math.floor(random() * 150 * random());
      const distance = 1 + Math.floor(random() * at);
      if (at === 0 || random() < 0.4) for (let k = 0; k < length; k++) bytes[at + k] = random() * 256;
      else
        for (let k = 0; k < length && at + k < bytes.length; k++) bytes[at + k] = bytes[at + k - distance]!;
      at += length;
    }
    expectBack(bytes);
  }
});

test("what repeats takes little room, and what does not hardly more than before", () => {
  expect(expectBack(new Uint8Array(1_000_000)).length).toBeLessThan(50_000);
  const random = randomNumbers(SEED);
  const noise = Uint8Array.from({ length: 1_000_000 }, () => random() * 256);
  expect(expectBack(noise).length).toBeLessThan(1_001_000);
});
