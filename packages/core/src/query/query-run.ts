import { Checkpoint, type ResumePoint } from "../checkpoint/checkpoint.js";
import { unfinishedRepartition } from "../checkpoint/checkpoint-errors.js";
import { fileSourceLog } from "../checkpoint/file-source-log.js";
import { offsetLine } from "../checkpoint/offset-log.js";
import type { Clock } from "../clock/clock.js";
import { StreamError } from "../errors/stream-error.js";
import { checkedUnsubscribe } from "../plugin/checked-answers.js";
import { parseDurationMs } from "../plugin/options.js";
import type { StreamingQueryProgress } from "../progress/progress.js";
import { checkRunMode } from "../trigger/check-run-mode.js";
import { batchesToRetain, MicroBatchLoop } from "../trigger/micro-batch-loop.js";
import { withRetry } from "../trigger/retry.js";
import { confInteger, type RunObserver } from "../trigger/run-environment.js";
import { WakeUp } from "../trigger/wake-up.js";
import { WATERMARK_POLICY_KEY, watermarkPolicy } from "../trigger/watermark-tracker.js";
import { checkTimeout } from "./check-timeout.js";
import { type ExplainMode, explainMode } from "./explain-mode.js";
import type { QueryLog, StreamingQueryListener } from "./query-listener.js";
import type { QueryOptions } from "./query-options.js";
import type { PlanContext, StreamPlan } from "./stream-plan.js";
import type { StreamingQuery, StreamingQueryStatus } from "./streaming-query.js";
import { StreamingQueryException } from "./streaming-query-exception.js";
import { recoveredExplanation, type WatermarkExplanation } from "./watermark-explanation.js";

/** What Spark says then, and when there is more to say. */
const NO_PLAN =
  "No physical plan. Waiting for data. It comes with the first batch; explain() of the DataFrame shows one before.";

/** What a manager gives to the runs that it starts. */
export interface QueryRunContext {
  readonly id: string;
  readonly runId: string;
  readonly clock: Clock;
  readonly log: QueryLog;
  readonly post: (call: (listener: StreamingQueryListener) => unknown) => void;
  readonly onTerminated: (run: QueryRun) => void;
}

const ALLOW_FORMAT_V1_KEY = "spark.sql.streaming.realTimeMode.dangerouslyAllowCheckpointV1.enabled";
const CHECK_REPARTITION_KEY = "spark.sql.streaming.checkUnfinishedRepartitionOnRestart";
const STATE_PROVIDER_KEY = "spark.sql.streaming.stateStore.providerClass";

interface ProgressWaiter {
  /** Set by the first trigger that begins after the call. */
  armed: boolean;
  readonly resolve: () => void;
}

/** One run of a query from start to end. */
export class QueryRun implements StreamingQuery {
  readonly id: string;
  readonly runId: string;
  readonly name: string | null;
  status: StreamingQueryStatus = {
    message: "Initializing sources",
    isDataAvailable: false,
    isTriggerActive: false,
  };
  recentProgress: StreamingQueryProgress[] = [];
  exception: StreamingQueryException | null = null;
  isActive = true;
  private readonly context: QueryRunContext;
  private readonly options: QueryOptions;
  private readonly controller: AbortController = new AbortController();
  private readonly wakeUp: WakeUp;
  private readonly ended: Promise<void>;
  private markEnded: () => void = () => {};
  private stopping = false;
  private plan: StreamPlan | null = null;
  private loop: MicroBatchLoop | null = null;
  /** Until there is a loop. */
  private recoveredWatermark: WatermarkExplanation = recoveredExplanation("min", 0);
  private waiters: ProgressWaiter[] = [];

  constructor(context: QueryRunContext, options: QueryOptions) {
    this.context = context;
    this.options = options;
    this.id = context.id;
    this.runId = context.runId;
    this.name = options.name ?? null;
    this.wakeUp = new WakeUp(context.clock, this.controller.signal);
    this.ended = new Promise((resolve) => {
      this.markEnded = resolve;
    });
  }

  get lastProgress(): StreamingQueryProgress | null {
    return this.recentProgress.at(-1) ?? null;
  }

  explain(mode: boolean | ExplainMode = "simple"): string {
    const chosen = explainMode(mode);
    if (this.plan === null || this.lastProgress === null) return NO_PLAN;
    return this.plan.explain(chosen);
  }

