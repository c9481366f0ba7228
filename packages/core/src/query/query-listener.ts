import type { StreamingQueryProgress } from "../progress/progress.js";

/** A query has started; posted before `start()` resolves. */
export interface QueryStartedEvent {
  readonly id: string;
  readonly runId: string;
  readonly name: string | null;
  /** ISO 8601 with milliseconds, UTC. */
  readonly timestamp: string;
  readonly jobTags: readonly string[];
}

/** A batch has been committed. */
export interface QueryProgressEvent {
  readonly progress: StreamingQueryProgress;
}

/** A query finds nothing to do: at once when that begins, then every `noDataProgressEventInterval`. */
export interface QueryIdleEvent {
  readonly id: string;
  readonly runId: string;
  readonly timestamp: string;
}

/** A query has ended. */
export interface QueryTerminatedEvent {
  readonly id: string;
  readonly runId: string;
  /** The text of the error that ended it; null after `stop()` and where the trigger has an end. */
  readonly exception: string | null;
  /** The condition of that error, where it has one. */
  readonly errorClassOnException: string | null;
}

/**
 * Hears of all queries of a manager. Called while the query waits, in order; a listener that throws or rejects is reported
 * to the log and does no harm to the query.
 */
export interface StreamingQueryListener {
  onQueryStarted?(event: QueryStartedEvent): void | Promise<void>;
  onQueryProgress?(event: QueryProgressEvent): void | Promise<void>;
  onQueryIdle?(event: QueryIdleEvent): void | Promise<void>;
  onQueryTerminated?(event: QueryTerminatedEvent): void | Promise<void>;
}

/** Where warnings of a query go that have no caller to throw to. */
export type QueryLog = (level: "info" | "warn" | "error", message: string) => void;
