/**
 * Ways to run a query in which a batch may come again after a crash with other rows under the same id, or shows its rows before it is
 * committed. What promises more than that (rows counted once by the id of their batch) cannot take part.
 * - `asyncProgress`: batches whose logs are written beside them, and not for each.
 * - `continuous`, `realTime`: open batches, whose rows flow as they come and whose offsets are logged at their end.
 */
export type RunMode = "asyncProgress" | "continuous" | "realTime";

/** How a query tracks its progress beside its batches. */
export interface AsyncProgress {
  /** Of the batches that begin within it only the first is written to the logs. 0: all of them are. */
  readonly intervalMs: number;
  /** Also with sinks that do not say that they support it: after a crash rows may be missing there, or come twice. */
  readonly overrideSinkCheck?: boolean;
}
