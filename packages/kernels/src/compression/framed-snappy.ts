import { checkRoom } from "./check-room.js";
import { CompressionError, truncated } from "./compression-error.js";
import { compressSnappy, decompressSnappy, snappyPackedMax, snappyPlainLength } from "./snappy.js";

/*
 * The frame that Java's snappy streams put around raw blocks, all numbers most significant byte first:
 *
 *   frame = magic, version: 4 bytes, least version that reads it: 4 bytes, block*
 *   block = length: 4 bytes, raw block
 *
 * Frames may stand one behind the other. Writers in other languages often leave the frame out: then it is one raw block.
 */

const MAGIC: readonly number[] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0];
const HEADER_BYTES = 16;
const VERSION = 1;
const BLOCK_BYTES = 1 << 16;

/**
 * How many bytes `source[start .. end)` stands for, which is either framed as Java's snappy streams do it or one raw block. Throws a
 * `CompressionError` for what is neither, and for numbers that so few bytes cannot stand for.
 */
export function framedSnappyPlainLength(source: Uint8Array, start: number, end: number): number {
  if (!isFrame(source, start, end)) return snappyPlainLength(source, start, end);
  let sum = 0;
  eachBlock(source, start, end, (from, to) => {
    sum += snappyPlainLength(source, from, to);
  });
  return sum;
}

/**
 * Decompresses `source[start .. end)`, framed as Java's snappy streams do it or one raw block, to exactly `size` bytes at `target[at ..]`.
 * Throws a `CompressionError` for data that is neither, or of another size.
 */
export function decompressFramedSnappy(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  size: number,
): void {
  checkRoom(target, at, size);
  if (!isFrame(source, start, end)) {
    decompressSnappy(source, start, end, target, at, size);
    return;
  }
  let done = 0;
  eachBlock(source, start, end, (from, to) => {
    const length = snappyPlainLength(source, from, to);
    if (length > size - done)
      throw new CompressionError("snappy", `is longer than the ${size} bytes expected`);
    decompressSnappy(source, from, to, target, at + done, length);
    done += length;
  });
  if (done !== size) throw truncated("snappy");
}

function isFrame(source: Uint8Array, start: number, end: number): boolean {
  return end - start >= MAGIC.length && MAGIC.every((byte, k) => source[start + k] === byte);
}

function eachBlock(
  source: Uint8Array,
  start: number,
  end: number,
  visit: (from: number, to: number) => void,
): void {
  for (let s = start; s < end; ) {
    if (isFrame(source, s, end)) {
      if (end - s < HEADER_BYTES) throw truncated("snappy");
      s += HEADER_BYTES;
      continue;
    }
    if (end - s < 4) throw truncated("snappy");
    const from = s + 4;
    const length = bigEndianAt(source, s);
    if (length < 0) throw new CompressionError("snappy", "has a block of a negative length");
    if (length > end - from) throw truncated("snappy");
    s = from + length;
    visit(from, s);
  }
}

/** Bytes that `count` plain ones may take in a frame when they cannot be compressed. */
export function framedSnappyPackedMax(count: number): number {
  const blocks = Math.ceil(count / BLOCK_BYTES);
  return HEADER_BYTES + blocks * (4 + snappyPackedMax(0) + 1) + snappyPackedMax(count);
}

/**
 * Compresses `source[start .. end)`, framed as Java's snappy streams do it, to `target[at ..]`, which has `framedSnappyPackedMax` bytes
 * there, and returns where that ends.
 */
export function compressFramedSnappy(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  checkRoom(target, at, framedSnappyPackedMax(end - start));
  target.set(MAGIC, at);
  putBigEndian(target, at + 8, VERSION);
  putBigEndian(target, at + 12, VERSION);
  let d = at + HEADER_BYTES;
  for (let from = start; from < end; from += BLOCK_BYTES) {
    const to = compressSnappy(source, from, Math.min(end, from + BLOCK_BYTES), target, d + 4);
    putBigEndian(target, d, to - d - 4);
    d = to;
  }
  return d;
}

function bigEndianAt(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function putBigEndian(bytes: Uint8Array, at: number, number: number): void {
  for (let k = 0; k < 4; k++) bytes[at + k] = number >>> (24 - 8 * k);
}
