import type { Batch } from "../column/batch.js";
import type { StructType } from "../schema/struct-type.js";
import type { WorkerForm } from "../worker/worker-form.js";
import type { Predicate, PushdownAnswer, ScanRequest } from "./predicate.js";
import type { Json, Partition } from "./source.js";

/**
 * A bounded table. `plan` may be called any number of times and sees the table as it is then; `read` may run for several
 * partitions at once. The rules for batches and signals are those of `Source.read`.
 */
export interface Table {
  /** For `explain`, without secrets. */
  readonly description: string;
  readonly schema: StructType;
  /** The parts to read; those that the predicates rule out may be left out. */
  plan(scan: ScanRequest): Promise<readonly Partition[]>;
  read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch>;
  /** As in `Source`. */
  readonly worker?: WorkerForm | undefined;
  pushdown?(predicate: Predicate): PushdownAnswer;
  /**
   * Ends what `plan` and `read` have left open, such as connections. Called when a query over tables, or a stream beside which the table stands, is
   * over: its own reads have ended, those of other queries may be under way, and others may come. Never throws. Absent: nothing is left open.
   */
  release?(): Promise<void>;
  /** Absent: a stream beside which the table stands reads it anew for each batch, and nothing tells what it read. */
  readonly versions?: TableVersions | undefined;
}

/**
 * A table whose rows may change while it is open, from one version to the next. The loop asks for the latest one before it plans a batch, and writes it
 * down with the batch; a batch that is run again after a crash asks for the version that was written down.
 *
 * Calls never overlap. From each of them on, `plan` and `read` give the rows of the version that it answered or was given.
 */
export interface TableVersions {
  /**
   * The version of now, as plain data by which it can be found again. The same object as the time before says that nothing has changed: what was made of the
   * rows may be kept. Another one, even an equal one, says that they may have.
   */
  latest(): Promise<Json>;
  /** Goes back to a version that a run before was given; false, and nothing has changed, where its rows are not there any more. */
  show(version: Json): Promise<boolean>;
  /** Ends what looking for changes takes. */
  close(): Promise<void>;
}
