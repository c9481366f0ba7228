import {
  CODECS,
  EARLIEST,
  ERROR,
  type FetchedPartition,
  type FetchLimits,
  type FetchPosition,
  HeaderWriter,
  type KafkaClient,
  LATEST,
  type ListedOffset,
  type OffsetQuery,
  RecordBatchWriter,
} from "@ss/kafka";

interface Stored {
  readonly offset: number;
  readonly timestamp: number;
  readonly batch: Uint8Array;
}

interface Log {
  readonly records: Stored[];
  start: number;
  end: number;
}

const NO_HEADERS = new HeaderWriter();

/** Topics in memory behind the contract of the client: every record is a batch of its own. */
export class FakeKafka {
  readonly logs: Map<string, Log[]> = new Map();
  /** How many requests for records were made. */
  fetches = 0;
  /** What was committed, by group, and how commits fail, if they do. */
  readonly groups: Map<string, readonly FetchPosition[]> = new Map();
  commitFailure: Error | null = null;
  private readonly waiting = new Set<() => void>();

  create(topic: string, partitions: number): void {
    const logs = this.logs.get(topic) ?? [];
    while (logs.length < partitions) logs.push({ records: [], start: 0, end: 0 });
    this.logs.set(topic, logs);
    this.ring();
  }

  delete(topic: string): void {
    this.logs.delete(topic);
    this.ring();
  }

  /** Adds records; the time of each is its offset. */
  add(topic: string, partition: number, values: readonly string[]): void {
    const log = this.logs.get(topic)![partition]!;
    for (const value of values) {
      const offset = log.end++;
      log.records.push({ offset, timestamp: offset, batch: batchOf(offset, value) });
    }
    this.ring();
  }

  /** What lies before an offset goes, as by retention. */
  expire(topic: string, partition: number, before: number): void {
    const log = this.logs.get(topic)![partition]!;
    log.start = before;
    log.end = Math.max(log.end, before);
    log.records.splice(0, log.records.length, ...log.records.filter(({ offset }) => offset >= before));
  }

  client(): KafkaClient {
    const closing = new AbortController();
    return {
      topics: async () => [...this.logs.keys()],
      partitions: async (topics) =>
        new Map(
          topics.flatMap((topic) => {
            const logs = this.logs.get(topic);
            return logs === undefined ? [] : [[topic, logs.map((_, partition) => partition)] as const];
          }),
        ),
      offsets: async (queries) => queries.map((query) => this.offset(query)),
      fetch: (positions, limits, signal) =>
        this.fetch(positions, limits, AbortSignal.any([signal, closing.signal])),
      commitOffsets: async (group, offsets) => {
        if (this.commitFailure !== null) throw this.commitFailure;
        this.groups.set(group, offsets);
      },
      waitForRecords: async (positions, readCommitted, signal) => {
        const limits = { maxWaitMs: 20_000, minBytes: 1, maxBytes: 1, maxPartitionBytes: 1, readCommitted };
        const answers = await this.fetch(positions, limits, AbortSignal.any([signal, closing.signal]));
        return answers.some(({ start, end, errorCode }) => end > start || errorCode !== 0);
      },
      close: async () => closing.abort(new Error("closed")),
    };
  }

  private log({ topic, partition }: { topic: string; partition: number }): Log | undefined {
    return this.logs.get(topic)?.[partition];
  }

  private offset(query: OffsetQuery): ListedOffset {
    const { topic, partition, timestamp } = query;
    const log = this.log(query);
    if (log === undefined) return { topic, partition, errorCode: ERROR.unknownTopicOrPartition, offset: -1 };
    const at = { topic, partition, errorCode: ERROR.none };
    if (timestamp === EARLIEST) return { ...at, offset: log.start };
    if (timestamp === LATEST) return { ...at, offset: log.end };
    return { ...at, offset: log.records.find((record) => record.timestamp >= timestamp)?.offset ?? -1 };
  }

  private async fetch(
    positions: readonly FetchPosition[],
    limits: FetchLimits,
    signal: AbortSignal,
  ): Promise<readonly FetchedPartition[]> {
    this.fetches++;
    for (;;) {
      signal.throwIfAborted();
      const answers = positions.map((position) => this.answer(position, limits));
      const isReady = answers.some(({ start, end, errorCode }) => end > start || errorCode !== ERROR.none);
      if (isReady || limits.maxWaitMs < 1000) return answers;
      await this.change(signal);
    }
  }

  private change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.waiting.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener("abort", done);
    });
  }

  private answer(position: FetchPosition, limits: FetchLimits): FetchedPartition {
    const { topic, partition, offset } = position;
    const log = this.log(position);
    const nothing = {
      topic,
      partition,
      highWatermark: -1,
      aborted: [],
      bytes: new Uint8Array(0),
      start: 0,
      end: 0,
    };
    if (log === undefined) return { ...nothing, errorCode: ERROR.unknownTopicOrPartition };
    if (offset < log.start || offset > log.end) return { ...nothing, errorCode: ERROR.offsetOutOfRange };
    const batches: Uint8Array[] = [];
    let size = 0;
    for (const record of log.records) {
      if (record.offset < offset || (size > 0 && size + record.batch.length > limits.maxPartitionBytes))
        continue;
      batches.push(record.batch);
      size += record.batch.length;
    }
    const bytes = Buffer.concat(batches);
    return { ...nothing, errorCode: ERROR.none, highWatermark: log.end, bytes, start: 0, end: bytes.length };
  }

  private ring(): void {
    for (const wake of [...this.waiting]) wake();
  }
}

function batchOf(offset: number, value: string): Uint8Array {
  const writer = new RecordBatchWriter();
  const bytes = Buffer.from(value);
  writer.add(offset, bytes, 0, -1, bytes, 0, bytes.length, NO_HEADERS);
  const batch = writer.finish(CODECS.none, null);
  new DataView(batch.buffer).setBigInt64(0, BigInt(offset));
  return batch;
}
