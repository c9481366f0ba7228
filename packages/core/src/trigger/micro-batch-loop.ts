import { setImmediate as nextTurn } from "node:timers/promises";
import type { ResumePoint } from "../checkpoint/checkpoint.js";
import { parseDurationMs } from "../plugin/options.js";
import type { StreamingQueryProgress } from "../progress/progress.js";
import { ProgressReporter } from "../progress/progress-reporter.js";
import { BatchRunner, type Intake, type PlannedBatch } from "./batch-runner.js";
import { confInteger, type RunEnvironment } from "./run-environment.js";
import { closingTimeMs, type OpenTrigger, type Trigger } from "./trigger.js";
import type { WakeUp } from "./wake-up.js";

/** Runs the batches of a query, one after the other, when its trigger says so. */
export class MicroBatchLoop {
  readonly runner: BatchRunner;
  private readonly env: RunEnvironment;
  private readonly wakeUp: WakeUp;
  private readonly reporter: ProgressReporter;
  private readonly pollingDelayMs: number;
  private readonly idleEventMs: number;
  private readonly batchesWithoutData: boolean;
  private intake: Intake;
  private lastReportMs: number = Number.NEGATIVE_INFINITY;
  private maintenance: Promise<void> | null = null;

  constructor(env: RunEnvironment, resume: ResumePoint, wakeUp: WakeUp) {
    this.env = env;
    this.wakeUp = wakeUp;
    this.reporter = new ProgressReporter(env.query, env.clock);
    this.runner = new BatchRunner(env, resume, this.reporter, () => wakeUp.wake());
    this.pollingDelayMs = Math.max(1, this.durationMs("spark.sql.streaming.pollingDelay", 10));
    this.idleEventMs = this.durationMs("spark.sql.streaming.noDataProgressEventInterval", 10_000);
    const noData = env.conf("spark.sql.streaming.noDataMicroBatches.enabled") ?? "true";
    this.batchesWithoutData = noData.toLowerCase() !== "false" && env.trigger.kind !== "once";
    this.intake = env.trigger.kind === "once" || this.takesAllAtOnce() ? "all" : "limited";
  }

  /** Resolves when the trigger has an end and has reached it, or soon after the signal aborts; throws what ends the query. */
  async run(): Promise<void> {
    const { clock, signal } = this.env;
    try {
      await this.runner.begin();
      do {
        const startMs = clock.now();
        const ran = await this.trigger();
        if (!(await this.awaitNext(startMs, ran))) return;
      } while (!signal.aborted);
    } finally {
      await this.maintenance;
      await this.runner.close();
    }
  }

  /** One trigger. Whether it ran a batch. */
  private async trigger(): Promise<boolean> {
    const { observer } = this.env;
    observer.triggerStarted();
    this.reporter.startTrigger();
    const replay = this.runner.takeReplay();
    const open = replay === null && isOpen(this.env.trigger) ? this.env.trigger : null;
    const batch = replay ?? (open ? await this.openBatch(open) : await this.constructBatch());
    if (batch === null) {
      observer.status("Waiting for data to arrive", false, false);
      this.runner.idle();
      this.reportIdle();
    } else {
      const idle = open ? "Waiting for data to arrive" : "No new data but cleaning up state";
      observer.status(batch.hasNewData ? "Processing new data" : idle, true, batch.hasNewData);
      const progress = await (open ? this.runOpen(batch, open) : this.runner.run(batch));
      observer.status("Waiting for next trigger", false, batch.hasNewData);
      if (open?.kind === "continuous" && progress.numInputRows === 0) this.reportIdle();
      else this.report(progress);
      this.maintain();
    }
    observer.triggerEnded(batch !== null);
    return batch !== null;
  }

  /** The next open batch. Epochs follow one another whether or not there are rows; a real-time batch is opened by its first one. */
  private openBatch({ kind }: OpenTrigger): Promise<PlannedBatch | null> {
    return this.runner.decide("limited", this.batchesWithoutData, kind === "continuous");
  }

  /** An open batch: its rows are there as soon as it has handed them over, its progress when it is closed. */
  private runOpen(batch: PlannedBatch, trigger: OpenTrigger): Promise<StreamingQueryProgress> {
    const { clock, signal, observer, plan } = this.env;
    const rings = plan.sources.every((source) => source.onData);
    return this.runner.runOpen(batch, {
      closeMs: closingTimeMs(trigger, batch.entry.batchTimestampMs),
      clock,
      signal,
      observer,
      wait: (ms) => this.wakeUp.wait(rings ? ms : Math.min(ms, this.pollingDelayMs)),
    });
  }

