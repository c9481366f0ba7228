/**
 * A place in a shard. `subSequenceNumber` is that of the last record that was taken out of an aggregated one, when it is not the last of
 * all; `timestamp` is in milliseconds since 1970.
 *
 * `SHARD_END` is a shard that was closed and read to its end, and whose children are not there yet. It keeps the time from which on
 * records are wanted as long as none was read, since its children begin at it, too.
 */
export type ShardPosition =
  | { readonly type: "TRIM_HORIZON" }
  | { readonly type: "AT_TIMESTAMP"; readonly timestamp: number }
  | { readonly type: "AT_SEQUENCE_NUMBER"; readonly sequenceNumber: string }
  | {
      readonly type: "AFTER_SEQUENCE_NUMBER";
      readonly sequenceNumber: string;
      readonly subSequenceNumber?: number;
    }
  | { readonly type: "SHARD_END"; readonly timestamp?: number };

/** The places in the shards of a stream, by their ids. */
export type StreamPosition = Readonly<Record<string, ShardPosition>>;

/** An offset: the places in the shards of each stream. */
export type KinesisOffset = Readonly<Record<string, StreamPosition>>;

/** Sequence numbers are whole numbers of up to 56 digits, in the order of the records of a shard. */
export function compareSequenceNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether two places are the same. */
export function samePosition(a: ShardPosition, b: ShardPosition): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Places with their shards in order, so that equal offsets print equally. */
export function sortedByShard(position: StreamPosition): StreamPosition {
  return Object.fromEntries(Object.entries(position).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
