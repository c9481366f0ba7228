import { type Column, type DataType, DoubleType, Float64Column } from "@ss/core";
import type { Accumulator } from "../../expression/function.js";
import { growFloat64, validityOf } from "./accumulator-arrays.js";

/** What an aggregate does with a few numbers per group. `state[k][slot]` is number k of a group; all start at 0. */
export interface NumberLogic {
  /** How many numbers a group has. */
  readonly width: number;
  /** Takes the arguments of a row, none of them null. */
  add(state: readonly Float64Array[], slot: number, x: number, y: number): void;
  /** Merges the numbers of row `i` of another state. */
  merge(state: readonly Float64Array[], slot: number, other: readonly Float64Array[], i: number): void;
  /** Null where there is no result. */
  result(state: readonly Float64Array[], slot: number): number | null;
}

/** An accumulator of numbers over one or two DOUBLE arguments; rows where one is null are left out. */
export class NumberAccumulator implements Accumulator {
  private readonly logic: NumberLogic;
  private readonly type: DataType;
  private state: Float64Array[];

  constructor(logic: NumberLogic, type: DataType = DoubleType) {
    this.logic = logic;
    this.type = type;
    this.state = Array.from({ length: logic.width }, () => new Float64Array(0));
  }
  resize(slotCount: number): void {
    this.state = this.state.map((numbers) => growFloat64(numbers, slotCount));
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const { state, logic } = this;
    const xs = args[0] as Float64Column;
    const ys = (args[1] ?? xs) as Float64Column;
    for (let i = 0; i < rowCount; i++) {
      if ((selected && selected[i] === 0) || xs.isNull(i) || ys.isNull(i)) continue;
      logic.add(state, slots[i]!, xs.values[i]!, ys.values[i]!);
    }
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    const other = buffers.map((buffer) => (buffer as Float64Column).values);
    for (let i = 0; i < rowCount; i++) {
      if (slots[i]! >= 0) this.logic.merge(this.state, slots[i]!, other, i);
    }
  }
  buffers(slotCount: number): readonly Column[] {
    this.resize(slotCount);
    return this.state.map((numbers) => new Float64Column(DoubleType, slotCount, null, numbers));
  }
  results(slotCount: number): Column {
    this.resize(slotCount);
    const values = new Float64Array(slotCount);
    const present = new Uint8Array(slotCount);
    for (let slot = 0; slot < slotCount; slot++) {
      const result = this.logic.result(this.state, slot);
      if (result === null) continue;
      values[slot] = result;
      present[slot] = 1;
    }
    return new Float64Column(this.type, slotCount, validityOf(present, slotCount), values);
  }
  reset(): void {
    for (const numbers of this.state) numbers.fill(0);
  }
  byteSize(): number {
    return this.state.reduce((sum, numbers) => sum + numbers.byteLength, 0);
  }
}
