import { BinaryType, BytesBuilder, type BytesColumn, type Column, DoubleType, LongType } from "@ss/core";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import {
  nonFoldableInput,
  unexpectedInputType,
  unexpectedNull,
  valueOutOfRange,
} from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { Accumulator, AggregateFunction, FunctionContext } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { HASH_SEED, hashCell } from "../hash/hash-cell.js";
import { XxHash64 } from "../hash/xxhash64.js";
import { growUint8, int64FromFloat } from "./accumulator-arrays.js";
import { HyperLogLog, precisionOf } from "./hyper-log-log.js";

const DEFAULT_DEVIATION = 0.05;

interface DistinctState {
  readonly deviation: number;
}

/** Registers of all slots in one array, one after the other. */
class DistinctAccumulator implements Accumulator {
  private readonly sketch: HyperLogLog;
  private readonly hash = new XxHash64();
  private registers: Uint8Array = new Uint8Array(0);

  constructor(deviation: number) {
    this.sketch = new HyperLogLog(deviation);
  }
  resize(slotCount: number): void {
    this.registers = growUint8(this.registers, slotCount * this.sketch.registerCount);
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const { sketch, hash, registers } = this;
    const column = args[0]!;
    for (let i = 0; i < rowCount; i++) {
      if ((selected && selected[i] === 0) || column.isNull(i)) continue;
      hash.seed(0, HASH_SEED);
      hashCell(hash, column, i);
      sketch.add(registers, slots[i]! * sketch.registerCount, hash.high, hash.low);
    }
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    const { registerCount } = this.sketch;
    const { data, starts } = buffers[0] as BytesColumn;
    for (let i = 0; i < rowCount; i++) {
      if (slots[i]! < 0) continue;
      const base = slots[i]! * registerCount;
      for (let k = 0; k < registerCount; k++) {
        const value = data[starts[i]! + k]!;
        if (value > this.registers[base + k]!) this.registers[base + k] = value;
      }
    }
  }
  buffers(slotCount: number): readonly Column[] {
    this.resize(slotCount);
    const { registerCount } = this.sketch;
    const builder = new BytesBuilder(BinaryType);
    for (let slot = 0; slot < slotCount; slot++) {
      builder.append(this.registers.subarray(slot * registerCount, (slot + 1) * registerCount));
    }
    return [builder.finish()];
  }
  results(slotCount: number): Column {
    this.resize(slotCount);
    const { sketch, registers } = this;
    const counts = new Float64Array(slotCount);
    for (let slot = 0; slot < slotCount; slot++)
      counts[slot] = sketch.estimate(registers, slot * sketch.registerCount);
    return int64FromFloat(LongType, counts, slotCount);
  }
  reset(): void {
    this.registers.fill(0);
  }
  byteSize(): number {
    return this.registers.byteLength;
  }
}

function deviationOf(arg: Expression | undefined, context: FunctionContext): number {
  if (!arg) return DEFAULT_DEVIATION;
  const cast = implicitCast(arg, DoubleType, context.ansi);
  if (!cast) throw unexpectedInputType(context, 1, DoubleType, arg);
  const value = context.constant(cast);
  if (value === undefined) throw nonFoldableInput(context, "relativeSD", typeOf(cast), arg);
  if (value === null) throw unexpectedNull(context, "relativeSD");
  if (!((value as number) > 0 && precisionOf(value as number) >= 4)) {
    throw valueOutOfRange(context, "relativeSD", "(0.0, 0.39]", `${String(value)}D`);
  }
  return value as number;
}

/** `approx_count_distinct(x[, deviation])`: the number of distinct values, about. */
export const approxCountDistinct: AggregateFunction = {
  form: "aggregate",
  names: ["approx_count_distinct"],
  arity: [1, 2],
  resolve: (args, context) => ({
    args: args.slice(0, 1),
    type: LongType,
    nullable: false,
    state: { deviation: deviationOf(args[1], context) } satisfies DistinctState,
  }),
  buffer: () => [{ name: "registers", type: BinaryType, nullable: false }],
  accumulator: ({ state }) => new DistinctAccumulator((state as DistinctState).deviation),
};
