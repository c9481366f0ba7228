import type { TypeSpec } from "@ss/core";
import type { Expression, UnresolvedCall } from "../expression/expression.js";
import type { AggregateFunction } from "../expression/function.js";
import { rowsAggregate } from "../functions/aggregate/program/program-aggregate.js";
import { aggregatorName, inputTypeOf } from "./aggregator-input.js";
import { Column } from "./column.js";

/**
 * An aggregate function of the program: for each group a buffer that takes one input after the other.
 *
 * `zero` begins a buffer, `reduce` takes an input into it, `merge` makes one of two, `finish` gives the result. `reduce` and `merge` may change the
 * first buffer and give it back. Which inputs are reduced apart and merged is not said, so that all ways have to give the same result, and a buffer
 * merged with one that has seen nothing is as it was. The buffer is kept in columns of the type `buffer`: on a stream it comes back from there in
 * the next batch, and after a restart. Columns that are null come as null.
 *
 * {@link udaf} makes a column function of it, {@link Aggregator.toColumn} an aggregate of whole rows. It runs on the program's thread, whatever
 * `master` says.
 *
 * @example
 * ```ts
 * class Average extends Aggregator<number, { sum: number; count: number }, number> {
 *   override readonly input = "double";
 *   readonly buffer = { sum: "double", count: "long" };
 *   readonly output = "double";
 *   zero() {
 *     return { sum: 0, count: 0 };
 *   }
 *   reduce(buffer: { sum: number; count: number }, value: number) {
 *     return { sum: buffer.sum + value, count: buffer.count + 1 };
 *   }
 *   merge(a: { sum: number; count: number }, b: { sum: number; count: number }) {
 *     return { sum: a.sum + b.sum, count: a.count + b.count };
 *   }
 *   finish({ sum, count }: { sum: number; count: number }) {
 *     return sum / count;
 *   }
 * }
 * const average = udaf(new Average());
 * const averages = sales.groupBy("shop").agg(average("price").as("average"));
 * ```
 */
export abstract class Aggregator<Input, Buffer, Output> {
  /**
   * What `reduce` takes: the text of a type for one value, a schema for an object with its fields. Without it a column function takes one value of any
   * type, and an aggregate of whole rows takes these with all their columns.
   */
  readonly input?: TypeSpec;
  /** The type of the buffer: columns by a schema, or one value by the text of a type. */
  abstract readonly buffer: TypeSpec;
  /** The type of the result. */
  abstract readonly output: TypeSpec;

  /** A buffer that has seen nothing. */
  abstract zero(): Buffer;
  /** The buffer with one input more. */
  abstract reduce(buffer: Buffer, input: Input): Buffer;
  /** One buffer of two. */
  abstract merge(buffer: Buffer, other: Buffer): Buffer;
  /** The result. May be asked for more than once as the buffer grows, and leaves it as it is. */
  abstract finish(buffer: Buffer): Output;

  /**
   * This as an aggregate of whole rows: `rows.groupByKey("shop").agg(new Average().toColumn().as("average"))`. The fields of `input` are columns of
   * the rows by their names; an `input` of one value needs rows of one value, such as `mapValues("double", (row) => row.price)` makes.
   */
  toColumn(): Column {
    const input = inputTypeOf(this);
    const fn = rowsAggregate(this, aggregatorName(this), input);
    const args: readonly Expression[] =
      input?.kind === "struct"
        ? input.fields.map(({ name }): Expression => ({ kind: "unresolvedAttribute", parts: [name] }))
        : [{ kind: "star" }];
    return new Column(callOf(fn, aggregatorName(this), args));
  }
}

/** A call of an aggregator. */
export function callOf(fn: AggregateFunction, name: string, args: readonly Expression[]): UnresolvedCall {
  return { kind: "call", name: [name], fn, args };
}
