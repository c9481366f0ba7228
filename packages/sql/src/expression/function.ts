import type { ColumnFunction, DataType, Value } from "@ss/core";
import type { Code, CodeWriter } from "./code.js";
import type { Expression, Origin, ScalarCall, SortOrder } from "./expression.js";

/** What the analyzer tells a function that is being resolved. */
export interface FunctionContext {
  readonly ansi: boolean;
  readonly timeZone: string;
  conf(key: string): string | undefined;
  /** The name as called, for messages. */
  readonly name: string;
  /** The call as SQL text, without quotes around it, for messages. */
  readonly sql: string;
  /** Where the call stands in the query's text. */
  readonly origin?: Origin | undefined;
  /** The value of a resolved expression that reads no column; undefined for one that does. */
  constant(e: Expression): Value | undefined;
  /**
   * What `ask` answers, which has to be waited for: the analysis ends here and begins anew when the answer is there. Under one key it is
   * asked for once.
   */
  answer<T>(key: string, ask: () => T | Promise<T>): T;
}

/** How a resolved function is called: arguments with the casts that it wants, and what it gives. */
export interface Resolution {
  readonly args: readonly Expression[];
  readonly type: DataType;
  /** Default: nullable if any argument is. */
  readonly nullable?: boolean;
  /** Plain data for `emit`, `evaluate` and the rest. */
  readonly state?: unknown;
}

interface FunctionBase {
  /** Lower case; the first one is its own name. */
  readonly names: readonly string[];
  /** Fewest and most arguments; WRONG_NUM_ARGS otherwise. */
  readonly arity: readonly [min: number, max: number];
  /** Names of parameters, for named arguments; few functions have them. */
  readonly parameters?: readonly string[];
  /** What stands for parameters that named arguments leave out, by position. */
  readonly defaults?: readonly (Expression | undefined)[];
}

/** What a boxed evaluation gets to know besides its arguments. */
export interface EvaluationContext {
  readonly ansi: boolean;
  readonly timeZone: string;
  readonly argTypes: readonly DataType[];
  readonly type: DataType;
  readonly state: unknown;
  /** Milliseconds of the batch's timestamp; the same for every call of a batch and on replay. */
  readonly nowMs: () => number;
  /** For functions with a seed and for `spark_partition_id`. */
  readonly partition: () => number;
  /** Where the call stands in the query's text, for errors. */
  readonly origin?: Origin | undefined;
}

/**
 * A function of the columns of one row.
 *
 * Give exactly one of `emit`, `evaluate` and `columnar`, unless `rewrite` stands for every call. `emit` writes straight code into the stage's loop: for
 * whatever is common in queries. `evaluate` is prepared once per stage and called per row with boxed values: for the rest. `columnar` is
 * a function of a plug-in: its calls get an operator of their own below the node that uses their results.
 */
