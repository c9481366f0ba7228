import { kernels } from "../wasm/kernel-module.js";
import { lengthOrFault, TOO_LONG } from "./block-faults.js";
import { checkRoom } from "./check-room.js";
import { CompressionError, truncated } from "./compression-error.js";
import { RepeatFinder } from "./repeat-finder.js";
import { decompressSnappyElements } from "./snappy-elements.js";
import { SnappyWriter } from "./snappy-writer.js";
import { compressStaged, decompressStaged } from "./staged-block.js";

/** No element stands for more than as many times its bytes; 64 of 3 bytes are the most. */
const RATIO_MAX = 32;
/** Pieces of a block are compressed apart, so that its distances fit into 16 bits. */
const FRAGMENT_BYTES = 1 << 16;
const TABLE_BYTES = 1 << 15;
/** A call of the module costs more than a few bytes do in TypeScript. */
const SMALL_BYTES = 128;

/**
 * How many bytes a raw snappy block, `source[start .. end)`, stands for. Throws a `CompressionError` for a block that has no proper
 * head, and for a number that so few bytes cannot stand for, so that a damaged one is never allocated.
 */
export function snappyPlainLength(source: Uint8Array, start: number, end: number): number {
  const head = headBytes(source, start, end);
  const length = headLength(source, start, head);
  if (length > (end - start - head) * RATIO_MAX)
    throw new CompressionError("snappy", `of ${end - start} bytes cannot stand for ${length}`);
  return length;
}

/**
 * Decompresses a raw snappy block, `source[start .. end)`, to exactly `size` bytes at `target[at ..]`, and touches no others.
 * Throws a `CompressionError` for data that is no block of that size; what the target holds then is undefined.
 */
export function decompressSnappy(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  size: number,
): void {
  checkRoom(target, at, size);
  const head = headBytes(source, start, end);
  const length = headLength(source, start, head);
  if (length !== size)
    throw new CompressionError("snappy", `of ${length} bytes stands where ${size} are expected`);
  const elements = start + head;
  const answer = lengthOrFault("snappy", decompressElements(source, elements, end, target, at, size));
  if (answer === TOO_LONG) throw new CompressionError("snappy", "is longer than its head says");
  if (answer !== size) throw truncated("snappy");
}

function decompressElements(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  size: number,
): number {
  // what was not compressible is mostly literals, which are copied here and there alike, but here only once
  const isPlain = (end - start >= size && target.buffer instanceof ArrayBuffer) || size < SMALL_BYTES;
  const { snappyDecompress } = kernels().exports;
  const answer = isPlain
    ? undefined
    : decompressStaged(snappyDecompress, source, start, end, target, at, size);
  return answer ?? decompressSnappyElements(source, start, end, target, at, size);
}

/** Bytes that a snappy block of `count` plain ones may take when they cannot be compressed. */
export function snappyPackedMax(count: number): number {
  return count + Math.ceil(count / 6) + 32;
}

/**
 * Compresses `source[start .. end)` to a raw snappy block at `target[at ..]`, which has `snappyPackedMax` bytes there, and returns
 * where it ends.
 */
export function compressSnappy(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  checkRoom(target, at, snappyPackedMax(end - start));
  const body = putLength(end - start, target, at);
  let packed = body;
  for (let from = start; from < end; from += FRAGMENT_BYTES) {
    packed = compressFragment(source, from, Math.min(end, from + FRAGMENT_BYTES), target, packed);
  }
  return packed;
}

function compressFragment(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  const packedMax = snappyPackedMax(end - start);
  const { snappyCompress } = kernels().exports;
  const packed = compressStaged(snappyCompress, TABLE_BYTES, packedMax, source, start, end, target, at);
  if (packed !== undefined) return packed;
  const writer = new SnappyWriter(source, target, at);
  new RepeatFinder().find(source, start, end, writer);
  return writer.at;
}

function putLength(length: number, target: Uint8Array, at: number): number {
  let place = at;
  let rest = length;
  for (; rest > 127; rest >>>= 7) target[place++] = (rest & 127) | 128;
  target[place++] = rest;
  return place;
}

/** How many bytes the number at the head of a block takes: up to 5, of 7 bits each. */
function headBytes(source: Uint8Array, start: number, end: number): number {
  for (let k = 0; k < 5 && start + k < end; k++) if (source[start + k]! < 128) return k + 1;
  throw new CompressionError("snappy", end - start < 5 ? "ends too early" : "has no proper head");
}

function headLength(source: Uint8Array, start: number, head: number): number {
  let length = 0;
  for (let k = 0; k < head; k++) length += (source[start + k]! & 127) * 2 ** (7 * k);
  return length;
}
