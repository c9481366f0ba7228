import type { ResumePoint } from "../checkpoint/checkpoint.js";
import type { OffsetEntry } from "../checkpoint/offset-log.js";
import { StreamError } from "../errors/stream-error.js";
import type { StreamingQueryProgress } from "../progress/progress.js";
import type { ProgressReporter } from "../progress/progress-reporter.js";
import type { BatchResult, OffsetRange } from "../query/stream-plan.js";
import type { WatermarkExplanation } from "../query/watermark-explanation.js";
import type { BatchWrite, SinkResult } from "../sink/sink.js";
import { type Offset, sameOffset } from "../source/source.js";
import type { StateVersion } from "../state/state-store.js";
import { withRetry } from "./retry.js";
import type { RunEnvironment } from "./run-environment.js";
import {
  IDLE_INPUT_KEY,
  idleInputTimeoutMs,
  WATERMARK_POLICY_KEY,
  WatermarkTracker,
  watermarkPolicy,
} from "./watermark-tracker.js";

/** How much of its sources a batch takes: what their limits allow, all, or nothing at all. */
export type Intake = "limited" | "all" | "none";

/** A batch that stands in the offset log. */
export interface PlannedBatch {
  readonly batchId: number;
  readonly entry: OffsetEntry;
  readonly hasNewData: boolean;
}

/** Decides what the next batch is, runs it and commits it: everything about batches but when they run. */
export class BatchRunner {
  private readonly env: RunEnvironment;
  private readonly reporter: ProgressReporter;
  private readonly watermark: WatermarkTracker;
  private batchId: number;
  private replay: OffsetEntry | null;
  /** Where each source stood after the last committed batch, as the logs have it. */
  private committed: readonly (Offset | null)[];
  /** The same, with the initial offset where a source has delivered nothing yet. */
  private starts: readonly (Offset | null)[];
  private ends: readonly (Offset | null)[];
  private lastBatchWatermarkMs: number | null;
  private state: StateVersion | null;
  /** The oldest entry that has to be in the logs, as the newest offset entry has it. */
  oldestKept: number;

  constructor(env: RunEnvironment, resume: ResumePoint, reporter: ProgressReporter) {
    this.env = env;
    this.reporter = reporter;
    this.watermark = new WatermarkTracker(
      watermarkPolicy(env.pinnedConf[WATERMARK_POLICY_KEY] ?? "min"),
      resume.watermarkMs,
      env.clock.now(),
      idleInputTimeoutMs(env.conf(IDLE_INPUT_KEY)),
    );
    this.batchId = resume.batchId;
    this.replay = resume.replay;
    this.committed = resume.committed ?? env.plan.sources.map(() => null);
    this.starts = this.committed;
    this.ends = this.committed;
    this.lastBatchWatermarkMs = resume.lastBatchWatermarkMs;
    this.state = resume.state;
    this.oldestKept = resume.oldestKept;
  }

  /** The batch that was committed last, or -1. */
  get lastCommittedBatch(): number {
    return this.batchId - 1;
  }

  /** Why the watermark stands where it does. */
  explainWatermark(): WatermarkExplanation {
    return this.watermark.explain();
  }

  /** When the watermark may move without new rows, since an input has had none for so long; null: never. */
  get idleInputDueMs(): number | null {
    return this.watermark.dueMs;
  }

  /** Offsets of the batch at hand, for the error that ends the query. */
  get offsets(): { readonly starts: readonly (Offset | null)[]; readonly ends: readonly (Offset | null)[] } {
    return { starts: this.committed, ends: this.ends };
  }

  /** Asks new sources where they begin and tells the others again what is committed. */
  async begin(): Promise<void> {
    const { sources } = this.env.plan;
    const starts: (Offset | null)[] = [];
    for (const [k, source] of sources.entries()) {
      starts.push(this.committed[k] ?? (await this.retry(() => source.initialOffset())));
    }
    this.starts = starts;
    if (this.replay === null) await this.commitSources(this.committed);
  }

  /** The batch that the run before has left behind, once. */
  takeReplay(): PlannedBatch | null {
    const entry = this.replay;
    this.replay = null;
    if (entry === null) return null;
    this.ends = entry.offsets;
    return {
      batchId: this.batchId,
      entry,
      hasNewData: this.rangesTo(entry.offsets).some((range) => range !== null),
    };
  }

  /** Decides about the next batch and writes it to the offset log; null if there is nothing to do. */
  async construct(intake: Intake, withoutData: boolean): Promise<PlannedBatch | null> {
    const { clock, plan, pinnedConf: conf, query, checkpoint } = this.env;
    const ends = intake === "none" ? this.starts : await this.latestOffsets(intake);
    const batchTimestampMs = clock.now();
    this.watermark.look(batchTimestampMs);
    const batchWatermarkMs = this.watermark.currentMs;
    const hasNewData = ends.some((end, k) => !sameOffset(this.starts[k]!, end));
    if (!hasNewData) {
      const previousMs = this.lastBatchWatermarkMs;
      if (!withoutData || previousMs === null) return null;
      if (!plan.needsBatch({ previousMs, watermarkMs: batchWatermarkMs, nowMs: batchTimestampMs }))
        return null;
    }
    this.oldestKept = Math.max(this.oldestKept, this.batchId - this.env.batchesToRetain + 1);
    const entry: OffsetEntry = {
      batchWatermarkMs,
      batchTimestampMs,
      conf,
      oldestKept: this.oldestKept,
      offsets: ends,
      writer: query.runId,
    };
    this.ends = ends;
    await this.reporter.time("walCommit", async () => {
      await this.fence();
      await this.retry(() => checkpoint.offsets.add(this.batchId, entry));
    });
    return { batchId: this.batchId, entry, hasNewData };
  }

