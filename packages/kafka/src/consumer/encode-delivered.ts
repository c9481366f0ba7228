import { crc32 } from "node:zlib";
import { markBatch } from "../records/record-batch-parts.js";
import { HeaderWriter, RecordBatchWriter } from "../records/record-batch-writer.js";
import { CODECS } from "../records/record-codec.js";
import { LOG_APPEND_TIME } from "../records/record-schema.js";
import { type DeliveredMessage, type DeliveredRecords, timestampTypeOf } from "./delivered-records.js";

const ATTRIBUTES_AT = 21;
const LOG_APPEND_FLAG = 8;
const NO_PRODUCER = { producerId: -1, producerEpoch: -1, baseSequence: -1, isTransactional: false };
const NO_BYTES = Buffer.alloc(0);

/** Records as a broker would have given them: batches, which say by a last one without records how far they go. */
export function encodeDelivered({ records, until }: DeliveredRecords): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let k = 0; k < records.length; ) {
    const end = endOfRun(records, k);
    parts.push(records[k]!.magicByte === 0 ? untimedMessage(records[k]!) : batchOf(records.slice(k, end)));
    k = end;
  }
  parts.push(placed(new RecordBatchWriter().finish(CODECS.none, null), until));
  return Buffer.concat(parts);
}

/** Offsets of a batch follow one another here, and who gave the times is said for all. */
function endOfRun(records: readonly DeliveredMessage[], start: number): number {
  const first = records[start]!;
  const type = timestampTypeOf(first);
  let end = start + 1;
  for (; end < records.length && first.magicByte !== 0; end++) {
    const record = records[end]!;
    if (record.magicByte === 0 || timestampTypeOf(record) !== type) break;
    if (type === LOG_APPEND_TIME && record.timestamp !== first.timestamp) break;
    if (Number(record.offset) !== Number(first.offset) + end - start) break;
  }
  return end;
}

function batchOf(records: readonly DeliveredMessage[]): Uint8Array {
  const writer = new RecordBatchWriter();
  const headers = new HeaderWriter();
  for (const { timestamp, key, value, headers: given } of records) {
    headers.reset();
    for (const [name, values] of Object.entries(given ?? {})) addHeader(headers, name, values);
    const [keyBytes, valueBytes] = [key ?? NO_BYTES, value ?? NO_BYTES];
    const keyLength = key?.length ?? -1;
    writer.add(Number(timestamp), keyBytes, 0, keyLength, valueBytes, 0, value?.length ?? -1, headers);
  }
  const batch = placed(writer.finish(CODECS.none, null), Number(records[0]!.offset));
  if (timestampTypeOf(records[0]!) !== LOG_APPEND_TIME) return batch;
  new DataView(batch.buffer, batch.byteOffset).setInt16(ATTRIBUTES_AT, LOG_APPEND_FLAG);
  markBatch(batch, NO_PRODUCER);
  return batch;
}

/** kafkajs gathers the headers of one name. */
function addHeader(
  headers: HeaderWriter,
  name: string,
  values: NonNullable<DeliveredMessage["headers"]>[string],
): void {
  const key = Buffer.from(name);
  for (const value of Array.isArray(values) ? values : [values]) {
    const bytes = value === null || value === undefined ? null : Buffer.from(value);
    headers.add(key, 0, key.length, bytes ?? NO_BYTES, 0, bytes?.length ?? -1);
  }
}

function placed(batch: Uint8Array, offset: number): Uint8Array {
  new DataView(batch.buffer, batch.byteOffset).setBigInt64(0, BigInt(offset));
  return batch;
}

/** A message of format 0, the only one without a time: offset, size, checksum of what follows, format, attributes, key, value. */
function untimedMessage({ offset, key, value }: DeliveredMessage): Uint8Array {
  const body = Buffer.concat([Buffer.from([0, 0]), span(key), span(value)]);
  const head = Buffer.alloc(16);
  head.writeBigInt64BE(BigInt(offset), 0);
  head.writeInt32BE(4 + body.length, 8);
  head.writeUInt32BE(crc32(body), 12);
  return Buffer.concat([head, body]);
}

function span(bytes: Buffer | null): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes?.length ?? -1);
  return bytes === null ? length : Buffer.concat([length, bytes]);
}
