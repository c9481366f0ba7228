import type { Json, Partition, ScanRequest, WorkerForm } from "@ss/core";
import type { Attribute } from "../expression/expression.js";
import type { Rows } from "../logical/rows.js";
import type { RunClock } from "./codegen/runtime.js";
import type { MemoryScope } from "./memory-budget.js";
import type { StreamRun } from "./stream-run.js";

/** The rows of a table, or of a source's range, in a run. */
export interface ScanInput {
  /** How a worker thread reads the partitions; absent where only the driver can. */
  readonly worker?: WorkerForm | undefined;
  partitions(scan: ScanRequest): Promise<readonly Partition[]>;
  read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Rows>;
}

/** One execution of a plan: a query over tables, or a batch of a stream. */
export interface Run extends RunClock {
  readonly signal: AbortSignal;
  /** The same for every pass over a part of the input of one run: what an operator holds for a run is made once for it. */
  readonly runId: number;
  /** Where a read gets its rows. */
  input(readId: number): ScanInput;
  /** Called with the rows that a scan delivered. */
  countInput(readId: number, rows: number): void;
  /** Lets timers and I/O of the host run if the last turn is long enough ago; called between batches. */
  breathe(): Promise<void> | undefined;
  /** What operators hold counts against it. */
  readonly memory: MemoryScope;
  /** Takes what `observe` found. */
  observe(name: string, metrics: Readonly<Record<string, Json | bigint | Date>>): void;
  /** Present in a batch of a stream. */
  readonly stream?: StreamRun | undefined;
  /** Present in a batch of a stream beside which tables stand. */
  readonly tables?: RunTables | undefined;
}

/** The tables beside a stream, whose rows may be held from one batch to the next. */
export interface RunTables {
  /** While this stays the same a read gives the same rows; undefined where that is not known of it. */
  versionOf(readId: number): string | undefined;
  /** What is held until the tables change counts against it. */
  readonly memory: MemoryScope;
}

/**
 * A running node of a plan. `rows` may be called once per run (in an open batch of a stream once for each of its
 * parts, one after the other); what it yields is valid until the next is asked for. Operators live as
 * long as their query, so that generated code and tables are made once.
 */
export interface Operator {
  readonly output: readonly Attribute[];
  rows(run: Run): AsyncIterable<Rows>;
}
