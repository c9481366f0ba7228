import type { StreamingQueryProgress } from "../progress/progress.js";
import type { StreamingQueryException } from "./streaming-query-exception.js";
import type { WatermarkExplanation } from "./watermark-explanation.js";

/** What a query is doing right now. */
export interface StreamingQueryStatus {
  /** Spark's texts: `Initializing sources`, `Processing new data`, `Waiting for data to arrive`, `Stopped`, ... */
  readonly message: string;
  readonly isDataAvailable: boolean;
  readonly isTriggerActive: boolean;
}

/** A running (or ended) query, as `start()` returns it. */
export interface StreamingQuery {
  /** The same over restarts from one checkpoint. */
  readonly id: string;
  /** New with every start. */
  readonly runId: string;
  readonly name: string | null;
  readonly isActive: boolean;
  readonly status: StreamingQueryStatus;
  /** The newest progress report, or null before the first batch. */
  readonly lastProgress: StreamingQueryProgress | null;
  /** The last `spark.sql.streaming.numRecentProgressUpdates` reports, oldest first. */
  readonly recentProgress: readonly StreamingQueryProgress[];
  /** What ended the query, or null. */
  readonly exception: StreamingQueryException | null;
  /** The text of the plan as it ran last; `true` stands for `extended`, as in Spark. */
  explain(mode?: boolean | "simple" | "extended" | "codegen"): string;
  /**
   * Why the watermark stands where it does: where each input is, which of them holds it back, and since when. `text` says it in words. After the
   * query's end it is as it was then.
   */
  explainWatermark(): WatermarkExplanation;
  /**
   * Resolves when all that the sources have at the time of the call is processed and committed, batches without data
   * included, or when the query ends; throws what ended it. With a source that never stops delivering it never resolves.
   */
  processAllAvailable(): Promise<void>;
  /** Resolves when the query ends; throws a {@link StreamingQueryException} if an error ended it. */
  awaitTermination(): Promise<void>;
  /** The same, for at most this long, which has to be positive. Whether the query has ended. */
  awaitTermination(timeoutMs: number): Promise<boolean>;
  /**
   * Ends the query and resolves when everything is closed. A batch that is under way is run again by the next start.
   *
   * What hangs is waited for as long as `spark.sql.streaming.stopTimeout` says, for ever by default; then this throws SS_STOP_TIMEOUT, and the query goes
   * on ending.
   */
  stop(): Promise<void>;
}
