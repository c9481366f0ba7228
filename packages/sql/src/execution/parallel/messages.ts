import type { Partition, StateDivision, StreamErrorFields, WorkerForm } from "@ss/core";
import type { BudgetShare } from "../memory-budget.js";
import type { CallShare, CloseShare, OpenShare, ShareReport } from "../state-partitions/messages.js";
import type { EventTimes } from "../stream-run.js";
import type { FragmentSettings } from "./fragment.js";

/** A part of a plan for a worker to keep: its operators are made once and serve every task. */
export interface OpenFragment {
  readonly kind: "open";
  readonly fragmentId: number;
  /** A {@link PhysicalPlan} in portable form; an aggregation gives partial results. */
  readonly plan: unknown;
  /** The functions of plug-ins that the plan calls. */
  readonly functions: readonly WorkerForm[];
  readonly settings: FragmentSettings;
  /** How each read of the plan is done; the format is for messages. */
  readonly readers: readonly (readonly [readId: number, form: WorkerForm, format: string])[];
}

/** Runs a fragment over some partitions, one after the other. */
export interface RunTask {
  readonly kind: "run";
  readonly taskId: number;
  readonly fragmentId: number;
  /** The same for all tasks of a run: what an operator holds for a run is made once. */
  readonly runId: number;
  readonly nowMs: number;
  /** Partitions of the read that the fragment is split by. */
  readonly partitions: readonly Partition[];
  /** The other reads. */
  readonly tables: readonly TableOfTask[];
  /** Present where the rows are divided by their keys: each message then has a piece for every owner. */
  readonly division?: RowDivision | undefined;
}

/** A read that every task has as a whole. */
export interface TableOfTask {
  readonly readId: number;
  readonly partitions: readonly Partition[];
  /** While it stays the same the read gives the same rows, in this run and in others; undefined where that is not known. */
  readonly version: string | undefined;
}

/** How rows are divided among the owners of a state. */
export interface RowDivision extends StateDivision {
  /** So many of the columns, the first ones, are the key. */
  readonly keyCount: number;
}

/** Rows packed as `packColumns` does. */
export interface PackedRows {
  readonly rowCount: number;
  readonly packed: ArrayBuffer;
}

/** What a task tells at its end. */
export interface TaskReport {
  /** Rows that the scan of its partitions delivered. */
  readonly inputRows: number;
  readonly eventTimes: readonly (readonly [index: number, times: EventTimes])[];
}

/** What the driver sends. */
export type ToWorker =
  | OpenFragment
  | { readonly kind: "close"; readonly fragmentId: number }
  | RunTask
  | OpenShare
  | CloseShare
  | CallShare
  /** One more message with rows, of results or such as could not be decoded, may be sent. */
  | { readonly kind: "credit"; readonly taskId: number }
  | { readonly kind: "cancel"; readonly taskId: number };

/** An error as plain data. */
export interface PortableError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Present for errors of this project. */
  readonly fields?: Omit<StreamErrorFields, "cause">;
  readonly cause?: PortableError;
}

/** What a worker answers. */
export type FromWorker =
  | {
      readonly kind: "rows";
      readonly taskId: number;
      /** One, or one for every owner where a task's rows are divided. */
      readonly pieces: readonly PackedRows[];
    }
  /** Rows that could not be decoded, as they are reported. Needs a credit too. */
  | { readonly kind: "malformed"; readonly taskId: number; readonly rows: PackedRows }
  | {
      readonly kind: "done";
      readonly taskId: number;
      readonly report: TaskReport | ShareReport;
    }
  | { readonly kind: "failed"; readonly taskId: number; readonly error: PortableError };

/** What a worker tells beside its tasks: something for the session's log. */
export interface WorkerWarning {
  readonly kind: "warning";
  readonly message: string;
}

/** What a worker is started with. */
export interface WorkerStart {
  /** What its operators may hold, and whose part that is. */
  readonly limitBytes: number;
  readonly share: BudgetShare;
}

/** Messages with rows that a task may send before it waits for a credit. */
export const CREDITS = 4;
