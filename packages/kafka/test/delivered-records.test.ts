import { rowsOf, type Value } from "@ss/core";
import { describe, expect, test } from "vitest";
import { refusedGroup } from "../src/client/client-errors.js";
import { type DeliveredMessage, decide } from "../src/consumer/delivered-records.js";
import { encodeDelivered } from "../src/consumer/encode-delivered.js";
import { readBatchHeads } from "../src/records/batch-heads.js";
import { RecordColumns } from "../src/records/record-columns.js";
import { RecordDecoder } from "../src/records/record-decoder.js";

const ABORT = Buffer.from([0, 0, 0, 0]);
const COMMIT = Buffer.from([0, 0, 0, 1]);

/** A record as kafkajs delivers it. */
function message(offset: number, more: Partial<DeliveredMessage> = {}): DeliveredMessage {
  return {
    offset: String(offset),
    key: null,
    value: Buffer.from(`v${offset}`),
    timestamp: String(1000 + offset),
    attributes: 0,
    headers: {},
    magicByte: 2,
    batchContext: contextOf(offset),
    ...more,
  };
}

function contextOf(
  firstOffset: number,
  more: Partial<NonNullable<DeliveredMessage["batchContext"]>> = {},
): NonNullable<DeliveredMessage["batchContext"]> {
  const plain = { lastOffsetDelta: 0, producerId: "-1", inTransaction: false, timestampType: 0 };
  return { firstOffset: String(firstOffset), ...plain, ...more };
}

const inTransaction = (offset: number, producerId: string, key: Buffer | null = null): DeliveredMessage =>
  message(offset, { key, batchContext: contextOf(offset, { producerId, inTransaction: true }) });

const marker = (offset: number, producerId: string, key: Buffer): DeliveredMessage => ({
  ...inTransaction(offset, producerId, key),
  isControlRecord: true,
});

const offsetsOf = (messages: readonly DeliveredMessage[]): number[] =>
  messages.map(({ offset }) => Number(offset));

describe("which of the records that came count", () => {
  const log = [
    inTransaction(0, "1"),
    inTransaction(1, "2", ABORT),
    inTransaction(2, "3"),
    message(3),
    inTransaction(4, "2"),
    marker(5, "2", ABORT),
    marker(6, "1", ABORT),
    inTransaction(7, "2"),
    marker(8, "3", COMMIT),
    marker(9, "2", COMMIT),
  ];

  test("the next marker of its producer decides on a record, wherever the reading began", () => {
    const decided = decide(log, 0, true);
    expect([offsetsOf(decided.records), decided.until]).toEqual([[2, 3, 7], 10]);
    for (let from = 0; from < 10; from++)
      expect(offsetsOf(decide(log.slice(from), from, true).records)).toEqual(
        [2, 3, 7].filter((offset) => offset >= from),
      );
  });

  test("where a marker has not come, nothing from its first record on is decided", () => {
    const ends = log.map((_, k) => decide(log.slice(0, k), 0, true).until);
    expect(ends).toEqual([0, 0, 0, 0, 0, 0, 0, 2, 2, 7]);
    expect(offsetsOf(decide(log.slice(0, 9), 0, true).records)).toEqual([2, 3]);
  });

  test("all but markers count where what is not committed does", () => {
    const decided = decide(log, 2, false);
    expect([offsetsOf(decided.records), decided.until]).toEqual([[2, 3, 4, 7], 10]);
  });

  test("a batch that lost its last records is decided as a whole", () => {
    const batchContext = contextOf(0, { lastOffsetDelta: 9 });
    expect(decide([message(3, { batchContext })], 1, false).until).toBe(10);
    expect(decide([message(3, { batchContext })], 5, false)).toEqual({ records: [], until: 5 });
  });
});

