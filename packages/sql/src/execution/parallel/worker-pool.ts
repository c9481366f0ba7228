import type { Partition, StreamError } from "@ss/core";
import type { EventTimes } from "../stream-run.js";
import type { OpenFragment, PackedRows, RowDivision, RunTask, TaskReport, WorkerStart } from "./messages.js";
import { type RunningTask, WorkerThread } from "./worker-thread.js";

/** Tasks begun ahead of the one whose rows are taken, per worker: enough to keep all busy, few enough to hold their results. */
const AHEAD = 3;
/** Tasks of a run that a worker has at a time: the next is at hand when one ends, even while the driver is busy with results. */
const AT_HAND = 2;

/** A run of a fragment over the partitions of its input. */
export interface FragmentRun {
  readonly fragment: OpenFragment;
  readonly nowMs: number;
  /** The partitions of each task. */
  readonly parts: readonly (readonly Partition[])[];
  readonly tables: RunTask["tables"];
  /** Present where rows are divided by their keys. */
  readonly division?: RowDivision | undefined;
  readonly signal: AbortSignal;
  /** Called with rows that could not be decoded, in the order of the parts. */
  readonly onMalformed: (rows: PackedRows) => Promise<void>;
  /** Called for every task that ended well, in the order of the parts. */
  readonly onDone: (inputRows: number, eventTimes: readonly (readonly [number, EventTimes])[]) => void;
}

/**
 * The worker threads of a session. Runs do not wait for one another: a worker goes on with one task while that of another run waits for
 * its rows to be taken.
 */
export class WorkerPool {
  readonly size: number;
  private readonly entry: string;
  private readonly settings: WorkerStart;
  private readonly warn: (message: string) => void;
  private threads: WorkerThread[] = [];
  private lastId = 0;
  /** Why no more tasks are taken. */
  private closed: StreamError | undefined;

  /** `entry` is the URL of the module that a worker runs, with these settings; `warn` gets what its plug-ins warn of. */
  constructor(size: number, entry: string, settings: WorkerStart, warn: (message: string) => void) {
    this.warn = warn;
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
    while (this.threads.length < this.size)
      this.threads.push(new WorkerThread(this.entry, this.settings, this.warn));
  }

  /** Starts the workers while nobody waits for them; what speaks against it is told to the first run. */
  startAhead(): void {
    try {
      this.start();
    } catch {
      // the first run starts them again
    }
  }

  /** So many workers, to be owners of state for as long as they live. */
  owners(count: number): readonly WorkerThread[] {
    this.start();
    return this.threads.slice(0, count);
  }

  /** The rows of all partitions, in the order of the partitions: a piece a time, or one for every owner where they are divided. */
  async *run(run: FragmentRun): AsyncGenerator<readonly PackedRows[]> {
    this.start();
    const tasks = new TaskQueue(run, this.threads, () => this.nextId());
    const stop = (): void => tasks.cancel();
    run.signal.addEventListener("abort", stop);
    try {
      for (let k = 0; k < run.parts.length; k++) {
        run.signal.throwIfAborted();
        const task = await tasks.task(k);
        for await (const message of task.messages()) {
          if (message.kind === "rows") yield message.pieces;
          else await run.onMalformed(message.rows);
        }
        run.onDone(task.report!.inputRows, task.report!.eventTimes);
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

/** Hands the partitions of a run to the workers, in order and not too far ahead. */
class TaskQueue {
  private readonly run: FragmentRun;
  private readonly runId: number;
  private readonly nextId: () => number;
  /** How many of the run's tasks each worker has. */
  private readonly loads: Map<WorkerThread, number>;
  private readonly tasks: RunningTask<TaskReport>[] = [];
  private readonly open = new Map<number, WorkerThread>();
  private taken = 0;
  private cancelled = false;
  private wake: (() => void) | undefined;
  private readonly ahead: number;

  constructor(run: FragmentRun, threads: readonly WorkerThread[], nextId: () => number) {
    this.run = run;
    this.runId = nextId();
    this.nextId = nextId;
    this.loads = new Map(threads.map((thread) => [thread, 0]));
    this.ahead = threads.length * AHEAD;
  }

  /** The task of part `k`; asked for in order. */
  async task(k: number): Promise<RunningTask<TaskReport>> {
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
    const { parts, fragment, nowMs, tables, division } = this.run;
    while (!this.cancelled && this.tasks.length < Math.min(parts.length, this.taken + 1 + this.ahead)) {
      const thread = this.nextThread();
      if (thread === undefined) return;
      this.addLoad(thread, 1);
      const taskId = this.nextId();
      const partitions = parts[this.tasks.length]!;
      const task: RunTask = {
        kind: "run",
        taskId,
        fragmentId: fragment.fragmentId,
        runId: this.runId,
        nowMs,
        partitions,
        tables,
        division,
      };
      this.open.set(taskId, thread);
      const running = thread.run(fragment, task, () => {
        this.open.delete(taskId);
        this.addLoad(thread, -1);
        this.dispatch();
        this.wake?.();
      });
      this.tasks.push(running);
    }
  }

  /** The worker with the fewest tasks, if it may have one more; the last tasks are left to whoever is idle first. */
  private nextThread(): WorkerThread | undefined {
    const left = this.run.parts.length - this.tasks.length;
    let fewest = left > this.loads.size ? AT_HAND : 1;
    let found: WorkerThread | undefined;
    for (const [thread, load] of this.loads) {
      if (load >= fewest) continue;
      fewest = load;
      found = thread;
    }
    return found;
  }

  private addLoad(thread: WorkerThread, change: number): void {
    this.loads.set(thread, this.loads.get(thread)! + change);
  }

  cancel(): void {
    this.cancelled = true;
    for (const [taskId, thread] of this.open) thread.cancel(taskId);
    this.wake?.();
  }
}