export interface ScalarFunction extends FunctionBase {
  readonly form: "scalar";
  /** Checks the arguments (DATATYPE_MISMATCH.*), adds casts, and tells the result. */
  resolve(args: readonly Expression[], context: FunctionContext): Resolution;
  /**
   * Expression that stands for the call, resolved anew; for functions made of others (`nvl` is `coalesce`). Gets resolved
   * arguments. Undefined: these arguments need no rewriting, and `resolve` is called (`date + int` is `date_add`, `int + int`
   * is itself).
   */
  rewrite?(args: readonly Expression[], context: FunctionContext): Expression | undefined;
  /**
   * For higher-order functions: the parameters of each lambda, in order, from the other arguments (undefined where a lambda
   * stands). `parameterCounts` tells how many each lambda was written with; another count than this gives is refused.
   */
  lambdas?(
    args: readonly (Expression | undefined)[],
    parameterCounts: readonly number[],
    context: FunctionContext,
  ): readonly (readonly { readonly type: DataType; readonly nullable: boolean }[])[];
  /** Default false: `x AS name` among the arguments reaches `resolve` as it is (`struct`); else names are taken off. */
  readonly keepsAliases?: boolean;
  emit?(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code;
  evaluate?(context: EvaluationContext): (...values: Value[]) => Value;
  readonly columnar?: ColumnFunction;
  /** Default true: a null argument gives null and `evaluate` is not called. */
  readonly nullPropagating?: boolean;
  /** Default true. */
  readonly deterministic?: boolean;
  /** Whether the value depends on the time of the batch. */
  readonly asksTime?: boolean;
  /**
   * For functions that decode records: whether a call with this state can be `checked`, and then tells records that it cannot read
   * instead of failing or giving null. Undefined and false: it cannot, or the query has another place for them.
   */
  decodes?(state: unknown): boolean;
  /** How the call reads in a column name; default `name(args)`. Gets the pretty texts of the arguments. */
  pretty?(args: readonly string[], name: string): string;
}

/** What `emit` gets besides the arguments. */
export interface EmitCall {
  readonly type: DataType;
  readonly nullable: boolean;
  readonly state: unknown;
  readonly name: string;
  readonly origin?: import("./expression.js").Origin | undefined;
  /** As in {@link ScalarCall}; `type` is then that of the struct. */
  readonly checked?: ScalarCall["checked"];
}

/**
 * A function over many rows. Its state is a tuple of typed columns (`buffer`), so that partial results travel, are kept and
 * are merged as columns. `aggregators` makes the loops over one group table; see `execution/aggregate/`.
 */
export interface AggregateFunction extends FunctionBase {
  readonly form: "aggregate";
  resolve(
    args: readonly Expression[],
    context: FunctionContext,
    clauses: AggregateClauses,
  ): AggregateResolution;
  /** Columns of the state; names go into the state's schema, as Spark names them (`count`, `sum`). */
  buffer(
    call: AggregateShape,
  ): readonly { readonly name: string; readonly type: DataType; readonly nullable: boolean }[];
  /** Makes the accumulator for one call. */
  accumulator(call: AggregateShape): Accumulator;
  rewrite?(args: readonly Expression[], context: FunctionContext): Expression | undefined;
  /** `count(*)` over no rows is 0, not null. */
  readonly ordered?: boolean;
  /** The name of an aggregator of the program, whose code cannot leave the program's thread. */
  readonly ofProgram?: string;
  /** Where the function takes whole rows: the same for rows that are one value each. */
  readonly ofValue?: AggregateFunction;
  /** How the call reads in a column name; default `name(args)`. `state` is undefined for a call that is not resolved. */
  pretty?(args: readonly string[], name: string, state?: unknown): string;
}

/** What stands around the arguments of an aggregate call. */
export interface AggregateClauses {
  readonly distinct: boolean;
  /** WITHIN GROUP (ORDER BY ...); empty where there is none. */
  readonly orderBy: readonly SortOrder[];
}

/** How an aggregate function is called. */
export interface AggregateResolution extends Resolution {
  /** The ordering that the accumulator gets; default: that of the clauses. Empty where it has gone into the arguments. */
  readonly orderBy?: readonly SortOrder[];
}

/** What an aggregate knows when it is built. */
export interface AggregateShape {
  readonly argTypes: readonly DataType[];
  readonly type: DataType;
  readonly state: unknown;
  readonly ansi: boolean;
  readonly orderBy: readonly SortOrder[];
}

type ColumnOf = import("@ss/core").Column;

/**
 * The state of one aggregate for all groups of a table, in typed arrays by slot. Loops, not rows: every method takes a
 * whole batch.
 */
export interface Accumulator {
  /** Makes room for slots up to `slotCount`, new ones in the initial state. */
  resize(slotCount: number): void;
  /**
   * Takes row i of the argument columns into slot `slots[i]`; the columns of the shape's `orderBy` come after the arguments.
   * Where `selected` is given, only rows where it is 1.
   */
  update(slots: Int32Array, args: readonly ColumnOf[], rowCount: number, selected?: Uint8Array): void;
  /** Merges row i of the buffer columns (in the order of `buffer`) into slot `slots[i]`. Positions below 0 are skipped. */
  merge(slots: Int32Array, buffers: readonly ColumnOf[], rowCount: number): void;
  /** The buffer columns of slots 0 .. slotCount, in the order of `buffer`. Valid until the next change. */
  buffers(slotCount: number): readonly ColumnOf[];
  /** The results of slots 0 .. slotCount. */
  results(slotCount: number): ColumnOf;
  /** Back to no slots. */
  reset(): void;
  byteSize(): number;
}

/** A function that makes rows from a row. */
export interface GeneratorFunction extends FunctionBase {
  readonly form: "generator";
  resolve(
    args: readonly Expression[],
    context: FunctionContext,
  ): {
    readonly args: readonly Expression[];
    readonly outputs: readonly {
      readonly name: string;
      readonly type: DataType;
      readonly nullable: boolean;
    }[];
    readonly state?: unknown;
  };
  /** Rows of boxed values; arrays and maps take a columnar path that does not call this (see `elements`). */
  generate?(context: EvaluationContext): (...values: Value[]) => readonly (readonly Value[])[];
  /** `explode` and its kin: one row per element of the first argument, with its position first if `position`. */
  readonly elements?: { readonly position: boolean };
}

/** A function that needs an OVER clause. */
export interface WindowFunction extends FunctionBase {
  readonly form: "window";
  resolve(args: readonly Expression[], context: FunctionContext): Resolution;
  /** Results for one ordered partition. */
  evaluate(partition: WindowPartition): readonly Value[];
  /** How the call reads in a column name; default `name(args)`. Gets the pretty texts of the arguments. */
  pretty?(args: readonly string[], name: string): string;
}

/** The rows of a partition, in order, as a window function sees them. */
export interface WindowPartition {
  readonly rowCount: number;
  /** `peers[i]` is the first row of row i's peer group (rows equal in the ordering). */
  readonly peers: Int32Array;
  /** The frames: of row i, rows `lower[i] .. upper[i])`. Empty where `upper[i] <= lower[i]`. */
  readonly frames: () => { readonly lower: Int32Array; readonly upper: Int32Array };
  /** `args[k][i]` is argument k of row i. */
  readonly args: readonly (readonly Value[])[];
  readonly ignoreNulls: boolean;
  readonly state: unknown;
  readonly argTypes: readonly DataType[];
  readonly type: DataType;
}

/** Everything that a name can mean in a call. */
export type SqlFunction = ScalarFunction | AggregateFunction | GeneratorFunction | WindowFunction;
