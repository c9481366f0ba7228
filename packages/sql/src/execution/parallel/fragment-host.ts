import {
  type ColumnFunction,
  checkedReading,
  type PartitionReader,
  packColumns,
  packRows,
  rebuild,
  rowsByOwner,
  type WorkerContext,
} from "@ss/core";
import { columnFunction } from "../../functions/column-function.js";
import type { FunctionRegistry } from "../../functions/registry.js";
import type { Rows } from "../../logical/rows.js";
import type { PhysicalPlan } from "../../physical/plan.js";
import { GroupPartials } from "../aggregate/group-partials.js";
import { breather } from "../breather.js";
import { buildOperators } from "../build.js";
import type { MemoryBudget, MemoryScope } from "../memory-budget.js";
import type { Operator, Run, RunTables, ScanInput } from "../operator.js";
import { OwnerHost } from "../state-partitions/owner-host.js";
import type { EventTimes, StreamRun } from "../stream-run.js";
import { HostedTask } from "./hosted-task.js";
import type {
  FromWorker,
  OpenFragment,
  PackedRows,
  RowDivision,
  RunTask,
  TableOfTask,
  ToWorker,
} from "./messages.js";
import { fromPortable } from "./portable.js";
import { toPortableError } from "./portable-error.js";

/** A fragment that is kept: its operators and readers. */
interface Fragment {
  readonly rows: (run: Run) => AsyncIterable<Rows>;
  readonly readers: ReadonlyMap<number, PartitionReader>;
  /** What its operators hold for a run, such as the held side of a join, which later tasks of the run find there. */
  memory: MemoryScope;
  /** What they hold until tables change. */
  readonly kept: MemoryScope;
  runId: number;
  /** Ends with the task before: the operators serve one task at a time. */
  turn: Promise<void>;
}

/** What runs in a worker thread: takes the driver's messages, keeps fragments and runs tasks. */
export class FragmentHost {
  private readonly fragments = new Map<number, Promise<Fragment>>();
  private readonly tasks = new Map<number, HostedTask>();
  private readonly owners: OwnerHost;
  private readonly memory: MemoryBudget;
  private readonly functions: FunctionRegistry;
  private readonly contextOf: (conf: Readonly<Record<string, string>>) => WorkerContext;
  private readonly post: (message: FromWorker, transfer?: readonly ArrayBuffer[]) => void;

  constructor(
    memory: MemoryBudget,
    functions: FunctionRegistry,
    contextOf: (conf: Readonly<Record<string, string>>) => WorkerContext,
    post: (message: FromWorker, transfer?: readonly ArrayBuffer[]) => void,
  ) {
    this.memory = memory;
    this.functions = functions;
    this.contextOf = contextOf;
    this.post = post;
    this.owners = new OwnerHost(memory, functions, this.tasks, post);
  }

  receive(message: ToWorker): void {
    switch (message.kind) {
      case "open": {
        const opened = this.open(message);
        // a failure is reported by every task of the fragment
        opened.catch(() => {});
        this.fragments.set(message.fragmentId, opened);
        return;
      }
      case "close":
        this.fragments.get(message.fragmentId)?.then(close, () => {});
        this.fragments.delete(message.fragmentId);
        return;
      case "run":
        void this.run(message);
        return;
      case "credit":
        this.tasks.get(message.taskId)?.credit();
        return;
      case "cancel":
        this.tasks.get(message.taskId)?.cancel();
        return;
      case "openShare":
        return this.owners.open(message);
      case "closeShare":
        return this.owners.close(message.stateId);
      case "callShare":
        void this.owners.call(message);
        return;
    }
  }

  private async open({ plan, functions: forms, settings, readers }: OpenFragment): Promise<Fragment> {
    const context = this.contextOf(settings.conf);
    const made = await Promise.all(
      readers.map(
        async ([readId, form, format]) =>
          [readId, checkedReader(format, await rebuild<PartitionReader>(form, context, "read"))] as const,
      ),
    );
    const brought = await Promise.all(forms.map((form) => rebuild<ColumnFunction>(form, context, "open")));
    const functions = this.functions.with(brought.map((fn) => columnFunction(fn)));
    const physical = fromPortable(plan, functions) as PhysicalPlan;
    return {
      rows: rowsOf(physical, settings),
      readers: new Map(made),
      memory: this.memory.scope(),
      kept: this.memory.scope(),
      runId: 0,
      turn: Promise.resolve(),
    };
  }

  private async run(message: RunTask): Promise<void> {
    const { taskId } = message;
    const task = new HostedTask();
    this.tasks.set(taskId, task);
    try {
      const fragment = await this.fragments.get(message.fragmentId)!;
      const before = fragment.turn;
      const work = before.then(() => this.work(message, task, fragment));
      fragment.turn = work.catch(() => {});
      await work;
    } catch (error) {
      this.post({ kind: "failed", taskId, error: toPortableError(error) });
    } finally {
      this.tasks.delete(taskId);
    }
  }

