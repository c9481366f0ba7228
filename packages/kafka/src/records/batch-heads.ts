import { ByteCursor } from "../protocol/byte-cursor.js";
import type { FetchedRecords } from "./fetched-range.js";
import { CODECS } from "./record-codec.js";

const LENGTH_AT = 8;
const LOG_OVERHEAD = 12;
const MAGIC_AT = 16;
const CODEC_AT = 22;
const LAST_OFFSET_DELTA_AT = 23;
const HEAD_BYTES = 27;

/** What the heads of fetched batches tell, before any record is decoded. */
export interface BatchHeads {
  /** Behind the last record of the last whole batch; -1 where there is none. */
  readonly next: number;
  readonly usesZstd: boolean;
}

/** Goes over the heads of batches. */
export function readBatchHeads({ bytes, start, end }: FetchedRecords): BatchHeads {
  const cursor = new ByteCursor();
  let next = -1;
  let usesZstd = false;
  for (let at = start; at + HEAD_BYTES <= end; ) {
    cursor.place(bytes, at, end);
    const baseOffset = cursor.int64();
    cursor.at = at + LENGTH_AT;
    const length = cursor.int32();
    const batchEnd = at + LOG_OVERHEAD + length;
    if (length < 0 || batchEnd > end) break;
    const isBatch = bytes[at + MAGIC_AT] === 2;
    cursor.at = at + LAST_OFFSET_DELTA_AT;
    next = baseOffset + (isBatch ? cursor.int32() : 0) + 1;
    if (isBatch && (bytes[at + CODEC_AT]! & 7) === CODECS.zstd) usesZstd = true;
    at = batchEnd;
  }
  return { next, usesZstd };
}
