import { kernels } from "../wasm/kernel-module.js";
import { lengthOrFault } from "./block-faults.js";
import { checkRoom } from "./check-room.js";
import { decompressLz4Sequences } from "./lz4-sequences.js";
import { Lz4Writer } from "./lz4-writer.js";
import { RepeatFinder } from "./repeat-finder.js";
import { compressStaged, decompressStaged } from "./staged-block.js";

/** A byte of a length stands for as many bytes at most. */
const RATIO_MAX = 255;
const TABLE_BYTES = 1 << 16;
/** A call of the module costs more than a few bytes do in TypeScript. */
const SMALL_BYTES = 128;

/** The most plain bytes that an LZ4 block of `count` bytes can stand for: beyond them no damaged size is worth an allocation. */
export function lz4PlainMax(count: number): number {
  return count * RATIO_MAX;
}

/**
 * Decompresses a raw LZ4 block, `source[start .. end)`, to `target[at ..]`, and returns the number of bytes; -1 where the target has
 * no room for them. Touches no bytes of the target but those from `at` on. Throws a `CompressionError` for data that is no block.
 */
export function decompressLz4(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  // with a target that is larger than what the block can stand for, no more than that is looked at
  const room = Math.min(target.length - at, lz4PlainMax(end - start));
  checkRoom(target, at, room);
  return Math.max(-1, decompressLz4Within(source, start, end, target, at, room));
}

/** As `decompressLz4`, for at most `room` bytes; a negative number for data that are longer. */
export function decompressLz4Within(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  room: number,
): number {
  const { lz4Decompress } = kernels().exports;
  const answer =
    end - start < SMALL_BYTES
      ? undefined
      : decompressStaged(lz4Decompress, source, start, end, target, at, room);
  return lengthOrFault("lz4", answer ?? decompressLz4Sequences(source, start, end, target, at, room));
}

/** Bytes that an LZ4 block of `count` plain ones may take when they cannot be compressed. */
export function lz4PackedMax(count: number): number {
  return count + Math.ceil(count / RATIO_MAX) + 16;
}

/**
 * Compresses `source[start .. end)` to a raw LZ4 block at `target[at ..]`, which has `lz4PackedMax` bytes there, and returns where it
 * ends.
 */
export function compressLz4(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  const packedMax = lz4PackedMax(end - start);
  checkRoom(target, at, packedMax);
  const kernel = kernels().exports.lz4Compress;
  const packed = compressStaged(kernel, TABLE_BYTES, packedMax, source, start, end, target, at);
  if (packed !== undefined) return packed;
  const writer = new Lz4Writer(source, target, at);
  new RepeatFinder().find(source, start, end, writer);
  return writer.at;
}
