import { CompressionError, truncated } from "./compression-error.js";
import { uint32At } from "./little-endian.js";
import { xxh32 } from "./xxh32.js";

/*
 * An LZ4 frame, all numbers least significant byte first:
 *
 *   frame  = magic, flags, block sizes, [content size: 8 bytes], [dictionary: 4 bytes], header checksum, block*, 0, [content checksum]
 *   block  = size and, as its highest bit, whether it is as it was, bytes, [block checksum]
 *
 * The header's checksum is one byte, everything else's are four.
 */

/** The number that a frame begins with. */
export const LZ4_FRAME_MAGIC = 0x184d2204;

const VERSION = 1;
const HEADER_BYTES_MIN = 7;
/** Blocks of 64 KB, 256 KB, 1 MB and 4 MB are the numbers 4 to 7. */
const SMALLEST_BLOCKS = 4;

/** What the head of a frame says. */
export interface Lz4FrameHeader {
  /** Where the first block begins. */
  readonly blocks: number;
  readonly blockBytesMax: number;
  /** Blocks may repeat what stands in those before them. */
  readonly isLinked: boolean;
  readonly hasBlockChecksums: boolean;
  readonly hasContentChecksum: boolean;
  /** The number of plain bytes; -1 where it is not said. */
  readonly contentSize: number;
}

/** Reads the head of a frame. `checksHeader` is false for writers that made the checksum in another way. */
export function readLz4FrameHeader(
  source: Uint8Array,
  start: number,
  end: number,
  checksHeader: boolean,
): Lz4FrameHeader {
  if (end - start < HEADER_BYTES_MIN) throw truncated("lz4");
  if (uint32At(source, start) !== LZ4_FRAME_MAGIC) throw damaged("does not begin as a frame");
  const flags = source[start + 4]!;
  const sizes = source[start + 5]!;
  const blockSize = sizes >> 4;
  if (flags >> 6 !== VERSION || (flags & 2) !== 0 || (sizes & 143) !== 0 || blockSize < SMALLEST_BLOCKS)
    throw damaged("has an unknown kind of frame");
  if ((flags & 1) !== 0) throw damaged("needs a dictionary");
  const hasContentSize = (flags & 8) !== 0;
  const checksum = start + 6 + (hasContentSize ? 8 : 0);
  if (checksum >= end) throw truncated("lz4");
  if (checksHeader && source[checksum] !== ((xxh32(source, start + 4, checksum) >>> 8) & 255))
    throw damaged("has a frame header whose checksum is wrong");
  return {
    blocks: checksum + 1,
    blockBytesMax: 1 << (8 + 2 * blockSize),
    isLinked: (flags & 32) === 0,
    hasBlockChecksums: (flags & 16) !== 0,
    hasContentChecksum: (flags & 4) !== 0,
    contentSize: hasContentSize ? uint32At(source, start + 6) + uint32At(source, start + 10) * 2 ** 32 : -1,
  };
}

function damaged(fault: string): CompressionError {
  return new CompressionError("lz4", fault);
}
