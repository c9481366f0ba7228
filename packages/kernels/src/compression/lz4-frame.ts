import { lengthOrFault, TOO_LONG } from "./block-faults.js";
import { checkRoom } from "./check-room.js";
import { CompressionError, truncated } from "./compression-error.js";
import { putUint32, uint32At } from "./little-endian.js";
import { compressLz4, decompressLz4Within, lz4PackedMax, lz4PlainMax } from "./lz4.js";
import { LZ4_FRAME_MAGIC, type Lz4FrameHeader, readLz4FrameHeader } from "./lz4-frame-header.js";
import { decompressLz4Sequences } from "./lz4-sequences.js";
import { xxh32 } from "./xxh32.js";

const UNCOMPRESSED = 0x80000000;
/** Independent blocks of up to 64 KB, no checksums but the header's: as Kafka's clients write. */
const FLAGS = 0x60;
const BLOCK_SIZES = 0x40;
const BLOCK_BYTES = 1 << 16;
const HEADER_BYTES = 7;

/** How a frame is read. */
export interface Lz4FrameOptions {
  /** Kafka's message formats before version 2 were written with a wrong checksum of the frame's header. */
  readonly ignoresHeaderChecksum?: boolean;
}

/**
 * A number of bytes that the LZ4 frames in `source[start .. end)` never stand for more than, for whoever makes the room for them: the
 * exact one where the frame says it. Damaged sizes give no more than the bytes themselves could stand for.
 */
export function lz4FramePlainMax(source: Uint8Array, start: number, end: number): number {
  let sum = 0;
  for (let s = start; s < end; ) {
    const header = readLz4FrameHeader(source, s, end, false);
    let size = 0;
    s = header.blocks;
    for (
      let block = blockAt(source, s, end, header);
      block.size > 0;
      block = blockAt(source, s, end, header)
    ) {
      size += block.isPlain ? block.size : Math.min(header.blockBytesMax, lz4PlainMax(block.size));
      s = block.next;
    }
    s += trailerBytes(header);
    sum += header.contentSize < 0 ? size : Math.min(size, header.contentSize);
  }
  return sum;
}

/**
 * Decompresses the LZ4 frames in `source[start .. end)`, one or more, to `target[at ..]`, and returns the number of bytes; -1 where the
 * target has no room for them. Checks the checksums that are there. Throws a `CompressionError` for data that is no frame.
 */
export function decompressLz4Frame(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  options: Lz4FrameOptions = {},
): number {
  checkRoom(target, at, 0);
  if (start === end) throw truncated("lz4");
  let d = at;
  for (let s = start; s < end; ) {
    const header = readLz4FrameHeader(source, s, end, options.ignoresHeaderChecksum !== true);
    const first = d;
    s = header.blocks;
    for (
      let block = blockAt(source, s, end, header);
      block.size > 0;
      block = blockAt(source, s, end, header)
    ) {
      checkBlock(source, block, header);
      const count = plainBlock(source, block, target, d, first, header);
      if (count < 0) return -1;
      d += count;
      s = block.next;
    }
    s += trailerBytes(header);
    if (s > end) throw truncated("lz4");
    if (header.contentSize >= 0 && header.contentSize !== d - first)
      throw new CompressionError(
        "lz4",
        `of ${d - first} bytes stands where ${header.contentSize} are expected`,
      );
    if (header.hasContentChecksum && uint32At(source, s - 4) !== xxh32(target, first, d))
      throw wrongChecksum();
  }
  return d - at;
}

interface Block {
  readonly start: number;
  /** 0 for the end of the frame. */
  readonly size: number;
  readonly isPlain: boolean;
  readonly next: number;
}

function blockAt(source: Uint8Array, at: number, end: number, header: Lz4FrameHeader): Block {
  if (end - at < 4) throw truncated("lz4");
  const head = uint32At(source, at);
  const size = head % UNCOMPRESSED;
  const start = at + 4;
  const next = start + size + (header.hasBlockChecksums ? 4 : 0);
  // an end mark has no checksum
  if (size > 0 && next > end) throw truncated("lz4");
  if (size === 0 && head !== 0) throw new CompressionError("lz4", "has a block of no bytes");
  return { start, size, isPlain: head >= UNCOMPRESSED, next };
}

/** The end mark and what follows it. */
function trailerBytes({ hasContentChecksum }: Lz4FrameHeader): number {
  return hasContentChecksum ? 8 : 4;
}

function checkBlock(source: Uint8Array, { start, size }: Block, header: Lz4FrameHeader): void {
  if (!header.hasBlockChecksums) return;
  if (uint32At(source, start + size) !== xxh32(source, start, start + size)) throw wrongChecksum();
}

/** Writes what a block stands for to `target[at ..]` and returns the number of bytes; -1 where there is no room. */
function plainBlock(
  source: Uint8Array,
  { start, size, isPlain }: Block,
  target: Uint8Array,
  at: number,
  first: number,
  { blockBytesMax, isLinked }: Lz4FrameHeader,
): number {
  const room = target.length - at;
  if (isPlain) {
    if (size > blockBytesMax) throw tooLong();
    if (size > room) return -1;
    target.set(source.subarray(start, start + size), at);
    return size;
  }
  const most = Math.min(room, blockBytesMax);
  const count = isLinked
    ? lengthOrFault("lz4", decompressLz4Sequences(source, start, start + size, target, at, most, first))
    : decompressLz4Within(source, start, start + size, target, at, most);
  if (count !== TOO_LONG) return count;
  if (room >= blockBytesMax) throw tooLong();
  return -1;
}

/** Bytes that a frame of `count` plain ones may take when they cannot be compressed. */
export function lz4FramePackedMax(count: number): number {
  return (
    HEADER_BYTES + 4 + count + 4 * Math.ceil(count / BLOCK_BYTES) + lz4PackedMax(BLOCK_BYTES) - BLOCK_BYTES
  );
}

/**
 * Compresses `source[start .. end)` to an LZ4 frame of independent blocks of 64 KB at `target[at ..]`, which has `lz4FramePackedMax` bytes
 * there, and returns where it ends.
 */
export function compressLz4Frame(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  checkRoom(target, at, lz4FramePackedMax(end - start));
  putUint32(target, at, LZ4_FRAME_MAGIC);
  target[at + 4] = FLAGS;
  target[at + 5] = BLOCK_SIZES;
  target[at + 6] = xxh32(target, at + 4, at + 6) >>> 8;
  let d = at + HEADER_BYTES;
  for (let from = start; from < end; from += BLOCK_BYTES) {
    const to = Math.min(end, from + BLOCK_BYTES);
    const packed = compressLz4(source, from, to, target, d + 4) - d - 4;
    if (packed < to - from) putUint32(target, d, packed);
    else {
      putUint32(target, d, UNCOMPRESSED + to - from);
      target.set(source.subarray(from, to), d + 4);
    }
    d += 4 + Math.min(packed, to - from);
  }
  putUint32(target, d, 0);
  return d + 4;
}

function wrongChecksum(): CompressionError {
  return new CompressionError("lz4", "has a checksum that is wrong");
}

function tooLong(): CompressionError {
  return new CompressionError("lz4", "has a block that is larger than its frame allows");
}
