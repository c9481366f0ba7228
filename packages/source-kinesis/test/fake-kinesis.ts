import type { Clock } from "@ss/core";
import type {
  KinesisClient,
  KinesisRecord,
  RecordPage,
  Shard,
  StartingPosition,
  StreamSummary,
  SubscriptionEvent,
} from "../src/kinesis-client.js";
import { compareSequenceNumbers } from "../src/position.js";

const LAST_KEY = 2n ** 128n - 1n;
const LIMIT_REQUESTS = 5;
const LIMIT_BYTES = 2_000_000;

class FakeShard implements Shard {
  isClosed = false;
  readonly shardId: string;
  readonly parents: readonly string[];
  readonly hashKeys: { readonly first: bigint; readonly last: bigint };
  readonly records: KinesisRecord[] = [];
  /** Records before this are deleted. */
  trimmed = 0;
  /** When requests were made, and how much they gave. */
  requests: { readonly atMs: number; readonly bytes: number }[] = [];

  constructor(shardId: string, parents: readonly string[], first: bigint, last: bigint) {
    this.shardId = shardId;
    this.parents = parents;
    this.hashKeys = { first, last };
  }
}

/** What a request may be told to fail with. */
export type FakeCall = "listShards" | "shardIterator" | "records" | "subscribe";

/** An error as the service gives it. */
export function serviceError(name: string, message: string = name): Error {
  return Object.assign(new Error(message), { name });
}

/** Kinesis in memory: one stream, whose limits hold by the clock. */
export class FakeKinesis implements KinesisClient {
  readonly name: string = "clicks";
  readonly shards: FakeShard[] = [];
  readonly failures: { readonly call: FakeCall; readonly error: Error }[] = [];
  readonly calls: string[] = [];
  retentionMs: number = 24 * 3_600_000;
  /** Whether the limits of the service are those of this one. */
  hasLimits = true;
  /** Some servers never end the iterator of a closed shard. */
  endsIterators = true;
  /** Some tell the end of a shard only behind its last record. */
  endsLate = false;
  consumers: Map<string, { isActive: boolean }> = new Map();
  isClosed = false;
  /** Calls that are never answered. */
  readonly silent: Set<FakeCall> = new Set();
  private readonly clock: Clock;
  private sequence = 0;
  private epoch = 0;
  private listeners: (() => void)[] = [];

  constructor(clock: Clock, shardCount: number) {
    this.clock = clock;
    const width = (LAST_KEY + 1n) / BigInt(shardCount);
    for (let k = 0n; k < shardCount; k++)
      this.addShard([], k * width, k + 1n === BigInt(shardCount) ? LAST_KEY : (k + 1n) * width - 1n);
  }

  put(text: string | Uint8Array, shard = 0, partitionKey = "key"): string {
    const target = this.shards[shard]!;
    if (target.isClosed) throw new Error("the shard is closed");
    const sequenceNumber = `${4900000 + ++this.sequence}`.padEnd(40, "0");
    const data = typeof text === "string" ? new TextEncoder().encode(text) : text;
    target.records.push({ sequenceNumber, partitionKey, data, arrivalMs: this.clock.now() });
    this.tell();
    return sequenceNumber;
  }

  split(shard: number): [number, number] {
    const parent = this.shards[shard]!;
    parent.isClosed = true;
    const { first, last } = parent.hashKeys;
    const middle = (first + last) / 2n;
    const children = [
      this.addShard([parent.shardId], first, middle),
      this.addShard([parent.shardId], middle + 1n, last),
    ] as [number, number];
    this.tell();
    return children;
  }

  merge(a: number, b: number): number {
    const parents = [this.shards[a]!, this.shards[b]!];
    for (const parent of parents) parent.isClosed = true;
    const [left, right] = parents.sort((x, y) => (x.hashKeys.first < y.hashKeys.first ? -1 : 1));
    const ids = parents.map(({ shardId }) => shardId);
    const child = this.addShard(ids, left!.hashKeys.first, right!.hashKeys.last);
    this.tell();
    return child;
  }

  /** Deletes the first records of a shard, as if they were too old. */
  trim(shard: number, count: number): void {
    this.shards[shard]!.trimmed += count;
  }

  /** Another stream of the same name, with other sequence numbers. */
  recreate(): void {
    this.shards.length = 0;
    this.sequence = 500_000;
    this.epoch++;
    this.addShard([], 0n, LAST_KEY);
  }

  fail(call: FakeCall, error: Error, times = 1): void {
    for (let k = 0; k < times; k++) this.failures.push({ call, error });
  }

  async listShards(): Promise<readonly Shard[]> {
    this.called("listShards");
    await this.answer("listShards");
    return this.shards.map(({ shardId, parents, isClosed, hashKeys }) => ({
      shardId,
      parents,
      isClosed,
      hashKeys,
    }));
  }

  async summary(): Promise<StreamSummary> {
    return { arn: "arn:clicks", retentionMs: this.retentionMs };
  }

  async shardIterator(_stream: string, shardId: string, position: StartingPosition): Promise<string> {
    this.called("shardIterator");
    await this.answer("shardIterator");
    const shard = this.shard(shardId);
    return JSON.stringify([shardId, this.indexOf(shard, position)]);
  }

