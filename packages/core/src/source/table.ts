import type { Batch } from "../column/batch.js";
import type { StructType } from "../schema/struct-type.js";
import type { WorkerForm } from "../worker/worker-form.js";
import type { Predicate, PushdownAnswer, ScanRequest } from "./predicate.js";
import type { Partition } from "./source.js";

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
}
