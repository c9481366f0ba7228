import { type DataType, parseTypeText, type TypeSpec, typeFrom } from "@ss/core";
import type { UserFunction } from "../expression/expression.js";
import type { ScalarFunction, SqlFunction } from "../expression/function.js";
import { programAggregate } from "../functions/aggregate/program/program-aggregate.js";
import { type Aggregator, callOf } from "./aggregator.js";
import { aggregatorName, inputTypeOf } from "./aggregator-input.js";
import { Column, type ColumnOrName, columnOf } from "./column.js";

/** A function of the program as a column function; `spark.udf.register` makes it known to SQL. */
export interface UserDefinedFunction {
  (...columns: readonly ColumnOrName[]): Column;
  /** The same function under another name, which columns and messages show. */
  withName(name: string): UserDefinedFunction;
  /** As the registry of a session has it. */
  readonly registered: SqlFunction;
}

/**
 * A function of TypeScript as a column function. Arguments and result are what a person sees (numbers, strings, Dates); `returnType` is
 * a type or its text. The function has to give the same result for the same arguments, or be marked by {@link nondeterministic}.
 */
export function udf<A extends readonly never[]>(
  run: (...values: A) => unknown,
  returnType: DataType | string,
  name: string = run.name || "udf",
): UserDefinedFunction {
  const type = typeof returnType === "string" ? parseTypeText(returnType) : returnType;
  const make = (args: UserFunction["args"]): UserFunction => {
    const call = run as unknown as (...values: never[]) => unknown;
    const deterministic = isStable(run);
    return { kind: "userFunction", name, run: call, args, type, nullable: true, deterministic };
  };
  const registered: ScalarFunction = {
    form: "scalar",
    names: [name.toLowerCase()],
    arity: [0, Number.POSITIVE_INFINITY],
    rewrite: make,
    resolve: (args) => ({ args, type }),
    pretty: (args) => `${name}(${args.join(", ")})`,
  };
  return defined(
    registered,
    (columns) => new Column(make(columns.map((column) => columnOf(column).expression))),
    (other) => udf(run, type, other),
  );
}

const UNSTABLE = new WeakSet<object>();

/** Whether a function gives the same result for the same arguments, as far as anybody said. */
export function isStable(run: (...values: never[]) => unknown): boolean {
  return !UNSTABLE.has(run);
}

/** Marks a function whose result depends on more than its arguments: the optimizer neither moves nor doubles its calls. */
export function nondeterministic<F extends (...values: never[]) => unknown>(run: F): F {
  UNSTABLE.add(run);
  return run;
}

/**
 * An aggregator of the program as a column function, for `groupBy(...).agg(...)`, windows and, registered by `spark.udf.register`, for SQL. It
 * takes a column for each field of the aggregator's input, or one for an input that is a value; they are cast to its types. `input` says the type
 * where the aggregator does not.
 *
 * @example
 * ```ts
 * const average = udaf(new Average());
 * spark.udf.register("average", average);
 * spark.sql("SELECT shop, average(price) FROM sales GROUP BY shop");
 * ```
 */
export function udaf<Input, Buffer, Output>(
  aggregator: Aggregator<Input, Buffer, Output>,
  input?: TypeSpec,
  name: string = aggregatorName(aggregator),
): UserDefinedFunction {
  const type = input === undefined ? inputTypeOf(aggregator) : typeFrom(input);
  const registered = programAggregate(aggregator, name, type);
  return defined(
    registered,
    (columns) => {
      const args = columns.map((column) => columnOf(column).expression);
      return new Column(callOf(registered, name, args));
    },
    (other) => udaf(aggregator, input, other),
  );
}

function defined(
  registered: SqlFunction,
  call: (columns: readonly ColumnOrName[]) => Column,
  withName: (name: string) => UserDefinedFunction,
): UserDefinedFunction {
  return Object.assign((...columns: readonly ColumnOrName[]): Column => call(columns), {
    withName,
    registered,
  });
}