  explainWatermark(): WatermarkExplanation {
    return this.loop?.runner.explainWatermark() ?? this.recoveredWatermark;
  }

  async processAllAvailable(): Promise<void> {
    if (this.isActive) {
      await new Promise<void>((resolve) => {
        this.waiters.push({ armed: false, resolve });
        this.wakeUp.wake();
      });
    }
    if (this.exception !== null) throw this.exception;
  }

  awaitTermination(): Promise<void>;
  awaitTermination(timeoutMs: number): Promise<boolean>;
  async awaitTermination(timeoutMs?: number): Promise<void | boolean> {
    checkTimeout("awaitTermination", timeoutMs);
    if (timeoutMs !== undefined && !(timeoutMs > 0)) throw timeoutNotPositive(timeoutMs);
    const ended = await this.endsWithin(timeoutMs);
    if (this.exception !== null) throw this.exception;
    if (timeoutMs !== undefined) return ended;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.controller.abort();
    const timeoutMs = parseDurationMs(this.options.conf?.("spark.sql.streaming.stopTimeout") ?? "0") ?? 0;
    if (await this.endsWithin(timeoutMs > 0 ? timeoutMs : undefined)) return;
    throw new StreamError({
      condition: "SS_STOP_TIMEOUT",
      parameters: { id: this.id, timeoutMs: String(timeoutMs) },
      message:
        `Query ${this.name ?? this.id} failed to stop within ${timeoutMs} milliseconds (spark.sql.streaming.stopTimeout); ` +
        `a source, a sink or its batch has not ended yet. Call stop() again to wait longer.`,
    });
  }

  /** Runs the query to its end; never throws. */
  async execute(): Promise<void> {
    let failure: unknown = null;
    try {
      await this.runBatches();
    } catch (error) {
      if (!this.stopping) failure = error ?? new Error("unknown error");
    }
    // ends the reads that are under way before their sources are closed
    this.controller.abort();
    await this.closeAll();
    if (this.options.temporary) await this.deleteCheckpoint(failure !== null);
    this.terminate(failure);
  }

  private async runBatches(): Promise<void> {
    const { fileSystem, checkpointLocation } = this.options;
    const { signal } = this.controller;
    const conf = this.options.conf ?? (() => undefined);
    const checkpoint = await Checkpoint.open(fileSystem, checkpointLocation, this.runId);
    const retained = batchesToRetain(conf);
    const resume = await checkpoint.recover(retained);
    checkUnfinishedRepartition(resume, conf);
    if (this.options.trigger.kind === "realTime") checkForRealTime(resume, conf);
    this.warnOfPinned(resume.conf);
    const confInForce = (key: string): string | undefined => resume.conf[key] ?? conf(key);
    const policy = watermarkPolicy(confInForce(WATERMARK_POLICY_KEY) ?? "min");
    this.recoveredWatermark = recoveredExplanation(policy, resume.watermarkMs);
    const plan = await this.openPlan(resume, confInForce);
    signal.throwIfAborted();
    this.loop = new MicroBatchLoop(
      {
        query: { id: this.id, runId: this.runId, name: this.name },
        checkpoint,
        plan,
        trigger: this.options.trigger,
        asyncProgress: this.options.asyncProgress,
        clock: this.context.clock,
        signal,
        giveUp: () => this.controller.abort(),
        conf: confInForce,
        pinnedConf: {
          [WATERMARK_POLICY_KEY]: confInForce(WATERMARK_POLICY_KEY) ?? "min",
          ...plan.pinnedConf,
          ...resume.conf,
        },
        batchesToRetain: retained,
        log: this.context.log,
        observer: this.observer(),
      },
      resume,
      this.wakeUp,
    );
    const unsubscribe = plan.sources.map((source) =>
      checkedUnsubscribe(
        source,
        source.onData?.(() => this.wakeUp.wake()),
      ),
    );
    try {
      await this.loop.run();
    } finally {
      for (const end of unsubscribe) end?.();
    }
  }

