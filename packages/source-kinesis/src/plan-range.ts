import { type KinesisOffset, type ShardPosition, samePosition } from "./position.js";

/** The records of a shard behind one place, up to another. */
export interface ShardRange {
  readonly stream: string;
  readonly shardId: string;
  readonly from: ShardPosition;
  readonly to: ShardPosition;
}

/**
 * What of each shard lies between two offsets: a shard that is not in the later one was read to its end, one that is not in the earlier
 * one from its beginning.
 */
export function planRange(start: KinesisOffset, end: KinesisOffset): readonly ShardRange[] {
  const streams = [...new Set([...Object.keys(start), ...Object.keys(end)])].sort();
  return streams.flatMap((stream) => {
    const before = start[stream] ?? {};
    const after = end[stream] ?? {};
    const shards = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return shards.flatMap((shardId): ShardRange[] => {
      const from = before[shardId] ?? { type: "TRIM_HORIZON" };
      const to = after[shardId] ?? { type: "SHARD_END" };
      const isBegun = to.type === "AFTER_SEQUENCE_NUMBER" || to.type === "SHARD_END";
      if (from.type === "SHARD_END" || !isBegun || samePosition(from, to)) return [];
      return [{ stream, shardId, from, to }];
    });
  });
}
