import type { Checkpoint } from "../checkpoint/checkpoint.js";
import type { Clock } from "../clock/clock.js";
import type { StreamingQueryProgress } from "../progress/progress.js";
import type { QueryIdentity } from "../progress/progress-reporter.js";
import type { QueryLog } from "../query/query-listener.js";
import type { StreamPlan } from "../query/stream-plan.js";
import type { AsyncProgress } from "./run-mode.js";
import type { Trigger } from "./trigger.js";

/** What the loop tells the query that it runs for. */
export interface RunObserver {
  status(message: string, isTriggerActive: boolean, isDataAvailable?: boolean): void;
  /** The next trigger looks for data; who asked for progress before gets the answer of this one. */
  triggerStarted(): void;
  /** `ran`: a batch was found and committed. */
  triggerEnded(ran: boolean): void;
  progress(progress: StreamingQueryProgress): void;
  idle(timestamp: string): void;
}

/** All that one run of a query has around it. The sources and the plan are open. */
export interface RunEnvironment {
  readonly query: QueryIdentity;
  readonly checkpoint: Checkpoint;
  readonly plan: StreamPlan;
  readonly trigger: Trigger;
  /** Present where the logs are written beside the batches. */
  readonly asyncProgress?: AsyncProgress | undefined;
  readonly clock: Clock;
  /** Aborts when the query is to end. */
  readonly signal: AbortSignal;
  /** Aborts it, for a run that has failed: what is under way in vain ends. */
  readonly giveUp: () => void;
  /** The configuration in force. */
  readonly conf: (key: string) => string | undefined;
  /** What the offset log records. */
  readonly pinnedConf: Readonly<Record<string, string>>;
  /** How many batches the logs keep. */
  readonly batchesToRetain: number;
  readonly log: QueryLog;
  readonly observer: RunObserver;
}

/** A whole number of the configuration. */
export function confInteger(
  conf: (key: string) => string | undefined,
  key: string,
  fallback: number,
): number {
  const text = conf(key);
  const value = text === undefined ? fallback : Number(text);
  return Number.isSafeInteger(value) ? value : fallback;
}
