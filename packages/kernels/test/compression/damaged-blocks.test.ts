import { expect, test } from "vitest";
import {
  CompressionError,
  compressFramedSnappy,
  compressLz4,
  compressLz4Frame,
  compressSnappy,
  decompressFramedSnappy,
  decompressLz4Frame,
  framedSnappyPackedMax,
  framedSnappyPlainLength,
  lz4FramePackedMax,
  lz4FramePlainMax,
  lz4PackedMax,
  snappyPackedMax,
} from "../../src/index.js";
import { randomNumbers, repetitiveBytes } from "./random.js";
import { WAYS } from "./ways.js";

const SEED = Number(process.env.SS_FUZZ_SEED ?? 4711);
const CASES = Number(process.env.SS_FUZZ_CASES ?? 1500);
const GUARD = 0xa5;

/** Changes some bytes, takes some away, or cuts the end off. */
function damaged(sound: Uint8Array, random: () => number): Uint8Array {
  const bytes = sound.slice(0, random() < 0.2 ? Math.floor(random() * sound.length) : sound.length);
  for (let k = Math.floor(random() * 4); k >= 0; k--) {
    const at = Math.floor(random() * bytes.length);
    if (random() < 0.5) bytes[at] = bytes[at]! ^ (1 << Math.floor(random() * 8));
    else bytes[at] = [0, 255, 240, 15, 254][Math.floor(random() * 5)]!;
  }
  return bytes;
}

test.each(["snappy", "lz4"] as const)(
  `damaged %s blocks give the same in every way and touch nothing beside their room, seed ${SEED}`,
  (codec) => {
    const random = randomNumbers(SEED);
    for (let k = 0; k < CASES; k++) {
      const plain = repetitiveBytes(random, 1 + Math.floor(random() * 600));
      const packed = new Uint8Array(snappyPackedMax(plain.length) + lz4PackedMax(plain.length));
      const compress = codec === "snappy" ? compressSnappy : compressLz4;
      const sound = packed.subarray(0, compress(plain, 0, plain.length, packed, 0));
      const bytes = damaged(sound, random);
      const room = Math.floor(plain.length * (0.5 + random()));
      const outcomes = WAYS[codec].map(([, decompress]) => {
        const target = new Uint8Array(room + 40).fill(GUARD);
        const answer = decompress(bytes, 0, bytes.length, target, 20, room);
        expect([...target.subarray(0, 20), ...target.subarray(20 + room)]).toEqual(Array(40).fill(GUARD));
        return answer < 0 ? answer : Buffer.from(target.subarray(20, 20 + answer)).toString("hex");
      });
      expect(new Set(outcomes).size, `case ${k}`).toBe(1);
    }
  },
);

test(`damaged frames are read or refused by name, seed ${SEED}`, () => {
  const random = randomNumbers(SEED + 1);
  for (let k = 0; k < CASES; k++) {
    const plain = repetitiveBytes(random, 1 + Math.floor(random() * 2000));
    const bytes = new Uint8Array(framedSnappyPackedMax(plain.length) + lz4FramePackedMax(plain.length));
    const isLz4 = k % 2 === 0;
    const compress = isLz4 ? compressLz4Frame : compressFramedSnappy;
    const frame = damaged(bytes.subarray(0, compress(plain, 0, plain.length, bytes, 0)), random);
    try {
      if (isLz4) {
        const most = lz4FramePlainMax(frame, 0, frame.length);
        expect(most).toBeLessThanOrEqual(frame.length * 255);
        const count = decompressLz4Frame(frame, 0, frame.length, new Uint8Array(most), 0, {
          ignoresHeaderChecksum: true,
        });
        expect(count).toBeGreaterThanOrEqual(0);
      } else {
        const size = framedSnappyPlainLength(frame, 0, frame.length);
        expect(size).toBeLessThanOrEqual(frame.length * 32);
        decompressFramedSnappy(frame, 0, frame.length, new Uint8Array(size), 0, size);
      }
    } catch (error) {
      if (!(error instanceof CompressionError)) throw error;
    }
  }
});
