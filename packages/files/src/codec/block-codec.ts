import {
  CompressionError,
  compressLz4,
  compressSnappy,
  decompressLz4,
  decompressSnappy,
  lz4PackedMax,
  snappyPackedMax,
  snappyPlainLength,
} from "@ss/kernels";

/** Hadoop's readers have a buffer of as much for a block. */
const BUFFER_BYTES = 1 << 18;

/** A codec for blocks that lie in memory as a whole. */
export interface BlockCodec {
  readonly name: string;
  /** Plain bytes that Hadoop's writer puts into one block at most. */
  readonly plainBytesMax: number;
  /** How many times longer than the packed bytes the plain ones can be at most. */
  readonly ratioMax: number;
  /** Bytes that `count` plain ones may take when they cannot be compressed. */
  packedBytesMax(count: number): number;
  /** Compresses `source[0 .. end)` to the beginning of `target` and returns the length. */
  compress(source: Uint8Array, end: number, target: Uint8Array): number;
  /**
   * Decompresses `source[start .. end)` to the beginning of `target` and returns the length; -1 where the target has no room for
   * it. Throws for data that is no block.
   */
  decompress(source: Uint8Array, start: number, end: number, target: Uint8Array): number;
}

/** LZ4's block format. */
export const lz4Block: BlockCodec = {
  name: "lz4",
  plainBytesMax: BUFFER_BYTES - (Math.floor(BUFFER_BYTES / 255) + 16),
  ratioMax: 255,
  packedBytesMax: lz4PackedMax,
  compress: (source, end, target) => compressLz4(source, 0, end, target, 0),
  decompress: (source, start, end, target) => inSentences(() => decompressLz4(source, start, end, target, 0)),
};

/** Snappy's block format. */
export const snappyBlock: BlockCodec = {
  name: "snappy",
  plainBytesMax: BUFFER_BYTES - (Math.floor(BUFFER_BYTES / 6) + 32),
  ratioMax: 32,
  packedBytesMax: snappyPackedMax,
  compress: (source, end, target) => compressSnappy(source, 0, end, target, 0),
  decompress: (source, start, end, target) =>
    inSentences(() => {
      const size = snappyPlainLength(source, start, end);
      if (size > target.length) return -1;
      decompressSnappy(source, start, end, target, 0, size);
      return size;
    }),
};

function inSentences(decompress: () => number): number {
  try {
    return decompress();
  } catch (cause) {
    if (!(cause instanceof CompressionError)) throw cause;
    throw new Error(`The ${cause.message}.`, { cause });
  }
}
