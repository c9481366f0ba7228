import type { Clock } from "../clock/clock.js";
import type { Column } from "../column/column.js";
import type { AcceleratorFactory } from "../column/key/bytes-dictionary.js";
import type { FileSystem } from "../file-system/file-system.js";
import type { StructType } from "../schema/struct-type.js";
import type { RemoteFamily } from "./remote-family.js";
import type { StateView } from "./state-view.js";

/** A named table of keys and values within a store. */
export interface FamilySpec {
  /** Position of the stateful operator in the plan. */
  readonly operatorId: number;
  /** What the operator does, as progress reports call it: state of one kind is not taken for that of another. */
  readonly operatorName?: string;
  /** `default` where an operator has a single one. */
  readonly name: string;
  readonly keySchema: StructType;
  readonly valueSchema: StructType;
  /**
   * A column of layout int64 by which `scanBelow` finds rows: event time in microseconds. The number of a key column or, counted on behind
   * those, of a value column. Rows where it is null are never below anything.
   */
  readonly orderedBy?: number;
  /** How many of the first key columns rows are found by with `match`; absent where that is not asked for. */
  readonly prefix?: number;
  /** Whether fields may be added at the end of the structs in its values from one run to the next: they are null in rows put before. */
  readonly growing?: boolean;
  /** What kind of table this is to the user, where there are several: another kind under the same name is refused. */
  readonly variable?: string;
  /** Settings of the operator under which its rows were put, and which therefore cannot change from one run to the next. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How readers of the checkpoint see its rows; absent: under its own name and columns. */
  readonly views?: readonly StateView[];
}

/** Rows of a family whose keys begin as asked for: pair p is row `questions[p]` of the question and row `positions[p]` of the columns. */
export interface StateMatches {
  readonly questions: Int32Array;
  readonly positions: Int32Array;
  readonly keys: readonly Column[];
  readonly values: readonly Column[];
}

/** Rows of a lookup: row i of the question stands at `positions[i]` of `values`, or nowhere if that is -1. */
export interface StateLookup {
  readonly positions: Int32Array;
  readonly values: readonly Column[];
}

/** A lookup of keys of which several may be the same. */
export interface StateLookupToPut extends StateLookup {
  /** For each row of the question the first one with the same key; null where no two have one. */
  readonly firsts: Int32Array | null;
}

/** Some rows of a family. Valid until the iteration goes on. */
export interface StateRows {
  readonly keys: readonly Column[];
  readonly values: readonly Column[];
  readonly rowCount: number;
}

/**
 * A table of keys and values. Keys and values travel as columns, many rows a call; calls are synchronous, and what they
 * return is valid until the next call that changes the family. Keys are equal as Spark groups them: null equals null,
 * NaN equals NaN, -0.0 equals 0.0.
 */
export interface StateFamily {
  readonly spec: FamilySpec;
  readonly rowCount: number;
  /** How many different beginnings its keys have, of the length of `prefix`; absent where a store does not tell. */
  readonly prefixCount?: number;
  get(keys: readonly Column[], rowCount: number): StateLookup;
  /**
   * As `get`, of keys that the next call puts: all of these very columns. A store that has it looks each key up only once. Where it is not put, the changes
   * of the batch have to be forgotten.
   */
  getToPut?(keys: readonly Column[], rowCount: number): StateLookupToPut;
  /**
   * Inserts or replaces. Of two rows with one key the later wins. Returns how many of the keys had not been put since the last commit, or
   * had been removed after it.
   */
  put(keys: readonly Column[], values: readonly Column[], rowCount: number): number;
  /**
   * Inserts the rows whose keys are not there, of several with one key the first. Gives the positions of the rows that it inserted,
   * ascending.
   */
  insert(keys: readonly Column[], values: readonly Column[], rowCount: number): Int32Array;
  /**
   * The rows put since the last commit that are still there, each once, in pieces, in the order in which they were first put; a removal
   * begins anew.
   */
  changed(): Iterable<StateRows>;
  /** Removes; keys that are not there do no harm. Returns how many were. */
  remove(keys: readonly Column[], rowCount: number): number;
  /**
   * The rows whose first `prefix` key columns are those asked for, in the order in which they were first put; those of a question are
   * neighbours.
   */
  match(prefix: readonly Column[], rowCount: number): StateMatches;
  /** All rows, in pieces. */
  scan(): Iterable<StateRows>;
  /** Rows whose `orderedBy` column is below or equal to `bound`; costs what it finds, not what there is. */
  scanBelow(bound: bigint): Iterable<StateRows>;
  /** The same rows, which are gone when the iteration ends, however it does; nothing may be changed before. */
  removeBelow(bound: bigint): Iterable<StateRows>;
  /**
   * The lowest value of the `orderedBy` column, null where there is none; costs little more than a look. Absent where a store cannot tell: what
   * waits for a time is then looked for again and again.
   */
  lowest?(): bigint | null;
}