  /** Makes the plan and opens its sources, then itself. */
  private async openPlan(resume: ResumePoint, conf: PlanContext["conf"]): Promise<StreamPlan> {
    const { fileSystem, checkpointLocation, trigger, asyncProgress } = this.options;
    const { clock } = this.context;
    const { signal } = this.controller;
    const { state } = resume;
    const stateFolder = `${checkpointLocation}/state`;
    const tablesFolder = `${checkpointLocation}/tables`;
    const context = {
      queryId: this.id,
      runId: this.runId,
      fileSystem,
      stateFolder,
      tablesFolder,
      conf,
      state,
      signal,
    };
    const plan = await this.options.createPlan(context);
    this.plan = plan;
    checkSourceCount(resume, plan);
    checkStateProvider(resume, plan);
    checkRunMode({
      trigger,
      asyncProgress,
      sources: plan.sources,
      sinks: plan.outputs.map(({ sink }) => sink),
      stateful: plan.pinnedConf[STATE_PROVIDER_KEY] !== undefined,
    });
    for (const [k, source] of plan.sources.entries()) {
      const log = fileSourceLog(fileSystem, checkpointLocation, k);
      await withRetry(clock, signal, () => source.open({ log, clock, signal }));
    }
    if (trigger.kind === "availableNow" && plan.sources.every((source) => source.prepareForAvailableNow)) {
      for (const source of plan.sources) {
        await withRetry(clock, signal, () => source.prepareForAvailableNow!());
      }
    }
    await plan.open(context);
    return plan;
  }

  private observer(): RunObserver {
    const { post } = this.context;
    const { id, runId } = this;
    const retained = confInteger(
      this.options.conf ?? (() => undefined),
      "spark.sql.streaming.numRecentProgressUpdates",
      100,
    );
    return {
      status: (message, isTriggerActive, isDataAvailable = this.status.isDataAvailable) => {
        this.status = { message, isDataAvailable, isTriggerActive };
      },
      triggerStarted: () => {
        for (const waiter of this.waiters) waiter.armed = true;
      },
      triggerEnded: (ran) => {
        if (ran) return;
        const answered = this.waiters.filter((waiter) => waiter.armed);
        this.waiters = this.waiters.filter((waiter) => !waiter.armed);
        for (const waiter of answered) waiter.resolve();
      },
      progress: (progress) => {
        this.recentProgress = [...this.recentProgress, progress].slice(-Math.max(1, retained));
        post((listener) => listener.onQueryProgress?.({ progress }));
      },
      idle: (timestamp) => {
        post((listener) => listener.onQueryIdle?.({ id, runId, timestamp }));
      },
    };
  }

  private warnOfPinned(pinned: Readonly<Record<string, string>>): void {
    const changed = Object.entries(pinned).filter(([key, value]) => {
      // the plan's word on its provider counts, and is checked; the session may still answer with Spark's default
      if (key === STATE_PROVIDER_KEY) return false;
      const now = this.options.conf?.(key);
      return now !== undefined && now !== value;
    });
    if (changed.length === 0) return;
    const list = changed.map(
      ([key, value]) => `${key} = ${value} (the session has ${this.options.conf?.(key)})`,
    );
    this.context.log(
      "warn",
      `Configuration comes from the checkpoint, not from the session: ${list.join(", ")}.`,
    );
  }

  private async closeAll(): Promise<void> {
    const { plan } = this;
    if (plan === null) return;
    const quietly = async (call: () => Promise<void>): Promise<void> => {
      try {
        await call();
      } catch (error) {
        this.context.log("warn", `Closing a part of query ${this.name ?? this.id} failed: ${String(error)}`);
      }
    };
    for (const source of plan.sources) await quietly(() => source.close());
    await quietly(() => plan.close());
    for (const { sink } of plan.outputs) await quietly(() => sink.close());
  }

  private async deleteCheckpoint(failed: boolean): Promise<void> {
    const always = this.options.conf?.("spark.sql.streaming.forceDeleteTempCheckpointLocation") === "true";
    if (failed && !always) return;
    try {
      await this.options.fileSystem.delete(this.options.checkpointLocation);
    } catch (error) {
      this.context.log("warn", `Could not delete the temporary checkpoint: ${String(error)}`);
    }
  }

