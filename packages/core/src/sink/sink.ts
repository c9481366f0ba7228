import type { Batch } from "../column/batch.js";
import type { StructType } from "../schema/struct-type.js";
import type { Json } from "../source/source.js";
import type { RunMode } from "../trigger/run-mode.js";

/** Which rows of the result a batch hands to its sink: the new ones, the changed ones, or all. */
export type OutputMode = "append" | "update" | "complete";

/** What one partition's writer tells the commit, as plain data (it may come from a worker). */
export type CommitMessage = Json;

/** The batch that a sink is asked to take. */
export interface SinkBatch {
  /** The same over restarts of the query. */
  readonly queryId: string;
  readonly runId: string;
  /** Which output of the query this is; the first is 0. The others keep theirs when a query gets more outputs. */
  readonly outputId: number;
  readonly batchId: number;
  readonly schema: StructType;
  readonly mode: OutputMode;
  /** Aborts when the query stops. */
  readonly signal: AbortSignal;
}

/**
 * Where the rows of a query go.
 *
 * For each batch the loop calls `begin`, then the engine opens `writer`s (maybe several at once, with distinct partition
 * ids), writes and `finish`es each; then, after the state is durable, the loop calls `commit` with their messages, or
 * `abort` if anything failed. After `abort` or a crash the same batch id may come again, with the same rows if the query is
 * deterministic; a sink with `delivery: "exactlyOnce"` makes a batch that was committed twice count once, by remembering
 * batch ids in the same atomic step that makes the rows visible. Batches come one at a time, in order of id. Of a batch that no run has
 * made (a repartition) such a sink is told by a `commit` without messages, except in mode complete.
 */
export interface Sink {
  /** For progress reports, without secrets: `FileSink[file:/data/out]`. */
  readonly description: string;
  readonly delivery: "exactlyOnce" | "atLeastOnce";
  readonly outputModes: readonly OutputMode[];
  /** In which ways beside batches that are planned in the log the sink can be written to, see {@link RunMode}. Absent: in none. */
  readonly runModes?: readonly RunMode[];
  begin(batch: SinkBatch): Promise<BatchWrite>;
  /** Once, when the query ends for whatever reason. */
  close(): Promise<void>;
}

/** One batch on its way into a sink. */
export interface BatchWrite {
  /** True where this batch is in the sink already: the engine runs it for its state and writes nothing, nobody commits. */
  readonly alreadyCommitted: boolean;
  writer(partitionId: number): Promise<PartitionWriter>;
  /** Makes the rows visible. May be called again for the same batch after a crash. */
  commit(messages: readonly CommitMessage[]): Promise<SinkResult>;
  /** Forgets what the writers wrote. Never throws. */
  abort(error: unknown): Promise<void>;
}

/** What a commit tells the progress report. */
export interface SinkResult {
  /** Rows written, or -1 where the sink does not count (as Spark's file sink). */
  readonly numOutputRows: number;
  readonly metrics?: Readonly<Record<string, string>>;
}

/** Takes the rows of one partition. Used by one caller, one call at a time. */
export interface PartitionWriter {
  /** Copies what it keeps: the batch is valid only during the call. */
  write(batch: Batch): Promise<void>;
  /**
   * Shows what was written so far; called in open batches whenever there is nothing more to write for now. Rows that were shown may come
   * again after a crash. Absent: rows show as they are written, or when the batch is committed.
   */
  flush?(): Promise<void>;
  finish(): Promise<CommitMessage>;
  /** Frees everything; never throws. */
  abort(): Promise<void>;
}
