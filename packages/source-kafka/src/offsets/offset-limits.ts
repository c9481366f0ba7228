import type { ReadLimit } from "@ss/core";
import type { PartitionOffsets } from "./partition-offsets.js";

/** `latest`, or as much of it as has `maxRows` records, in the proportions of what the partitions have. */
export function limited(maxRows: number, from: PartitionOffsets, latest: PartitionOffsets): PartitionOffsets {
  const sizes = latest.map((topic, partition, end) => Math.max(0, end - (from.get(topic, partition) ?? 0)));
  const total = sizes.entries().reduce((sum, [, , size]) => sum + size, 0);
  if (total <= maxRows) return latest;
  return latest.map((topic, partition, end) => {
    const size = sizes.get(topic, partition)!;
    const first = from.get(topic, partition);
    if (size === 0 || first === undefined) return end;
    const share = maxRows * (size / total);
    // whoever has anything gives at least one record, so that no partition waits for ever
    return Math.min(end, first + (share < 1 ? 1 : Math.floor(share)));
  });
}

/** How many records lie between. */
export function rowsBetween(from: PartitionOffsets, until: PartitionOffsets): number {
  return until
    .entries()
    .reduce((sum, [topic, partition, end]) => sum + Math.max(0, end - (from.get(topic, partition) ?? 0)), 0);
}

/** The limits that one of a batch consists of. */
export function partsOf(limit: ReadLimit): readonly ReadLimit[] {
  return limit.kind === "composite" ? limit.limits.flatMap(partsOf) : [limit];
}
