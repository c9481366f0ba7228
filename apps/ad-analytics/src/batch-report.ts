import type { StreamingQueryProgress } from "@ss/core";

/** What the process of the stream says of a batch, as a line of JSON. */
export interface BatchReport {
  readonly batch: number;
  /** When the batch was done, with its rows to be seen: milliseconds. */
  readonly at: number;
  readonly rows: number;
  /** For each partition the offset at which the batch begins, and the one behind its end. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** By how many records the partition that is furthest behind is behind. */
  readonly lag: number;
}

/** What there is to say of a batch. */
export function reportOf(progress: StreamingQueryProgress, topic: string, atMs: number): BatchReport {
  const source = progress.sources[0]!;
  return {
    batch: progress.batchId,
    at: atMs,
    rows: progress.numInputRows,
    from: offsetsOf(source.startOffset, topic),
    to: offsetsOf(source.endOffset, topic),
    lag: Number(source.metrics?.["maxOffsetsBehindLatest"] ?? 0),
  };
}

/** The offsets of a topic, by partition; none before the first batch. */
function offsetsOf(offset: unknown, topic: string): number[] {
  const partitions = (offset as Record<string, Record<string, number>> | null)?.[topic] ?? {};
  const offsets: number[] = [];
  for (const [partition, next] of Object.entries(partitions)) offsets[Number(partition)] = next;
  return offsets;
}

/** The records that are behind a batch, in all partitions. */
export function positionAfter(report: BatchReport): number {
  return report.to.reduce((sum, offset) => sum + offset, 0);
}
