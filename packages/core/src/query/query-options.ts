import type { Clock } from "../clock/clock.js";
import type { FileSystem } from "../file-system/file-system.js";
import type { AsyncProgress } from "../trigger/run-mode.js";
import type { Trigger } from "../trigger/trigger.js";
import type { QueryLog } from "./query-listener.js";
import type { PlanContext, StreamPlan } from "./stream-plan.js";

/** What {@link StreamingQueryManager.start} takes. */
export interface QueryOptions {
  /** Unique among the active queries of the manager. */
  readonly name?: string | undefined;
  /** Folder of the checkpoint, in the form that `fileSystem` takes. */
  readonly checkpointLocation: string;
  /** True: the folder is deleted when the query ends without an error (or always, by `forceDeleteTempCheckpointLocation`). */
  readonly temporary?: boolean;
  readonly fileSystem: FileSystem;
  readonly trigger: Trigger;
  /** Present: the logs are written beside the batches, for stateless queries and the sinks that support it. */
  readonly asyncProgress?: AsyncProgress | undefined;
  /**
   * Makes the plan of this run, with new Source and Sink objects that are not open yet. Called after the checkpoint was
   * read, so that `context.conf` answers with what it has pinned.
   */
  readonly createPlan: (context: PlanContext) => StreamPlan | Promise<StreamPlan>;
  /** The session's configuration, with Spark's defaults. */
  readonly conf?: (key: string) => string | undefined;
  /** Default: the manager's. */
  readonly clock?: Clock;
  readonly log?: QueryLog;
  readonly jobTags?: readonly string[];
}
