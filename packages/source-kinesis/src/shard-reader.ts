import { type Clock, orAborted } from "@ss/core";
import { requestFailed } from "./errors.js";
import {
  faultOf,
  type KinesisClient,
  type KinesisRecord,
  type RecordChunk,
  type StartingPosition,
} from "./kinesis-client.js";
import { compareSequenceNumbers } from "./position.js";

/** How a shard is read. */
export interface ReadPace {
  /** Records of one request at most. */
  readonly maxRecordsPerFetch: number;
  /** Between two requests; the service takes five a second of all readers of a shard. */
  readonly minFetchPeriodMs: number;
  readonly maxFetchBytesPerSecond: number;
  /** How often a request is made again that failed for no fault of its own, before the query hears of it. */
  readonly clientRetries: number;
}

/** Where a reader stands and what it works with. */
export interface ReaderContext {
  readonly client: KinesisClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly pace: ReadPace;
}

/** Delivers a shard chunk by chunk. */
export interface ChunkReader {
  /** The next records, none if there are none; waits for its turn. */
  next(): Promise<RecordChunk>;
  /** Ends what is under way; nothing is asked for afterwards. */
  close(): Promise<void>;
}

const BACKOFF_MAX_MS = 10_000;

/**
 * Reads a shard by its iterators, at the pace that the service allows.
 *
 * Behind a sequence number it begins with that record itself, which is left out if it is there, so that it is seen if it is not: the
 * service does not tell that what is asked for was deleted, but begins with what is left. `onMissing` decides then; it may throw. A record
 * of which some were taken out comes as a whole.
 */
export class ShardReader implements ChunkReader {
  private readonly context: ReaderContext;
  private readonly stream: string;
  private readonly shardId: string;
  private readonly onMissing: (reason: string) => Promise<void>;
  private iterator: string | null = null;
  /** From where on the iterator is made anew. */
  private position: StartingPosition;
  /** The record that is to come first, since it has been read, ... */
  private expected: string | undefined;
  /** ... if not to its end. */
  private wantsExpected = false;
  private nextTurnMs = Number.NEGATIVE_INFINITY;
  private isEnded = false;

  constructor(
    context: ReaderContext,
    stream: string,
    shardId: string,
    position: StartingPosition,
    onMissing: (reason: string) => Promise<void>,
  ) {
    this.context = context;
    this.stream = stream;
    this.shardId = shardId;
    this.position = position;
    this.onMissing = onMissing;
    this.expect();
  }

  async next(): Promise<RecordChunk> {
    if (this.isEnded) return { records: [], millisBehindLatest: 0, isEnd: true };
    const { clock, signal, pace } = this.context;
    for (let failures = 0; ; ) {
      await clock.sleep(Math.max(0, this.nextTurnMs - clock.monotonicMs()), signal);
      signal.throwIfAborted();
      this.nextTurnMs = clock.monotonicMs() + pace.minFetchPeriodMs;
      try {
        return await this.page();
      } catch (error) {
        signal.throwIfAborted();
        const fault = faultOf(error);
        if (fault === "expired") {
          this.iterator = null;
          continue;
        }
        if (fault === "invalid" && this.expected !== undefined) {
          await this.goOnWithWhatIsLeft("the service does not know the record that was read last");
          continue;
        }
        const isAhead = fault === "invalid" && isAheadOfTime(this.position, error);
        if (!isAhead && fault !== "throttled" && fault !== "transient") throw error;
        failures++;
        if (fault === "transient" && failures > pace.clientRetries)
          throw requestFailed(this.stream, `read the shard ${this.shardId}`, error, true);
        this.nextTurnMs = clock.monotonicMs() + backoffMs(pace.minFetchPeriodMs, failures);
      }
    }
  }

  async close(): Promise<void> {
    this.isEnded = true;
  }

  private async page(): Promise<RecordChunk> {
    const { client, clock, pace, signal } = this.context;
    // the end of a query does not wait for a server that does not answer
    this.iterator ??= await orAborted(client.shardIterator(this.stream, this.shardId, this.position), signal);
    const { records, nextIterator, millisBehindLatest } = await orAborted(
      client.records(this.iterator, pace.maxRecordsPerFetch),
      signal,
    );
    const bytes = records.reduce((sum, { data }) => sum + data.length, 0);
    const pauseMs = Math.max(pace.minFetchPeriodMs, (bytes / pace.maxFetchBytesPerSecond) * 1000);
    this.nextTurnMs = clock.monotonicMs() + pauseMs;
    this.iterator = nextIterator;
    const last = records.at(-1);
    const isEnd = nextIterator === null;
    const unread = await this.withoutExpected(records, isEnd || millisBehindLatest === 0);
    if (last !== undefined)
      this.position = { type: "AFTER_SEQUENCE_NUMBER", sequenceNumber: last.sequenceNumber };
    this.isEnded = isEnd;
    return { records: unread, millisBehindLatest, isEnd };
  }

  private async withoutExpected(
    records: readonly KinesisRecord[],
    isAtTip: boolean,
  ): Promise<readonly KinesisRecord[]> {
    const { expected } = this;
    if (expected === undefined) return records;
    if (records.length === 0) {
      if (!isAtTip) return records;
      await this.onMissing("the record that was read last is there no more, and no other is");
      this.expected = undefined;
      return records;
    }
    this.expected = undefined;
    const order = compareSequenceNumbers(records[0]!.sequenceNumber, expected);
    if (order !== 0) await this.onMissing("the record that was read last is there no more");
    const least = this.wantsExpected ? 0 : 1;
    return records.filter(
      ({ sequenceNumber }) => Math.sign(compareSequenceNumbers(sequenceNumber, expected)) >= least,
    );
  }

  /** Behind a record means from it on, and to wait for it first. */
  private expect(): void {
    if (this.position.type !== "AFTER_SEQUENCE_NUMBER") return;
    const { sequenceNumber, subSequenceNumber } = this.position;
    this.wantsExpected = subSequenceNumber !== undefined;
    this.position = { type: "AT_SEQUENCE_NUMBER", sequenceNumber };
    this.expected = sequenceNumber;
  }

  private async goOnWithWhatIsLeft(reason: string): Promise<void> {
    await this.onMissing(reason);
    this.expected = undefined;
    this.iterator = null;
    this.position = { type: "TRIM_HORIZON" };
  }
}

/** Whether nothing else was there behind a chunk. A server may say that of a full one before it has looked. */
export function isAtTip({ millisBehindLatest, records }: RecordChunk, pace: ReadPace): boolean {
  return millisBehindLatest === 0 && records.length < pace.maxRecordsPerFetch;
}

/** Twice as long after every failure, up to some seconds. */
export function backoffMs(periodMs: number, failures: number): number {
  return Math.min(BACKOFF_MAX_MS, Math.max(periodMs, 100) * 2 ** Math.min(failures, 20));
}

/** The service refuses times that have not come by its clock, which may be behind the one that was asked. */
function isAheadOfTime({ type }: StartingPosition, error: unknown): boolean {
  return type === "AT_TIMESTAMP" && /timestamp/i.test((error as Error).message);
}
