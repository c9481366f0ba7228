import { systemClock } from "@ss/core";
import { expect, test } from "vitest";
import { type BatchOrigin, BatchSender } from "../src/client/batch-sender.js";
import type { ClusterView } from "../src/client/cluster-view.js";
import { PartitionQueue, sequenceAfter } from "../src/client/partition-queue.js";
import { fenced } from "../src/client/producer-errors.js";
import { TopicQueues } from "../src/client/topic-queues.js";
import type { ProducerSettings } from "../src/options/producer-options.js";
import { ByteCursor } from "../src/protocol/byte-cursor.js";
import { ByteWriter } from "../src/protocol/byte-writer.js";
import type { ProduceResult } from "../src/protocol/produce.js";
import type { ApiVersions, Request } from "../src/protocol/request.js";
import { HeaderWriter } from "../src/records/record-batch-writer.js";
import { type BatchRow, decodedBatch } from "./decoded-batch.js";

const NO_SIGNAL = new AbortController().signal;
const SETTINGS: ProducerSettings = {
  acks: -1,
  idempotent: true,
  codec: 0,
  batchBytes: 1000,
  maxRequestBytes: 10_000,
  bufferBytes: 1_000_000,
  retries: 3,
  deliveryTimeoutMs: 10_000,
  replicaTimeoutMs: 1000,
  blockTimeoutMs: 1000,
  metadataAgeMs: 1000,
  transactionTimeoutMs: 1000,
};

/** What a broker answers to a request: a code for each batch, or the failure of the connection. */
type Answer = number | Error;

/** A broker that answers as it is told, and takes everything after that. */
class Broker {
  readonly taken: { partition: number; rows: readonly BatchRow[] }[] = [];
  readonly requests: number[] = [];
  nowMs = 0;
  versions: ApiVersions = { 0: { minVersion: 3, maxVersion: 8 } };
  /** How often somebody asked who leads a partition, and for metadata. */
  leaderLooks = 0;
  readonly metadataMs: number[] = [];
  onMetadata: () => void = () => {};
  /** Partitions that have no leader, whoever asks. */
  readonly leaderless = new Set<number>();
  private readonly answers: Answer[];
  private leader: number | undefined = 1;

  constructor(...answers: readonly Answer[]) {
    this.answers = [...answers];
  }

  cluster(): ClusterView {
    const clock = {
      ...systemClock,
      monotonicMs: () => this.nowMs,
      sleep: async (ms: number) => void (this.nowMs += ms),
    };
    const view = {
      clock,
      settings: { brokers: ["b:1"], retryBackoffMs: 100, retryBackoffMaxMs: 1000 },
      leaderOf: ({ partition }: { partition: number }) => {
        this.leaderLooks++;
        return this.leaderless.has(partition) ? undefined : this.leader;
      },
      forget: () => {
        this.leader = undefined;
      },
      metadata: async () => {
        this.metadataMs.push(this.nowMs);
        this.onMetadata();
        this.leader = 1;
        return [];
      },
      brokers: {
        send: async (_: number, make: (versions: ApiVersions) => Request<readonly ProduceResult[]>) =>
          this.receive(make(this.versions)),
      },
    };
    return view as unknown as ClusterView;
  }

  private async receive(request: Request<readonly ProduceResult[]>): Promise<readonly ProduceResult[]> {
    const answer = this.answers.shift() ?? 0;
    if (answer instanceof Error) throw answer;
    const writer = new ByteWriter();
    request.write(writer);
    const parts = partsOf(writer.buffer);
    this.requests.push(parts.length);
    return parts.map(({ partition, batch }) => {
      if (answer === 0) this.taken.push({ partition, rows: decodedBatch(batch) });
      return { topic: "t", partition, errorCode: answer, message: null };
    });
  }
}

function partsOf(bytes: Uint8Array): { partition: number; batch: Uint8Array }[] {
  const cursor = new ByteCursor();
  cursor.place(bytes, 0, bytes.length);
  cursor.nullableString();
  cursor.int16();
  cursor.int32();
  const parts = cursor.array(() => {
    cursor.string();
    return cursor.array(() => {
      const partition = cursor.int32();
      const size = cursor.int32();
      const at = cursor.at;
      cursor.at += size;
      return { partition, batch: bytes.slice(at, at + size) };
    });
  });
  return parts.flat();
}

function origin(transactionalId: string | null = null): BatchOrigin & { renewals: number } {
  let identity = { producerId: 7, producerEpoch: 0 };
  const self = {
    transactionalId,
    renewals: 0,
    get identity() {
      return identity;
    },
    enlist: async () => {},
    renew: async () => {
      self.renewals++;
      identity = { producerId: identity.producerId + 1, producerEpoch: 0 };
    },
    lost: (code: number) => fenced(transactionalId ?? "", code),
  };
  return self;
}

function fill(queue: PartitionQueue, ...values: readonly string[]): void {
  for (const text of values) {
    const value = Buffer.from(text);
    queue.writer.add(1000, value, 0, -1, value, 0, value.length, new HeaderWriter());
  }
}

