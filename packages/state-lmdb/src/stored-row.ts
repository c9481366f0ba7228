import { createHash } from "node:crypto";
import type { RowReader } from "./row-reader.js";
import { RowWriter } from "./row-writer.js";

/** Keys up to this length stand in the table as they are; of longer ones a digest does. */
const DIRECT_BYTES = 480;
const DIRECT = 0;
const DIGEST = 1;

// flags of a row
const TIMED = 1;

/** What stands before the values of a row. */
export interface RowHead {
  /** Counts commits: when the row was put for the last time. */
  readonly epoch: number;
  /** Its number among the puts of that epoch. */
  readonly put: number;
  /** The value of the column that orders the family; null where that is null, or where there is none. */
  readonly time: bigint | null;
  /** In which place the key was first put, and how many bytes of it are its prefix; only in families with a prefix. */
  readonly first: number;
  readonly prefixBytes: number;
}

/** How a family's rows stand in its table: which parts of the head there are. */
export interface RowForm {
  readonly ordered: boolean;
  readonly prefixed: boolean;
}

/** A row as it stands in the table. */
export interface StoredRow extends RowHead {
  /** The bytes of the key. */
  readonly key: Buffer;
  readonly bytes: Buffer;
  /** Where the values begin. */
  readonly valuesAt: number;
}

/** The name under which a key stands in the table: of bounded length, and in memory of its own. */
export function idOf(key: Buffer): Buffer {
  return shortened(key);
}

/** Where the rows with a prefix begin in the index of prefixes. */
export function prefixIdOf(key: Buffer, prefixBytes: number): Buffer {
  return shortened(key.subarray(0, prefixBytes));
}

function shortened(key: Buffer): Buffer {
  if (key.length > DIRECT_BYTES) {
    return Buffer.concat([Buffer.of(DIGEST), createHash("sha256").update(key).digest()]);
  }
  const id = Buffer.allocUnsafe(key.length + 1);
  id[0] = DIRECT;
  key.copy(id, 1);
  return id;
}

/** The key of the index of times: times in their order, then ids. */
export function timeKey(time: bigint, id: Buffer): Buffer {
  const key = Buffer.allocUnsafe(8 + id.length);
  key.writeBigUInt64BE(BigInt.asUintN(64, time) ^ (1n << 63n), 0);
  id.copy(key, 8);
  return key;
}

/** The time in a key of the index of times. */
export function timeOf(key: Buffer): bigint {
  return BigInt.asIntN(64, key.readBigUInt64BE(0) ^ (1n << 63n));
}

/** The key of the index of prefixes: rows in the order in which they were first put. */
export function firstKey(prefixId: Buffer, first: number): Buffer {
  const key = Buffer.allocUnsafe(prefixId.length + 6);
  prefixId.copy(key);
  key.writeUIntBE(first, prefixId.length, 6);
  return key;
}

const writer = new RowWriter(false);

/** Makes the bytes of a row; `values` are its cells. Valid until the next call. */
export function encodeRow(form: RowForm, head: RowHead, id: Buffer, key: Buffer, values: Buffer): Buffer {
  writer.clear();
  writer.uint8(head.time === null ? 0 : TIMED);
  writer.uint32(head.epoch);
  writer.uint32(head.put);
  if (form.ordered) writer.int64(head.time ?? 0n);
  if (form.prefixed) {
    writer.int64(BigInt(head.first));
    writer.uint32(head.prefixBytes);
  }
  if (id[0] === DIGEST) {
    writer.uint32(key.length);
    writer.bytes(key);
  }
  writer.bytes(values);
  return writer.written();
}

/** Reads the bytes of a row, which are the caller's to keep. */
export function decodeRow(form: RowForm, id: Buffer, bytes: Buffer): StoredRow {
  const flags = bytes[0]!;
  const epoch = bytes.readUInt32LE(1);
  const put = bytes.readUInt32LE(5);
  let at = 9;
  let time: bigint | null = null;
  if (form.ordered) {
    if ((flags & TIMED) !== 0) time = bytes.readBigInt64LE(at);
    at += 8;
  }
  let first = 0;
  let prefixBytes = 0;
  if (form.prefixed) {
    first = Number(bytes.readBigInt64LE(at));
    prefixBytes = bytes.readUInt32LE(at + 8);
    at += 12;
  }
  let key: Buffer;
  if (id[0] === DIGEST) {
    const length = bytes.readUInt32LE(at);
    key = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  } else key = id.subarray(1);
  return { epoch, put, time, first, prefixBytes, key, bytes, valuesAt: at };
}

/** Goes to the values of a row. */
export function toValues(reader: RowReader, { bytes, valuesAt }: StoredRow): void {
  reader.begin(bytes, valuesAt);
}
