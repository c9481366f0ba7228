import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { deaggregate } from "../src/aggregated-record.js";
import type { HashKeyRange, KinesisRecord } from "../src/kinesis-client.js";
import { aggregate } from "./aggregate.js";

const SEED = Number(process.env["SS_SEED"] ?? 12);
const ALL: HashKeyRange = { first: 0n, last: 2n ** 128n - 1n };
const recordOf = (data: Uint8Array): KinesisRecord => ({
  sequenceNumber: "1",
  partitionKey: "a",
  data,
  arrivalMs: 0,
});
const shown = (data: Uint8Array, keys = ALL) =>
  deaggregate(recordOf(data), keys)?.map((user) => [
    user.subSequenceNumber,
    user.partitionKey,
    Buffer.from(user.data).toString(),
  ]);

test("a record of many gives them in order, with their keys", () => {
  const data = aggregate([
    { key: "a", data: "one" },
    { key: "b", data: "" },
    { key: "a", data: "three", hashKey: "17" },
  ]);
  expect(shown(data)).toEqual([
    [0, "a", "one"],
    [1, "b", ""],
    [2, "a", "three"],
  ]);
  expect(shown(aggregate([]))).toEqual([]);
});

test("bytes as the library writes them are read", () => {
  // the message {keys: ["k"], records: [{index: 0, data: "hi"}]} by the wire format, field by field
  const message = Buffer.from([0x0a, 1, 0x6b, 0x1a, 6, 0x08, 0, 0x1a, 2, 0x68, 0x69]);
  const digest = createHash("md5").update(message).digest();
  expect(shown(Buffer.concat([Buffer.from("f3899ac2", "hex"), message, digest]))).toEqual([[0, "k", "hi"]]);
});

test("what is no such record stays as it is", () => {
  const sound = aggregate([{ key: "a", data: "one" }]);
  expect(
    shown(new TextEncoder().encode("plain text of some length, more than twenty bytes")),
  ).toBeUndefined();
  for (let length = 0; length < sound.length; length++)
    expect(shown(sound.subarray(0, length))).toBeUndefined();
  for (let at = 0; at < sound.length; at++) {
    const wrong = Uint8Array.from(sound);
    wrong[at]! ^= 1;
    expect(shown(wrong)).toBeUndefined();
  }
});

test(`damaged messages under a right digest are no records, or some, and never an error, seed ${SEED}`, () => {
  let state = SEED;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const sound = aggregate([
    { key: "a", data: "one", hashKey: "12" },
    { key: "bcd", data: "two and more" },
  ]);
  for (let k = 0; k < 2000; k++) {
    const message = Uint8Array.from(sound.subarray(4, sound.length - 16 - below(3)));
    for (let n = below(3); n >= 0; n--) message[below(message.length)] = below(256);
    const digest = createHash("md5").update(message).digest();
    const users = deaggregate(recordOf(Buffer.concat([sound.subarray(0, 4), message, digest])), ALL);
    for (const { data, partitionKey } of users ?? [])
      expect([data.length, partitionKey.length]).toBeDefined();
  }
});

test("records whose hash keys the shard does not have any more are left out", () => {
  // the MD5 of "a" begins with 0c, that of "b" with 92
  const data = aggregate([
    { key: "a", data: "first half" },
    { key: "b", data: "second half" },
    { key: "b", data: "first half, too", hashKey: "5" },
    { key: "a", data: "second half, too", hashKey: (2n ** 128n - 1n).toString() },
  ]);
  const middle = 2n ** 127n;
  expect(shown(data, { first: 0n, last: middle - 1n })?.map(([sub]) => sub)).toEqual([0, 2]);
  expect(shown(data, { first: middle, last: 2n ** 128n - 1n })?.map(([sub]) => sub)).toEqual([1, 3]);
});
