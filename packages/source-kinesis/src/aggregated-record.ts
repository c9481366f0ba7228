import { createHash } from "node:crypto";
import type { HashKeyRange, KinesisRecord } from "./kinesis-client.js";

/*
 * The Kinesis Producer Library puts many records of a program into one of Kinesis:
 *
 *   record  = magic: 4 bytes, message, MD5 of the message: 16 bytes
 *   message = partition keys (1, texts), explicit hash keys (2, texts), records (3)
 *   3       = index of the partition key (1), [index of the hash key (2)], data (3), tags (4)
 *
 * in the wire format of Protocol Buffers. What is not exactly that is one record as it is.
 */

const MAGIC: readonly number[] = [0xf3, 0x89, 0x9a, 0xc2];
const DIGEST_BYTES = 16;
const WHOLE: HashKeyRange = { first: 0n, last: 2n ** 128n - 1n };

/** A record that a program handed to the producer library. */
export interface UserRecord {
  /** Its number among those of its Kinesis record. */
  readonly subSequenceNumber: number;
  readonly partitionKey: string;
  /** A view into the Kinesis record. */
  readonly data: Uint8Array;
}

/**
 * The records that an aggregated one holds, or null for any other record. Left out are those whose hash key the shard does not have: they
 * were packed for the shard as it was before it was split, and the library sends them to the right one again.
 */
export function deaggregate(record: KinesisRecord, hashKeys: HashKeyRange): readonly UserRecord[] | null {
  const { data } = record;
  if (data.length < MAGIC.length + DIGEST_BYTES || MAGIC.some((byte, k) => data[k] !== byte)) return null;
  const message = data.subarray(MAGIC.length, data.length - DIGEST_BYTES);
  const digest = createHash("md5").update(message).digest();
  if (digest.compare(data, data.length - DIGEST_BYTES) !== 0) return null;
  const parsed = readMessage(message);
  if (parsed === null) return null;
  if (hashKeys.first <= WHOLE.first && hashKeys.last >= WHOLE.last) return parsed.records;
  const keys = new Map<string, boolean>();
  return parsed.records.filter((user, k) => {
    const explicit = parsed.explicitKeys[k];
    if (explicit !== undefined) return isWithin(BigInt(explicit), hashKeys);
    let isOurs = keys.get(user.partitionKey);
    if (isOurs === undefined) {
      isOurs = isWithin(hashKeyOf(user.partitionKey), hashKeys);
      keys.set(user.partitionKey, isOurs);
    }
    return isOurs;
  });
}

function isWithin(key: bigint, { first, last }: HashKeyRange): boolean {
  return key >= first && key <= last;
}

/** The hash key that Kinesis gives to a partition key. */
function hashKeyOf(partitionKey: string): bigint {
  return BigInt(`0x${createHash("md5").update(partitionKey).digest("hex")}`);
}

interface Message {
  readonly records: UserRecord[];
  /** The explicit hash key of each record. */
  readonly explicitKeys: (string | undefined)[];
}

/** Null for bytes that are no such message. */
function readMessage(bytes: Uint8Array): Message | null {
  const partitionKeys: string[] = [];
  const hashKeys: string[] = [];
  const parts: Uint8Array[] = [];
  const isRead = eachField(bytes, (field, value) => {
    if (!(value instanceof Uint8Array)) return;
    if (field === 1) partitionKeys.push(textOf(value));
    else if (field === 2) hashKeys.push(textOf(value));
    else if (field === 3) parts.push(value);
  });
  if (!isRead) return null;
  const records: UserRecord[] = [];
  const explicitKeys: (string | undefined)[] = [];
  for (const part of parts) {
    let keyIndex = -1;
    let hashIndex = -1;
    let data: Uint8Array | undefined;
    const isPart = eachField(part, (field, value) => {
      if (field === 1 && typeof value === "number") keyIndex = value;
      else if (field === 2 && typeof value === "number") hashIndex = value;
      else if (field === 3 && value instanceof Uint8Array) data = value;
    });
    const partitionKey = partitionKeys[keyIndex];
    const explicit = hashIndex < 0 ? undefined : hashKeys[hashIndex];
    const isSound = isPart && partitionKey !== undefined && data !== undefined;
    if (!isSound || (hashIndex >= 0 && !/^\d+$/.test(explicit ?? ""))) return null;
    records.push({ subSequenceNumber: records.length, partitionKey, data: data! });
    explicitKeys.push(explicit);
  }
  return { records, explicitKeys };
}

/** Shows the fields of a message: numbers and bytes; false for what is no message. */
function eachField(bytes: Uint8Array, visit: (field: number, value: number | Uint8Array) => void): boolean {
  let at = 0;
  const varint = (): number => {
    let number = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++]!;
      number += (byte & 127) * scale;
      if (byte < 128) return Number.isSafeInteger(number) ? number : -1;
    }
    return -1;
  };
  while (at < bytes.length) {
    const head = varint();
    const kind = head & 7;
    const field = Math.floor(head / 8);
    if (head < 0 || field === 0) return false;
    if (kind === 0) {
      const number = varint();
      if (number < 0) return false;
      visit(field, number);
      continue;
    }
    const length = kind === 2 ? varint() : kind === 1 ? 8 : kind === 5 ? 4 : -1;
    if (length < 0 || length > bytes.length - at) return false;
    if (kind === 2) visit(field, bytes.subarray(at, at + length));
    at += length;
  }
  return true;
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}
