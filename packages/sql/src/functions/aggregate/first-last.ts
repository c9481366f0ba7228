import {
  BooleanColumn,
  BooleanType,
  type Column,
  type ColumnBuilder,
  columnBuilder,
  type DataType,
} from "@ss/core";
import type { AggregateCall, Attribute } from "../../expression/expression.js";
import type { Accumulator, AggregateFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { growUint8 } from "./accumulator-arrays.js";
import { foldBoolean } from "./ignore-nulls.js";

interface FirstLastState {
  readonly ignoreNulls: boolean;
}

/** The first or last value of a slot in the order of the rows. */
class FirstLastAccumulator implements Accumulator {
  private readonly kept: ColumnBuilder;
  private set: Uint8Array = new Uint8Array(0);
  private readonly last: boolean;
  private readonly ignoreNulls: boolean;

  constructor(type: DataType, last: boolean, ignoreNulls: boolean) {
    this.kept = columnBuilder(type);
    this.last = last;
    this.ignoreNulls = ignoreNulls;
  }
  resize(slotCount: number): void {
    while (this.kept.length < slotCount) this.kept.appendNull();
    this.set = growUint8(this.set, slotCount);
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const column = args[0]!;
    for (let i = 0; i < rowCount; i++) {
      if ((selected && selected[i] === 0) || (this.ignoreNulls && column.isNull(i))) continue;
      this.take(slots[i]!, column, i);
    }
  }
  private take(slot: number, column: Column, i: number): void {
    if (!this.last && this.set[slot] === 1) return;
    this.kept.setFrom(slot, column, i);
    this.set[slot] = 1;
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    const [values, flags] = buffers as [Column, BooleanColumn];
    for (let i = 0; i < rowCount; i++) {
      if (slots[i]! >= 0 && flags.values[i] === 1) this.take(slots[i]!, values, i);
    }
  }
  buffers(slotCount: number): readonly Column[] {
    return [this.results(slotCount), new BooleanColumn(BooleanType, slotCount, null, this.set)];
  }
  results(slotCount: number): Column {
    this.resize(slotCount);
    return this.kept.view();
  }
  reset(): void {
    this.kept.reset();
    this.set.fill(0);
  }
  byteSize(): number {
    return this.kept.byteSize() + this.set.byteLength;
  }
}

function define(names: readonly string[], last: boolean): AggregateFunction {
  const valueName = last ? "last" : "first";
  return {
    form: "aggregate",
    names,
    arity: [1, 2],
    ordered: true,
    resolve: (args, context) => ({
      args: args.slice(0, 1),
      type: typeOf(args[0]!),
      nullable: true,
      state: { ignoreNulls: foldBoolean(args[1], context) } satisfies FirstLastState,
    }),
    buffer: (shape) => [
      { name: valueName, type: shape.type, nullable: true },
      { name: "valueSet", type: BooleanType, nullable: false },
    ],
    accumulator: (shape) =>
      new FirstLastAccumulator(shape.type, last, (shape.state as FirstLastState).ignoreNulls),
  };
}

/** `first(x[, ignoreNulls])`. */
export const first: AggregateFunction = define(["first", "first_value"], false);
/** `any_value(x[, ignoreNulls])`: the first value. */
export const anyValue: AggregateFunction = define(["any_value"], false);
/** `last(x[, ignoreNulls])`. */
export const last: AggregateFunction = define(["last", "last_value"], true);

/** A call of `first` on a column, for keeping the first of equal rows. */
export function firstOf(column: Attribute): AggregateCall {
  return {
    kind: "aggregate",
    fn: first,
    args: [column],
    type: column.type,
    nullable: true,
    name: "first",
    distinct: false,
    state: { ignoreNulls: false } satisfies FirstLastState,
  };
}
