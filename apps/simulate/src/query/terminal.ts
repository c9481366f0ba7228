import type { OutputMode } from "@ss/core";
import type { DataFrame } from "@ss/sql";
import type { OutputRow, Row } from "./row.js";

/** The watermarks of a batch, in milliseconds. */
export interface BatchWatermarks {
  /** Rows at or before it are late. */
  readonly lateMs: number;
  /** Groups at or before it are complete. */
  readonly nowMs: number;
}

/** The plain form of the operator at the end of a query. It keeps what it has to remember in Maps. */
export interface TerminalModel {
  /** What the sink is given for a batch; null: any rows that `accepts` takes. */
  batch(rows: readonly Row[], watermarks: BatchWatermarks): readonly OutputRow[];
}

/** The operator at the end of a query. */
export interface Terminal {
  readonly operator: string;
  readonly text: string;
  readonly mode: OutputMode;
  /** Whether a batch without data follows when the watermark moves. */
  readonly evicts: boolean;
  /** Names of the result's columns. */
  readonly columns: readonly string[];
  /** Whether it only makes sense with a watermark before it. */
  readonly needsWatermark: boolean;
  /**
   * The event times of a row, in milliseconds: it is dropped for being late once for each that is at or before the watermark. Absent where
   * nothing is dropped.
   */
  lateTimes?(row: Row): readonly number[];
  frame(stream: DataFrame): DataFrame;
  /** `delayMs` is the delay of the watermark, of the first stream's where each has its own; 0 without one. */
  model(delayMs: number): TerminalModel;
}
