import type { ReadLimit } from "@ss/core";
import type { ShardRange } from "./plan-range.js";
import { compareSequenceNumbers, type KinesisOffset, type ShardPosition, samePosition } from "./position.js";
import { endOfRange, recordsThrough } from "./replay-range.js";
import type { BufferedRecord } from "./shard-buffer.js";
import { type FeedOwner, ShardFeed } from "./shard-feed.js";
import { withChildren } from "./shard-graph.js";
import type { ReaderContext } from "./shard-reader.js";
import type { StreamCatalog } from "./stream-catalog.js";
import { type Offer, roomOf, takeRecords } from "./take-records.js";

/** The first batch of a run waits so long for the first answers of its shards. */
const FIRST_ANSWERS_MS = 1000;

/** What the feeds need of their source. */
export interface FeedsOwner extends Pick<FeedOwner, "reader" | "gone"> {
  /** Rows may have come. */
  wake(): void;
  /** The list of shards could not be had. */
  fail(error: unknown): void;
}

/** The shards that are read ahead, all of them into one bounded buffer. */
export class ShardFeeds {
  private readonly feeds = new Map<string, ShardFeed>();
  private readonly context: ReaderContext;
  private readonly catalogs: ReadonlyMap<string, StreamCatalog>;
  private readonly bufferBytes: number;
  private readonly source: FeedsOwner;
  private readonly owner: FeedOwner;
  private isPinned = false;
  /** Those who wait for the next change. */
  private waiting: (() => void)[] = [];

  constructor(
    context: ReaderContext,
    catalogs: ReadonlyMap<string, StreamCatalog>,
    bufferBytes: number,
    source: FeedsOwner,
  ) {
    this.context = context;
    this.catalogs = catalogs;
    this.bufferBytes = bufferBytes;
    this.source = source;
    const { signal, clock, pace } = context;
    this.owner = {
      signal,
      pace,
      now: () => clock.now(),
      reader: (stream, shardId, position) => source.reader(stream, shardId, position),
      gone: (stream, shardId) => source.gone(stream, shardId),
      room: () => this.room(),
      changed: () => this.changed(),
    };
    signal.addEventListener("abort", () => this.tellWaiting(), { once: true });
  }

  all(): Iterable<ShardFeed> {
    return this.feeds.values();
  }

  /** Lets every feed end at the next time at which nothing else is there. */
  pin(): void {
    this.isPinned = true;
    for (const feed of this.feeds.values()) feed.pin();
  }

  /** Reads ahead from an offset on; the first time it waits for the first answers. */
  async follow(offset: KinesisOffset): Promise<void> {
    const added: ShardFeed[] = [];
    for (const [stream, places] of Object.entries(offset)) {
      const catalog = this.catalogs.get(stream);
      // a stream that the query reads no more
      if (catalog === undefined) continue;
      for (const [shardId, place] of Object.entries(places)) {
        if (place.type === "SHARD_END") continue;
        const key = keyOf(stream, shardId);
        const known = this.feeds.get(key);
        if (known !== undefined && known.buffer.behind(place) !== null) continue;
        known?.close().catch(() => {});
        const feed = new ShardFeed(this.owner, catalog, shardId, place, this.isPinned);
        this.feeds.set(key, feed);
        added.push(feed);
      }
    }
    if (added.length > 0 && !this.isPinned) await this.firstAnswers(added);
  }

  /** The offset behind what a batch takes of the records that were read. */
  endOf(start: KinesisOffset, limit: ReadLimit): KinesisOffset {
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
  async restOf(offset: KinesisOffset): Promise<"none" | "unread" | "children"> {
    let rest: "none" | "children" = "none";
    for (const [stream, places] of Object.entries(offset)) {
      const all = Object.entries(places);
      const isRead = ([shardId, place]: (typeof all)[number]): boolean =>
        place.type === "SHARD_END" || (this.feeds.get(keyOf(stream, shardId))?.isDone ?? true);
      if (!all.every(isRead)) return "unread";
      const hasEnded = all.some(([, { type }]) => type === "SHARD_END");
      // its children may have been listed since
      if (hasEnded && (await this.catalogs.get(stream)?.refresh())) rest = "children";
    }
    return rest;
  }

  /** The records of a range that are kept; null where some of them are not. */
  kept({ stream, shardId, from, to }: ShardRange): readonly BufferedRecord[] | null {
    const feed = this.feeds.get(keyOf(stream, shardId));
    const records = feed?.buffer.behind(from) ?? null;
    if (feed === undefined || records === null) return null;
    if (to.type === "SHARD_END") return feed.isEnded ? records : null;
    const { last } = feed.buffer;
    if (last.type !== "AFTER_SEQUENCE_NUMBER") return null;
    if (compareSequenceNumbers(last.sequenceNumber, endOfRange(to)) < 0) return null;
    return recordsThrough(records, to);
  }

  /** A range was handed over: its records may be given up where room is wanted. */
  delivered({ stream, shardId, to }: ShardRange): void {
    const feed = this.feeds.get(keyOf(stream, shardId));
    if (feed !== undefined) feed.delivered = to;
    this.tellWaiting();
  }

  /** Forgets what is committed. */
  async commit(offset: KinesisOffset): Promise<void> {
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

  /** Throws what a shard failed with; it goes on meanwhile. */
  throwFailure(): void {
    for (const feed of this.feeds.values()) {
      const failed = feed.restart();
      if (failed !== undefined) throw failed;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.feeds.values()].map((feed) => feed.close()));
  }

  /** Resolves with the next change of anything. */
  change(): Promise<void> {
    if (this.context.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Something has come, ended or failed. */
  changed(): void {
    this.tellWaiting();
    this.source.wake();
    const hasEnded = [...this.feeds.values()].some((feed) => feed.isEnded);
    if (hasEnded) this.lookForChildren();
  }

  /** Waits for the first answer of each of some shards, for some time. */
  private async firstAnswers(feeds: readonly ShardFeed[]): Promise<void> {
    const { clock, signal } = this.context;
    const isOver = new AbortController();
    let isLate = false;
    const late = clock.sleep(FIRST_ANSWERS_MS, isOver.signal).then(() => {
      isLate = true;
    });
    // the end of the query is a change, too
    while (!isLate && !signal.aborted && !feeds.every(hasAnswered)) await Promise.race([this.change(), late]);
    isOver.abort();
  }

  /** Waits until less is kept than the buffer may hold. What was handed over is given up first; it can be read again. */
  private async room(): Promise<void> {
    const isFull = (): boolean => {
      let bytes = 0;
      for (const { buffer } of this.feeds.values()) bytes += buffer.bytes;
      return bytes >= this.bufferBytes;
    };
    while (isFull() && !this.context.signal.aborted) {
      for (const { buffer, delivered } of this.feeds.values()) {
        if (delivered !== undefined) buffer.dropThrough(delivered);
      }
      if (isFull()) await this.change();
    }
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
        (error: unknown) => this.source.fail(error),
      );
    }
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
