import { Worker } from "node:worker_threads";
import { StreamError } from "@ss/core";
import type {
  FromWorker,
  OpenFragment,
  PackedRows,
  RunTask,
  TaskReport,
  ToWorker,
  WorkerStart,
  WorkerWarning,
} from "./messages.js";
import { fromPortableError } from "./portable-error.js";

/** A message of a task with rows. */
type TaskRows = Extract<FromWorker, { readonly kind: "rows" | "malformed" }>;

/** A task as the driver sees it: what has come of it, in order. */
export class RunningTask<Report> {
  /** Set when the task has ended well. */
  report: Report | undefined;
  private readonly id: number;
  private readonly thread: WorkerThread;
  private readonly arrived: TaskRows[] = [];
  private error: unknown;
  private wake: (() => void) | undefined;
  private readonly onEnd: () => void;

  constructor(id: number, thread: WorkerThread, onEnd: () => void) {
    this.id = id;
    this.thread = thread;
    this.onEnd = onEnd;
  }

  /** The task's messages with rows of its result; ends when it has ended, throws what it threw. */
  async *rows(): AsyncGenerator<readonly PackedRows[]> {
    for await (const message of this.messages()) if (message.kind === "rows") yield message.pieces;
  }

  /** All messages of the task with rows; ends as `rows` does. */
  async *messages(): AsyncGenerator<TaskRows> {
    for (;;) {
      const next = this.arrived.shift();
      if (next !== undefined) {
        this.thread.post({ kind: "credit", taskId: this.id });
        yield next;
        continue;
      }
      if (this.error !== undefined) throw this.error;
      if (this.report !== undefined) return;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** What the task tells at its end; of one that sends no rows, or whose rows were taken. */
  async ended(): Promise<Report> {
    for await (const _ of this.rows());
    return this.report!;
  }

  /** Gives it up, if it has not ended. */
  cancel(): void {
    this.thread.cancel(this.id);
  }

  take(message: FromWorker): void {
    if (message.kind === "rows" || message.kind === "malformed") this.arrived.push(message);
    else if (message.kind === "done") this.end(message.report as Report, undefined);
    else this.end(undefined, fromPortableError(message.error));
    this.wake?.();
  }

  fail(error: unknown): void {
    this.end(undefined, error);
    this.wake?.();
  }

  private end(report: Report | undefined, error: unknown): void {
    this.report = report;
    this.error = error;
    this.onEnd();
  }
}

/** A worker thread: keeps fragments, runs tasks of several runs side by side. */
export class WorkerThread {
  private readonly worker: Worker;
  private readonly tasks = new Map<number, RunningTask<unknown>>();
  private readonly fragments = new Set<number>();
  /** Why it runs no more tasks. */
  private death: StreamError | undefined;

  /** `warn` gets what plug-ins in the worker warn of. */
  constructor(entry: string, start: WorkerStart, warn: (message: string) => void) {
    this.worker = new Worker(new URL(entry), { execArgv: [], workerData: start });
    this.worker.on("message", (message: FromWorker | WorkerWarning) => {
      if (message.kind === "warning") warn(message.message);
      else this.tasks.get(message.taskId)?.take(message);
    });
    this.worker.on("error", (error) => this.die(error));
    this.worker.on("exit", (code) => this.die(new Error(`The thread ended with exit code ${code}.`)));
    this.worker.on("messageerror", (error) => this.die(error));
    // an idle worker keeps no process alive; a listener for messages would, so this comes after it
    this.worker.unref();
  }

  get isAlive(): boolean {
    return this.death === undefined;
  }

  post(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    if (this.isAlive) this.worker.postMessage(message, transfer as ArrayBuffer[]);
  }

  /** Begins a task over a partition; `onEnd` is called, later, when it has ended in any way. */
  run(fragment: OpenFragment, task: RunTask, onEnd: () => void): RunningTask<TaskReport> {
    if (!this.fragments.has(fragment.fragmentId)) {
      this.fragments.add(fragment.fragmentId);
      this.post(fragment);
    }
    return this.begin(task, onEnd);
  }

  /** Begins what a message asks for, under the id of a task that it carries. */
  begin<Report>(
    message: ToWorker & { readonly taskId: number },
    onEnd: () => void,
    transfer?: readonly ArrayBuffer[],
  ): RunningTask<Report> {
    const { taskId } = message;
    const running = new RunningTask<Report>(taskId, this, () => {
      this.forget(taskId);
      queueMicrotask(onEnd);
    });
    this.tasks.set(taskId, running as RunningTask<unknown>);
    if (this.tasks.size === 1) this.worker.ref();
    if (this.isAlive) this.post(message, transfer);
    else running.fail(this.death);
    return running;
  }

  /** Ends a task for the driver at once: what the worker is in the middle of may take its time. */
  cancel(taskId: number): void {
    const task = this.tasks.get(taskId);
    if (task === undefined) return;
    this.post({ kind: "cancel", taskId });
    task.fail(new DOMException("The task was cancelled.", "AbortError"));
  }

  closeFragment(fragmentId: number): void {
    if (this.fragments.delete(fragmentId)) this.post({ kind: "close", fragmentId });
  }

  /** Ends the thread; its tasks fail with `why`. */
  async terminate(why: StreamError): Promise<void> {
    this.die(why);
    await this.worker.terminate();
  }

  private forget(taskId: number): void {
    this.tasks.delete(taskId);
    // one that is being ended keeps the process alive until it has
    if (this.tasks.size === 0 && this.isAlive) this.worker.unref();
  }

  private die(cause: unknown): void {
    if (this.death !== undefined) return;
    this.death = StreamError.is(cause) ? cause : workerFailed(cause);
    for (const task of [...this.tasks.values()]) task.fail(this.death);
    // one that only lost a message still runs
    void this.worker.terminate();
  }
}

function workerFailed(cause: unknown): StreamError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StreamError({
    condition: "SS_WORKER_FAILED",
    parameters: { reason },
    message: `A worker thread of the session ended while it ran a task: ${reason} The batch is not committed; start the query again to go on from its checkpoint.`,
    cause,
  });
}