const valuesOf = ({ taken }: Broker): string[] => taken.flatMap(({ rows }) => rows.map(({ value }) => value));
const sequencesOf = ({ taken }: Broker): number[] => taken.map(({ rows }) => rows[0]!.sequence);

test("batches of a partition arrive in order, one in a request, with the numbers of their records", async () => {
  const broker = new Broker();
  const sender = new BatchSender(broker.cluster(), SETTINGS, origin());
  const [first, second] = [new PartitionQueue("t", 0, false), new PartitionQueue("t", 1, false)];
  for (const values of [["a", "b"], ["c"], ["d"]]) {
    fill(first, ...values);
    sender.close(first);
  }
  fill(second, "x");
  sender.close(second);
  await sender.delivered(NO_SIGNAL);
  const ofFirst = broker.taken.filter(({ partition }) => partition === 0);
  expect(ofFirst.flatMap(({ rows }) => rows.map(({ value }) => value))).toEqual(["a", "b", "c", "d"]);
  expect(ofFirst.map(({ rows }) => rows[0]!.sequence)).toEqual([0, 2, 3]);
});

test.each([
  ["a connection that ends", new Error("the connection was closed")],
  ["a leader that moved", 6],
  ["a leader that is not known yet", 3],
  ["too few replicas", 19],
])("after %s the same batch is sent again", async (_, answer) => {
  const broker = new Broker(answer, answer);
  const sender = new BatchSender(broker.cluster(), SETTINGS, origin());
  const queue = new PartitionQueue("t", 0, false);
  fill(queue, "a", "b");
  sender.close(queue);
  await sender.delivered(NO_SIGNAL);
  expect([valuesOf(broker), sequencesOf(broker)]).toEqual([["a", "b"], [0]]);
});

test("a batch that a broker has already is delivered", async () => {
  const broker = new Broker(new Error("no answer"), 46);
  const sender = new BatchSender(broker.cluster(), SETTINGS, origin());
  const queue = new PartitionQueue("t", 0, false);
  fill(queue, "a");
  sender.close(queue);
  await sender.delivered(NO_SIGNAL);
  expect(queue.ready).toEqual([]);
});

test.each([45, 59])("a producer that the brokers have forgotten (%i) goes on as another", async (code) => {
  const broker = new Broker(0, code);
  const from = origin();
  const sender = new BatchSender(broker.cluster(), SETTINGS, from);
  const queue = new PartitionQueue("t", 0, false);
  for (const value of ["a", "b", "c"]) {
    fill(queue, value);
    sender.close(queue);
  }
  await sender.delivered(NO_SIGNAL);
  expect(from.renewals).toBe(1);
  expect(broker.taken.map(({ rows }) => [rows[0]!.value, rows[0]!.producerId, rows[0]!.sequence])).toEqual([
    ["a", 7, 0],
    ["b", 8, 0],
    ["c", 8, 1],
  ]);
});

test("a batch that is too large is divided until it fits, and its records keep their numbers", async () => {
  const broker = new Broker(10, 10);
  const sender = new BatchSender(broker.cluster(), SETTINGS, origin());
  const queue = new PartitionQueue("t", 0, false);
  fill(queue, "a", "b", "c", "d", "e");
  sender.close(queue);
  await sender.delivered(NO_SIGNAL);
  expect(broker.taken.map(({ rows }) => rows.map(({ value }) => value))).toEqual([
    ["a"],
    ["b"],
    ["c", "d", "e"],
  ]);
  expect(sequencesOf(broker)).toEqual([0, 1, 2]);
});

test("a single record that is too large fails by name, with topic, partition and size", async () => {
  const sender = new BatchSender(new Broker(10).cluster(), SETTINGS, origin());
  const queue = new PartitionQueue("t", 4, false);
  fill(queue, "a".repeat(100));
  sender.close(queue);
  await expect(sender.delivered(NO_SIGNAL)).rejects.toThrow(/SS_KAFKA_RECORD_TOO_LARGE.*t-4 has 1\d\d bytes/);
  expect(() => sender.close(queue)).toThrow("SS_KAFKA_RECORD_TOO_LARGE");
});

test.each([
  ["as often as it may be sent", SETTINGS, "4 attempts"],
  ["within the time of a delivery", { ...SETTINGS, retries: 1000 }, "10000 ms"],
])("a batch that is not taken %s fails by name", async (_, settings, limit) => {
  const broker = new Broker(...Array.from({ length: 1000 }, () => 5));
  const sender = new BatchSender(broker.cluster(), settings, origin());
  const queue = new PartitionQueue("t", 0, false);
  fill(queue, "a", "b");
  sender.close(queue);
  await expect(sender.delivered(NO_SIGNAL)).rejects.toThrow(
    `2 records for t-0 could not be delivered within ${limit}: its leader gave LEADER_NOT_AVAILABLE (5)`,
  );
});

test.each([
  [29, "SS_KAFKA_NOT_AUTHORIZED"],
  [87, "INVALID_RECORD (87)"],
  [76, "UNSUPPORTED_COMPRESSION_TYPE"],
])("the code %i ends a delivery at once", async (code, message) => {
  const sender = new BatchSender(new Broker(code).cluster(), SETTINGS, origin());
  const queue = new PartitionQueue("t", 0, false);
  fill(queue, "a");
  sender.close(queue);
  await expect(sender.delivered(NO_SIGNAL)).rejects.toThrow(message);
});