  async records(iterator: string, limit: number): Promise<RecordPage> {
    this.called("records");
    await this.answer("records");
    const [shardId, from] = JSON.parse(iterator) as [string, number];
    const shard = this.shard(shardId);
    this.checkLimits(shard);
    const first = Math.max(from, shard.trimmed);
    const records = shard.records.slice(first, first + limit);
    const next = first + records.length;
    const bytes = records.reduce((sum, { data }) => sum + data.length, 0);
    shard.requests.push({ atMs: this.clock.monotonicMs(), bytes });
    const isEnd =
      shard.isClosed &&
      next === shard.records.length &&
      this.endsIterators &&
      (!this.endsLate || records.length === 0);
    const newest = shard.records.at(-1)?.arrivalMs ?? 0;
    return {
      records,
      nextIterator: isEnd ? null : JSON.stringify([shardId, next]),
      millisBehindLatest:
        next === shard.records.length ? 0 : Math.max(1, newest - (records.at(-1)?.arrivalMs ?? 0)),
    };
  }

  async consumer(_streamArn: string, name: string): Promise<string | null> {
    this.calls.push("consumer");
    const known = this.consumers.get(name);
    if (known === undefined) this.consumers.set(name, { isActive: false });
    else known.isActive = true;
    return known === undefined ? null : `arn:${name}`;
  }

  async deregisterConsumer(consumerArn: string): Promise<void> {
    this.consumers.delete(consumerArn.slice("arn:".length));
  }

  async subscribe(
    _consumerArn: string,
    shardId: string,
    position: StartingPosition,
    signal: AbortSignal,
  ): Promise<AsyncIterable<SubscriptionEvent>> {
    this.called("subscribe");
    const shard = this.shard(shardId);
    return this.events(shard, this.indexOf(shard, position), signal);
  }

  close(): void {
    this.isClosed = true;
  }

  /** A subscription of three events, the first of which comes at once. */
  private async *events(
    shard: FakeShard,
    from: number,
    signal: AbortSignal,
  ): AsyncGenerator<SubscriptionEvent> {
    let at = from;
    for (let k = 0; k < 3 && !signal.aborted; k++) {
      while (k > 0 && at === shard.records.length && !shard.isClosed && !signal.aborted)
        await new Promise<void>((resolve) => {
          this.listeners.push(resolve);
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      const records = shard.records.slice(at, at + 2);
      at += records.length;
      const isEnd = shard.isClosed && at === shard.records.length;
      const before = shard.records[at - 1]?.sequenceNumber ?? "0";
      const millisBehindLatest = at === shard.records.length ? 0 : 5;
      yield { records, millisBehindLatest, isEnd, continuation: isEnd ? null : before };
      if (isEnd) return;
    }
  }

  private addShard(parents: readonly string[], first: bigint, last: bigint): number {
    const shardId = `shardId-${String(this.shards.length).padStart(12, "0")}`;
    return this.shards.push(new FakeShard(shardId, parents, first, last)) - 1;
  }

  private shard(shardId: string): FakeShard {
    const shard = this.shards.find((other) => other.shardId === shardId);
    if (shard === undefined) throw serviceError("ResourceNotFoundException", `no shard ${shardId}`);
    return shard;
  }

  private indexOf(shard: FakeShard, position: StartingPosition): number {
    switch (position.type) {
      case "TRIM_HORIZON":
        return shard.trimmed;
      case "AT_TIMESTAMP": {
        if (position.timestamp > this.clock.now())
          throw serviceError("InvalidArgumentException", "the timestamp is in the future");
        const index = shard.records.findIndex(({ arrivalMs }) => arrivalMs >= position.timestamp);
        return index < 0 ? shard.records.length : index;
      }
      default: {
        const { type, sequenceNumber } = position;
        const isForeign = this.epoch > 0 && compareSequenceNumbers(sequenceNumber, "54".padEnd(40, "0")) < 0;
        if (isForeign)
          throw serviceError("InvalidArgumentException", "the sequence number is of another stream");
        const least = type === "AT_SEQUENCE_NUMBER" ? 0 : 1;
        const index = shard.records.findIndex(
          (record) => Math.sign(compareSequenceNumbers(record.sequenceNumber, sequenceNumber)) >= least,
        );
        return index < 0 ? shard.records.length : index;
      }
    }
  }

  private checkLimits(shard: FakeShard): void {
    if (!this.hasLimits) return;
    const nowMs = this.clock.monotonicMs();
    const recent = shard.requests.filter(({ atMs }) => atMs > nowMs - 1000);
    const bytes = recent.reduce((sum, request) => sum + request.bytes, 0);
    if (recent.length >= LIMIT_REQUESTS || bytes >= LIMIT_BYTES) {
      this.calls.push("refused");
      throw serviceError("ProvisionedThroughputExceededException", `Rate exceeded for ${shard.shardId}`);
    }
  }

  private called(call: FakeCall): void {
    this.calls.push(call);
    const at = this.failures.findIndex((failure) => failure.call === call);
    if (at < 0) return;
    throw this.failures.splice(at, 1)[0]!.error;
  }

  private async answer(call: FakeCall): Promise<void> {
    if (this.silent.has(call)) await new Promise(() => {});
  }

  private tell(): void {
    const { listeners } = this;
    this.listeners = [];
    for (const listener of listeners) listener();
  }
}