  private terminate(failure: unknown): void {
    if (failure !== null) {
      this.exception = this.describe(failure);
      // nobody may be waiting for the query
      this.context.log(
        "error",
        `Query ${this.name ?? this.id} has ended: ${this.exception.parameters["message"]}`,
      );
    }
    const message =
      failure === null ? "Stopped" : `Terminated with exception: ${this.exception!.parameters["message"]}`;
    this.status = { message, isDataAvailable: false, isTriggerActive: false };
    this.isActive = false;
    this.context.onTerminated(this);
    this.context.post((listener) =>
      listener.onQueryTerminated?.({
        id: this.id,
        runId: this.runId,
        exception: this.exception === null ? null : this.exception.message,
        errorClassOnException: StreamError.is(failure) ? failure.condition : null,
      }),
    );
    for (const waiter of this.waiters.splice(0)) waiter.resolve();
    this.markEnded();
  }

  private describe(failure: unknown): StreamingQueryException {
    const sources = this.plan?.sources ?? [];
    const offsets = this.loop?.runner.offsets;
    const text = (positions: NonNullable<typeof offsets>["starts"] | undefined): string => {
      if (positions === undefined) return "{}";
      const parts = sources.map(
        ({ description }, k) => `${description}: ${offsetLine(positions[k] ?? null)}`,
      );
      return `{${parts.join(", ")}}`;
    };
    return new StreamingQueryException(this, failure, {
      startOffset: text(offsets?.starts),
      endOffset: text(offsets?.ends),
    });
  }

  private async endsWithin(timeoutMs: number | undefined): Promise<boolean> {
    if (timeoutMs === undefined) {
      await this.ended;
      return true;
    }
    const timer = new AbortController();
    await Promise.race([this.ended, this.context.clock.sleep(timeoutMs, timer.signal)]);
    timer.abort();
    return !this.isActive;
  }
}

function timeoutNotPositive(timeoutMs: number): StreamError {
  return new StreamError({
    condition: "SS_TIMEOUT_NOT_POSITIVE",
    parameters: { timeoutMs: String(timeoutMs) },
    message: `Timeout has to be positive, and ${timeoutMs} ms is not: look at isActive, or leave the timeout out to wait for the end.`,
  });
}

/** A state that is half-way to another number of partitions is no state to go on from. */
function checkUnfinishedRepartition(resume: ResumePoint, conf: PlanContext["conf"]): void {
  if (!resume.isRepartition || conf(CHECK_REPARTITION_KEY) === "false") return;
  throw unfinishedRepartition(resume.batchId, resume.batchId - 1);
}

/** In real-time mode a batch may come again with other rows, for which the commits of Spark's first format do not name what counts. */
function checkForRealTime(resume: ResumePoint, conf: PlanContext["conf"]): void {
  if (!resume.isSparks || conf(ALLOW_FORMAT_V1_KEY) === "true") return;
  throw new StreamError({
    condition: "STREAMING_REAL_TIME_MODE.CHECKPOINT_FORMAT_V1_NOT_SUPPORTED",
    sqlState: "0A000",
    parameters: { config: ALLOW_FORMAT_V1_KEY },
    message:
      `Real-time mode does not go on from a checkpoint in format v1, as Spark has written this one: a batch that is run again may mix with what a failed one has ` +
      `left. Use a new checkpoint location, or set ${ALLOW_FORMAT_V1_KEY} to true.`,
  });
}

function checkSourceCount(resume: ResumePoint, plan: StreamPlan): void {
  const before = (resume.replay?.offsets ?? resume.committed)?.length;
  const now = plan.sources.length;
  if (before === undefined || before === now) return;
  throw new StreamError({
    condition: "SS_SOURCES_CHANGED",
    parameters: { before: String(before), now: String(now) },
    message:
      `There are [${before}] sources in the checkpoint offsets and now there are [${now}] sources requested by the query. ` +
      `Cannot continue. Start the changed query with a new checkpoint location.`,
  });
}

/** State can only be read by the class of store that wrote it: this project's or Spark's, in memory or on disk. */
function checkStateProvider(resume: ResumePoint, plan: StreamPlan): void {
  const configName = STATE_PROVIDER_KEY;
  const oldConfig = resume.conf[configName];
  const newConfig = plan.pinnedConf[configName];
  if (oldConfig === undefined || newConfig === undefined || oldConfig === newConfig) return;
  throw new StreamError({
    condition: "STATE_STORE_INVALID_CONFIG_AFTER_RESTART",
    sqlState: "42K06",
    parameters: { configName, oldConfig, newConfig },
    message:
      `The checkpoint's state belongs to ${oldConfig}, but the query now uses ${newConfig} (${configName}). ` +
      `Start it with the provider of the checkpoint, or with a new checkpoint location.`,
  });
}
