import type { Worker } from "node:worker_threads";
import { textOfError } from "../golden/compare-error.js";
import type { GoldenJob } from "../golden/run-golden-file.js";
import { failedJob, type Job, type Outcome } from "./job.js";

/** What a worker says: that a statement begins, or that its job is done. */
export type WorkerMessage = { readonly begin: number } | { readonly outcome: Outcome };

/** A job that did not come to its end, and the statement that was running. */
interface BrokenOff {
  readonly reason: string;
  readonly at: number | undefined;
}

/** What a thread may take to load the engine, on top of the limit. */
const LOADING_MS = 30_000;

/** After so many statements of one file that did not end, the rest of the file is given up. */
const STUCK_MAX = 4;

/**
 * Does jobs on a thread of its own, one after the other. A statement that takes longer than the limit, or that ends the
 * thread, has failed; a new thread then does the file again without it.
 */
export class WatchedWorker {
  private readonly makeWorker: () => Worker;
  private readonly limitMs: number;
  private worker: Worker | undefined;

  constructor(makeWorker: () => Worker, limitMs: number) {
    this.makeWorker = makeWorker;
    this.limitMs = limitMs;
  }

  /** Does a job; never throws. */
  async run(job: Job): Promise<Outcome> {
    let rest = job;
    for (;;) {
      const end = await this.attempt(rest);
      if ("kind" in end) return end;
      const next = rest.kind === "golden" ? withoutStuck(rest.golden, end) : undefined;
      if (next === undefined) return failedJob(rest, end.reason);
      rest = { kind: "golden", golden: next };
    }
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    await this.worker?.terminate();
    this.worker = undefined;
  }

  private attempt(job: Job): Promise<Outcome | BrokenOff> {
    const worker = (this.worker ??= this.makeWorker());
    return new Promise((resolve) => {
      let at: number | undefined;
      const finish = (end: Outcome | BrokenOff): void => {
        clearTimeout(timer);
        worker.off("message", onMessage).off("error", onError).off("exit", onExit);
        resolve(end);
      };
      const breakOff = (reason: string): void => {
        this.worker = undefined;
        finish({ reason, at });
        // an error that comes while the thread ends is the same failure once more
        worker.on("error", () => {});
        void worker.terminate();
      };
      const onLate = (): void => breakOff(`gave no answer within ${this.limitMs / 1000} s`);
      const onError = (error: unknown): void => breakOff(`ended its thread: ${textOfError(error)}`);
      const onExit = (code: number): void => breakOff(`ended its thread with code ${code}`);
      const onMessage = (message: WorkerMessage): void => {
        if ("outcome" in message) return finish(message.outcome);
        at = message.begin;
        clearTimeout(timer);
        timer = setTimeout(onLate, this.limitMs);
      };
      let timer = setTimeout(onLate, this.limitMs + LOADING_MS);
      worker.on("message", onMessage).on("error", onError).on("exit", onExit);
      worker.postMessage(job);
    });
  }
}

/** The job without the statement that broke it off; undefined if that does not help any more. */
function withoutStuck(golden: GoldenJob, { reason, at }: BrokenOff): GoldenJob | undefined {
  if (at === undefined || golden.stuck[at] !== undefined) return undefined;
  const stuck: Record<number, string> = { ...golden.stuck, [at]: reason };
  if (Object.keys(stuck).length > STUCK_MAX) {
    for (const { index } of golden.statements)
      if (index > at) stuck[index] = "not run: too many statements before it did not end";
  }
  return { ...golden, stuck };
}
