import {
  type Column,
  type DataType,
  DoubleType,
  Float64Column,
  Int32Column,
  Int64Column,
  LongType,
} from "@ss/core";
import { divideHalfUp, rescale } from "@ss/kernels";
import { decimalAverage, decimalSum } from "../../expression/coercion/decimal-rules.js";
import { castTo } from "../../expression/coercion/implicit-cast.js";
import { NUMERIC_AND_ANSI_INTERVAL } from "../../expression/coercion/type-expectation.js";
import type { Accumulator, AggregateFunction, AggregateShape } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isAnsiInterval } from "../../expression/type-predicates.js";
import { floatAt, growFloat64, int64FromFloat, presentRows, validityOf } from "./accumulator-arrays.js";
import { requireType } from "./define.js";
import { decimalColumn, overflowMode, type SumAccumulator, sumAccumulator, unscaledAt } from "./sum.js";

/** The type in which the sum of an average is kept. */
function bufferType(shape: AggregateShape): DataType {
  const type = shape.argTypes[0]!;
  if (type.kind === "decimal") return decimalSum(type);
  return isAnsiInterval(type) ? type : DoubleType;
}

class AverageAccumulator implements Accumulator {
  private readonly type: DataType;
  private readonly sum: SumAccumulator;
  private readonly sumType: DataType;
  private counts: Float64Array = new Float64Array(0);

  constructor(shape: AggregateShape, tolerant: boolean) {
    this.type = shape.type;
    this.sumType = bufferType(shape);
    this.sum = sumAccumulator(this.sumType, tolerant ? "null" : overflowMode(this.sumType, shape.ansi));
  }
  resize(slotCount: number): void {
    this.sum.resize(slotCount);
    this.counts = growFloat64(this.counts, slotCount);
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    this.sum.update(slots, args, rowCount, selected);
    const { counts } = this;
    const counted = presentRows(args.slice(0, 1), rowCount, selected);
    if (counted === undefined) for (let i = 0; i < rowCount; i++) counts[slots[i]!]!++;
    else for (let i = 0; i < rowCount; i++) if (counted[i] !== 0) counts[slots[i]!]!++;
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    this.sum.merge(slots, buffers, rowCount);
    const { words } = buffers[1] as Int64Column;
    for (let i = 0; i < rowCount; i++) {
      const count = floatAt(words, i);
      if (slots[i]! < 0 || count === 0) continue;
      this.counts[slots[i]!]! += count;
      // values without a sum: it overflowed
      if (buffers[0]!.isNull(i)) this.sum.seen[slots[i]!] = 2;
    }
  }
  buffers(slotCount: number): readonly Column[] {
    return [...this.sum.buffers(slotCount), int64FromFloat(LongType, this.counts, slotCount)];
  }
  results(slotCount: number): Column {
    const sums = this.sum.results(slotCount);
    if (this.type.kind === "double") return this.doubles(sums as Float64Column, slotCount);
    return this.exact(sums, slotCount);
  }
  private doubles(sums: Float64Column, slotCount: number): Column {
    const values = new Float64Array(slotCount);
    for (let i = 0; i < slotCount; i++) values[i] = sums.values[i]! / this.counts[i]!;
    return new Float64Column(this.type, slotCount, sums.validity, values);
  }
  private exact(sums: Column, slotCount: number): Column {
    const present = new Uint8Array(slotCount);
    const values = new Array<bigint>(slotCount).fill(0n);
    for (let i = 0; i < slotCount; i++) {
      if (sums.isNull(i) || this.counts[i] === 0) continue;
      present[i] = 1;
      values[i] = this.quotient(unscaledOrMonths(sums, i), BigInt(this.counts[i]!));
    }
    const validity = validityOf(present, slotCount);
    if (this.type.kind === "decimal") return decimalColumn(this.type, values, validity, slotCount);
    if (sums.layout === "int32") {
      return new Int32Column(this.type, slotCount, validity, Int32Array.from(values, Number));
    }
    return new Int64Column(this.type, slotCount, validity, BigInt64Array.from(values));
  }
  private quotient(sum: bigint, count: bigint): bigint {
    const from = this.sumType.kind === "decimal" ? this.sumType.scale : 0;
    const to = this.type.kind === "decimal" ? this.type.scale : 0;
    return divideHalfUp(rescale(sum, from, to), count);
  }
  reset(): void {
    this.sum.reset();
    this.counts.fill(0);
  }
  byteSize(): number {
    return this.sum.byteSize() + this.counts.byteLength;
  }
}

function unscaledOrMonths(column: Column, i: number): bigint {
  return column.layout === "int32" ? BigInt(column.values[i]!) : unscaledAt(column, i);
}

function define(names: readonly string[], tolerant: boolean): AggregateFunction {
  return {
    form: "aggregate",
    names,
    arity: [1, 1],
    resolve: (args, context) => {
      // a mean of instants is a number of seconds
      const input = args[0]!;
      const instant = typeOf(input).kind === "timestamp";
      const [arg] = instant
        ? [castTo(input, DoubleType, context.ansi)]
        : requireType(args, [NUMERIC_AND_ANSI_INTERVAL], context);
      const from = typeOf(arg!);
      if (from.kind === "decimal") return { args: [arg!], type: decimalAverage(from), nullable: true };
      if (isAnsiInterval(from)) return { args: [arg!], type: from, nullable: true };
      return { args: [castTo(arg!, DoubleType, context.ansi)], type: DoubleType, nullable: true };
    },
    buffer: (shape) => [
      { name: "sum", type: bufferType(shape), nullable: true },
      { name: "count", type: LongType, nullable: false },
    ],
    accumulator: (shape) => new AverageAccumulator(shape, tolerant),
  };
}

/** `avg(x)`, `mean(x)`: DOUBLE, or DECIMAL with four more digits for decimals. */
export const avg: AggregateFunction = define(["avg", "mean"], false);

/** `try_avg(x)`: null where `avg` would overflow. */
export const tryAvg: AggregateFunction = define(["try_avg"], true);
