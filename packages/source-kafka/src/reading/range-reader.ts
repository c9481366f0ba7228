import type { Batch, Clock } from "@ss/core";
import {
  EARLIEST,
  ERROR,
  type FetchedPartition,
  type FetchSettings,
  isZstdLoaded,
  type KafkaClient,
  LATEST,
  loadZstd,
  type OffsetRange,
  RecordColumns,
  RecordDecoder,
  readBatchHeads,
} from "@ss/kafka";
import { dataLoss } from "../errors.js";

/** How ranges are read. */
export interface RangeSettings {
  readonly fetch: FetchSettings;
  readonly failOnDataLoss: boolean;
  /** How long the brokers may give nothing of a range before that counts as lost. */
  readonly pollTimeoutMs: number;
}

/** What a reader needs around it. */
export interface RangeContext {
  readonly client: KafkaClient;
  readonly clock: Clock;
  /** Told of records that are lost where that is no failure. */
  readonly warn: (message: string) => void;
}

/** A range that is being read: what is left of it. */
interface Rest {
  readonly topic: string;
  readonly partition: number;
  readonly until: number;
  from: number;
  /** Since when no broker knows the partition. */
  missingSinceMs: number | null;
}

/** How long no broker knows a partition that is gone; one that has just started does not know all of them yet. */
export const MISSING_MS: number = 5000;
/** A range with more offsets is long: it has megabytes even of small records. */
const LONG_ROWS = 65_536;
/** What a request can ask of a partition at most. */
const MOST_BYTES = 0x7fffffff;
/** How long the next look waits. */
const LOOK_AGAIN_MS = 200;

/**
 * Reads ranges as batches. The ranges are asked for together, one request to each leader; while what came is decoded the next request is on its
 * way. A range is through when its last offset was decided on: records may be missing in it by compaction, and markers of transactions
 * have offsets without being records.
 */
export class RangeReader {
  private readonly context: RangeContext;
  private readonly settings: RangeSettings;
  private readonly signal: AbortSignal;
  private readonly columns: RecordColumns;
  private readonly decoder: RecordDecoder;
  private readonly rests: readonly Rest[];
  /** Grows when a record is larger than what a broker of an old release may send at a time. */
  private maxPartitionBytes: number;
  /** How long the brokers were waited for since they last gave something; the time of whoever takes the batches is not theirs. */
  private waitedMs = 0;

  constructor(
    ranges: readonly OffsetRange[],
    columns: readonly string[],
    settings: RangeSettings,
    context: RangeContext,
    signal: AbortSignal,
  ) {
    this.context = context;
    this.settings = settings;
    this.signal = signal;
    this.columns = new RecordColumns(columns);
    this.decoder = new RecordDecoder(this.columns, settings.fetch);
    this.rests = ranges.map(({ topic, partition, from, until }) => ({
      ...{ topic, partition, from, until },
      missingSinceMs: null,
    }));
    const isLong = ranges.length === 1 && ranges[0]!.until - ranges[0]!.from > LONG_ROWS;
    this.maxPartitionBytes = isLong ? settings.fetch.longRangeBytes : settings.fetch.maxPartitionBytes;
  }

  async *batches(): AsyncGenerator<Batch> {
    const { columns } = this;
    let coming = this.fetch(this.rests);
    try {
      while (coming !== null) {
        const answers: readonly FetchedPartition[] = await this.waited(coming);
        coming = null;
        const healthy = await this.waited(this.withoutLosses(answers));
        await this.prepareCodecs(healthy);
        coming = this.fetch(this.restsAfter(healthy));
        for (const answer of healthy) {
          this.decoder.open(this.rangeOf(answer), answer);
          while (this.decoder.fill()) {
            if (columns.count > 0) yield columns.batch();
            columns.reset();
          }
          this.advance(answer);
        }
        if (columns.count > 0) yield columns.batch();
        columns.reset();
        coming ??= this.fetch(this.rests);
      }
    } finally {
      // a request that nobody waits for any more must not end the process when it fails
      coming?.catch(() => {});
    }
  }

  /** Asks for what is left of ranges; null where nothing is. */
  private fetch(rests: readonly Rest[]): Promise<readonly FetchedPartition[]> | null {
    const positions = rests
      .filter(({ from, until }) => from < until)
      .map(({ topic, partition, from }) => ({ topic, partition, offset: from }));
    if (positions.length === 0) return null;
    const limits = { ...this.settings.fetch, maxPartitionBytes: this.maxPartitionBytes };
    const answers = this.context.client.fetch(positions, limits, this.signal);
    // it may fail before it is waited for
    answers.catch(() => {});
    return answers;
  }

  /** What the brokers give, on their time. */
  private async waited<T>(coming: Promise<T>): Promise<T> {
    const { clock } = this.context;
    const fromMs = clock.monotonicMs();
    try {
      return await coming;
    } finally {
      this.waitedMs += clock.monotonicMs() - fromMs;
    }
  }

