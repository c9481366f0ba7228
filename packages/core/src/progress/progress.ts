import type { Json } from "../source/source.js";

/** One stateful operator in a batch. Times in milliseconds. Names and meanings are Spark's. */
export interface StateOperatorProgress {
  readonly operatorName: string;
  readonly numRowsTotal: number;
  readonly numRowsUpdated: number;
  readonly allUpdatesTimeMs: number;
  readonly numRowsRemoved: number;
  readonly allRemovalsTimeMs: number;
  readonly commitTimeMs: number;
  readonly memoryUsedBytes: number;
  readonly numRowsDroppedByWatermark: number;
  readonly numShufflePartitions: number;
  readonly numStateStoreInstances: number;
  readonly customMetrics: Readonly<Record<string, number>>;
}

/** One source in a batch. */
export interface SourceProgress {
  readonly description: string;
  readonly startOffset: Json;
  readonly endOffset: Json;
  readonly latestOffset: Json;
  readonly numInputRows: number;
  readonly inputRowsPerSecond: number;
  readonly processedRowsPerSecond: number;
  readonly metrics?: Readonly<Record<string, string>>;
}

/** A sink in a batch. */
export interface SinkProgress {
  readonly description: string;
  /** -1 where the sink does not count. */
  readonly numOutputRows: number;
  readonly metrics?: Readonly<Record<string, string>>;
}

/** What a batch (or an idle trigger) did: Spark's StreamingQueryProgress, field by field. */
export interface StreamingQueryProgress {
  readonly id: string;
  readonly runId: string;
  readonly name: string | null;
  /** Start of the trigger, ISO 8601 with milliseconds, UTC. */
  readonly timestamp: string;
  readonly batchId: number;
  /** Milliseconds. */
  readonly batchDuration: number;
  readonly numInputRows: number;
  readonly inputRowsPerSecond: number;
  readonly processedRowsPerSecond: number;
  /**
   * Milliseconds by phase: latestOffset, getBatch, queryPlanning, walCommit, addBatch, commitOffsets, triggerExecution. A run is planned
   * once, before its first trigger: the first batch reports that as queryPlanning, later ones report 0. The offsets of a batch are written
   * while it works: walCommit is what it had to wait for them then. No two phases overlap.
   */
  readonly durationMs: Readonly<Record<string, number>>;
  /** `min`, `max`, `avg` of the batch's event times and the `watermark` that it ran with, ISO 8601. Absent without a watermark. */
  readonly eventTime?: Readonly<Record<string, string>>;
  readonly stateOperators: readonly StateOperatorProgress[];
  readonly sources: readonly SourceProgress[];
  /** The first output. */
  readonly sink: SinkProgress;
  /** Every output, where a query has more than one. */
  readonly sinks?: readonly SinkProgress[];
  /** Rows that could not be decoded and went to the output for them; absent where a query has none. */
  readonly numMalformedRows?: number;
  readonly observedMetrics?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
