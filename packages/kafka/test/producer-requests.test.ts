import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { addOffsetsRequest } from "../src/protocol/add-offsets-to-txn.js";
import { addPartitionsRequest } from "../src/protocol/add-partitions-to-txn.js";
import { ByteWriter } from "../src/protocol/byte-writer.js";
import { endTransactionRequest } from "../src/protocol/end-txn.js";
import { findCoordinatorRequest } from "../src/protocol/find-coordinator.js";
import { initProducerIdRequest, NO_PRODUCER } from "../src/protocol/init-producer-id.js";
import { knowsStableOffsets, offsetFetchRequest } from "../src/protocol/offset-fetch.js";
import { produceRequest } from "../src/protocol/produce.js";
import type { Request } from "../src/protocol/request.js";
import { transactionOffsetRequest } from "../src/protocol/txn-offset-commit.js";
import { recordBatch } from "./kafkajs-records.js";

const load = createRequire(import.meta.url);
const IDENTITY = { producerId: 4_294_967_301, producerEpoch: 3 };

/** What kafkajs sends for the same request. */
async function theirs(path: string, fields: object): Promise<string> {
  const make = load(`kafkajs/src/protocol/requests/${path}/request`) as (fields: object) => {
    encode(): Promise<{ buffer: Buffer }>;
  };
  return (await make(fields).encode()).buffer.toString("hex");
}

function ours({ write }: Request<unknown>): string {
  const writer = new ByteWriter();
  write(writer);
  return writer.buffer.toString("hex");
}

const upTo = (apiKey: number, maxVersion: number) => ({ [apiKey]: { minVersion: 0, maxVersion } });

const identityFields = { producerId: String(IDENTITY.producerId), producerEpoch: IDENTITY.producerEpoch };

test("requests without compact types have the bytes that kafkajs sends", async () => {
  const partitions = [
    { topic: "a", partition: 0 },
    { topic: "b", partition: 2 },
    { topic: "a", partition: 5 },
  ];
  expect(ours(addPartitionsRequest("id", IDENTITY, partitions, upTo(24, 1)))).toBe(
    await theirs("addPartitionsToTxn/v1", {
      transactionalId: "id",
      ...identityFields,
      topics: [
        { topic: "a", partitions: [0, 5] },
        { topic: "b", partitions: [2] },
      ],
    }),
  );
  expect(ours(addOffsetsRequest("id", IDENTITY, "group", upTo(25, 1)))).toBe(
    await theirs("addOffsetsToTxn/v1", { transactionalId: "id", ...identityFields, groupId: "group" }),
  );
  expect(ours(endTransactionRequest("id", IDENTITY, true, upTo(26, 1)))).toBe(
    await theirs("endTxn/v1", { transactionalId: "id", ...identityFields, transactionResult: true }),
  );
  expect(ours(findCoordinatorRequest("transaction", "id", upTo(10, 2)))).toBe(
    await theirs("findCoordinator/v2", { coordinatorKey: "id", coordinatorType: 1 }),
  );
  expect(ours(initProducerIdRequest("id", 500, NO_PRODUCER, upTo(22, 1)))).toBe(
    await theirs("initProducerId/v1", { transactionalId: "id", transactionTimeout: 500 }),
  );
  const offset = { group: "group", topic: "a", partition: 0, offset: 12 };
  expect(ours(transactionOffsetRequest("id", IDENTITY, offset, upTo(28, 1)))).toBe(
    await theirs("txnOffsetCommit/v1", {
      transactionalId: "id",
      groupId: "group",
      ...identityFields,
      topics: [{ topic: "a", partitions: [{ partition: 0, offset: 12, metadata: null }] }],
    }),
  );
});

test("records are handed over as kafkajs does", async () => {
  const bytes = await recordBatch(0, [{ key: "k", value: "v", timestamp: 1000 }]);
  const settings = { acks: -1, timeoutMs: 30_000, transactionalId: null } as const;
  const request = ours(produceRequest([{ topic: "t", partition: 1, bytes }], settings, upTo(0, 7)));
  const fields = { acks: -1, timeout: 30_000, transactionalId: null };
  const messages = [{ key: Buffer.from("k"), value: Buffer.from("v"), timestamp: 1000, headers: {} }];
  const partitions = [{ partition: 1, firstSequence: 0, messages }];
  const expected = await theirs("produce/v3", { ...fields, topicData: [{ topic: "t", partitions }] });
  // who the batch is from is said in it, and its checksum
  expect(request.length).toBe(expected.length);
  expect(request.slice(0, 60)).toBe(expected.slice(0, 60));
});

test("an answer to records is read with what the broker says of them", () => {
  const { read } = produceRequest([], { acks: -1, timeoutMs: 1, transactionalId: null }, upTo(0, 9));
  const writer = new ByteWriter();
  writer.int32(1).string("t").int32(2);
  writer.int32(0).int16(0).int64(5).int64(-1).int64(0).int32(0).nullableString(null);
  writer.int32(1).int16(87).int64(-1).int64(-1).int64(0);
  writer.int32(1).int32(0).nullableString("no key").nullableString(null);
  writer.int32(0);
  expect(read(writer.buffer)).toEqual([
    { topic: "t", partition: 0, errorCode: 0, message: null },
    { topic: "t", partition: 1, errorCode: 87, message: "no key" },
  ]);
});

test("a producer that goes on says who it was, in the flexible form", () => {
  const request = initProducerIdRequest("id", 1, IDENTITY, upTo(22, 5));
  expect(request.apiVersion).toBe(3);
  // head's tags, compact "id", timeout, producer, epoch, tags
  expect(ours(request)).toBe(`00${"036964"}00000001${"0000000100000005"}0003${"00"}`);
  const answer = new ByteWriter().noTags().int32(0).int16(0).int64(9).int16(4).noTags();
  expect(request.read(answer.buffer)).toEqual({ errorCode: 0, producerId: 9, producerEpoch: 4 });
});

test("all offsets of a group are asked for, and only stable ones", () => {
  expect([knowsStableOffsets(upTo(9, 6)), knowsStableOffsets(upTo(9, 7))]).toEqual([false, true]);
  const request = offsetFetchRequest("g");
  expect(ours(request)).toBe("00" + "0267" + "00" + "01" + "00");
  const answer = new ByteWriter().noTags().int32(0).uvarint(2).compactString("t").uvarint(3);
  answer.int32(0).int64(41).int32(-1).compactString("").int16(0).noTags();
  answer.int32(1).int64(-1).int32(-1).compactString(null).int16(88).noTags();
  answer.noTags().int16(0).noTags();
  expect(request.read(answer.buffer)).toEqual({
    errorCode: 88,
    offsets: [
      { topic: "t", partition: 0, offset: 41, errorCode: 0 },
      { topic: "t", partition: 1, offset: -1, errorCode: 88 },
    ],
  });
});

test("large bytes are handed over as they are, small ones are copied", () => {
  const [large, small] = [new Uint8Array(5000).fill(7), new Uint8Array(3).fill(9)];
  const writer = new ByteWriter().int16(1).bytes(large).bytes(small);
  expect(writer.pieces[1]).toBe(large);
  expect(writer.pieces).toHaveLength(3);
  expect(writer.size).toBe(2 + 4 + 5000 + 4 + 3);
  const expected = [Buffer.from([0, 1, 0, 0, 0x13, 0x88]), large, Buffer.from([0, 0, 0, 3, 9, 9, 9])];
  expect(writer.buffer).toEqual(Buffer.concat(expected));
});
