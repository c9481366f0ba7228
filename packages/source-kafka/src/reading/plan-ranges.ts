import { BATCH_ROWS, type Partition } from "@ss/core";
import type { OffsetRange } from "@ss/kafka";

/** What a partition of a read consists of: ranges that are fetched together. */
export type RangeGroup = readonly OffsetRange[];

/** How ranges are cut. 0: no such wish. */
export interface PlanSettings {
  readonly minPartitions: number;
  readonly maxRecordsPerPartition: number;
}

/**
 * Cuts ranges into the parts that are read by themselves: long ones where the settings ask for it, while short ones, of a batch of rows in
 * all, are read together, as each part costs a request and a batch of columns. The same ranges give the same parts.
 */
export function planRanges(ranges: readonly OffsetRange[], settings: PlanSettings): readonly RangeGroup[] {
  const wanted = ranges.filter(({ from, until }) => until > from);
  const { minPartitions, maxRecordsPerPartition } = settings;
  if (minPartitions === 0 && maxRecordsPerPartition === 0) return grouped(wanted);
  const pieces = wanted.flatMap((range) => cut(range, piecesByLength(range, maxRecordsPerPartition)));
  if (pieces.length >= minPartitions) return pieces.map((piece) => [piece]);
  const total = rowsOf(pieces);
  return pieces
    .flatMap((piece) => cut(piece, Math.max(1, Math.round((rowsOf([piece]) / total) * minPartitions))))
    .map((piece) => [piece]);
}

/** Plain data, as the engine keeps and moves it. */
export function partitionOf(group: RangeGroup): Partition {
  return group.map(({ topic, partition, from, until }) => ({ topic, partition, from, until }));
}

/** The inverse of {@link partitionOf}. */
export function groupOf(partition: Partition): RangeGroup {
  return partition as unknown as RangeGroup;
}

function grouped(ranges: readonly OffsetRange[]): readonly RangeGroup[] {
  const groups: OffsetRange[][] = [];
  let rows = 0;
  for (const range of ranges) {
    rows += range.until - range.from;
    if (groups.length === 0 || rows > BATCH_ROWS) {
      groups.push([range]);
      rows = range.until - range.from;
    } else groups.at(-1)!.push(range);
  }
  return groups;
}

function piecesByLength({ from, until }: OffsetRange, max: number): number {
  return max === 0 ? 1 : Math.ceil((until - from) / max);
}

function cut(range: OffsetRange, pieces: number): readonly OffsetRange[] {
  const { topic, partition, from, until } = range;
  const length = until - from;
  const bound = (k: number): number => from + Math.floor((length * k) / pieces);
  return Array.from({ length: pieces }, (_, k) => ({
    topic,
    partition,
    from: bound(k),
    until: bound(k + 1),
  })).filter((piece) => piece.until > piece.from);
}

function rowsOf(ranges: readonly OffsetRange[]): number {
  return ranges.reduce((sum, { from, until }) => sum + until - from, 0);
}