  private async constructBatch(): Promise<PlannedBatch | null> {
    const batch = await this.runner.construct(this.intake, this.batchesWithoutData);
    // the single batch of availableNow has pinned the end: what arrives later is for the next start
    if (this.takesAllAtOnce()) this.intake = "none";
    return batch;
  }

  /** The trigger availableNow over a source that cannot pin its end. */
  private takesAllAtOnce(): boolean {
    const { trigger, plan } = this.env;
    return trigger.kind === "availableNow" && plan.sources.some((source) => !source.prepareForAvailableNow);
  }

  /** Waits until the next trigger is due; false if there is none. */
  private async awaitNext(startMs: number, ran: boolean): Promise<boolean> {
    const { trigger } = this.env;
    if (trigger.kind === "once") return false;
    if (trigger.kind === "processingTime" && trigger.intervalMs > 0) {
      await this.awaitBoundary(startMs, trigger.intervalMs);
    } else if (!ran) {
      if (trigger.kind === "availableNow") return false;
      await this.wakeUp.wait(this.idleWaitMs());
    }
    // in-memory batches settle without the event loop: let timers and the host's own work have their turn
    await nextTurn();
    return true;
  }

  /** Sleeps until the first multiple of the interval after `startMs`; not at all if it has passed. */
  private async awaitBoundary(startMs: number, intervalMs: number): Promise<void> {
    const { clock, signal, observer, log } = this.env;
    const boundaryMs = Math.floor(startMs / intervalMs) * intervalMs + intervalMs;
    const tookMs = clock.now() - startMs;
    if (tookMs > intervalMs) {
      log(
        "warn",
        `Current batch is falling behind: the trigger interval is ${intervalMs} ms, it took ${tookMs} ms.`,
      );
    }
    observer.status("Waiting for next trigger", false);
    for (;;) {
      const restMs = boundaryMs - clock.now();
      if (restMs <= 0 || signal.aborted) return;
      await clock.sleep(restMs, signal);
    }
  }

  /** Until the next poll; with sources that ring, until the next idle event, or until the plan or the watermark has something due. */
  private idleWaitMs(): number {
    const { plan, clock } = this.env;
    if (plan.sources.some((source) => !source.onData)) return this.pollingDelayMs;
    const nowMs = clock.now();
    const dueMs = plan.nextDueMs?.() ?? Number.POSITIVE_INFINITY;
    const idleInputMs = this.runner.idleInputDueMs ?? Number.POSITIVE_INFINITY;
    const nextMs = Math.min(dueMs, idleInputMs, this.lastReportMs + this.idleEventMs);
    return Math.max(this.pollingDelayMs, nextMs - nowMs);
  }

  private report(progress: StreamingQueryProgress): void {
    this.lastReportMs = this.env.clock.now();
    this.env.observer.progress(progress);
  }

  private reportIdle(): void {
    const nowMs = this.env.clock.now();
    if (nowMs - this.idleEventMs < this.lastReportMs) return;
    this.lastReportMs = nowMs;
    this.env.observer.idle(this.reporter.timestamp);
  }

  /** Snapshots and clean-up, beside the batches to come; a failure leaves garbage behind and costs nothing else. */
  private maintain(): void {
    if (this.maintenance !== null) return;
    const { plan, checkpoint, log } = this.env;
    // a batch that was replayed may have been planned when more were to be kept, and its entry still says so: no gap may come above that
    const oldest = this.runner.oldestKept;
    const tables = this.runner.tablesInUse;
    const work = async (): Promise<void> => {
      await plan.maintain(oldest, tables);
      await checkpoint.purgeBelow(oldest);
    };
    this.maintenance = work()
      .catch((error: unknown) => log("warn", `Maintenance of the checkpoint failed: ${String(error)}`))
      .finally(() => {
        this.maintenance = null;
      });
  }

  private durationMs(key: string, fallback: number): number {
    return parseDurationMs(this.env.conf(key) ?? "") ?? fallback;
  }
}

function isOpen(trigger: Trigger): trigger is OpenTrigger {
  return trigger.kind === "continuous" || trigger.kind === "realTime";
}

/** How many batches the logs keep; a restart needs two. */
export function batchesToRetain(conf: (key: string) => string | undefined): number {
  return Math.max(2, confInteger(conf, "spark.sql.streaming.minBatchesToRetain", 100));
}
