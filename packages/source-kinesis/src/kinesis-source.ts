import { setMaxListeners } from "node:events";
import {
  type Batch,
  type Offset,
  type Partition,
  type ReadLimit,
  type RunMode,
  type ScanRequest,
  type Source,
  type SourceContext,
  StreamError,
  type StructType,
} from "@ss/core";
import { attempt } from "./attempts.js";
import { dataLoss, lossText, requestFailed } from "./errors.js";
import { type InitialPosition, initialOffsetOf } from "./initial-position.js";
import type { KinesisClient } from "./kinesis-client.js";
import { planRange, type ShardRange } from "./plan-range.js";
import { type KinesisOffset, type ShardPosition, samePosition } from "./position.js";
import { KINESIS_SCHEMA, RecordRows } from "./record-rows.js";
import { replayRange } from "./replay-range.js";
import type { BufferedRecord } from "./shard-buffer.js";
import { ShardFeeds } from "./shard-feeds.js";
import { withoutVanished } from "./shard-graph.js";
import { type ChunkReader, type ReaderContext, type ReadPace, ShardReader } from "./shard-reader.js";
import { StreamCatalog } from "./stream-catalog.js";
import { SubscriptionReader } from "./subscription-reader.js";
import { TipNotes } from "./tip-notes.js";

/** What a {@link KinesisSource} is made from. */
export interface KinesisSettings {
  readonly streams: readonly string[];
  readonly initialPosition: InitialPosition;
  readonly failOnDataLoss: boolean;
  readonly pace: ReadPace;
  readonly maxRecordsPerTrigger: number | undefined;
  readonly maxBytesPerTrigger: number | undefined;
  /** Bytes of waiting records from which on no more are asked for. */
  readonly fetchBufferBytes: number;
  /** How often shards are listed. */
  readonly shardFetchIntervalMs: number;
  /** The consumer of enhanced fan-out; absent: shards are polled. */
  readonly consumer?: { readonly name: string; readonly deregisters: boolean };
  readonly connect: () => Promise<KinesisClient>;
  readonly warn: (message: string) => void;
}

const CONSUMER_POLL_MS = 1000;
const INITIAL_OFFSET = "initial-offset";

/**
 * Records of Kinesis data streams. Where a range ends can only be known of records that were read, so shards are read ahead, into a buffer
 * of bounded size: an offset is the last record of each shard that the batch takes. What was read ahead is handed over when the range is
 * read, and kept until it is committed; a range that is not there any more, after a restart, is read again from the service.
 */
export class KinesisSource implements Source {
  readonly description: string;
  readonly schema: StructType = KINESIS_SCHEMA;
  readonly replayable = true;
  readonly runModes: readonly RunMode[] = ["asyncProgress", "continuous", "realTime"];
  readonly readLimit: ReadLimit;
  private readonly settings: KinesisSettings;
  private readonly closing = new AbortController();
  private readonly wakers = new Set<() => void>();
  private readonly catalogs = new Map<string, StreamCatalog>();
  private readonly consumerArns = new Map<string, string>();
  private context!: SourceContext;
  private reading!: ReaderContext;
  private notes!: TipNotes;
  private feeds: ShardFeeds | undefined;
  private initial: KinesisOffset | undefined;
  private committed: KinesisOffset | undefined;
  private failure: StreamError | undefined;
  private isPinned = false;
  private hasBegun = false;
  private listing: Promise<void> = Promise.resolve();

  constructor(settings: KinesisSettings) {
    this.settings = settings;
    this.description = `KinesisSource[${settings.streams.join(",")}]`;
    const { maxRecordsPerTrigger: rows, maxBytesPerTrigger: bytes } = settings;
    const limits: ReadLimit[] = [];
    if (rows !== undefined) limits.push({ kind: "maxRows", rows });
    if (bytes !== undefined) limits.push({ kind: "maxBytes", bytes });
    this.readLimit =
      limits.length > 1 ? { kind: "composite", limits } : (limits[0] ?? { kind: "allAvailable" });
  }

  async open(context: SourceContext): Promise<void> {
    this.context = context;
    const { clock, log } = context;
    const { pace, streams } = this.settings;
    const client = await this.settings.connect();
    const signal = AbortSignal.any([context.signal, this.closing.signal]);
    this.reading = { client, clock, signal, pace };
    // every shard that waits listens to it
    setMaxListeners(0, signal);
    this.notes = await TipNotes.open(log);
    for (const stream of streams) {
      const catalog = new StreamCatalog(this.reading, stream);
      await catalog.refresh();
      this.catalogs.set(stream, catalog);
      await this.registerConsumer(stream);
    }
    this.feeds = new ShardFeeds(this.reading, this.catalogs, this.settings.fetchBufferBytes, {
      reader: (stream, shardId, position) => this.readerOf(stream, shardId, position),
      gone: (stream, shardId) => this.missing(stream, shardId, "", "the shard is there no more"),
      wake: () => this.wake(),
      fail: (error) => this.fail(error),
    });
    this.listing = this.listNowAndThen(this.feeds);
  }

