import { rowsOf } from "@ss/core";
import { beforeAll, expect, test } from "vitest";
import { markBatch, splitBatch } from "../src/records/record-batch-parts.js";
import { HeaderWriter, RecordBatchWriter } from "../src/records/record-batch-writer.js";
import { CODECS } from "../src/records/record-codec.js";
import { RecordColumns } from "../src/records/record-columns.js";
import { RecordDecoder } from "../src/records/record-decoder.js";
import { loadZstd } from "../src/records/zstd.js";

beforeAll(loadZstd);

const COLUMNS = ["key", "value", "timestamp", "headers"];

function rowsOfBatch(bytes: Uint8Array): unknown[][] {
  const target = new RecordColumns(COLUMNS);
  const decoder = new RecordDecoder(target, { checkCrcs: true });
  decoder.open(
    { topic: "t", partition: 0, from: 0, until: 1000 },
    { bytes, start: 0, end: bytes.length, aborted: [] },
  );
  decoder.fill();
  return [...rowsOf(target.batch())].map((row) => [...row]);
}

function batchOf(count: number, codec: number): Uint8Array {
  const writer = new RecordBatchWriter();
  const headers = new HeaderWriter();
  for (let k = 0; k < count; k++) {
    const [key, value] = [Buffer.from(`key ${k}`), Buffer.from("v".repeat(10 * k))];
    headers.reset();
    if (k % 2 === 1) headers.add(key, 0, key.length, value, 0, k === 1 ? -1 : value.length);
    writer.add(1000 - k, key, 0, k === 2 ? -1 : key.length, value, 0, value.length, headers);
  }
  return writer.finish(codec, null);
}

test.each(Object.entries(CODECS))("the halves of a %s batch hold its records as they were", (_, codec) => {
  const whole = batchOf(7, codec);
  const [first, second] = splitBatch(whole, null);
  const rows = rowsOfBatch(whole);
  expect(rows).toHaveLength(7);
  expect([...rowsOfBatch(first), ...rowsOfBatch(second)]).toEqual(rows);
  expect(rowsOfBatch(first)).toHaveLength(3);
});

test("a batch that is given another producer says so, with the right checksum", () => {
  const batch = batchOf(3, CODECS.lz4);
  const rows = rowsOfBatch(batch);
  markBatch(batch, { producerId: 2 ** 40, producerEpoch: 9, baseSequence: 77, isTransactional: false });
  const head = new DataView(batch.buffer);
  expect([head.getBigInt64(43), head.getInt16(51), head.getInt32(53)]).toEqual([2n ** 40n, 9, 77]);
  expect(rowsOfBatch(batch)).toEqual(rows);
});
