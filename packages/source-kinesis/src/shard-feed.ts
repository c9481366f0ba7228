import { StreamError } from "@ss/core";
import { requestFailed } from "./errors.js";
import { faultOf, type RecordChunk } from "./kinesis-client.js";
import type { ShardPosition } from "./position.js";
import { opened, ShardBuffer } from "./shard-buffer.js";
import { type ChunkReader, isAtTip, type ReadPace } from "./shard-reader.js";
import type { StreamCatalog } from "./stream-catalog.js";

/** What a feed needs of its source. */
export interface FeedOwner {
  readonly signal: AbortSignal;
  now(): number;
  readonly pace: ReadPace;
  reader(stream: string, shardId: string, position: ShardPosition): ChunkReader;
  /** Resolves when there is room for more. */
  room(): Promise<void>;
  /** A shard is there no more; throws where that ends the query. */
  gone(stream: string, shardId: string): Promise<void>;
  /** Something has come, ended or failed. */
  changed(): void;
}

const NOTHING_LEFT: RecordChunk = { records: [], millisBehindLatest: 0, isEnd: true };

/** Reads a shard ahead of the query, from a place on. */
export class ShardFeed {
  readonly stream: string;
  readonly shardId: string;
  readonly buffer: ShardBuffer;
  /** How far behind the newest record the last chunk ended; undefined before the first one. */
  millisBehindLatest: number | undefined;
  /** When the request began that proved that nothing else was there. */
  tipAtMs: number | undefined;
  /** The shard is closed, and all of it was read. */
  isEnded = false;
  /** Its children were looked for. */
  hasAsked = false;
  /** Nothing that comes later is wanted. */
  isFrozen = false;
  /** The place up to which records were handed over. */
  delivered: ShardPosition | undefined;
  failure: StreamError | undefined;
  private readonly catalog: StreamCatalog;
  private readonly owner: FeedOwner;
  private reader: ChunkReader | undefined;
  private isPinned: boolean;
  private running: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(
    owner: FeedOwner,
    catalog: StreamCatalog,
    shardId: string,
    position: ShardPosition,
    isPinned: boolean,
  ) {
    this.owner = owner;
    this.catalog = catalog;
    this.stream = catalog.stream;
    this.shardId = shardId;
    this.buffer = new ShardBuffer(position);
    this.isPinned = isPinned;
    this.start();
  }

  /** Whether everything that is wanted was read. */
  get isDone(): boolean {
    return this.isEnded || this.isFrozen;
  }

  /** Ends at the next time at which nothing else is there. */
  pin(): void {
    this.isPinned = true;
  }

  /** Goes on after a failure, which it gives back. */
  restart(): StreamError | undefined {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) this.start();
    return failure;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.reader?.close();
    await this.running;
  }

  private start(): void {
    this.reader?.close().catch(() => {});
    this.reader = this.owner.reader(this.stream, this.shardId, this.buffer.last);
    this.running = this.run(this.reader).catch((error: unknown) => {
      if (this.isClosed || this.owner.signal.aborted) return;
      this.failure = StreamError.is(error)
        ? error
        : requestFailed(this.stream, `read the shard ${this.shardId}`, error, false);
      this.owner.changed();
    });
  }

  private async run(reader: ChunkReader): Promise<void> {
    while (!this.isClosed && !this.isDone) {
      await this.owner.room();
      if (this.isClosed || this.owner.signal.aborted) return;
      const wasPinned = this.isPinned;
      const wasClosed = this.catalog.isClosed(this.shardId);
      const startMs = this.owner.now();
      const chunk = await reader.next().catch((error: unknown) => {
        if (faultOf(error) !== "gone") throw error;
        return this.owner.gone(this.stream, this.shardId).then(() => NOTHING_LEFT);
      });
      if (this.isClosed) return;
      this.take(chunk, startMs, wasPinned, wasClosed);
    }
  }

  private take(chunk: RecordChunk, startMs: number, wasPinned: boolean, wasClosed: boolean): void {
    const { records, millisBehindLatest, isEnd } = chunk;
    const hashKeys = this.catalog.hashKeys(this.shardId);
    for (const record of records) this.buffer.add(opened(record, hashKeys));
    const isFirst = this.millisBehindLatest === undefined;
    this.millisBehindLatest = millisBehindLatest;
    const isTip = isAtTip(chunk, this.owner.pace);
    if (isTip || isEnd) this.tipAtMs = startMs;
    // not every server ends the iterator of a shard that was closed before
    this.isEnded = isEnd || (wasClosed && isTip && records.length === 0);
    // a closed shard is read to its end, behind which its children are
    this.isFrozen = wasPinned && isTip && !wasClosed;
    if (isFirst || records.length > 0 || this.isDone) this.owner.changed();
  }
}