  async initialOffset(): Promise<Offset | null> {
    return (await this.beginning()) as unknown as Offset;
  }

  async latestOffset(start: Offset | null, limit: ReadLimit): Promise<Offset | null> {
    const from = this.withoutLost((start as unknown as KinesisOffset | null) ?? (await this.beginning()));
    this.hasBegun = true;
    const feeds = this.feeds!;
    await feeds.follow(from);
    for (;;) {
      const end = feeds.endOf(from, limit);
      if (JSON.stringify(end) !== JSON.stringify(start)) return end as unknown as Offset;
      this.throwFailure(feeds);
      if (!this.isPinned || this.reading.signal.aborted) return start;
      const rest = await feeds.restOf(from);
      if (rest === "none") return start;
      if (rest === "unread") await feeds.change();
    }
  }

  reportLatestOffset(): Offset | null {
    if (!this.hasBegun) return null;
    const offset: Record<string, Record<string, ShardPosition>> = {};
    for (const { stream, shardId, buffer } of this.feeds?.all() ?? []) {
      offset[stream] ??= {};
      offset[stream][shardId] = buffer.last;
    }
    return offset as unknown as Offset;
  }

  async prepareForAvailableNow(): Promise<void> {
    this.isPinned = true;
    this.feeds?.pin();
  }

  async plan(start: Offset | null, end: Offset): Promise<readonly Partition[]> {
    const from = (start as unknown as KinesisOffset | null) ?? (await this.beginning());
    return planRange(from, end as unknown as KinesisOffset) as unknown as readonly Partition[];
  }

