import { crc32c } from "@ss/kernels";
import { ByteCursor } from "../protocol/byte-cursor.js";
import { HeaderWriter, type ProducerMark, RecordBatchWriter } from "./record-batch-writer.js";
import { CODECS, decompressRecords } from "./record-codec.js";

const HEAD_BYTES = 61;
const CRC_AT = 17;
const CRC_FROM = 21;
const CODEC_MASK = 7;

/** Gives a batch of format 2 another producer. */
export function markBatch(batch: Uint8Array, mark: ProducerMark): void {
  const head = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  head.setBigInt64(43, BigInt(mark.producerId));
  head.setInt16(51, mark.producerEpoch);
  head.setInt32(53, mark.baseSequence);
  head.setUint32(CRC_AT, crc32c(batch, CRC_FROM, batch.length));
}

/** The records of a batch of format 2 in two batches, of the same producer where `marks` are given. It has at least two records. */
export function splitBatch(
  batch: Uint8Array,
  marks: readonly [ProducerMark, ProducerMark] | null,
): readonly [Uint8Array, Uint8Array] {
  const head = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  const codec = head.getInt16(21) & CODEC_MASK;
  const firstTimestamp = Number(head.getBigInt64(27));
  const count = head.getInt32(57);
  const cursor = new ByteCursor();
  if (codec === CODECS.none) cursor.place(batch, HEAD_BYTES, batch.length);
  else {
    // copied, since compressing the halves may use the place that the records lie in
    const plain = Uint8Array.from(decompressRecords(codec, batch, HEAD_BYTES, batch.length, false));
    cursor.place(plain, 0, plain.length);
  }
  const half = count >> 1;
  const first = copied(cursor, half, firstTimestamp).finish(codec, marks?.[0] ?? null);
  return [first, copied(cursor, count - half, firstTimestamp).finish(codec, marks?.[1] ?? null)];
}

function copied(cursor: ByteCursor, count: number, firstTimestamp: number): RecordBatchWriter {
  const writer = new RecordBatchWriter();
  const headers = new HeaderWriter();
  for (let left = count; left > 0; left--) {
    cursor.varint();
    cursor.int8();
    const timestamp = firstTimestamp + cursor.varlong();
    cursor.varint();
    const keyLength = cursor.varint();
    const keyAt = cursor.at;
    cursor.at += Math.max(0, keyLength);
    const valueLength = cursor.varint();
    const valueAt = cursor.at;
    cursor.at += Math.max(0, valueLength);
    copyHeaders(cursor, headers);
    writer.add(timestamp, cursor.bytes, keyAt, keyLength, cursor.bytes, valueAt, valueLength, headers);
  }
  return writer;
}

function copyHeaders(cursor: ByteCursor, headers: HeaderWriter): void {
  headers.reset();
  for (let left = cursor.varint(); left > 0; left--) {
    const keyLength = cursor.varint();
    const keyAt = cursor.at;
    cursor.at += keyLength;
    const valueLength = cursor.varint();
    const valueAt = cursor.at;
    cursor.at += Math.max(0, valueLength);
    headers.add(cursor.bytes, keyAt, keyLength, cursor.bytes, valueAt, valueLength);
  }
}
