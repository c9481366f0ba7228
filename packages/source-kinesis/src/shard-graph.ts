import type { Shard } from "./kinesis-client.js";
import { type ShardPosition, type StreamPosition, sortedByShard } from "./position.js";

const TRIM_HORIZON: ShardPosition = { type: "TRIM_HORIZON" };

/** The shards of a stream that have no parent any more: where everything begins. */
export function rootsOf(shards: readonly Shard[]): readonly Shard[] {
  const ids = new Set(shards.map(({ shardId }) => shardId));
  return shards.filter(({ parents }) => !parents.some((parent) => ids.has(parent)));
}

/**
 * The same offset with the children of the shards that were read to their ends in place of these: children are read when all their
 * parents are. Shards that nobody knows of in the offset, and whose parents it does not know either, ended before the query began.
 */
export function withChildren(position: StreamPosition, shards: readonly Shard[]): StreamPosition {
  const places = new Map(Object.entries(position));
  for (const shard of shards) {
    if (Object.hasOwn(position, shard.shardId)) continue;
    const parents = shard.parents.flatMap((id) => places.get(id) ?? []);
    if (parents.length === 0 || parents.some(({ type }) => type !== "SHARD_END")) continue;
    places.set(shard.shardId, firstPlace(parents));
  }
  for (const [id, place] of Object.entries(position)) {
    if (place.type === "SHARD_END" && hasAllChildren(id, shards, places)) places.delete(id);
  }
  return sortedByShard(Object.fromEntries(places));
}

/** Places with those of all shards that follow them, which are read from their beginnings however far their parents were. */
export function withDescendants(position: StreamPosition, shards: readonly Shard[]): StreamPosition {
  const places = new Map(Object.entries(position));
  for (let before = -1; before !== places.size; ) {
    before = places.size;
    for (const { shardId, parents } of shards)
      if (!places.has(shardId) && parents.some((id) => places.has(id))) places.set(shardId, TRIM_HORIZON);
  }
  return sortedByShard(Object.fromEntries(places));
}

/** Where nothing of the parents was wanted before a time, nothing of the children is. */
function firstPlace(parents: readonly ShardPosition[]): ShardPosition {
  const times = parents.map((parent) => (parent.type === "SHARD_END" ? parent.timestamp : undefined));
  const timestamp = times[0];
  return timestamp !== undefined && times.every((time) => time !== undefined)
    ? { type: "AT_TIMESTAMP", timestamp }
    : TRIM_HORIZON;
}

/** Whether the children that are listed take all the hash keys of a shard over, and are all in the offset. */
function hasAllChildren(
  id: string,
  shards: readonly Shard[],
  places: ReadonlyMap<string, ShardPosition>,
): boolean {
  const children = shards.filter(({ parents }) => parents.includes(id));
  if (children.length === 0 || children.some(({ shardId }) => !places.has(shardId))) return false;
  const parent = shards.find(({ shardId }) => shardId === id);
  if (parent === undefined) return true;
  const width = ({ hashKeys: { first, last } }: Shard): bigint => last - first + 1n;
  return children.reduce((sum, child) => sum + width(child), 0n) >= width(parent);
}

/**
 * The same offset without the shards that are not listed any more. Where nothing of what follows them is in the offset, everything that is
 * left of the stream is read from its beginning.
 */
export function withoutVanished(position: StreamPosition, shards: readonly Shard[]): StreamPosition {
  const listed = new Set(shards.map(({ shardId }) => shardId));
  const ended = Object.fromEntries(
    Object.entries(position).map(([id, place]): [string, ShardPosition] => [
      id,
      listed.has(id) ? place : { type: "SHARD_END" },
    ]),
  );
  const places = Object.entries(withChildren(ended, shards)).filter(([id]) => listed.has(id));
  const isLeft = places.length > 0;
  const rest = isLeft
    ? []
    : rootsOf(shards).map(({ shardId }): [string, ShardPosition] => [shardId, TRIM_HORIZON]);
  return sortedByShard(Object.fromEntries([...places, ...rest]));
}
