import { type Column, columnBuilder, type DataType, type Value, valueAt } from "@ss/core";
import type { Accumulator } from "../../expression/function.js";

/** What an aggregate does with the state of one group, kept as an object. */
export interface GroupLogic<S> {
  create(): S;
  /** Takes row `i` of the arguments. */
  add(state: S, args: readonly Column[], i: number): void;
  /** Merges the buffer values of another state. */
  merge(state: S, buffers: readonly Value[]): void;
  /** The state as buffer values. */
  buffers(state: S): readonly Value[];
  result(state: S): Value;
  /** About how many bytes the state takes. */
  byteSize(state: S): number;
}

/** An accumulator whose groups are objects: for aggregates that keep many values, or are rare in queries. */
export class ObjectAccumulator<S> implements Accumulator {
  private readonly logic: GroupLogic<S>;
  private readonly bufferTypes: readonly DataType[];
  private readonly type: DataType;
  private states: S[] = [];

  constructor(logic: GroupLogic<S>, bufferTypes: readonly DataType[], type: DataType) {
    this.logic = logic;
    this.bufferTypes = bufferTypes;
    this.type = type;
  }

  resize(slotCount: number): void {
    while (this.states.length < slotCount) this.states.push(this.logic.create());
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const { states, logic } = this;
    for (let i = 0; i < rowCount; i++) {
      if (selected && selected[i] === 0) continue;
      logic.add(states[slots[i]!]!, args, i);
    }
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    for (let i = 0; i < rowCount; i++) {
      if (slots[i]! < 0) continue;
      const values = buffers.map((buffer) => valueAt(buffer, i));
      this.logic.merge(this.states[slots[i]!]!, values);
    }
  }
  buffers(slotCount: number): readonly Column[] {
    this.resize(slotCount);
    const builders = this.bufferTypes.map((type) => columnBuilder(type));
    for (let slot = 0; slot < slotCount; slot++) {
      const values = this.logic.buffers(this.states[slot]!);
      builders.forEach((builder, k) => {
        builder.append(values[k]!);
      });
    }
    return builders.map((builder) => builder.finish());
  }
  results(slotCount: number): Column {
    this.resize(slotCount);
    const builder = columnBuilder(this.type);
    for (let slot = 0; slot < slotCount; slot++) builder.append(this.logic.result(this.states[slot]!));
    return builder.finish();
  }
  reset(): void {
    this.states = [];
  }
  byteSize(): number {
    return this.states.reduce((sum, state) => sum + 32 + this.logic.byteSize(state), 0);
  }
}
