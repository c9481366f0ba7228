import type { Batch, Consumer, ConsumerConfig, ConsumerRunConfig } from "kafkajs";
import type { DeliveredMessage } from "../src/consumer/delivered-records.js";

const EVENTS = {
  GROUP_JOIN: "consumer.group_join",
  START_BATCH_PROCESS: "consumer.start_batch_process",
  CRASH: "consumer.crash",
};

/** A consumer of kafkajs to which a test says what comes; partitions are written `t-0`. */
export class FakeConsumer {
  config: ConsumerConfig | null = null;
  topics: readonly string[] = [];
  run: ConsumerRunConfig = {};
  isLeft = false;
  /** The partitions that are fetched. */
  readonly fetched: Set<string> = new Set();
  /** Where the consumer was sent, and did not go yet. */
  readonly sought: Map<string, number> = new Map();
  /** The group can be joined once this ends. */
  joining: Promise<void> = Promise.resolve();
  private readonly assignment: Readonly<Record<string, readonly number[]>>;
  private readonly listeners = new Map<string, (event: object) => void>();

  constructor(assignment: Readonly<Record<string, readonly number[]>>) {
    this.assignment = assignment;
  }

  /** What a session makes its consumer by. */
  readonly make = (config: ConsumerConfig): Consumer => {
    this.config = config;
    const consumer = {
      events: EVENTS,
      on: (name: string, listener: (event: object) => void) => void this.listeners.set(name, listener),
      connect: async () => {},
      subscribe: async ({ topics }: { topics: string[] }) => {
        this.topics = topics;
      },
      run: async (run: ConsumerRunConfig) => {
        this.run = run;
        await this.joining;
        this.join();
      },
      seek: ({ topic, partition, offset }: { topic: string; partition: number; offset: string }) =>
        void this.sought.set(`${topic}-${partition}`, Number(offset)),
      pause: (topics: readonly { topic: string; partitions: readonly number[] }[]) =>
        each(topics, (name) => this.fetched.delete(name)),
      resume: (topics: readonly { topic: string; partitions: readonly number[] }[]) =>
        each(topics, (name) => this.fetched.add(name)),
      disconnect: async () => {
        this.isLeft = true;
      },
    };
    return consumer as unknown as Consumer;
  };

  /** The group is joined: at first, and again. */
  join(): void {
    for (const [topic, partitions] of Object.entries(this.assignment))
      for (const partition of partitions) this.fetched.add(`${topic}-${partition}`);
    this.emit(EVENTS.GROUP_JOIN, { memberAssignment: this.assignment });
  }

  /** The consumer has gone where it was sent. */
  go(): void {
    this.sought.clear();
  }

  /** Records come; with `inTransaction`, of one that has not ended. */
  async deliver(
    topic: string,
    partition: number,
    offsets: readonly number[],
    inTransaction = false,
  ): Promise<void> {
    const rawMessages = offsets.map((offset) => messageAt(offset, inTransaction));
    const batch = { topic, partition, highWatermark: "100", rawMessages, firstOffset: () => `${offsets[0]}` };
    await this.run.eachBatch!({
      batch: batch as unknown as Batch,
      pause: () => this.fetched.delete(`${topic}-${partition}`),
      isStale: () => this.sought.has(`${topic}-${partition}`),
    } as never);
  }

  /** Nothing but markers came. */
  passOver(topic: string, partition: number, firstOffset: number, lastOffset: number): void {
    const offsets = { firstOffset: `${firstOffset}`, lastOffset: `${lastOffset}` };
    this.emit(EVENTS.START_BATCH_PROCESS, {
      topic,
      partition,
      highWatermark: "100",
      batchSize: 0,
      ...offsets,
    });
  }

  crash(error: Error): void {
    this.emit(EVENTS.CRASH, { error });
  }

  private emit(name: string, payload: object): void {
    this.listeners.get(name)!({ payload });
  }
}

function each(
  topics: readonly { topic: string; partitions: readonly number[] }[],
  act: (name: string) => unknown,
): void {
  for (const { topic, partitions } of topics)
    for (const partition of partitions) act(`${topic}-${partition}`);
}

function messageAt(offset: number, inTransaction: boolean): DeliveredMessage {
  const batchContext = { firstOffset: `${offset}`, lastOffsetDelta: 0, producerId: "-1", timestampType: 0 };
  return {
    offset: `${offset}`,
    key: null,
    value: null,
    timestamp: "0",
    attributes: 0,
    headers: {},
    magicByte: 2,
    batchContext: { ...batchContext, inTransaction },
  };
}
