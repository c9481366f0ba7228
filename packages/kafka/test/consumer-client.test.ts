import { systemClock } from "@ss/core";
import { beforeEach, expect, test } from "vitest";
import { ConsumerClient } from "../src/consumer/consumer-client.js";
import { ConsumerSession, type SessionSettings } from "../src/consumer/consumer-session.js";
import { ERROR } from "../src/protocol/error-codes.js";
import type { FetchedPartition } from "../src/protocol/fetch.js";
import { EARLIEST, type ListedOffset, type OffsetQuery } from "../src/protocol/list-offsets.js";
import { FakeConsumer } from "./fake-consumer.js";

const LIMITS = { maxWaitMs: 500, minBytes: 1, maxBytes: 99, maxPartitionBytes: 5, readCommitted: false };
const COMMITTED = { ...LIMITS, readCommitted: true };
const LONGEST_BYTES = 50 * 1024 * 1024;
const CLIENT = {
  ...{ brokers: ["a:1"], clientId: "test", tls: null, sasl: null, connectionTimeoutMs: 1000 },
  ...{
    requestTimeoutMs: 10_000,
    callTimeoutMs: 10_000,
    retryBackoffMs: 1,
    retryBackoffMaxMs: 1,
    callTimeoutOption: "",
  },
};
const CLOSED = { condition: "SS_KAFKA_CLIENT_CLOSED", recovery: "fail" };
const { signal } = new AbortController();

/** A client whose brokers have the offsets from `earliest` on, and whose consumers a test plays. */
class TestClient extends ConsumerClient {
  earliest = 0;
  readonly consumers: FakeConsumer[] = [];
  /** Joining a group takes until this ends. */
  joining: Promise<void> = Promise.resolve();

  constructor(settings = CLIENT) {
    super(settings, "readers", systemClock, (session) => this.session(session));
  }

  override async offsets(queries: readonly OffsetQuery[]): Promise<readonly ListedOffset[]> {
    return queries.map(({ topic, partition, timestamp }) => {
      return { topic, partition, errorCode: 0, offset: timestamp === EARLIEST ? this.earliest : 100 };
    });
  }

  private session(settings: SessionSettings): ConsumerSession {
    const consumer = new FakeConsumer({ t: [0, 1, 2, 3, 4, 5] });
    consumer.joining = this.joining;
    this.consumers.push(consumer);
    return new ConsumerSession(settings, consumer.make);
  }
}

let client: TestClient;

beforeEach(() => {
  client = new TestClient();
});

const at = (offset: number, partition = 0) => ({ topic: "t", partition, offset });

/** Ends once a consumer was sent to a partition; it has gone there then. */
async function sent(index: number, partition = 0): Promise<FakeConsumer> {
  while (client.consumers[index]?.sought.has(`t-${partition}`) !== true)
    await new Promise((resolve) => setImmediate(resolve));
  client.consumers[index]!.go();
  return client.consumers[index]!;
}

const codes = (answers: readonly FetchedPartition[]) =>
  answers.map(({ partition, errorCode }) => [partition, errorCode]);

test("a consumer is kept for the calls to come, with the group that it joined", async () => {
  for (const offset of [3, 5, 7]) {
    const coming = client.fetch([at(offset)], LIMITS, signal);
    await (await sent(0)).deliver("t", 0, [offset, offset + 1]);
    expect(codes(await coming)).toEqual([[0, ERROR.none]]);
  }
  expect(client.consumers).toHaveLength(1);
  expect(client.consumers[0]!.config?.groupId).toMatch(/^readers-/);
});

test("of consumers that have nothing to do, the four that were used last are kept", async () => {
  const calls = [0, 1, 2, 3, 4, 5].map((partition) =>
    client.fetch([at(0, partition)], LIMITS, new AbortController().signal),
  );
  for (const partition of calls.keys()) await sent(partition, partition);
  for (const [partition, call] of calls.entries()) {
    await client.consumers[partition]!.deliver("t", partition, [0]);
    await call;
  }
  expect(client.consumers.map(({ isLeft }) => isLeft)).toEqual([true, true, false, false, false, false]);
});