  async *read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    const range = partition as unknown as ShardRange;
    const { stream, shardId, from, to } = range;
    signal.throwIfAborted();
    const rows = new RecordRows(scan.columns, stream, shardId);
    const kept = this.feeds!.kept(range);
    if (kept === null) {
      for await (const records of this.replayed(range, signal)) yield* rows.batches(records, from, to);
      return;
    }
    for (const batch of rows.batches(kept, from, to)) {
      signal.throwIfAborted();
      yield batch;
    }
    this.feeds!.delivered(range);
  }

  async commit(end: Offset): Promise<void> {
    this.committed = end as unknown as KinesisOffset;
    await this.feeds?.commit(this.committed);
  }

  onData(wake: () => void): () => void {
    this.wakers.add(wake);
    // before the first batch nobody knows where to look, so there may be rows
    if (!this.hasBegun) queueMicrotask(() => this.wakers.has(wake) && wake());
    return () => void this.wakers.delete(wake);
  }

  metrics(): Readonly<Record<string, string>> {
    const feeds = [...(this.feeds?.all() ?? [])];
    const behind = feeds.flatMap(({ millisBehindLatest }) => millisBehindLatest ?? []);
    const bytes = String(feeds.reduce((sum, { buffer }) => sum + buffer.bytes, 0));
    if (behind.length === 0) return { totalPrefetchedBytes: bytes };
    const sum = behind.reduce((a, b) => a + b, 0);
    return {
      avgMsBehindLatest: String(sum / behind.length),
      maxMsBehindLatest: String(Math.max(...behind)),
      minMsBehindLatest: String(Math.min(...behind)),
      totalPrefetchedBytes: bytes,
    };
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.feeds?.close();
    await this.listing;
    if (this.reading === undefined) return;
    const { client } = this.reading;
    if (this.settings.consumer?.deregisters) {
      for (const arn of this.consumerArns.values()) await client.deregisterConsumer(arn).catch(() => {});
    }
    client.close();
  }

  /** Where the query begins; the same for every run of it, whatever time it is. */
  private async beginning(): Promise<KinesisOffset> {
    if (this.initial !== undefined) return this.initial;
    const { log, clock } = this.context;
    const known = await log.read(INITIAL_OFFSET);
    if (known !== null) this.initial = JSON.parse(Buffer.from(known).toString("utf8")) as KinesisOffset;
    else {
      const shards = new Map([...this.catalogs].map(([stream, catalog]) => [stream, catalog.shards]));
      this.initial = initialOffsetOf(this.settings.initialPosition, shards, clock.now());
      await log.add(INITIAL_OFFSET, Buffer.from(JSON.stringify(this.initial)));
    }
    return this.initial;
  }

  /** A range from the service. */
  private replayed(range: ShardRange, signal: AbortSignal): AsyncIterable<readonly BufferedRecord[]> {
    const { stream, shardId } = range;
    const catalog = this.catalogs.get(stream) ?? new StreamCatalog(this.reading, stream);
    const context = { ...this.reading, signal };
    return replayRange(context, catalog, range, (reason) => this.missing(stream, shardId, "", reason));
  }

  private readerOf(stream: string, shardId: string, position: ShardPosition): ChunkReader {
    if (position.type === "SHARD_END") throw new Error("a shard that has ended is not read");
    const expected = position.type === "AFTER_SEQUENCE_NUMBER" ? position.sequenceNumber : "";
    const onMissing = (reason: string) => this.missing(stream, shardId, expected, reason);
    const arn = this.consumerArns.get(stream);
    return arn === undefined
      ? new ShardReader(this.reading, stream, shardId, position, onMissing)
      : new SubscriptionReader(this.reading, arn, stream, shardId, position, onMissing);
  }

  /** Records that were to be read are gone, unless it is known that none stood behind the one that is missing. */
  private async missing(stream: string, shardId: string, expected: string, reason: string): Promise<void> {
    const asOf = this.notes.asOf(stream, shardId, expected);
    const { clock } = this.reading;
    if (asOf !== undefined) {
      const retentionMs = (await this.catalogs.get(stream)?.retentionMs()) ?? 0;
      if (clock.now() - asOf < retentionMs) return;
    }
    if (this.settings.failOnDataLoss) throw dataLoss(stream, shardId, reason);
    this.settings.warn(lossText(stream, shardId, reason));
  }

  /** Deals with shards of an offset that are not listed any more. */
  private withoutLost(offset: KinesisOffset): KinesisOffset {
    let result = offset;
    for (const [stream, catalog] of this.catalogs) {
      const places = result[stream];
      if (places === undefined) {
        // a stream that the query did not read before
        const shards = new Map([[stream, catalog.shards]]);
        const added = initialOffsetOf(this.settings.initialPosition, shards, this.context.clock.now());
        result = { ...result, ...added };
        continue;
      }
      const listed = new Set(catalog.shards.map(({ shardId }) => shardId));
      const gone = Object.entries(places).filter(([id]) => !listed.has(id));
      const lost = gone.find(([, { type }]) => type !== "SHARD_END");
      if (lost !== undefined) {
        const reason = "the shard is listed no more, and was not read to its end";
        if (this.settings.failOnDataLoss) throw dataLoss(stream, lost[0], reason);
        this.settings.warn(lossText(stream, lost[0], reason));
      }
      if (gone.length > 0) result = { ...result, [stream]: withoutVanished(places, catalog.shards) };
    }
    return result;
  }

  /** Ends with the query; a failure is for the next batch, and does not end it. */
  private async listNowAndThen(feeds: ShardFeeds): Promise<void> {
    const { clock, signal } = this.reading;
    for (;;) {
      await clock.sleep(this.settings.shardFetchIntervalMs, signal);
      if (signal.aborted) return;
      try {
        for (const catalog of this.catalogs.values()) if (await catalog.refresh()) feeds.changed();
        await this.noteTips(feeds);
      } catch (error) {
        this.fail(error);
      }
    }
  }

  /** Notes for which shards it is known that nothing stands behind what is committed. */
  private async noteTips(feeds: ShardFeeds): Promise<void> {
    const { committed } = this;
    if (committed === undefined || !this.notes.isDue(this.context.clock.now())) return;
    const places: Record<string, Record<string, ShardPosition>> = {};
    let asOf = Number.POSITIVE_INFINITY;
    for (const { stream, shardId, buffer, tipAtMs } of feeds.all()) {
      const place = committed[stream]?.[shardId];
      if (place === undefined || tipAtMs === undefined || !samePosition(place, buffer.last)) continue;
      places[stream] ??= {};
      places[stream][shardId] = place;
      asOf = Math.min(asOf, tipAtMs);
    }
    if (asOf < Number.POSITIVE_INFINITY) await this.notes.add(asOf, places);
  }

  private async registerConsumer(stream: string): Promise<void> {
    const { consumer } = this.settings;
    if (consumer === undefined) return;
    const { client, clock, signal } = this.reading;
    const { arn } = await attempt(this.reading, stream, "describe the summary", () => client.summary(stream));
    for (;;) {
      const consumerArn = await attempt(this.reading, stream, `register the consumer ${consumer.name}`, () =>
        client.consumer(arn, consumer.name),
      );
      if (consumerArn !== null) {
        this.consumerArns.set(stream, consumerArn);
        return;
      }
      await clock.sleep(CONSUMER_POLL_MS, signal);
      signal.throwIfAborted();
    }
  }

  /** Throws what a shard, or the list of shards, failed with; the next call tries again. */
  private throwFailure(feeds: ShardFeeds): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    feeds.throwFailure();
  }

  private fail(error: unknown): void {
    if (this.reading.signal.aborted) return;
    this.failure = StreamError.is(error)
      ? error
      : requestFailed(this.settings.streams.join(), "list the shards", error, false);
    this.feeds?.changed();
  }

  private wake(): void {
    for (const wake of [...this.wakers]) wake();
  }
}
