import type { ReadLimit } from "@ss/core";
import type { ShardPosition } from "./position.js";
import type { BufferedRecord } from "./shard-buffer.js";

/** What a batch may take at most. */
export interface Room {
  readonly rows: number;
  readonly bytes: number;
}

/** What the limits of a batch come to. */
export function roomOf(limit: ReadLimit): Room {
  switch (limit.kind) {
    case "maxRows":
      return { rows: limit.rows, bytes: Number.POSITIVE_INFINITY };
    case "maxBytes":
      return { rows: Number.POSITIVE_INFINITY, bytes: limit.bytes };
    case "composite": {
      const rooms = limit.limits.map(roomOf);
      return {
        rows: Math.min(...rooms.map(({ rows }) => rows)),
        bytes: Math.min(...rooms.map(({ bytes }) => bytes)),
      };
    }
    default:
      return { rows: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
  }
}

/** What can be taken of a shard: the records behind its place. */
export interface Offer {
  readonly position: ShardPosition;
  readonly records: readonly BufferedRecord[];
}

/**
 * Where each of the shards is after a batch. What the batch may take is shared among them, those whose next record is the oldest first; what
 * one of them leaves is shared again. A record of many is taken in part where it has too many.
 */
export function takeRecords(offers: ReadonlyMap<string, Offer>, room: Room): Map<string, ShardPosition> {
  const takers = [...offers].map(([shardId, offer]) => ({ shardId, taker: new Taker(offer) }));
  let waiting = takers.filter(({ taker }) => taker.hasMore).sort((a, b) => a.taker.nextMs - b.taker.nextMs);
  let { rows, bytes } = room;
  while (waiting.length > 0 && rows > 0 && bytes > 0) {
    waiting.forEach(({ taker }, k) => {
      const shards = waiting.length - k;
      const taken = taker.take({ rows: Math.ceil(rows / shards), bytes: Math.ceil(bytes / shards) });
      rows -= taken.rows;
      bytes = Math.max(0, bytes - taken.bytes);
    });
    waiting = waiting.filter(({ taker }) => taker.hasMore);
  }
  return new Map(takers.map(({ shardId, taker }) => [shardId, taker.position]));
}

/** Takes the records of one shard. */
class Taker {
  private readonly start: ShardPosition;
  private readonly records: readonly BufferedRecord[];
  /** The next record, and the last one that was taken out of it: -1 for none. */
  private index = 0;
  private taken: number;

  constructor({ position, records }: Offer) {
    this.start = position;
    this.records = records;
    this.taken = records.length === 0 ? -1 : subOf(position, records[0]!);
  }

  get hasMore(): boolean {
    return this.index < this.records.length;
  }

  /** When the next record arrived. */
  get nextMs(): number {
    return this.records[this.index]!.arrivalMs;
  }

  get position(): ShardPosition {
    const { index, taken, records } = this;
    const last = taken < 0 ? records[index - 1] : records[index]!;
    if (last === undefined || (index === 0 && taken === subOf(this.start, last))) return this.start;
    const { sequenceNumber } = last;
    return taken < 0
      ? { type: "AFTER_SEQUENCE_NUMBER", sequenceNumber }
      : { type: "AFTER_SEQUENCE_NUMBER", sequenceNumber, subSequenceNumber: taken };
  }

  /** Takes as much as there is room for, and one record that goes beyond the bytes. */
  take(room: Room): Room {
    let rows = 0;
    let bytes = 0;
    while (this.hasMore && rows < room.rows && bytes < room.bytes) {
      const { users, data } = this.records[this.index]!;
      const before = this.taken;
      const rest = users === null ? null : users.filter((user) => user.subSequenceNumber > before);
      const count = rest === null ? 1 : rest.length;
      bytes += data.length;
      if (rest !== null && count > room.rows - rows) {
        this.taken = rest[room.rows - rows - 1]!.subSequenceNumber;
        return { rows: room.rows, bytes };
      }
      this.index++;
      this.taken = -1;
      rows += count;
    }
    return { rows, bytes };
  }
}

/** The last one that was taken out of a record at a place; -1 for none. */
export function subOf(position: ShardPosition, { sequenceNumber }: BufferedRecord): number {
  if (position.type !== "AFTER_SEQUENCE_NUMBER" || position.sequenceNumber !== sequenceNumber) return -1;
  return position.subSequenceNumber ?? Number.POSITIVE_INFINITY;
}
