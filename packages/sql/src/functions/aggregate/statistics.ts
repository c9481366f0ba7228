import { type Column, type DataType, DoubleType, Float64Column } from "@ss/core";
import type { Accumulator, AggregateFunction } from "../../expression/function.js";
import { growFloat64, validityOf } from "./accumulator-arrays.js";
import { requireType } from "./define.js";

/** Count, mean and sum of squared differences (M2), by Welford's update and Chan's merge, as Spark computes them. */
class MomentsAccumulator implements Accumulator {
  private readonly type: DataType;
  private readonly finish: (n: number, m2: number) => number | null;
  private counts: Float64Array = new Float64Array(0);
  private means: Float64Array = new Float64Array(0);
  private m2: Float64Array = new Float64Array(0);

  constructor(type: DataType, finish: (n: number, m2: number) => number | null) {
    this.type = type;
    this.finish = finish;
  }
  resize(slotCount: number): void {
    this.counts = growFloat64(this.counts, slotCount);
    this.means = growFloat64(this.means, slotCount);
    this.m2 = growFloat64(this.m2, slotCount);
  }
  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const column = args[0] as Float64Column;
    for (let i = 0; i < rowCount; i++) {
      if ((selected && selected[i] === 0) || column.isNull(i)) continue;
      const slot = slots[i]!;
      const value = column.values[i]!;
      const n = this.counts[slot]! + 1;
      const delta = value - this.means[slot]!;
      const part = delta / n;
      this.counts[slot] = n;
      this.means[slot]! += part;
      this.m2[slot]! += delta * (delta - part);
    }
  }
  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    const [n2, mean2, m2] = buffers.map((buffer) => (buffer as Float64Column).values) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    for (let i = 0; i < rowCount; i++) {
      const slot = slots[i]!;
      if (slot < 0) continue;
      const n1 = this.counts[slot]!;
      const n = n1 + n2[i]!;
      const delta = mean2[i]! - this.means[slot]!;
      const part = n === 0 ? 0 : delta / n;
      this.counts[slot] = n;
      this.means[slot]! += part * n2[i]!;
      this.m2[slot]! += m2[i]! + delta * part * n1 * n2[i]!;
    }
  }
  buffers(slotCount: number): readonly Column[] {
    return [this.counts, this.means, this.m2].map(
      (values) => new Float64Column(DoubleType, slotCount, null, values),
    );
  }
  results(slotCount: number): Column {
    const values = new Float64Array(slotCount);
    const present = new Uint8Array(slotCount);
    for (let i = 0; i < slotCount; i++) {
      const result = this.finish(this.counts[i]!, this.m2[i]!);
      if (result === null) continue;
      values[i] = result;
      present[i] = 1;
    }
    return new Float64Column(this.type, slotCount, validityOf(present, slotCount), values);
  }
  reset(): void {
    this.counts.fill(0);
    this.means.fill(0);
    this.m2.fill(0);
  }
  byteSize(): number {
    return this.counts.byteLength * 3;
  }
}

function define(
  names: readonly string[],
  finish: (n: number, m2: number) => number | null,
): AggregateFunction {
  return {
    form: "aggregate",
    names,
    arity: [1, 1],
    resolve: (args, context) => ({
      args: requireType(args, [DoubleType], context),
      type: DoubleType,
      nullable: true,
    }),
    buffer: () => [
      { name: "n", type: DoubleType, nullable: false },
      { name: "avg", type: DoubleType, nullable: false },
      { name: "m2", type: DoubleType, nullable: false },
    ],
    accumulator: (shape) => new MomentsAccumulator(shape.type, finish),
  };
}

const sample = (n: number, m2: number): number | null => (n < 2 ? null : m2 / (n - 1));
const population = (n: number, m2: number): number | null => (n === 0 ? null : m2 / n);
const root = (value: number | null): number | null => (value === null ? null : Math.sqrt(value));

/** `var_samp(x)`, `variance(x)`: null for fewer than two values. */
export const varSamp: AggregateFunction = define(["var_samp", "variance"], sample);
/** `var_pop(x)`. */
export const varPop: AggregateFunction = define(["var_pop"], population);
/** `stddev(x)`, `stddev_samp(x)`, `std(x)`: null for fewer than two values. */
export const stddev: AggregateFunction = define(["stddev", "stddev_samp", "std"], (n, m2) =>
  root(sample(n, m2)),
);
/** `stddev_pop(x)`. */
export const stddevPop: AggregateFunction = define(["stddev_pop"], (n, m2) => root(population(n, m2)));
