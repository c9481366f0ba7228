import type { ByteCursor } from "../protocol/byte-cursor.js";
import { CREATE_TIME, LOG_APPEND_TIME, NO_TIMESTAMP } from "./record-schema.js";

const CODEC_MASK = 7;
const LOG_APPEND_FLAG = 8;
/** Offset and size of a message stand before what its size counts. */
export const MESSAGE_OVERHEAD = 12;

/**
 * A message of the formats 0 and 1, which brokers before 0.11 wrote: offset int64, size int32, crc int32, magic int8, attributes int8,
 * timestamp int64 (format 1 only), key and value with lengths of 32 bits. Where it is compressed its value is a set of messages.
 */
export class Message {
  offset: number = 0;
  magic = 0;
  codec = 0;
  timestampMs = -1;
  timestampType: number = NO_TIMESTAMP;
  keyAt = 0;
  keyLength = -1;
  valueAt = 0;
  valueLength = -1;

  /** Reads the message at the cursor, which is behind it afterwards. Returns what is wrong with it, or null. */
  read(cursor: ByteCursor): string | null {
    this.offset = cursor.int64();
    const size = cursor.int32();
    const end = cursor.at + size;
    if (size < 14 || end > cursor.end) return "a message goes beyond its end";
    cursor.at += 4;
    this.magic = cursor.int8();
    if (this.magic !== 0 && this.magic !== 1) return `there is no message format ${this.magic}`;
    const attributes = cursor.int8();
    this.codec = attributes & CODEC_MASK;
    this.timestampMs = this.magic === 0 ? -1 : cursor.int64();
    const isAppended = (attributes & LOG_APPEND_FLAG) !== 0;
    this.timestampType = this.magic === 0 ? NO_TIMESTAMP : isAppended ? LOG_APPEND_TIME : CREATE_TIME;
    this.keyLength = cursor.int32();
    this.keyAt = cursor.at;
    cursor.at += Math.max(0, this.keyLength);
    this.valueLength = cursor.int32();
    this.valueAt = cursor.at;
    cursor.at += Math.max(0, this.valueLength);
    if (cursor.at > end) return "a message goes beyond its end";
    cursor.at = end;
    return null;
  }
}

/** The offset of the last message of a set; -1 where there is none. */
export function lastOffsetOf(cursor: ByteCursor, start: number, end: number): number {
  let offset = -1;
  for (let at = start; at + MESSAGE_OVERHEAD <= end; ) {
    cursor.at = at;
    offset = cursor.int64();
    const size = cursor.int32();
    if (size < 0) break;
    at += MESSAGE_OVERHEAD + size;
  }
  return offset;
}