test("in a transaction a code that says that it is lost ends everything, until it is discarded", async () => {
  const broker = new Broker(47);
  const sender = new BatchSender(broker.cluster(), SETTINGS, origin("id"));
  const queue = new PartitionQueue("t", 0, true);
  fill(queue, "a");
  sender.close(queue);
  await expect(sender.delivered(NO_SIGNAL)).rejects.toThrow("SS_KAFKA_FENCED");
  sender.discard();
  queue.reset();
  fill(queue, "b");
  sender.close(queue);
  await sender.delivered(NO_SIGNAL);
  expect(valuesOf(broker)).toEqual(["b"]);
});

test("numbers of records begin again behind the largest one", () => {
  expect(sequenceAfter(0, 5)).toBe(5);
  expect(sequenceAfter(0x7fffffff, 1)).toBe(0);
  expect(sequenceAfter(0x7ffffffe, 3)).toBe(1);
});

test("brokers that are too old for record batches are named as such", async () => {
  const broker = new Broker();
  broker.versions = { 0: { minVersion: 0, maxVersion: 2 } };
  const sender = new BatchSender(broker.cluster(), SETTINGS, origin());
  const queue = new PartitionQueue("t", 0, false);
  fill(queue, "a");
  sender.close(queue);
  await expect(sender.delivered(NO_SIGNAL)).rejects.toThrow("Writing needs brokers of Kafka 0.11 or newer.");
});

test.each([400, 1600])("what a flush of %i partitions costs is in proportion to them", async (count) => {
  const broker = new Broker();
  const sender = new BatchSender(broker.cluster(), SETTINGS, origin());
  const queues = Array.from({ length: count }, (_, partition) => new PartitionQueue("t", partition, false));
  for (const queue of queues) fill(queue, "a");
  sender.closeAll(queues);
  await sender.delivered(NO_SIGNAL);
  expect(broker.taken).toHaveLength(count);
  expect(broker.leaderLooks).toBeLessThan(4 * count);
  // as many in a request as it may have, each some 70 bytes
  expect(Math.max(...broker.requests)).toBeGreaterThan(100);
});

test("nobody who waits for records that are discarded is told that they were delivered", async () => {
  const broker = new Broker();
  const sender = new BatchSender(broker.cluster(), { ...SETTINGS, bufferBytes: 10 }, origin());
  const queue = new PartitionQueue("t", 0, false);
  fill(queue, "a");
  sender.close(queue);
  const waiters = [sender.delivered(NO_SIGNAL), sender.room(NO_SIGNAL)];
  sender.discard();
  queue.reset();
  for (const waiter of waiters)
    await expect(waiter).rejects.toMatchObject({ condition: "SS_KAFKA_DISCARDED" });
});

test("a failure that is discarded before those who wait have heard of it is the cause that they get", async () => {
  const sender = new BatchSender(new Broker().cluster(), SETTINGS, origin());
  const queue = new PartitionQueue("t", 0, false);
  fill(queue, "a");
  sender.close(queue);
  const waiter = sender.delivered(NO_SIGNAL);
  sender.end();
  sender.discard();
  await expect(waiter).rejects.toMatchObject({
    condition: "SS_KAFKA_DISCARDED",
    cause: { message: "the producer was closed" },
  });
});

test("batches that are open take room too", () => {
  const sender = new BatchSender(new Broker().cluster(), { ...SETTINGS, bufferBytes: 1000 }, origin());
  const topic = new TopicQueues("t", SETTINGS, sender, false);
  topic.update(10, 0);
  const value = Buffer.alloc(200);
  const add = (partition: number): boolean =>
    topic.add(partition, 1000, value, 0, -1, value, 0, value.length, new HeaderWriter());
  expect([0, 1, 2, 3].map(add)).toEqual([true, true, true, true]);
  expect([add(4), sender.isFullOfOpen]).toEqual([false, true]);
  sender.discard();
  topic.reset();
  expect([add(0), sender.isFullOfOpen]).toEqual([true, false]);
});

test("a partition without a leader is looked for after longer and longer pauses, whatever others deliver", async () => {
  const broker = new Broker();
  broker.leaderless.add(0);
  const settings = { ...SETTINGS, deliveryTimeoutMs: 5000 };
  const sender = new BatchSender(broker.cluster(), settings, origin());
  const [lost, other] = [new PartitionQueue("t", 0, false), new PartitionQueue("t", 1, false)];
  fill(lost, "a");
  broker.onMetadata = () => {
    fill(other, "x");
    sender.close(other);
  };
  sender.close(lost);
  await expect(sender.delivered(NO_SIGNAL)).rejects.toThrow(
    "t-0 could not be delivered within 5000 ms: t-0 has no leader",
  );
  expect(broker.metadataMs).toEqual([0, 100, 300, 700, 1500, 2500, 3500, 4500, 5500]);
  expect(broker.taken).toHaveLength(9);
});
