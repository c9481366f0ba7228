import { requestFailed } from "./errors.js";
import {
  faultOf,
  type RecordChunk,
  type StartingPosition,
  type SubscriptionEvent,
} from "./kinesis-client.js";
import { backoffMs, type ChunkReader, type ReaderContext, ShardReader } from "./shard-reader.js";

/**
 * Reads a shard by subscriptions (enhanced fan-out), each of which the service ends after five minutes. The first records behind a
 * sequence number come by an iterator, which shows whether that is still there.
 */
export class SubscriptionReader implements ChunkReader {
  private readonly context: ReaderContext;
  private readonly consumerArn: string;
  private readonly stream: string;
  private readonly shardId: string;
  /** Aborts with the query, and when the reader is closed. */
  private readonly closing = new AbortController();
  private readonly signal: AbortSignal = this.closing.signal;
  private readonly end = (): void => this.closing.abort(this.context.signal.reason);
  private position: StartingPosition;
  /** Reads until the newest record is near, where there is something to look for. */
  private first: ShardReader | null;
  private events: AsyncIterator<SubscriptionEvent> | null = null;
  private isEnded = false;

  constructor(
    context: ReaderContext,
    consumerArn: string,
    stream: string,
    shardId: string,
    position: StartingPosition,
    onMissing: (reason: string) => Promise<void>,
  ) {
    this.context = context;
    this.consumerArn = consumerArn;
    this.stream = stream;
    this.shardId = shardId;
    this.position = position;
    context.signal.addEventListener("abort", this.end);
    if (context.signal.aborted) this.end();
    const looks = position.type === "AFTER_SEQUENCE_NUMBER";
    const own = { ...context, signal: this.signal };
    this.first = looks ? new ShardReader(own, stream, shardId, position, onMissing) : null;
  }

  async next(): Promise<RecordChunk> {
    if (this.isEnded) return { records: [], millisBehindLatest: 0, isEnd: true };
    if (this.first !== null) return this.looked(await this.first.next());
    const { clock, pace } = this.context;
    for (let failures = 0; ; ) {
      this.signal.throwIfAborted();
      try {
        this.events ??= await this.subscribe();
        const { done, value } = await this.events.next();
        if (done) {
          this.events = null;
          continue;
        }
        return this.taken(value);
      } catch (error) {
        this.signal.throwIfAborted();
        this.events = null;
        const fault = faultOf(error);
        if (fault !== "throttled" && fault !== "transient") throw error;
        failures++;
        if (fault === "transient" && failures > pace.clientRetries)
          throw requestFailed(this.stream, `subscribe to the shard ${this.shardId}`, error, true);
        await clock.sleep(backoffMs(pace.minFetchPeriodMs, failures), this.signal);
      }
    }
  }

  async close(): Promise<void> {
    this.isEnded = true;
    // a query has many readers, one after the other, and one signal
    this.context.signal.removeEventListener("abort", this.end);
    this.closing.abort();
    await this.events?.return?.().catch(() => {});
  }

  private async subscribe(): Promise<AsyncIterator<SubscriptionEvent>> {
    const { client } = this.context;
    const events = await client.subscribe(this.consumerArn, this.shardId, this.position, this.signal);
    return events[Symbol.asyncIterator]();
  }

  private looked(chunk: RecordChunk): RecordChunk {
    const last = chunk.records.at(-1);
    if (last !== undefined)
      this.position = { type: "AFTER_SEQUENCE_NUMBER", sequenceNumber: last.sequenceNumber };
    this.isEnded = chunk.isEnd;
    if (last !== undefined || chunk.millisBehindLatest === 0) this.first = null;
    return chunk;
  }

  private taken(event: SubscriptionEvent): RecordChunk {
    if (event.continuation !== null)
      this.position = { type: "AFTER_SEQUENCE_NUMBER", sequenceNumber: event.continuation };
    this.isEnded = event.isEnd;
    return event;
  }
}
