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
import { faultOf, type KinesisClient, type KinesisRecord } from "./kinesis-client.js";
import { planRange, type ShardRange } from "./plan-range.js";
import { compareSequenceNumbers, type KinesisOffset, type ShardPosition, samePosition } from "./position.js";
import { KINESIS_SCHEMA, RecordRows } from "./record-rows.js";
import { type BufferedRecord, opened } from "./shard-buffer.js";
import { type FeedOwner, ShardFeed } from "./shard-feed.js";
import { withChildren, withoutVanished } from "./shard-graph.js";
import { type ChunkReader, type ReaderContext, type ReadPace, ShardReader } from "./shard-reader.js";
import { StreamCatalog } from "./stream-catalog.js";
import { SubscriptionReader } from "./subscription-reader.js";
import { type Offer, roomOf, takeRecords } from "./take-records.js";
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

/** The first batch of a run waits so long for the first answers of its shards. */
const FIRST_ANSWERS_MS = 1000;
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
  private readonly feeds = new Map<string, ShardFeed>();
  private readonly catalogs = new Map<string, StreamCatalog>();
  private readonly consumerArns = new Map<string, string>();
  private context!: SourceContext;
  private reading!: ReaderContext;
  private notes!: TipNotes;
  private initial: KinesisOffset | undefined;
  private committed: KinesisOffset | undefined;
  private failure: StreamError | undefined;
  private isPinned = false;
  private hasBegun = false;
  private listing: Promise<void> = Promise.resolve();
  /** Those who wait for the next change. */
  private waiting: (() => void)[] = [];

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
    signal.addEventListener("abort", () => this.tellWaiting(), { once: true });
    this.notes = await TipNotes.open(log);
    for (const stream of streams) {
      const catalog = new StreamCatalog(this.reading, stream);
      await catalog.refresh();
      this.catalogs.set(stream, catalog);
      await this.registerConsumer(stream);
    }
    this.listing = this.listNowAndThen().catch((error: unknown) => {
      if (!signal.aborted) this.fail(error);
    });
  }

  async initialOffset(): Promise<Offset | null> {
    return (await this.beginning()) as unknown as Offset;
  }

  async latestOffset(start: Offset | null, limit: ReadLimit): Promise<Offset | null> {
    const from = this.withoutLost((start as unknown as KinesisOffset | null) ?? (await this.beginning()));
    this.hasBegun = true;
    const added = this.follow(from);
    if (added.length > 0 && !this.isPinned) await this.firstAnswers(added);
    for (;;) {
      const end = this.endOf(from, limit);
      if (JSON.stringify(end) !== JSON.stringify(start)) return end as unknown as Offset;
      this.throwFailure();
      if (!this.isPinned || this.reading.signal.aborted) return start;
      const rest = await this.restOf(from);
      if (rest === "none") return start;
      if (rest === "unread") await this.change();
    }
  }

  reportLatestOffset(): Offset | null {
    if (!this.hasBegun) return null;
    const offset: Record<string, Record<string, ShardPosition>> = {};
    for (const { stream, shardId, buffer } of this.feeds.values()) {
      offset[stream] ??= {};
      offset[stream][shardId] = buffer.last;
    }
    return offset as unknown as Offset;
  }

  async prepareForAvailableNow(): Promise<void> {
    this.isPinned = true;
    for (const feed of this.feeds.values()) feed.pin();
  }

  async plan(start: Offset | null, end: Offset): Promise<readonly Partition[]> {
    const from = (start as unknown as KinesisOffset | null) ?? (await this.beginning());
    return planRange(from, end as unknown as KinesisOffset) as unknown as readonly Partition[];
  }

  async *read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    const range = partition as unknown as ShardRange;
    const { stream, shardId, from, to } = range;
    signal.throwIfAborted();
    const feed = this.feeds.get(keyOf(stream, shardId));
    const kept = feed === undefined ? null : keptBetween(feed, from, to);
    const rows = new RecordRows(scan.columns, stream, shardId);
    if (feed === undefined || kept === null) {
      for await (const records of this.replayed(range, signal)) yield* rows.batches(records, from, to);
      return;
    }
    for (const batch of rows.batches(kept, from, to)) {
      signal.throwIfAborted();
      yield batch;
    }
    feed.delivered = to;
    this.tellWaiting();
  }

  async commit(end: Offset): Promise<void> {
    const offset = end as unknown as KinesisOffset;
    this.committed = offset;
    for (const [key, feed] of this.feeds) {
      const place = offset[feed.stream]?.[feed.shardId];
      if (place === undefined || place.type === "SHARD_END") {
        // a shard that the query has not come to yet is not in the offset either
        if (!feed.isEnded) continue;
        this.feeds.delete(key);
        await feed.close();
      } else feed.buffer.dropThrough(place);
    }
    this.tellWaiting();
  }

  onData(wake: () => void): () => void {
    this.wakers.add(wake);
    // before the first batch nobody knows where to look, so there may be rows
    if (!this.hasBegun) queueMicrotask(() => this.wakers.has(wake) && wake());
    return () => void this.wakers.delete(wake);
  }

  metrics(): Readonly<Record<string, string>> {
    const feeds = [...this.feeds.values()];
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
    await Promise.all([...this.feeds.values()].map((feed) => feed.close()));
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

  /** Reads ahead from an offset on; gives the shards that were not read before. */
  private follow(offset: KinesisOffset): readonly ShardFeed[] {
    const added: ShardFeed[] = [];
    for (const [stream, places] of Object.entries(offset)) {
      for (const [shardId, place] of Object.entries(places)) {
        if (place.type === "SHARD_END") continue;
        const key = keyOf(stream, shardId);
        const known = this.feeds.get(key);
        if (known !== undefined && known.buffer.behind(place) !== null) continue;
        known?.close().catch(() => {});
        const feed = new ShardFeed(this.owner, this.catalogs.get(stream)!, shardId, place, this.isPinned);
        this.feeds.set(key, feed);
        added.push(feed);
      }
    }
    return added;
  }

  /** The offset behind what a batch takes of the records that were read. */
  private endOf(start: KinesisOffset, limit: ReadLimit): KinesisOffset {
    const offers = new Map<string, Offer>();
    for (const [stream, places] of Object.entries(start)) {
      for (const [shardId, position] of Object.entries(places)) {
        const records = this.feeds.get(keyOf(stream, shardId))?.buffer.behind(position) ?? [];
        if (position.type !== "SHARD_END") offers.set(keyOf(stream, shardId), { position, records });
      }
    }
    const taken = takeRecords(offers, roomOf(limit));
    return Object.fromEntries(
      Object.entries(start).map(([stream, places]) => {
        const moved = Object.entries(places).map(([shardId, place]): [string, ShardPosition] => {
          const key = keyOf(stream, shardId);
          return [shardId, endedAt(this.feeds.get(key), taken.get(key) ?? place)];
        });
        return [stream, withChildren(Object.fromEntries(moved), this.catalogs.get(stream)?.shards ?? [])];
      }),
    );
  }

  /** What a query that wants no more than is there has not read of it. */
  private async restOf(offset: KinesisOffset): Promise<"none" | "unread" | "children"> {
    let rest: "none" | "children" = "none";
    for (const [stream, places] of Object.entries(offset)) {
      const all = Object.entries(places);
      const isRead = ([shardId, place]: (typeof all)[number]): boolean =>
        place.type === "SHARD_END" || this.feeds.get(keyOf(stream, shardId))!.isDone;
      if (!all.every(isRead)) return "unread";
      const hasEnded = all.some(([, { type }]) => type === "SHARD_END");
      // its children may have been listed since
      if (hasEnded && (await this.catalogs.get(stream)!.refresh())) rest = "children";
    }
    return rest;
  }

  /** Waits for the first answer of each of some shards, for some time. */
  private async firstAnswers(feeds: readonly ShardFeed[]): Promise<void> {
    const { clock, signal } = this.reading;
    const isOver = new AbortController();
    let isLate = false;
    const late = clock.sleep(FIRST_ANSWERS_MS, AbortSignal.any([signal, isOver.signal])).then(() => {
      isLate = true;
    });
    while (!isLate && !feeds.every(hasAnswered)) await Promise.race([this.change(), late]);
    isOver.abort();
  }

  private get owner(): FeedOwner {
    const { signal, clock, pace } = this.reading;
    return {
      signal,
      now: () => clock.now(),
      maxRecordsPerFetch: pace.maxRecordsPerFetch,
      reader: (stream, shardId, position) => this.readerOf(stream, shardId, position),
      room: () => this.room(),
      gone: (stream, shardId) => this.missing(stream, shardId, "", "the shard is there no more"),
      changed: () => this.changed(),
    };
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

  /** Waits until less is kept than the buffer may hold. What was handed over is given up first; it can be read again. */
  private async room(): Promise<void> {
    const isFull = (): boolean => {
      let bytes = 0;
      for (const { buffer } of this.feeds.values()) bytes += buffer.bytes;
      return bytes >= this.settings.fetchBufferBytes;
    };
    while (isFull() && !this.reading.signal.aborted) {
      for (const { buffer, delivered } of this.feeds.values()) {
        if (delivered !== undefined) buffer.dropThrough(delivered);
      }
      if (isFull()) await this.change();
    }
  }

  /** The records of a range, from the service. */
  private async *replayed(
    { stream, shardId, from, to }: ShardRange,
    signal: AbortSignal,
  ): AsyncGenerator<readonly BufferedRecord[]> {
    if (from.type === "SHARD_END") return;
    const catalog = this.catalogs.get(stream);
    const hashKeys = catalog?.hashKeys(shardId) ?? { first: 0n, last: 2n ** 128n - 1n };
    const context = { ...this.reading, signal: AbortSignal.any([signal, this.reading.signal]) };
    const lost = (reason: string): Promise<void> => this.missing(stream, shardId, "", reason);
    const reader = new ShardReader(context, stream, shardId, from, lost);
    for (;;) {
      const isClosed = catalog?.isClosed(shardId) ?? false;
      const chunk = await reader.next().catch((error: unknown) => {
        if (faultOf(error) === "gone") return null;
        if (StreamError.is(error) || context.signal.aborted) throw error;
        throw requestFailed(stream, `read the shard ${shardId}`, error, false);
      });
      if (chunk === null) return lost("the shard is there no more");
      const wanted = to.type === "SHARD_END" ? chunk.records : recordsThrough(chunk.records, to);
      if (wanted.length > 0) yield wanted.map((record) => opened(record, hashKeys));
      const isAtTip =
        chunk.isEnd ||
        (chunk.millisBehindLatest === 0 && chunk.records.length < context.pace.maxRecordsPerFetch);
      if (to.type === "SHARD_END") {
        if (chunk.isEnd || (isAtTip && isClosed)) return;
        if (isAtTip) await catalog?.refresh();
      } else {
        const hasEnd = wanted.some(({ sequenceNumber }) => sequenceNumber === endOfRange(to));
        if (hasEnd) return;
        if (isAtTip || wanted.length < chunk.records.length)
          return lost("the last record of a range that is read again is there no more");
      }
    }
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

  private async listNowAndThen(): Promise<void> {
    const { clock, signal } = this.reading;
    for (;;) {
      await clock.sleep(this.settings.shardFetchIntervalMs, signal);
      if (signal.aborted) return;
      await this.listAll();
      await this.noteTips();
    }
  }

  private async listAll(): Promise<void> {
    for (const catalog of this.catalogs.values()) if (await catalog.refresh()) this.changed();
  }

  /** Notes for which shards it is known that nothing stands behind what is committed. */
  private async noteTips(): Promise<void> {
    const { committed } = this;
    if (committed === undefined || !this.notes.isDue(this.context.clock.now())) return;
    const places: Record<string, Record<string, ShardPosition>> = {};
    let asOf = Number.POSITIVE_INFINITY;
    for (const { stream, shardId, buffer, tipAtMs } of this.feeds.values()) {
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
  private throwFailure(): void {
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure;
    for (const feed of this.feeds.values()) {
      const failed = feed.restart();
      if (failed !== undefined) throw failed;
    }
  }

  private fail(error: unknown): void {
    this.failure = StreamError.is(error)
      ? error
      : requestFailed(this.settings.streams.join(), "list the shards", error, false);
    this.changed();
  }

  private changed(): void {
    this.tellWaiting();
    for (const wake of [...this.wakers]) wake();
    const hasEnded = [...this.feeds.values()].some((feed) => feed.isEnded);
    if (hasEnded) this.lookForChildren();
  }

  /** A shard has ended: its children are listed by now. */
  private lookForChildren(): void {
    for (const feed of this.feeds.values()) {
      const catalog = this.catalogs.get(feed.stream)!;
      const hasChildren = catalog.shards.some(({ parents }) => parents.includes(feed.shardId));
      if (!feed.isEnded || hasChildren || feed.hasAsked) continue;
      feed.hasAsked = true;
      catalog.refresh().then(
        (hasChanged) => hasChanged && this.changed(),
        (error: unknown) => !this.reading.signal.aborted && this.fail(error),
      );
    }
  }

  private change(): Promise<void> {
    if (this.reading.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private tellWaiting(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

const keyOf = (stream: string, shardId: string): string => `${stream}/${shardId}`;

const hasAnswered = ({ millisBehindLatest, failure }: ShardFeed): boolean =>
  millisBehindLatest !== undefined || failure !== undefined;

/** The end of a shard in place of the place behind its last record. */
function endedAt(feed: ShardFeed | undefined, place: ShardPosition): ShardPosition {
  if (!feed?.isEnded || !samePosition(place, feed.buffer.last)) return place;
  return place.type === "AT_TIMESTAMP"
    ? { type: "SHARD_END", timestamp: place.timestamp }
    : { type: "SHARD_END" };
}

/** The records of a range that are kept; null where some of them are not. */
function keptBetween(
  feed: ShardFeed,
  from: ShardPosition,
  to: ShardPosition,
): readonly BufferedRecord[] | null {
  const records = feed.buffer.behind(from);
  if (records === null) return null;
  if (to.type === "SHARD_END") return feed.isEnded ? records : null;
  const { last } = feed.buffer;
  if (last.type !== "AFTER_SEQUENCE_NUMBER") return null;
  if (compareSequenceNumbers(last.sequenceNumber, endOfRange(to)) < 0) return null;
  return recordsThrough(records, to);
}

function recordsThrough<R extends KinesisRecord>(records: readonly R[], to: ShardPosition): readonly R[] {
  const end = endOfRange(to);
  return records.filter(({ sequenceNumber }) => compareSequenceNumbers(sequenceNumber, end) <= 0);
}

function endOfRange(to: ShardPosition): string {
  return to.type === "AFTER_SEQUENCE_NUMBER" ? to.sequenceNumber : "";
}
