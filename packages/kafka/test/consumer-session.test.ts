import { systemClock } from "@ss/core";
import { beforeEach, expect, test } from "vitest";
import { ConsumerSession, type Delivery } from "../src/consumer/consumer-session.js";
import { FakeConsumer } from "./fake-consumer.js";

const LIMITS = { maxWaitMs: 500, minBytes: 1, maxBytes: 9, maxPartitionBytes: 5, readCommitted: false };
const CLIENT = {
  ...{
    brokers: ["a:1"],
    clientId: "test",
    tls: null,
    sasl: null,
    connectionTimeoutMs: 1,
    requestTimeoutMs: 1,
  },
  ...{ callTimeoutMs: 1, retryBackoffMs: 1, retryBackoffMaxMs: 1, callTimeoutOption: "" },
};
const { signal } = new AbortController();

let consumer: FakeConsumer;
let session: ConsumerSession;

beforeEach(async () => {
  consumer = new FakeConsumer({ t: [0, 1] });
  session = new ConsumerSession(
    { client: CLIENT, group: "readers", limits: LIMITS, clock: systemClock },
    consumer.make,
  );
  await session.open(["t"]);
});

const at = (offset: number, partition = 0) => ({ topic: "t", partition, offset });

/** Asks, lets things come, and gives what was handed out. */
async function fetch(
  positions: readonly ReturnType<typeof at>[],
  come: () => unknown,
): Promise<readonly Delivery[]> {
  const deliveries = session.fetch(positions, 10_000, signal);
  consumer.go();
  await come();
  return deliveries;
}

const seen = ({ position, records, until, state }: Delivery) => [
  position.partition,
  records.map(({ offset }) => Number(offset)),
  until,
  state,
];

test("a consumer commits nothing, makes no topic, and fetches nothing that was not asked for", async () => {
  expect(consumer.run).toMatchObject({ autoCommit: false, eachBatchAutoResolve: false });
  expect(consumer.config).toMatchObject({ groupId: "readers", allowAutoTopicCreation: false });
  expect([...consumer.fetched]).toEqual([]);
  const coming = session.fetch([at(7)], 10_000, signal);
  expect([...consumer.fetched]).toEqual(["t-0"]);
  expect([...consumer.sought]).toEqual([["t-0", 7]]);
  consumer.go();
  await consumer.deliver("t", 0, [7, 8]);
  expect((await coming).map(seen)).toEqual([[0, [7, 8], 9, "whole"]]);
  expect([...consumer.fetched]).toEqual([]);
});

test("what came for a partition while another one was waited for is handed out when it is asked for", async () => {
  const first = await fetch([at(0), at(0, 1)], () => consumer.deliver("t", 0, [0]));
  expect(first.map(seen)).toEqual([[0, [0], 1, "whole"]]);
  await consumer.deliver("t", 1, [0, 1]);
  expect((await fetch([at(0, 1)], () => {})).map(seen)).toEqual([[1, [0, 1], 2, "whole"]]);
});

test("first offsets that are missing, and a consumer that began anew, are told from all else", async () => {
  expect((await fetch([at(5)], () => consumer.deliver("t", 0, [8]))).map(seen)).toEqual([[0, [8], 9, "gap"]]);
  expect((await fetch([at(9)], () => consumer.deliver("t", 0, [0, 1]))).map(seen)).toEqual([
    [0, [], 9, "reset"],
  ]);
  expect((await fetch([at(9)], () => consumer.deliver("t", 0, [9]))).map(seen)).toEqual([
    [0, [9], 10, "whole"],
  ]);
});

test("what was fetched before the consumer went elsewhere is left out", async () => {
  const coming = session.fetch([at(20)], 10_000, signal);
  await consumer.deliver("t", 0, [3]);
  await consumer.deliver("t", 1, [4]);
  consumer.go();
  await consumer.deliver("t", 0, [20]);
  expect((await coming).map(seen)).toEqual([[0, [20], 21, "whole"]]);
});

test("markers alone are progress, with and without records behind them", async () => {
  const passed = await fetch([at(3)], () => consumer.passOver("t", 0, 3, 4));
  expect(passed.map(seen)).toEqual([[0, [], 5, "whole"]]);
  expect([...consumer.fetched]).toEqual(["t-0"]);
  const more = await fetch([at(5)], async () => {
    consumer.passOver("t", 0, 5, 5);
    await consumer.deliver("t", 0, [6]);
  });
  expect(more.map(seen)).toEqual([[0, [6], 7, "whole"]]);
});

test("a group that is joined again goes on where the consumer was", async () => {
  const coming = session.fetch([at(3)], 10_000, signal);
  consumer.go();
  consumer.passOver("t", 0, 3, 4);
  consumer.join();
  expect([...consumer.fetched]).toEqual(["t-0"]);
  expect([...consumer.sought]).toEqual([["t-0", 5]]);
  consumer.go();
  await consumer.deliver("t", 0, [5]);
  expect((await coming).map(seen)).toEqual([[0, [5], 6, "whole"]]);
});

test("a session never goes back, and knows where it stands", async () => {
  await fetch([at(3)], () => consumer.deliver("t", 0, [3, 4]));
  expect([4, 5, 6].map((offset) => session.reaches([at(offset)], LIMITS))).toEqual([false, true, true]);
  expect([4, 5, 6].map((offset) => session.standsAt([at(offset)]))).toEqual([false, true, false]);
  expect(session.reaches([at(0, 1)], LIMITS)).toBe(true);
  expect(session.reaches([at(0, 2)], LIMITS)).toBe(false);
  expect(session.reaches([at(9)], { ...LIMITS, maxPartitionBytes: 6 })).toBe(false);
});

test("a crash fails the call that waits and every one after it", async () => {
  const failure = new Error("the connection ended");
  const coming = session.fetch([at(3)], 10_000, signal);
  consumer.crash(failure);
  await expect(coming).rejects.toBe(failure);
  expect(session.isBroken).toBe(true);
  await expect(session.fetch([at(3)], 10_000, signal)).rejects.toBe(failure);
});

test("a call gives nothing when its time is over, ends with its signal, and loses nothing by it", async () => {
  expect(await session.fetch([at(3)], 0, signal)).toEqual([]);
  const over = AbortSignal.abort(new Error("stopped"));
  await expect(session.fetch([at(3)], 10_000, over)).rejects.toThrow("stopped");
  expect((await fetch([at(3)], () => consumer.deliver("t", 0, [3]))).map(seen)).toEqual([
    [0, [3], 4, "whole"],
  ]);
});

test("closing leaves the group and ends what waits", async () => {
  const coming = session.fetch([at(3)], 10_000, signal);
  coming.catch(() => {});
  await session.close();
  expect(consumer.isLeft).toBe(true);
  await expect(coming).rejects.toThrow("closed");
});
