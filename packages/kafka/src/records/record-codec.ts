import { gunzipSync, gzipSync } from "node:zlib";
import {
  compressFramedSnappy,
  compressLz4Frame,
  decompressFramedSnappy,
  decompressLz4Frame,
  framedSnappyPackedMax,
  framedSnappyPlainLength,
  lz4FramePackedMax,
  lz4FramePlainMax,
} from "@ss/kernels";
import { compressZstd, decompressZstd } from "./zstd.js";

/** What compressed records may become at most: more than any broker takes, and a bound for what damaged sizes may allocate. */
export const PLAIN_BYTES_MAX: number = 256 << 20;

/** Numbers of codecs in the attributes of batches. */
export const CODECS = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const;

/** What the last call gave lies here where the codec writes to a given place. */
let room = new Uint8Array(0);

/**
 * The plain bytes of `source[start .. end)`, valid until the next call. Throws an Error that says what is wrong with them. `isOld`: they come
 * from messages of the formats before 2, some of whose LZ4 frames have a wrong checksum in their head.
 */
export function decompressRecords(
  codec: number,
  source: Uint8Array,
  start: number,
  end: number,
  isOld: boolean,
): Uint8Array {
  switch (codec) {
    case CODECS.gzip:
      return gunzipSync(source.subarray(start, end), { maxOutputLength: PLAIN_BYTES_MAX });
    case CODECS.snappy: {
      const size = framedSnappyPlainLength(source, start, end);
      decompressFramedSnappy(source, start, end, roomFor(size), 0, size);
      return room.subarray(0, size);
    }
    case CODECS.lz4: {
      const target = roomFor(lz4FramePlainMax(source, start, end));
      const length = decompressLz4Frame(source, start, end, target, 0, { ignoresHeaderChecksum: isOld });
      return target.subarray(0, length);
    }
    case CODECS.zstd:
      return decompressZstd(source.subarray(start, end), PLAIN_BYTES_MAX);
    default:
      throw new Error(`they are compressed by the unknown codec ${codec}`);
  }
}

/** Compresses records; valid until the next call. */
export function compressRecords(codec: number, plain: Uint8Array): Uint8Array {
  const { length } = plain;
  switch (codec) {
    case CODECS.gzip:
      return gzipSync(plain);
    case CODECS.snappy: {
      const target = roomFor(framedSnappyPackedMax(length));
      return target.subarray(0, compressFramedSnappy(plain, 0, length, target, 0));
    }
    case CODECS.lz4: {
      const target = roomFor(lz4FramePackedMax(length));
      return target.subarray(0, compressLz4Frame(plain, 0, length, target, 0));
    }
    case CODECS.zstd:
      return compressZstd(plain);
    default:
      throw new RangeError(`There is no codec ${codec}.`);
  }
}

function roomFor(size: number): Uint8Array {
  if (size > PLAIN_BYTES_MAX) throw new Error(`they may hold ${size} bytes, more than ${PLAIN_BYTES_MAX}`);
  if (size > room.length) room = new Uint8Array(Math.max(size, 1 << 16));
  return room;
}
