import type { Partition, StreamError } from "@ss/core";
import type { EventTimes } from "../stream-run.js";
import type { OpenFragment, RunTask, WorkerStart } from "./messages.js";
import { type RunningTask, WorkerThread } from "./worker-thread.js";

/** Tasks begun ahead of the one whose rows are taken, per worker: enough to keep all busy, few enough to hold their results. */
const AHEAD = 2;

/** A run of a fragment over the partitions of its input. */
export interface FragmentRun {
  readonly fragment: OpenFragment;
  readonly nowMs: number;
  readonly partitions: readonly Partition[];
  readonly tables: RunTask["tables"];
  readonly signal: AbortSignal;
  /** Called for every task that ended well, in the order of the partitions. */
  readonly onDone: (inputRows: number, eventTimes: readonly (readonly [number, EventTimes])[]) => void;
}

/** Rows of a fragment, packed. */
export interface PackedRows {
  readonly rowCount: number;
  readonly packed: ArrayBuffer;
}

/**
 * The worker threads of a session, started when they are first needed. Runs do not wait for one another: each has at most one task at a
 * time on each worker, and a worker goes on with one task while another waits for its rows to be taken.
 */
export class WorkerPool {
  readonly size: number;
  private readonly entry: string;
  private readonly settings: WorkerStart;
  private threads: WorkerThread[] = [];
  private lastId = 0;
  /** Why no more tasks are taken. */
  private closed: StreamError | undefined;

  /** `entry` is the URL of the module that a worker runs, with these settings. */
  constructor(size: number, entry: string, settings: WorkerStart) {
    this.settings = settings;
    this.size = size;
    this.entry = entry;
  }

  /** A number that no fragment, run or task of this pool has had. */
  nextId(): number {
    return ++this.lastId;
  }

  /** Starts the workers, so that they are there when the first task comes. */
  start(): void {
    if (this.closed !== undefined) throw this.closed;
    this.threads = this.threads.filter((thread) => thread.isAlive);
    while (this.threads.length < this.size) this.threads.push(new WorkerThread(this.entry, this.settings));
  }

  /** The rows of all partitions, in the order of the partitions. */
  async *run(run: FragmentRun): AsyncGenerator<PackedRows> {
    this.start();
    const tasks = new TaskQueue(run, this.threads, () => this.nextId());
    const stop = (): void => tasks.cancel();
    run.signal.addEventListener("abort", stop);
    try {
      for (let k = 0; k < run.partitions.length; k++) {
        run.signal.throwIfAborted();
        const task = await tasks.task(k);
        for await (const rows of task.rows()) yield rows;
        run.onDone(task.result!.inputRows, task.result!.eventTimes);
      }
    } catch (error) {
      run.signal.throwIfAborted();
      throw error;
    } finally {
      run.signal.removeEventListener("abort", stop);
      tasks.cancel();
    }
  }

  closeFragment(fragmentId: number): void {
    for (const thread of this.threads) thread.closeFragment(fragmentId);
  }

  /** Ends the workers; what runs or comes later fails with `why`. */
  async close(why: StreamError): Promise<void> {
    this.closed = why;
    await Promise.all(this.threads.map((thread) => thread.terminate(why)));
    this.threads = [];
  }
}

/** Hands the partitions of a run to the workers that are free, in order and not too far ahead. */
class TaskQueue {
  private readonly run: FragmentRun;
  private readonly runId: number;
  private readonly nextId: () => number;
  private readonly free: WorkerThread[];
  private readonly tasks: RunningTask[] = [];
  private readonly open = new Map<number, WorkerThread>();
  private taken = 0;
  private cancelled = false;
  private wake: (() => void) | undefined;
  private readonly ahead: number;

  constructor(run: FragmentRun, threads: readonly WorkerThread[], nextId: () => number) {
    this.run = run;
    this.runId = nextId();
    this.nextId = nextId;
    this.free = [...threads];
    this.ahead = threads.length * AHEAD;
  }

  /** The task of partition `k`; asked for in order. */
  async task(k: number): Promise<RunningTask> {
    this.taken = k;
    this.dispatch();
    while (this.tasks[k] === undefined) {
      this.run.signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.tasks[k];
  }

  private dispatch(): void {
    const { partitions, fragment, nowMs, tables } = this.run;
    while (!this.cancelled && this.tasks.length < Math.min(partitions.length, this.taken + 1 + this.ahead)) {
      const thread = this.free.pop();
      if (thread === undefined) return;
      const taskId = this.nextId();
      const partition = partitions[this.tasks.length]!;
      const task: RunTask = {
        kind: "run",
        taskId,
        fragmentId: fragment.fragmentId,
        runId: this.runId,
        nowMs,
        partition,
        tables,
      };
      this.open.set(taskId, thread);
      const running = thread.run(fragment, task, () => {
        this.open.delete(taskId);
        this.free.push(thread);
        this.dispatch();
        this.wake?.();
      });
      this.tasks.push(running);
    }
  }

  cancel(): void {
    this.cancelled = true;
    for (const [taskId, thread] of this.open) thread.cancel(taskId);
    this.wake?.();
  }
}
