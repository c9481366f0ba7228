import type { Column } from "@ss/core";
import { BooleanType, LongType } from "@ss/core";
import type { Accumulator, AggregateFunction } from "../../expression/function.js";
import { floatAt, growFloat64, int64FromFloat, presentRows } from "./accumulator-arrays.js";
import { requireType } from "./define.js";

class CountAccumulator implements Accumulator {
  private counts: Float64Array = new Float64Array(0);

  resize(slotCount: number): void {
    this.counts = growFloat64(this.counts, slotCount);
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const { counts } = this;
    const counted = presentRows(args, rowCount, selected);
    if (counted === undefined) {
      for (let i = 0; i < rowCount; i++) counts[slots[i]!]!++;
      return;
    }
    for (let i = 0; i < rowCount; i++) if (counted[i] !== 0) counts[slots[i]!]!++;
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    const { words } = buffers[0] as Extract<Column, { layout: "int64" }>;
    for (let i = 0; i < rowCount; i++) if (slots[i]! >= 0) this.counts[slots[i]!]! += floatAt(words, i);
  }
  buffers(slotCount: number): readonly Column[] {
    return [this.results(slotCount)];
  }
  results(slotCount: number): Column {
    return int64FromFloat(LongType, this.counts, slotCount);
  }
  reset(): void {
    this.counts.fill(0);
  }
  byteSize(): number {
    return this.counts.byteLength;
  }
}

/** `count(*)`, `count(a, b)`: rows in which no argument is null. */
export const count: AggregateFunction = {
  form: "aggregate",
  names: ["count"],
  arity: [0, Number.MAX_SAFE_INTEGER],
  resolve: (args) => ({ args, type: LongType, nullable: false }),
  buffer: () => [{ name: "count", type: LongType, nullable: false }],
  accumulator: () => new CountAccumulator(),
};

/** `count_if(condition)`: rows in which the condition is true. */
export const countIf: AggregateFunction = {
  form: "aggregate",
  names: ["count_if"],
  arity: [1, 1],
  resolve: (args, context) => ({
    args: requireType(args, [BooleanType], context),
    type: LongType,
    nullable: false,
  }),
  buffer: () => [{ name: "count", type: LongType, nullable: false }],
  accumulator: () => new CountIfAccumulator(),
};

class CountIfAccumulator extends CountAccumulator {
  override update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const column = args[0] as Extract<Column, { layout: "boolean" }>;
    const mask = new Uint8Array(rowCount);
    for (let i = 0; i < rowCount; i++) {
      mask[i] = !column.isNull(i) && column.values[i] === 1 && (!selected || selected[i] === 1) ? 1 : 0;
    }
    super.update(slots, [], rowCount, mask);
  }
}