  /** Runs a batch and commits it: state (within the run), then each output in order, then the commit log. */
  async run(batch: PlannedBatch): Promise<StreamingQueryProgress> {
    const { entry } = batch;
    const [result, sinkResults] = await this.reporter.time("addBatch", () => this.addBatch(batch));
    await this.reporter.time("commitOffsets", () => this.commitBatch(result));
    const progress = this.reporter.report({
      batchId: this.batchId,
      watermarkMs: entry.batchWatermarkMs,
      sources: this.env.plan.sources,
      starts: this.committed,
      ends: entry.offsets,
      outputs: this.env.plan.outputs,
      sinkResults,
      result,
    });
    this.lastBatchWatermarkMs = entry.batchWatermarkMs;
    this.state = result.state;
    this.committed = entry.offsets;
    this.starts = entry.offsets.map((end, k) => end ?? this.starts[k]!);
    this.batchId++;
    return progress;
  }

  private async latestOffsets(intake: "limited" | "all"): Promise<(Offset | null)[]> {
    const { plan, observer } = this.env;
    const ends: (Offset | null)[] = [];
    for (const [k, source] of plan.sources.entries()) {
      observer.status(`Getting offsets from ${source.description}`, true);
      const start = this.starts[k]!;
      const limit = intake === "all" ? ({ kind: "allAvailable" } as const) : source.readLimit;
      const end = await this.reporter.time("latestOffset", () => {
        return this.retry(() => source.latestOffset(start, limit));
      });
      ends.push(end ?? start);
    }
    return ends;
  }

  private rangesTo(ends: readonly (Offset | null)[]): (OffsetRange | null)[] {
    return ends.map((end, k) => {
      const start = this.starts[k]!;
      return end === null || sameOffset(start, end) ? null : { start, end };
    });
  }

  /**
   * The engine's part and the commits of the outputs. A write whose own commit failed is left alone: its rows may be visible
   * already, and the replay after a restart finds out.
   */
  private async addBatch(batch: PlannedBatch): Promise<[BatchResult, SinkResult[]]> {
    const open = new Set<BatchWrite>();
    try {
      const writes = await this.beginWrites(batch.batchId, open);
      const result = await this.runPlan(batch, writes);
      const sinkResults: SinkResult[] = [];
      for (const [k, write] of writes.entries()) {
        if (!write.alreadyCommitted) await this.fence();
        open.delete(write);
        sinkResults.push(
          write.alreadyCommitted
            ? { numOutputRows: 0 }
            : await this.retry(() => write.commit(result.messages[k] ?? [])),
        );
      }
      return [result, sinkResults];
    } catch (error) {
      for (const write of open) await write.abort(error);
      throw error;
    }
  }

  private async beginWrites(batchId: number, open: Set<BatchWrite>): Promise<BatchWrite[]> {
    const { plan, query, signal } = this.env;
    const writes: BatchWrite[] = [];
    for (const [outputId, { sink, schema, mode }] of plan.outputs.entries()) {
      const { id: queryId, runId } = query;
      const batch = { queryId, runId, outputId, batchId, schema, mode, signal };
      const write = await this.retry(() => sink.begin(batch));
      writes.push(write);
      open.add(write);
    }
    return writes;
  }

  private async runPlan(
    { batchId, entry }: PlannedBatch,
    writes: readonly BatchWrite[],
  ): Promise<BatchResult> {
    const { plan, signal } = this.env;
    const result = await plan.run({
      batchId,
      batchTimestampMs: entry.batchTimestampMs,
      previousWatermarkMs: this.lastBatchWatermarkMs ?? entry.batchWatermarkMs,
      watermarkMs: entry.batchWatermarkMs,
      ranges: this.rangesTo(entry.offsets),
      writes,
      fence: () => this.fence(),
      signal,
    });
    // a result that comes after stop() may lack what the signal has cut off
    signal.throwIfAborted();
    this.checkStateful(result);
    this.watermark.update(result.eventTimes, this.env.clock.now());
    return result;
  }

  private async commitBatch(result: BatchResult): Promise<void> {
    const { checkpoint, query } = this.env;
    const { state } = result;
    await this.fence();
    await this.retry(() =>
      checkpoint.commits.add(this.batchId, {
        nextBatchWatermarkMs: this.watermark.currentMs,
        state,
        writer: query.runId,
      }),
    );
    const moved = this.ends.map((end, k) => (sameOffset(end, this.committed[k]!) ? null : end));
    await this.commitSources(moved);
  }

  private async commitSources(ends: readonly (Offset | null)[]): Promise<void> {
    for (const [k, source] of this.env.plan.sources.entries()) {
      const end = ends[k]!;
      if (end !== null) await this.retry(() => source.commit(end));
    }
  }

  /** A query cannot gain or lose all its state between two batches: its plan was changed. */
  private checkStateful(result: BatchResult): void {
    if (this.lastBatchWatermarkMs === null || (this.state === null) === (result.state === null)) return;
    const names = result.operators.map((operator) => operator.operatorName).join(", ");
    const [before, now] = this.state === null ? ["", names] : ["some", ""];
    throw new StreamError({
      condition: "STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA",
      sqlState: "42K03",
      parameters: { OpsInMetadataSeq: before, OpsInCurBatchSeq: now },
      message:
        `Streaming stateful operator name does not match with the operator in state metadata: the checkpoint ` +
        `${this.state === null ? "has no state, but the query now keeps some" : "has state, but the query keeps none"}. ` +
        `Start the changed query with a new checkpoint location.`,
    });
  }

  private fence(): Promise<void> {
    return this.retry(() => this.env.checkpoint.fence(this.batchId));
  }

  private retry<T>(call: () => Promise<T>): Promise<T> {
    return withRetry(this.env.clock, this.env.signal, call);
  }
}