  private async work(message: RunTask, task: HostedTask, fragment: Fragment): Promise<void> {
    const { taskId, runId } = message;
    task.signal.throwIfAborted();
    if (runId !== fragment.runId) {
      fragment.memory.close();
      fragment.memory = this.memory.scope();
      fragment.runId = runId;
    }
    const reportMalformed = async ({ columns, rowCount }: Rows): Promise<void> => {
      await task.mayPost();
      const rows = { rowCount, packed: packColumns(columns, rowCount) };
      this.post({ kind: "malformed", taskId, rows }, [rows.packed]);
    };
    const run = new TaskRun(message, fragment, task.signal, reportMalformed);
    for await (const rows of fragment.rows(run)) {
      await task.mayPost();
      const pieces = packed(rows, message.division);
      this.post(
        { kind: "rows", taskId, pieces },
        pieces.map((piece) => piece.packed),
      );
    }
    const { inputRows, times } = run;
    this.post({ kind: "done", taskId, report: { inputRows, eventTimes: [...times] } });
  }
}

/** A reader whose reads are refused, by the name of the format, where they give nothing to go through. */
function checkedReader(format: string, reader: PartitionReader): PartitionReader {
  const part = { description: format };
  return {
    read: (partition, scan, signal) => checkedReading("source", part, reader.read(partition, scan, signal)),
    close: async () => reader.close?.(),
  };
}

/** The tasks have ended for the driver; a reader is closed when they have ended here. */
async function close({ memory, kept, readers, turn }: Fragment): Promise<void> {
  memory.close();
  kept.close();
  await turn;
  await Promise.allSettled([...readers.values()].map((reader) => reader.close?.()));
}

/** The rows of a fragment: of an aggregation its partial results, of any other plan its rows. */
function rowsOf(plan: PhysicalPlan, settings: OpenFragment["settings"]): (run: Run) => AsyncIterable<Rows> {
  if (plan.kind !== "aggregate") {
    const { root } = buildOperators(plan, settings);
    return (run) => root.rows(run);
  }
  const child: Operator = buildOperators(plan.child, settings).root;
  const partials = new GroupPartials(plan, settings.ansi);
  return (run) => partials.of(child.rows(run), run.memory);
}

/** Rows in one piece, or in one for each owner of their keys. */
function packed({ columns, rowCount }: Rows, division: RowDivision | undefined): readonly PackedRows[] {
  if (division === undefined) return [{ rowCount, packed: packColumns(columns, rowCount) }];
  const owned = rowsByOwner(columns.slice(0, division.keyCount), rowCount, division);
  return owned.map((rows) => ({ rowCount: rows.length, packed: packRows(columns, rows) }));
}

/** One task as the operators see it. */
class TaskRun implements Run {
  readonly signal: AbortSignal;
  readonly runId: number;
  readonly memory: MemoryScope;
  readonly breathe: () => Promise<void> | undefined = breather(() => performance.now());
  readonly times = new Map<number, EventTimes>();
  inputRows = 0;
  /** Operators of a fragment need no more of a stream than where event times are noted and rows go that cannot be decoded. */
  readonly stream: StreamRun;
  readonly tables: RunTables;
  private readonly task: RunTask;
  private readonly readers: ReadonlyMap<number, PartitionReader>;
  private readonly others: ReadonlyMap<number, TableOfTask>;

  constructor(
    task: RunTask,
    { readers, memory, kept }: Fragment,
    signal: AbortSignal,
    reportMalformed: StreamRun["reportMalformed"],
  ) {
    this.stream = { eventTimes: (index: number) => this.eventTimes(index), reportMalformed } as StreamRun;
    this.memory = memory;
    this.task = task;
    this.runId = task.runId;
    this.readers = readers;
    this.signal = signal;
    this.others = new Map(task.tables.map((table) => [table.readId, table]));
    this.tables = { versionOf: (readId) => this.others.get(readId)?.version, memory: kept };
  }

  readonly nowMs = (): number => this.task.nowMs;
  readonly partition = (): number => 0;

  input(readId: number): ScanInput {
    const reader = this.readers.get(readId)!;
    const partitions = this.others.get(readId)?.partitions ?? this.task.partitions;
    return {
      partitions: async () => partitions,
      read: (partition, scan, signal) => reader.read(partition, scan, signal),
    };
  }

  countInput(readId: number, rows: number): void {
    if (!this.others.has(readId)) this.inputRows += rows;
  }

  observe(): void {}

  private eventTimes(index: number): EventTimes {
    let times = this.times.get(index);
    if (times === undefined) {
      times = { count: 0, minMs: 0, maxMs: 0, sumMs: 0 };
      this.times.set(index, times);
    }
    return times;
  }
}
