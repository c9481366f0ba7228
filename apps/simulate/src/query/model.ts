import type { RandomQuery } from "./random-query.js";
import { type OutputRow, outputRow, type Row } from "./row.js";
import type { TerminalModel } from "./terminal.js";

/** What the model is told about a batch. */
export interface ModelBatch {
  /** The batch's rows of each source. */
  readonly rows: readonly (readonly Row[])[];
  /** Names the run that committed it: what a watermark operator has seen is forgotten with a run. */
  readonly run: string;
}

/** What the model says about a batch. */
export interface ModelResult {
  readonly output: readonly OutputRow[];
  /** The rows that are dropped for being late: watermark, event time and id. */
  readonly late: readonly OutputRow[];
  /** The watermark that the batch has to run with. */
  readonly watermarkMs: number;
}

/** The query done plainly, batch by batch. */
export class QueryModel {
  private readonly query: RandomQuery;
  private readonly policy: "min" | "max";
  private readonly terminal: TerminalModel;
  private readonly delaysMs: readonly number[];
  /** The watermark of the next batch. */
  watermarkMs = 0;
  /** The watermark of the last batch; null before any. */
  lastBatchWatermarkMs: number | null = null;
  private run = "";
  private operatorsMs: number[] = [];

  constructor(query: RandomQuery, policy: "min" | "max") {
    this.query = query;
    this.policy = policy;
    const seconds = query.sourceDelays ?? (query.endDelay === null ? [] : [query.endDelay]);
    this.delaysMs = seconds.map((delay) => delay * 1000);
    this.terminal = query.terminal.model(this.delaysMs[0] ?? 0);
  }

  /** Whether a batch without data is due. */
  get needsBatch(): boolean {
    const { lastBatchWatermarkMs, watermarkMs } = this;
    return this.query.terminal.evicts && lastBatchWatermarkMs !== null && watermarkMs > lastBatchWatermarkMs;
  }

  next({ rows, run }: ModelBatch): ModelResult {
    const watermarkMs = this.watermarkMs;
    const lateMs = this.lastBatchWatermarkMs ?? watermarkMs;
    let all: readonly Row[] = rows.flat();
    for (const step of this.query.steps) all = step.model(all);
    const output = this.terminal.batch(all, { lateMs, nowMs: watermarkMs });
    const late = all.flatMap((row) => lateRows(row, this.query, lateMs));
    this.lastBatchWatermarkMs = watermarkMs;
    this.moveWatermark(this.query.sourceDelays ? rows : [all], run);
    return { output, late, watermarkMs };
  }

  private moveWatermark(seen: readonly (readonly Row[])[], run: string): void {
    if (this.delaysMs.length === 0) return;
    if (run !== this.run) this.operatorsMs = this.delaysMs.map(() => Number.NEGATIVE_INFINITY);
    this.run = run;
    for (const [k, delayMs] of this.delaysMs.entries()) {
      for (const { t } of seen[k]!) {
        if (t !== null) this.operatorsMs[k] = Math.max(this.operatorsMs[k]!, t * 1000 - delayMs);
      }
    }
    const standing = this.operatorsMs.map((ms) => (ms === Number.NEGATIVE_INFINITY ? 0 : ms));
    const chosen = this.policy === "min" ? Math.min(...standing) : Math.max(...standing);
    this.watermarkMs = Math.max(this.watermarkMs, chosen);
  }
}

function lateRows(row: Row, { terminal, reportsLate }: RandomQuery, lateMs: number): OutputRow[] {
  const times = reportsLate ? (terminal.lateTimes?.(row) ?? []) : [];
  return times.filter((ms) => ms <= lateMs).map((ms) => outputRow([lateMs, ms, row.id]));
}
