import { expect, test } from "vitest";
import type { Shard } from "../src/kinesis-client.js";
import type { ShardPosition } from "../src/position.js";
import { rootsOf, withChildren, withoutVanished } from "../src/shard-graph.js";

const END: ShardPosition = { type: "SHARD_END" };
const BEGIN: ShardPosition = { type: "TRIM_HORIZON" };
const AFTER: ShardPosition = { type: "AFTER_SEQUENCE_NUMBER", sequenceNumber: "7" };

/** A shard of the hash keys from `first` to `last`. */
const shard = (shardId: string, parents: readonly string[], first: number, last: number): Shard => ({
  shardId,
  parents,
  isClosed: false,
  hashKeys: { first: BigInt(first), last: BigInt(last) },
});

const FAMILY = [
  shard("a", [], 0, 9),
  shard("b", ["a"], 0, 4),
  shard("c", ["a"], 5, 9),
  shard("d", ["b", "c"], 0, 9),
];

test("everything begins with the shards that have no parents any more", () => {
  expect(rootsOf(FAMILY).map(({ shardId }) => shardId)).toEqual(["a"]);
  expect(rootsOf(FAMILY.slice(1)).map(({ shardId }) => shardId)).toEqual(["b", "c"]);
});

test("children take the place of parents that were read to their ends", () => {
  expect(withChildren({ a: AFTER }, FAMILY)).toEqual({ a: AFTER });
  expect(withChildren({ a: END }, FAMILY)).toEqual({ b: BEGIN, c: BEGIN });
  expect(withChildren({ b: END, c: AFTER }, FAMILY)).toEqual({ b: END, c: AFTER });
  expect(withChildren({ b: END, c: END }, FAMILY)).toEqual({ d: BEGIN });
  expect(withChildren({ d: END }, FAMILY)).toEqual({ d: END });
});

test("a parent stays until all that take its hash keys over are listed", () => {
  const half = FAMILY.slice(0, 2);
  expect(withChildren({ a: END }, half)).toEqual({ a: END, b: BEGIN });
  expect(withChildren({ a: END, b: AFTER }, FAMILY.slice(0, 3))).toEqual({ b: AFTER, c: BEGIN });
});

test("a time before which nothing is wanted holds for the children of shards without records since", () => {
  const ended: ShardPosition = { type: "SHARD_END", timestamp: 5 };
  expect(withChildren({ a: ended }, FAMILY)).toEqual({
    b: { type: "AT_TIMESTAMP", timestamp: 5 },
    c: { type: "AT_TIMESTAMP", timestamp: 5 },
  });
  expect(withChildren({ b: ended, c: END }, FAMILY)).toEqual({ d: BEGIN });
});

test("shards that are gone give way to their children, or to all that is left", () => {
  expect(withoutVanished({ a: AFTER }, FAMILY.slice(1))).toEqual({ b: BEGIN, c: BEGIN });
  expect(withoutVanished({ a: AFTER }, [shard("x", ["w"], 0, 9)])).toEqual({ x: BEGIN });
  expect(withoutVanished({ a: AFTER, x: AFTER }, [shard("x", [], 0, 9)])).toEqual({ x: AFTER });
});
