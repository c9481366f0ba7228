import type { ResumePoint } from "../checkpoint/checkpoint.js";
import type { OffsetEntry } from "../checkpoint/offset-log.js";
import { StreamError } from "../errors/stream-error.js";
import { checkedOffset } from "../plugin/checked-answers.js";
import type { StreamingQueryProgress } from "../progress/progress.js";
import type { ProgressReporter } from "../progress/progress-reporter.js";
import type { BatchRequest, BatchResult } from "../query/stream-plan.js";
import type { WatermarkExplanation } from "../query/watermark-explanation.js";
import type { SinkResult } from "../sink/sink.js";
import { type Offset, sameOffset } from "../source/source.js";
import type { StateVersion } from "../state/state-store.js";
import { AsyncBatchLog } from "./async-batch-log.js";
import { type BatchLog, LogEntries, type PlannedEntry, WaitingBatchLog } from "./batch-log.js";
import { type OpenBatch, OpenRanges, rangesBetween } from "./open-ranges.js";
import { beginWrite, OutputWrites } from "./output-writes.js";
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

/** A batch on its way into the offset log, or an open one, whose entry says where its first range ends. */
export interface PlannedBatch {
  readonly batchId: number;
  readonly entry: PlannedEntry;
  readonly hasNewData: boolean;
  /** Settles when the offset log has the entry; that of an open batch comes there when it is closed. */
  readonly logged: Promise<void>;
}

/** The engine's part of a batch: what the offset log now has of the batch, and what was done. */
type BatchWork = (begin: BatchRequest["begin"]) => Promise<[PlannedEntry, BatchResult]>;

/** Decides what the next batch is, runs it and commits it: everything about batches but when they run. */
export class BatchRunner {
  private readonly env: RunEnvironment;
  private readonly reporter: ProgressReporter;
  private readonly watermark: WatermarkTracker;
  private batchId: number;
  private replay: OffsetEntry | null;
  private readonly skipped: readonly number[];
  /** Where each source stood after the last committed batch, as the logs have it. */
  private committed: readonly (Offset | null)[];
  /** The same, with the initial offset where a source has delivered nothing yet. */
  private starts: readonly (Offset | null)[];
  private ends: readonly (Offset | null)[];
  /** What the sources were told last. */
  private told: readonly (Offset | null)[];
  private lastBatchWatermarkMs: number | null;
  private state: StateVersion | null;
  private readonly entries: LogEntries;
  private readonly log: BatchLog;

  /** `wake` rouses a loop that waits for its next trigger. */
  constructor(env: RunEnvironment, resume: ResumePoint, reporter: ProgressReporter, wake: () => void) {
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
    this.skipped = resume.skipped;
    this.committed = resume.committed ?? env.plan.sources.map(() => null);
    this.starts = this.committed;
    this.ends = this.committed;
    this.told = this.committed;
    this.lastBatchWatermarkMs = resume.lastBatchWatermarkMs;
    this.state = resume.state;
    const { checkpoint, batchesToRetain, clock, asyncProgress } = env;
    const retry = <T>(call: () => Promise<T>): Promise<T> => this.retry(call);
    this.entries = new LogEntries({ checkpoint, batchesToRetain, oldestKept: resume.oldestKept, retry });
    this.log =
      asyncProgress === undefined
        ? new WaitingBatchLog(this.entries)
        : new AsyncBatchLog({
            entries: this.entries,
            clock,
            intervalMs: asyncProgress.intervalMs,
            wake,
          });
  }

  /** The oldest entry that has to be in the logs, as the newest offset entry has it. */
  get oldestKept(): number {
    return this.entries.oldestKept;
  }