/** Which version of the state a batch starts from; `commits/<n>` names it. */
export interface StateVersion {
  readonly version: number;
  /** The attempt that wrote it: a crashed run may have left files of the same version that do not count. */
  readonly attempt: string;
}

/** Counts for progress reports, over all families of one operator: rows and memory now, changes of the last commit. */
export interface StateMetrics {
  readonly rowsTotal: number;
  readonly rowsUpdated: number;
  readonly rowsRemoved: number;
  readonly memoryUsedBytes: number;
  readonly commitTimeMs: number;
  /** What the store counts besides, by the names of progress reports. */
  readonly custom?: Readonly<Record<string, number>>;
}

/**
 * All that a query remembers, of all its operators. Version v is what batches up to v - 1 left: batch n loads n and commits
 * n + 1.
 *
 * Order of calls: `family` for each table, once, before `load`; `load` at start and after `abort`; then per batch changes
 * through the families and one `commit`. `commit` resolves when the changes are durable; they count only once the loop
 * has named the returned attempt in its commit log, so a crash in between leaves garbage and no harm. A `commit` without
 * changes may write nothing and return the version that it started from. `abort` forgets the changes since the last commit;
 * a `load` follows.
 *
 * A missing, torn or altered file is recognised by its checksum and named (SS_STATE_FILE_CORRUPT): never a wrong answer.
 */
export interface StateStore {
  family(spec: FamilySpec): StateFamily;
  /**
   * Takes a family that others hold, instead of `family`. Absent where a provider does not offer that. What `commit` and `maintain` do with it
   * goes through it, so that a version stays one: all changes of a batch are in the files or none are.
   */
  familyElsewhere?(family: RemoteFamily): void;
  /** Null: the empty state before the first batch. */
  load(version: StateVersion | null): Promise<void>;
  /** Checked with `beforeWrite`, which throws if another run has taken over, right before the write that counts. */
  commit(version: number, beforeWrite: () => Promise<void>): Promise<StateVersion>;
  abort(): void;
  metrics(operatorId: number): StateMetrics;
  /**
   * Snapshots and clean-up after a commit that the commit log has named; every version from `oldestNeeded` on stays loadable.
   * What it does before its first `await` sees the committed state; the rest may overlap the next batch.
   */
  maintain(oldestNeeded: number): Promise<void>;
  close(): Promise<void>;
}

/** What opens a store. */
export interface StateStoreContext {
  readonly fileSystem: FileSystem;
  /** The folder `state` of the checkpoint. */
  readonly folder: string;
  /** Names the run that writes; part of every file name and header. */
  readonly runId: string;
  readonly conf: (key: string) => string | undefined;
  /** Tells whoever runs the program of settings that mean nothing to the store; absent where nobody listens. */
  readonly warn?: (message: string) => void;
  /** For durations in metrics. */
  readonly clock?: Clock;
  /** Quicker look-ups of strings in keys, if the host has them; a store may do without. */
  readonly accelerator?: AcceleratorFactory;
}

/** Opens stores of one kind; pinned in the offset log by `className`. */
export interface StateStoreProvider {
  readonly className: string;
  /** Classes of Spark's whose place it takes, where `spark.sql.streaming.stateStore.providerClass` names one of them. */
  readonly standsFor?: readonly string[];
  open(context: StateStoreContext): Promise<StateStore>;
}
