import type { Column } from "../column/column.js";
import type { Value } from "../column/value.js";
import type { StreamError } from "../errors/stream-error.js";
import type { Options } from "../plugin/options.js";
import type { SessionContext } from "../plugin/plugin.js";
import type { DataType } from "../schema/data-type.js";
import type { Json } from "../source/source.js";
import type { WorkerForm } from "../worker/worker-form.js";

/** An argument of a call, as far as it is known before there are rows. */
export interface ColumnFunctionArgument {
  readonly type: DataType;
  readonly nullable: boolean;
  /** The value of an argument behind the columns; undefined where it is none, because it reads a column. */
  readonly constant: Value | undefined;
}

/** A call of a function in a query that is being resolved. */
export interface ColumnFunctionCall {
  /** All arguments, as many as the function's arity allows. */
  readonly args: readonly ColumnFunctionArgument[];
  readonly session: SessionContext;
  /** An error of the query's text: it carries the part of the text that the call is. */
  error(
    condition: string,
    sqlState: string | undefined,
    message: string,
    parameters: Readonly<Record<string, string>>,
    cause?: unknown,
  ): StreamError;
  /** DATATYPE_MISMATCH with one of its sub-conditions; the call's text is added to the parameters. */
  mismatch(sub: string, message: string, parameters?: Readonly<Record<string, string>>): StreamError;
  /** DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE of an argument; `requiredType` as messages show it: `"BINARY"` with its quotes. */
  unexpectedType(index: number, requiredType: string): StreamError;
  /** The options that an argument is: a constant map of texts. None where it is absent, null or empty; DATATYPE_MISMATCH for any other. */
  options(index: number): Options;
}

/** What a call gives. */
export interface ColumnFunctionResolution {
  readonly type: DataType;
  readonly nullable: boolean;
  /** What {@link ColumnFunction.open} needs of the constant arguments. Plain data: it travels to worker threads. It is never shown. */
  readonly state?: Json;
}

/** A resolved call, for its evaluation. */
export interface OpenColumnCall {
  readonly type: DataType;
  /** Of the arguments that are columns. */
  readonly argTypes: readonly DataType[];
  readonly state: Json;
  readonly timeZone: string;
  /**
   * Present where the query reports malformed records, for a function that says it {@link ColumnFunction.tellsMalformed}: called, during
   * `evaluate` or before its promise is kept, with each row whose record cannot be read, from 0 in the batch, and the error that the mode
   * FAILFAST has for it. Rows may be told in any order; of several errors of one row the first counts. Nothing is thrown
   * then, in no mode, and the row goes no further whatever its result is. A text of more than 1 KiB is cut.
   */
  readonly onMalformed?: ((row: number, error: StreamError) => void) | undefined;
}

/**
 * Computes a call for batch after batch; one evaluator serves one place of a running query, and is called for one batch at a time.
 *
 * The arguments are never dictionary-encoded, at no depth. They are the caller's, and so is what they refer to, until the result was read.
 * The result has `rowCount` rows and may refer to the arguments' bytes; it is valid until the next call. A promise is for
 * what has to be fetched first, such as a schema that no row named before: `signal` is aborted when the query stops. What it
 * throws ends the batch; the query's caller gets it.
 */
export interface ColumnEvaluator {
  evaluate(args: readonly Column[], rowCount: number, signal: AbortSignal): Column | Promise<Column>;
}

/**
 * A SQL function that a plug-in brings: from columns to a column, a batch a call. `resolve` runs when a query is analyzed, on the driver;
 * `open` where the query runs.
 *
 * Of a call within CASE, IF, COALESCE, AND or OR that is reached for some rows only, the other rows have null as their arguments, if
 * `nullPropagating` holds and what chooses the rows may be computed twice.
 */
export interface ColumnFunction {
  /** Without regard to case; it takes the place of a built-in function of the same name. */
  readonly name: string;
  /** Fewest and most arguments; WRONG_NUM_ARGS otherwise. */
  readonly arity: readonly [min: number, max: number];
  /** So many of the arguments, the first ones, are columns. The others are constants, are seen by `resolve` alone, and show in no text. */
  readonly columnCount: number;
  /** Names of parameters, for named arguments. */
  readonly parameters?: readonly string[];
  /** Whether null in one of the columns gives null. */
  readonly nullPropagating: boolean;
  /** Default true: the same arguments always give the same result. */
  readonly deterministic?: boolean;
  /** Whether it decodes records, and its evaluators call {@link OpenColumnCall.onMalformed} for those that they cannot read. Default false. */
  readonly tellsMalformed?: boolean;
  /** How a worker thread makes the same function, of which it calls `open` only; absent: calls of it are evaluated on the driver. */
  readonly worker?: WorkerForm | undefined;
  /**
   * Checks the arguments and tells the result. A promise is for what has to be read first, such as a file with a schema; its answer
   * holds for calls with the same arguments in one analysis of a query.
   */
  resolve(call: ColumnFunctionCall): ColumnFunctionResolution | Promise<ColumnFunctionResolution>;
  open(call: OpenColumnCall): ColumnEvaluator;
}