test("a consumer that crashed is left, and the call goes on by another one", async () => {
  const coming = client.fetch([at(3)], LIMITS, signal);
  (await sent(0)).crash(new Error("the connection ended"));
  await (await sent(1)).deliver("t", 0, [3]);
  expect(codes(await coming)).toEqual([[0, ERROR.none]]);
  expect(client.consumers.map(({ isLeft }) => isLeft)).toEqual([true, false]);
});

test("a transaction that is longer than a piece is read by a second consumer, which serves for the next one, too", async () => {
  for (const offset of [3, 20]) {
    const coming = client.fetch([at(offset)], COMMITTED, signal);
    await (await sent(0)).deliver("t", 0, [offset], true);
    await (await sent(1)).deliver("t", 0, [offset, offset + 1]);
    expect(codes(await coming)).toEqual([[0, ERROR.none]]);
  }
  const sizes = client.consumers.map(({ config }) => config?.maxBytesPerPartition);
  expect(sizes).toEqual([5, LONGEST_BYTES]);
});

test("a transaction that does not end within the most that a consumer is given is an error that says how to go on", async () => {
  const coming = client.fetch([at(3)], COMMITTED, signal);
  const failure = expect(coming).rejects.toMatchObject({
    condition: "SS_KAFKA_TRANSACTION_TOO_LONG",
    parameters: { topicPartition: "t-0", offset: "3", bytes: String(LONGEST_BYTES) },
  });
  await (await sent(0)).deliver("t", 0, [3], true);
  await (await sent(1)).deliver("t", 0, [3, 4], true);
  await failure;
});

test("first offsets that do not come are gone where the log begins behind them by now, and else were compacted", async () => {
  const compacted = client.fetch([at(3)], LIMITS, signal);
  await (await sent(0)).deliver("t", 0, [6]);
  expect(codes(await compacted)).toEqual([[0, ERROR.none]]);
  const gone = client.fetch([at(7)], LIMITS, signal);
  const consumer = await sent(0);
  client.earliest = 9;
  await consumer.deliver("t", 0, [9]);
  expect(codes(await gone)).toEqual([[0, ERROR.offsetOutOfRange]]);
});

test("an offset that is not there is told without a consumer", async () => {
  expect(codes(await client.fetch([at(101)], LIMITS, signal))).toEqual([[0, ERROR.offsetOutOfRange]]);
  expect(client.consumers).toEqual([]);
});

test("a call ends at once when its client is closed while a consumer joins its group, and none joins after", async () => {
  let join = (): void => {};
  client.joining = new Promise((resolve) => {
    join = resolve;
  });
  const coming = expect(client.fetch([at(3)], LIMITS, signal)).rejects.toMatchObject(CLOSED);
  while (client.consumers.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await client.close();
  await coming;
  expect(client.consumers[0]!.isLeft).toBe(true);
  join();
  await expect(client.fetch([at(3)], LIMITS, signal)).rejects.toMatchObject(CLOSED);
  expect(client.consumers).toHaveLength(1);
});

test("a call ends at once when its client is closed while it waits to try again", async () => {
  let asked = 0;
  const pauses = new TestClient({ ...CLIENT, retryBackoffMs: 5000, retryBackoffMaxMs: 5000 });
  pauses.offsets = () => {
    asked++;
    return Promise.reject(new Error("the broker does not answer"));
  };
  const coming = expect(pauses.fetch([at(3)], LIMITS, signal)).rejects.toMatchObject(CLOSED);
  while (asked === 0) await new Promise((resolve) => setImmediate(resolve));
  await pauses.close();
  await coming;
  const before = asked;
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toBe(before);
});

test("a call whose client is closed and which was aborted ends by the reason of that", async () => {
  const over = new AbortController();
  over.abort(new Error("stopped"));
  await client.close();
  await expect(client.fetch([at(3)], LIMITS, over.signal)).rejects.toThrow("stopped");
});