  /** What will be left once the answers are decoded, by the heads of their batches; nothing where these do not tell. */
  private restsAfter(answers: readonly FetchedPartition[]): readonly Rest[] {
    const rests = this.rests.map((rest) => ({ ...rest }));
    for (const answer of answers) {
      const { next } = readBatchHeads(answer);
      if (next < 0) return [];
      const rest = rests.find((other) => isOf(other, answer))!;
      rest.from = Math.max(rest.from, Math.min(next, rest.until));
    }
    return rests;
  }

  private rangeOf(answer: FetchedPartition): OffsetRange {
    return { ...this.restOf(answer) };
  }

  private restOf(answer: FetchedPartition): Rest {
    return this.rests.find((rest) => isOf(rest, answer))!;
  }

  /** Takes over how far the decoder came. */
  private advance(answer: FetchedPartition): void {
    const { decoder } = this;
    const rest = this.restOf(answer);
    if (decoder.next > rest.from) {
      rest.from = decoder.next;
      this.waitedMs = 0;
    } else if (decoder.isCutOff) this.maxPartitionBytes = Math.min(2 * this.maxPartitionBytes, MOST_BYTES);
    else if (this.isOverdue()) {
      this.lose(rest, rest.until, `The brokers gave no records of it for ${this.settings.pollTimeoutMs} ms.`);
      this.waitedMs = 0;
    }
  }

  private isOverdue(): boolean {
    return this.waitedMs > this.settings.pollTimeoutMs;
  }

  /** The answers that have records; for the others what is lost is reported and passed over. */
  private async withoutLosses(answers: readonly FetchedPartition[]): Promise<readonly FetchedPartition[]> {
    const healthy: FetchedPartition[] = [];
    for (const answer of answers) {
      const rest = this.restOf(answer);
      if (answer.errorCode !== ERROR.unknownTopicOrPartition) rest.missingSinceMs = null;
      if (answer.errorCode === ERROR.none) healthy.push(answer);
      else if (answer.errorCode === ERROR.offsetOutOfRange) await this.passLost(rest);
      else if (answer.errorCode === ERROR.unknownTopicOrPartition) await this.passMissing(rest);
      else throw dataLossOf(rest, `The broker gave error ${answer.errorCode}.`);
    }
    return healthy;
  }

  /** Brokers that have just started do not know all partitions yet; one that stays unknown is gone. */
  private async passMissing(rest: Rest): Promise<void> {
    const { clock } = this.context;
    rest.missingSinceMs ??= clock.monotonicMs();
    if (clock.monotonicMs() - rest.missingSinceMs >= MISSING_MS)
      this.lose(rest, rest.until, "The partition does not exist.");
    else await clock.sleep(LOOK_AGAIN_MS, this.signal);
  }

  /** The offset is not there: what lies before the first one that is, or all, if the log is shorter now, is lost. */
  private async passLost(rest: Rest): Promise<void> {
    const { topic, partition } = rest;
    const queries = [EARLIEST, LATEST].map((timestamp) => ({ topic, partition, timestamp }));
    const [earliest, latest] = await Promise.all(
      queries.map(
        async (query) => (await this.context.client.offsets([query], false, this.signal))[0]!.offset,
      ),
    );
    const found = `The partition has the offsets from ${earliest} to ${latest}.`;
    if (rest.from < earliest!) this.lose(rest, Math.min(earliest!, rest.until), found);
    else if (rest.from >= latest! || this.isOverdue()) this.lose(rest, rest.until, found);
    // the leader was not up to date when it answered
    else await this.context.clock.sleep(LOOK_AGAIN_MS, this.signal);
  }

  /** Fails, or goes on at `next`. */
  private lose(rest: Rest, next: number, reason: string): void {
    const error = dataLossOf({ ...rest, until: next }, reason);
    if (this.settings.failOnDataLoss) throw error;
    this.context.warn(error.message);
    rest.from = next;
  }

  private async prepareCodecs(answers: readonly FetchedPartition[]): Promise<void> {
    if (!isZstdLoaded() && answers.some((answer) => readBatchHeads(answer).usesZstd)) await loadZstd();
  }
}

function dataLossOf({ topic, partition, from, until }: OffsetRange, reason: string): Error {
  return dataLoss(
    "COULD_NOT_READ_OFFSET_RANGE",
    `Could not read records in offset [${from}, ${until}) of ${topic}-${partition}. ${reason}`,
    { startOffset: String(from), endOffset: String(until), topicPartition: `${topic}-${partition}` },
  );
}

function isOf(rest: Rest, answer: FetchedPartition): boolean {
  return rest.partition === answer.partition && rest.topic === answer.topic;
}