  /** The versions of tables that a restart may ask for: those of batches whose commits are not in the logs yet. */
  get tablesInUse(): readonly string[] {
    return this.log.uncommitted.flatMap(({ tables }) => tables);
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
      const start = this.committed[k];
      const initial = async () => checkedOffset(source, "initialOffset", await source.initialOffset());
      starts.push(start ?? (await this.retry(initial)));
    }
    this.starts = starts;
    if (this.replay === null) await this.commitSources(this.committed);
    for (const batchId of this.skipped) await this.tellOfSkipped(batchId);
  }

  /**
   * Sinks that keep account of their batches get one without rows for each that no run has made, so that it does not look lost. In mode complete
   * it would be an empty result.
   */
  private async tellOfSkipped(batchId: number): Promise<void> {
    for (const [k, output] of this.env.plan.outputs.entries()) {
      if (output.sink.delivery !== "exactlyOnce" || output.mode === "complete") continue;
      const write = await beginWrite(this.env, batchId, output, k);
      if (write.alreadyCommitted) continue;
      await this.fence();
      await this.retry(() => write.commit([]));
    }
  }

  /** The batch that the run before has left behind, once. */
  takeReplay(): PlannedBatch | null {
    const entry = this.replay;
    this.replay = null;
    if (entry === null) return null;
    this.ends = entry.offsets;
    this.log.resumed(this.batchId, entry);
    return {
      batchId: this.batchId,
      entry,
      hasNewData: rangesBetween(this.starts, entry.offsets).some((range) => range !== null),
      logged: Promise.resolve(),
    };
  }

  /** Decides about the next batch and begins to write it to the offset log; null if there is nothing to do. */
  async construct(intake: Intake, withoutData: boolean): Promise<PlannedBatch | null> {
    const batch = await this.decide(intake, withoutData);
    if (batch === null) return null;
    this.ends = batch.entry.offsets;
    const logged = this.log.planned(batch.batchId, batch.entry);
    // the run of the batch hears of it, at once where it reads
    logged.catch(() => this.env.giveUp());
    return { ...batch, logged };
  }

  /** Decides about the next batch; null if there is nothing to do, unless there is to be one in any case. */
  async decide(intake: Intake, withoutData: boolean, inAnyCase = false): Promise<PlannedBatch | null> {
    const { clock, plan } = this.env;
    const ends = intake === "none" ? this.starts : await this.look(intake);
    const batchTimestampMs = clock.now();
    const batchWatermarkMs = this.watermark.currentMs;
    const hasNewData = ends.some((end, k) => !sameOffset(this.starts[k]!, end));
    if (!hasNewData && !inAnyCase) {
      const previousMs = this.lastBatchWatermarkMs;
      if (!withoutData || previousMs === null) return null;
      if (!plan.needsBatch({ previousMs, watermarkMs: batchWatermarkMs, nowMs: batchTimestampMs }))
        return null;
    }
    const tables = (await this.retry(async () => plan.tableVersions?.())) ?? [];
    const entry = this.entry(batchTimestampMs, ends, tables);
    return { batchId: this.batchId, entry, hasNewData, logged: Promise.resolve() };
  }

  /** Tells the log that there is no batch to run for now. */
  idle(): void {
    this.log.idle();
  }

  /** The end of the run: nothing is written to the logs any more. */
  close(): Promise<void> {
    return this.log.close();
  }

  private entry(
    batchTimestampMs: number,
    offsets: readonly (Offset | null)[],
    tables: readonly string[],
  ): PlannedEntry {
    const { pinnedConf: conf, query } = this.env;
    return {
      batchWatermarkMs: this.watermark.currentMs,
      batchTimestampMs,
      conf,
      offsets,
      tables,
      writer: query.runId,
    };
  }

  /** Runs a batch and commits it: state (within the run), then each output in order, then the commit log. */
  async run(batch: PlannedBatch): Promise<StreamingQueryProgress> {
    const work = async (begin: BatchRequest["begin"]): Promise<[PlannedEntry, BatchResult]> => {
      const ranges = rangesBetween(this.starts, batch.entry.offsets);
      return [batch.entry, await this.runPlan(batch, { begin, ranges })];
    };
    return this.finish(batch, work);
  }

  /** Runs an open batch until its time is over, writes to the offset log how far it came, and commits it as any other. */
  async runOpen(batch: PlannedBatch, open: OpenBatch): Promise<StreamingQueryProgress> {
    const parts = new OpenRanges(open, this.starts, (starts) => this.latestOffsets(starts, "limited"));
    const work = async (begin: BatchRequest["begin"]): Promise<[PlannedEntry, BatchResult]> => {
      const ranges = this.starts.map(() => null);
      const result = await this.runPlan(batch, { begin, ranges, parts: parts.from(batch.entry.offsets) });
      const entry = { ...batch.entry, offsets: parts.position };
      this.ends = entry.offsets;
      await this.reporter.time("walCommit", () => this.log.planned(batch.batchId, entry));
      return [entry, result];
    };
    return this.finish(batch, work);
  }

  private async finish(batch: PlannedBatch, work: BatchWork): Promise<StreamingQueryProgress> {
    const [entry, result, sinkResults] = await this.reporter.time("addBatch", () =>
      this.addBatch(batch, work),
    );
    await this.reporter.time("commitOffsets", () => this.commitBatch(entry, result));
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

  /** Where the next batch would end, from which the watermark learns which inputs have nothing to come. */
  private async look(intake: "limited" | "all"): Promise<readonly (Offset | null)[]> {
    const nowMs = this.env.clock.now();
    const ends = await this.latestOffsets(this.starts, intake);
    this.watermark.look(
      nowMs,
      ends.map((end, k) => !sameOffset(this.starts[k]!, end)),
    );
    return ends;
  }

  private async latestOffsets(
    starts: readonly (Offset | null)[],
    intake: "limited" | "all",
  ): Promise<(Offset | null)[]> {
    const { plan, observer } = this.env;
    const ends: (Offset | null)[] = [];
    for (const [k, source] of plan.sources.entries()) {
      observer.status(`Getting offsets from ${source.description}`, true);
      const start = starts[k]!;
      const limit = intake === "all" ? ({ kind: "allAvailable" } as const) : source.readLimit;
      const end = await this.reporter.time("latestOffset", () => {
        return this.retry(async () => {
          return checkedOffset(source, "latestOffset", await source.latestOffset(start, limit));
        });
      });
      ends.push(end ?? start);
    }
    return ends;
  }

  /**
   * The engine's part and the commits of the outputs. The engine works on the rows while the batch is being written to the offset log; its
   * writes begin behind that.
   */
  private async addBatch(
    batch: PlannedBatch,
    work: BatchWork,
  ): Promise<[PlannedEntry, BatchResult, SinkResult[]]> {
    const logged = (): Promise<void> => this.reporter.time("walCommit", () => batch.logged);
    const writes = new OutputWrites(this.env, batch.batchId, logged, () => this.fence());
    try {
      const [entry, result] = await work(writes.begin);
      return [entry, result, await writes.commit(result.messages)];
    } catch (error) {
      await writes.abort(error);
      // what it fails with comes first, and nothing is written to the log when the run has ended
      await batch.logged;
      throw error;
    }
  }

  private async runPlan(
    { batchId, entry }: PlannedBatch,
    input: Pick<BatchRequest, "begin" | "ranges" | "parts">,
  ): Promise<BatchResult> {
    const { plan, signal } = this.env;
    const result = await plan.run({
      batchId,
      batchTimestampMs: entry.batchTimestampMs,
      previousWatermarkMs: this.lastBatchWatermarkMs ?? entry.batchWatermarkMs,
      watermarkMs: entry.batchWatermarkMs,
      ...input,
      tables: entry.tables,
      fence: () => this.fence(),
      signal,
    });
    // a result that comes after stop() may lack what the signal has cut off
    signal.throwIfAborted();
    this.checkStateful(result);
    this.watermark.update(result.eventTimes, this.env.clock.now());
    return result;
  }

  private async commitBatch(entry: PlannedEntry, { state }: BatchResult): Promise<void> {
    await this.log.finished(this.batchId, entry, {
      nextBatchWatermarkMs: this.watermark.currentMs,
      state,
      skipped: false,
      writer: this.env.query.runId,
    });
    const durable = this.log.takeDurable();
    if (durable === null) return;
    const moved = durable.map((end, k) => (sameOffset(end, this.told[k]!) ? null : end));
    this.told = durable;
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
