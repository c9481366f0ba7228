import { StreamError } from "@ss/core";
import { fenced, type HeaderWriter, type TopicWriter, type TransactionalProducer } from "@ss/kafka";

/** A record in a {@link FakeKafka}. */
export interface FakeRecord {
  readonly topic: string;
  readonly partition: number;
  readonly timestampMs: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headerCount: number;
}

interface Offset {
  readonly group: string;
  readonly offset: number;
}

/** A cluster in memory: what is committed, and which producer has a transactional id. */
export class FakeKafka {
  readonly records: FakeRecord[] = [];
  readonly offsets: Map<string, number> = new Map();
  readonly owners: Map<string, FakeProducer> = new Map();
  readonly partitionCounts: Map<string, number> = new Map();
  /** Topics that were asked for, in order. */
  readonly asked: string[] = [];

  producer(transactionalId: string | null): FakeProducer {
    return new FakeProducer(this, transactionalId);
  }
}

/** A producer of a {@link FakeKafka}; `room` and `failure` are a test's to set. */
export class FakeProducer implements TransactionalProducer {
  failure: Error | null = null;
  /** Records after which there is no room until it was waited for. */
  roomCount: number = Number.POSITIVE_INFINITY;
  waits = 0;
  flushes = 0;
  isClosed = false;
  private readonly kafka: FakeKafka;
  private readonly transactionalId: string | null;
  private pending: FakeRecord[] = [];
  private sinceRoom = 0;

  constructor(kafka: FakeKafka, transactionalId: string | null) {
    this.kafka = kafka;
    this.transactionalId = transactionalId;
  }

  async topic(topic: string): Promise<TopicWriter> {
    this.kafka.asked.push(topic);
    const partitionCount = this.kafka.partitionCounts.get(topic) ?? 4;
    const add = (...record: Parameters<TopicWriter["add"]>): boolean => this.add(topic, ...record);
    return { topic, partitionCount, add };
  }

  async room(): Promise<void> {
    this.waits++;
    this.sinceRoom = 0;
  }

  async flush(): Promise<void> {
    this.flushes++;
    if (this.failure !== null) throw this.failure;
    if (this.transactionalId === null) this.show();
  }

  discard(): void {
    this.pending = [];
    this.failure = null;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  async fence(): Promise<void> {
    const owner = this.kafka.owners.get(this.transactionalId!);
    if (owner !== undefined && owner !== this) owner.failure = fenced(this.transactionalId!, 90);
    if (this.failure !== null) throw this.failure;
    this.kafka.owners.set(this.transactionalId!, this);
    this.pending = [];
  }

  async committedOffset(group: string): Promise<number> {
    return this.kafka.offsets.get(group) ?? -1;
  }

  async commit(offset: Offset | null): Promise<void> {
    await this.flush();
    this.show();
    if (offset !== null) this.kafka.offsets.set(offset.group, offset.offset);
  }

  async abort(): Promise<void> {
    const { failure } = this;
    this.discard();
    if (StreamError.is(failure, "SS_KAFKA_FENCED")) this.failure = failure;
  }

  private show(): void {
    this.kafka.records.push(...this.pending);
    this.pending = [];
  }

  private add(
    topic: string,
    partition: number,
    timestampMs: number,
    key: Uint8Array,
    keyStart: number,
    keyLength: number,
    value: Uint8Array,
    valueStart: number,
    valueLength: number,
    headers: HeaderWriter,
  ): boolean {
    if (this.failure !== null) throw this.failure;
    this.pending.push({
      topic,
      partition,
      timestampMs,
      key: text(key, keyStart, keyLength),
      value: text(value, valueStart, valueLength),
      headerCount: headers.count,
    });
    return ++this.sinceRoom < this.roomCount;
  }
}

function text(bytes: Uint8Array, start: number, length: number): string | null {
  return length < 0 ? null : Buffer.from(bytes.subarray(start, start + length)).toString();
}
