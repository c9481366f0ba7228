import type { FileSystem } from "../file-system/file-system.js";
import type { StateOperatorProgress } from "../progress/progress.js";
import type { StructType } from "../schema/struct-type.js";
import type { BatchWrite, CommitMessage, OutputMode, Sink } from "../sink/sink.js";
import type { Offset, Source } from "../source/source.js";
import type { StateVersion } from "../state/state-store.js";

/** One of the places to which a query writes. */
export interface StreamOutput {
  /** The number that its sink knows it by, which stays what it is when a query gets more outputs. Default: its place among the outputs. */
  readonly outputId?: number;
  readonly sink: Sink;
  readonly mode: OutputMode;
  readonly schema: StructType;
}

/** What the loop tells a plan at the start of a run. */
export interface PlanContext {
  readonly queryId: string;
  readonly runId: string;
  readonly fileSystem: FileSystem;
  /** The folder of the checkpoint that belongs to the engine: `<checkpoint>/state`. */
  readonly stateFolder: string;
  /** Where the engine keeps what the versions of tables are: `<checkpoint>/tables`. */
  readonly tablesFolder: string;
  /** The configuration in force: what the checkpoint has pinned, else the session's. */
  readonly conf: (key: string) => string | undefined;
  /** State of the last committed batch, or null for a query that has none. */
  readonly state: StateVersion | null;
  readonly signal: AbortSignal;
}

/** The new rows of a source in a batch; null where it has none. */
export interface OffsetRange {
  readonly start: Offset | null;
  readonly end: Offset;
}

/**
 * One batch to run. Everything in it comes from the checkpoint, or is on its way there, so that a replay gives the same result.
 */
export interface BatchRequest {
  readonly batchId: number;
  /** The clock when the batch was constructed; `current_timestamp()`. */
  readonly batchTimestampMs: number;
  /** The watermark that the batch before ran with: rows at or before it are late. */
  readonly previousWatermarkMs: number;
  /** State at or before it is complete and may be emitted and forgotten. 0 before any. */
  readonly watermarkMs: number;
  /** One per source of the plan, in its order; all null in an open batch. */
  readonly ranges: readonly (OffsetRange | null)[];
  /**
   * Present in an open batch: its ranges, part after part as rows come. The plan hands the rows of a part to the writers and flushes them before it
   * asks for the next part; when there is none, it goes on as at the end of any batch. Nothing else changes from part to part.
   */
  readonly parts?: AsyncIterable<readonly (OffsetRange | null)[]>;
  /**
   * What `tableVersions` answered when the batch was decided; the tables have to be read at these versions. Another list than the last answer comes with a
   * batch that a run before has left behind; it is empty where that run kept no record.
   */
  readonly tables: readonly string[];
  /**
   * Begins the writes of the outputs: one per output of the plan, in its order; the same ones at each call. Resolves when the batch stands in the
   * offset log. Rows may be read and computed before; nothing of the batch may be written anywhere, state included, until then.
   */
  readonly begin: () => Promise<readonly BatchWrite[]>;
  /** Throws if another run has taken over the checkpoint. */
  readonly fence: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** Event times that a watermark operator saw in a batch, in milliseconds. */
export interface EventTimeStats {
  /** What the operator looks at, in words: the column and the sources that it comes from. */
  readonly input?: string;
  /** The sources that it gets its rows from, by their places in the plan: while one of them has rows waiting, it is not idle. */
  readonly sources?: readonly number[];
  readonly delayMs: number;
  /** Absent where it saw no row. */
  readonly seen?: { readonly minMs: number; readonly maxMs: number; readonly avgMs: number };
}

/** What a batch did. Its state is durable, its rows are with the writers but not committed. */
export interface BatchResult {
  /** One list per output: what its writers returned. */
  readonly messages: readonly (readonly CommitMessage[])[];
  /** Rows read, one number per source. */
  readonly inputRows: readonly number[];
  /** One per watermark operator, in plan order: the same operators in every batch. */
  readonly eventTimes: readonly EventTimeStats[];
  readonly operators: readonly StateOperatorProgress[];
  /** Null for a stateless plan. */
  readonly state: StateVersion | null;
  readonly observedMetrics: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Rows that could not be decoded and were reported; absent where nobody asks for them. */
  readonly malformedRows?: number;
  /** Milliseconds that went into planning, for the progress report: the first batch of a run tells of the plan that was made for all. */
  readonly planningMs?: number;
  /** Milliseconds of `run` in which the sources divided their ranges into parts: `getBatch` in the progress report. */
  readonly getBatchMs?: number;
}

/**
 * What an engine hands to the trigger loop. The loop knows nothing of SQL: it decides when a batch runs and what is
 * written to the checkpoint; the plan does the work.
 *
 * Order of calls: the loop opens the `sources`, then calls `open`, then `run` once per batch, one at a time, with increasing
 * batch ids, `maintain` after committed batches, `close` once. A `run` that throws is followed by `close` (the query fails)
 * or, after `stop()`, likewise; a `run` whose signal aborts throws, and never returns a part of its batch. The loop also
 * calls `begin`, `commit` and `abort` of the outputs, and closes the sources before and the sinks after `close`. While a batch
 * begins, its offsets are being written; `begin` of the request waits for that.
 */
export interface StreamPlan {
  readonly sources: readonly Source[];
  readonly outputs: readonly StreamOutput[];
  /**
   * Configuration that the offset log records and a later run takes from there. A plan with state pins the class of its
   * state store provider (`spark.sql.streaming.stateStore.providerClass`); a checkpoint of another one is refused.
   */
  readonly pinnedConf: Readonly<Record<string, string>>;
  open(context: PlanContext): Promise<void>;
  /**
   * Whether a batch without new rows has something to do, now that the watermark went from `previousMs` (what the last batch
   * ran with, in this run or the one before) to `watermarkMs`. Not asked before the first batch of a query.
   */
  needsBatch(request: {
    readonly previousMs: number;
    readonly watermarkMs: number;
    readonly nowMs: number;
  }): boolean;
  /**
   * Looks at the tables that stand beside the streams: the versions that the next batch reads. They go into the offset log. Called when a batch has been decided; absent
   * where there are none.
   */
  tableVersions?(): Promise<readonly string[]>;
  run(request: BatchRequest): Promise<BatchResult>;
  /** When `needsBatch` may turn true by the clock alone, in milliseconds since 1970; absent or null: never. */
  nextDueMs?(): number | null;
  /**
   * Background work; `oldestBatch` is the oldest batch that the logs still hold, and `tablesInUse` are versions of tables that a restart may ask for beside those of
   * the last batch: where the logs are written beside the batches, not all that have run are in them. Called after a batch, never twice at a time. What it does before
   * its first `await` sees the state between two batches; the rest may overlap the next `run`.
   */
  maintain(oldestBatch: number, tablesInUse: readonly string[]): Promise<void>;
  /** The plan as text, as it ran last. */
  explain(mode: "simple" | "extended" | "codegen"): string;
  close(): Promise<void>;
}
