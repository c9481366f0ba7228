import type { DataType, OutputMode, StateFamily, StateStore } from "@ss/core";
import type { Rows } from "../logical/rows.js";
import type { MemoryScope } from "./memory-budget.js";
import type { StateCounts } from "./state-partitions/messages.js";

/** Event times that a watermark operator saw. */
export interface EventTimes {
  count: number;
  minMs: number;
  maxMs: number;
  sumMs: number;
}

/** Adds to `times` what was seen elsewhere. */
export function mergeEventTimes(times: EventTimes, seen: EventTimes): void {
  if (seen.count === 0) return;
  if (times.count === 0 || seen.minMs < times.minMs) times.minMs = seen.minMs;
  if (times.count === 0 || seen.maxMs > times.maxMs) times.maxMs = seen.maxMs;
  times.sumMs += seen.sumMs;
  times.count += seen.count;
}

/** What a stateful operator did in a batch. */
export interface OperatorCounts extends StateCounts {
  readonly operatorId: number;
  readonly operatorName: string;
  /** Rows of the operator's tables that are not the user's, and that progress reports leave out. */
  internalRows: number;
  /** What Spark's operators of this kind count besides, by name. */
  readonly custom: Record<string, number>;
}

/** The watermarks of an operator in a batch. */
export interface Watermarks {
  /** Rows with an event time at or before it are late. */
  readonly lateWatermarkMs: number;
  /** State at or before it is complete. */
  readonly watermarkMs: number;
}

/** The tables of a query's operators: of one its only table, or the one of this name. */
export type Families = (operatorId: number, name?: string) => StateFamily;

/** An operator that has something to do when a time has come by the clock, although there are no new rows. */
export interface TimedOperator {
  /** Whether it has at a time. */
  isDue(families: Families, nowMs: number): boolean;
  /** When it will have next; null if that is not known, or never. */
  nextDueMs(families: Families): number | null;
}

/** What a batch of a stream adds to a run. */
export interface StreamRun {
  /** The query, which its checkpoint names, and its run. */
  readonly query: { readonly id: string; readonly runId: string };
  readonly batchId: number;
  readonly mode: OutputMode;
  /** The watermarks by which an operator works. */
  watermarksOf(operatorId: number): Watermarks;
  readonly store: StateStore;
  /**
   * Present in an open batch, whose rows come part by part: what operators hold for all of its parts counts against it. The tables beside
   * the stream are those of its first part.
   */
  readonly batchMemory?: MemoryScope | undefined;
  /** In an open batch: whether there was a part before. */
  readonly isLaterPart: boolean;
  /** A table of an operator: its only one, or the one of this name. */
  readonly family: Families;
  eventTimes(index: number): EventTimes;
  /** Adds event times that a worker saw. */
  addEventTimes(index: number, times: EventTimes): void;
  counts(operatorId: number, operatorName: string): OperatorCounts;
  /** Takes late rows, with the columns of {@link LATE_ROWS_SCHEMA}; resolves when they are written. */
  reportLate(rows: Rows): Promise<void>;
  /** Takes rows that could not be decoded, as they are reported; resolves when they are written. */
  reportMalformed(rows: Rows): Promise<void>;
  /** The types of the columns of such rows; undefined where nobody asks for them. */
  readonly malformedTypes: readonly DataType[] | undefined;
  monotonicMs(): number;
  /** Looks whether the state still fits into the session's memory; called while it grows. With a number of rows it looks when enough have come. */
  checkState(rows?: number): void;
}