describe("what is delivered and put back into batches", () => {
  const COLUMNS = ["offset", "key", "value", "timestamp", "timestampType", "headers"];

  function decoded(records: readonly DeliveredMessage[], until: number): { rows: unknown[][]; next: number } {
    const bytes = encodeDelivered({ records, until });
    expect(readBatchHeads({ bytes, start: 0, end: bytes.length, aborted: [] }).next).toBe(until);
    const columns = new RecordColumns(COLUMNS);
    const decoder = new RecordDecoder(columns, { checkCrcs: true });
    const rows: unknown[][] = [];
    const take = (): void => {
      rows.push(...rowsOf(columns.batch()).map((row) => row.map(plain)));
      columns.reset();
    };
    decoder.open(
      { topic: "t", partition: 0, from: 0, until: 1000 },
      { bytes, start: 0, end: bytes.length, aborted: [] },
    );
    while (decoder.fill()) take();
    if (columns.count > 0) take();
    return { rows, next: decoder.next };
  }

  const micros = (ms: number): bigint => BigInt(ms) * 1000n;

  test("keeps offsets with holes, nulls, and how far it goes", () => {
    const records = [message(3), message(4, { value: null }), message(9, { key: Buffer.from("k") })];
    expect(decoded(records, 20)).toEqual({
      rows: [
        [3n, null, "v3", micros(1003), 0, null],
        [4n, null, null, micros(1004), 0, null],
        [9n, "k", "v9", micros(1009), 0, null],
      ],
      next: 20,
    });
    expect(decoded([], 7)).toEqual({ rows: [], next: 7 });
  });

  test("keeps times, whoever gave them, also before 1970 and out of order", () => {
    const appended = { batchContext: contextOf(0, { timestampType: 1 }) };
    const records = [
      message(0, { timestamp: "-5" }),
      message(1, { timestamp: "-4000000000000" }),
      message(2, { timestamp: "77", ...appended }),
      message(3, { timestamp: "77", ...appended }),
      message(4, { timestamp: "78", ...appended }),
    ];
    expect(decoded(records, 5).rows.map((row) => [row[3], row[4]])).toEqual([
      [micros(-5), 0],
      [micros(-4_000_000_000_000), 0],
      [micros(77), 1],
      [micros(77), 1],
      [micros(78), 1],
    ]);
  });

  test("keeps headers, null ones and those of one name, too", () => {
    const headers = { a: Buffer.from("1"), ü: [Buffer.from("2"), Buffer.from("")], n: null } as never;
    expect(decoded([message(0, { headers })], 1).rows[0]![5]).toEqual([
      ["a", "1"],
      ["ü", "2"],
      ["ü", ""],
      ["n", null],
    ]);
  });

  test("keeps messages of the formats 0 and 1 apart from batches: the oldest have no time", () => {
    const { batchContext: _, headers: __, ...bare } = message(0);
    const records: DeliveredMessage[] = [
      { ...bare, magicByte: 0 },
      { ...bare, offset: "1", magicByte: 0, key: Buffer.from("k"), value: null },
      { ...bare, offset: "2", magicByte: 1 },
      { ...bare, offset: "3", magicByte: 1, attributes: 8 },
      message(4),
    ];
    expect(decoded(records, 5)).toEqual({
      rows: [
        [0n, null, "v0", micros(-1), -1, null],
        [1n, "k", null, micros(-1), -1, null],
        [2n, null, "v0", micros(1000), 0, null],
        [3n, null, "v0", micros(1000), 1, null],
        [4n, null, "v4", micros(1004), 0, null],
      ],
      next: 5,
    });
  });
});

test("a group that may not be used is named", () => {
  const refusal = Object.assign(new Error("no"), { type: "GROUP_AUTHORIZATION_FAILED" });
  const failure = new Error("retries", { cause: refusal });
  expect(refusedGroup(failure, "readers-1")).toMatchObject({
    condition: "SS_KAFKA_NOT_AUTHORIZED",
    message: expect.stringContaining("readers-1"),
  });
  expect(refusedGroup(new Error("else"), "readers-1")).toBeNull();
});

function plain(value: Value): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  return Array.isArray(value) ? value.map((element) => plain(element as Value)) : value;
}
