import { type Column, type ColumnBuilder, columnBuilder, type DataType } from "@ss/core";
import { type CellOrder, compareCells, compareDoubles } from "../../expression/cell-order.js";
import { notOrderable } from "../../expression/errors.js";
import type { Accumulator, AggregateFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isOrderable } from "../../expression/type-predicates.js";
import { presentRows } from "./accumulator-arrays.js";

/** The greatest or least value of a slot, kept in a column builder by slot. */
export class ExtremumAccumulator implements Accumulator {
  protected readonly kept: ColumnBuilder;
  private readonly sign: 1 | -1;
  private readonly compare: CellOrder;

  constructor(type: DataType, sign: 1 | -1) {
    this.kept = columnBuilder(type);
    this.sign = sign;
    this.compare = compareCells(type);
  }
  resize(slotCount: number): void {
    while (this.kept.length < slotCount) this.kept.appendNull();
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const column = args[0]!;
    const { kept, sign, compare } = this;
    if (isNumbers(column)) return this.updateNumbers(slots, column, rowCount, selected);
    for (let i = 0; i < rowCount; i++) {
      if ((selected && selected[i] === 0) || column.isNull(i)) continue;
      const slot = slots[i]!;
      if (slot < 0) continue;
      if (kept.isNull(slot) || compare(column, i, kept, slot) * sign > 0) kept.setFrom(slot, column, i);
    }
  }
  private updateNumbers(
    slots: Int32Array,
    column: NumberColumn,
    rowCount: number,
    selected: Uint8Array | undefined,
  ): void {
    const { kept, sign } = this;
    const { values } = column;
    const best = (kept as unknown as { readonly values: ArrayLike<number> }).values;
    const counted = presentRows([column], rowCount, selected);
    for (let i = 0; i < rowCount; i++) {
      const slot = slots[i]!;
      if (slot < 0 || (counted !== undefined && counted[i] === 0)) continue;
      if (kept.isNull(slot) || compareDoubles(values[i]!, best[slot]!) * sign > 0)
        kept.setFrom(slot, column, i);
    }
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    this.update(slots, buffers, rowCount);
  }
  buffers(slotCount: number): readonly Column[] {
    return [this.results(slotCount)];
  }
  results(slotCount: number): Column {
    this.resize(slotCount);
    return this.kept.view();
  }
  reset(): void {
    this.kept.reset();
  }
  byteSize(): number {
    return this.kept.byteSize();
  }
}

type NumberColumn = Extract<Column, { readonly layout: "int8" | "int16" | "int32" | "float32" | "float64" }>;

/** Whether a column holds JavaScript numbers, whose order is that of doubles. */
function isNumbers(column: Column): column is NumberColumn {
  const { layout } = column;
  return (
    layout === "int8" ||
    layout === "int16" ||
    layout === "int32" ||
    layout === "float32" ||
    layout === "float64"
  );
}

function define(name: string, sign: 1 | -1): AggregateFunction {
  return {
    form: "aggregate",
    names: [name],
    arity: [1, 1],
    resolve: (args, context) => {
      const type = typeOf(args[0]!);
      if (!isOrderable(type)) throw notOrderable(context.sql, context.name, type);
      return { args, type, nullable: true };
    },
    buffer: (shape) => [{ name, type: shape.type, nullable: true }],
    accumulator: (shape) => new ExtremumAccumulator(shape.type, sign),
  };
}

/** `max(x)`: the greatest value; NaN is greater than any number. */
export const max: AggregateFunction = define("max", 1);

/** `min(x)`: the least value. */
export const min: AggregateFunction = define("min", -1);
