import {
  ArrayType,
  type Column,
  DoubleType,
  FloatType,
  LongType,
  StreamError,
  type Value,
  valueAt,
} from "@ss/core";
import { quotedName } from "../../expression/errors.js";
import type { AggregateFunction } from "../../expression/function.js";
import { requireType } from "./define.js";
import { type GroupLogic, ObjectAccumulator } from "./object-accumulator.js";

const VECTOR = ArrayType(FloatType, true);
const RESULT = ArrayType(FloatType, false);
const SUMS = ArrayType(DoubleType, false);

interface VectorState {
  sums: number[] | undefined;
  count: number;
}

/** Sums of vectors, number by number; vectors that are null or hold a null are left out. */
class VectorLogic implements GroupLogic<VectorState> {
  private readonly name: string;
  private readonly mean: boolean;

  constructor(name: string, mean: boolean) {
    this.name = name;
    this.mean = mean;
  }
  create(): VectorState {
    return { sums: undefined, count: 0 };
  }
  add(state: VectorState, [column]: readonly Column[], i: number): void {
    const vector = valueAt(column!, i) as readonly (number | null)[] | null;
    if (vector === null || vector.includes(null)) return;
    this.take(state, vector as readonly number[], 1);
  }
  merge(state: VectorState, [sums, count]: readonly Value[]): void {
    if (sums !== null) this.take(state, sums as readonly number[], Number(count as bigint));
  }
  private take(state: VectorState, vector: readonly number[], count: number): void {
    if (state.sums && state.sums.length !== vector.length) {
      throw dimensionMismatch(this.name, state.sums.length, vector.length);
    }
    state.sums = state.sums ? state.sums.map((sum, k) => sum + vector[k]!) : [...vector];
    state.count += count;
  }
  buffers({ sums, count }: VectorState): readonly Value[] {
    return [sums ?? null, BigInt(count)];
  }
  result({ sums, count }: VectorState): Value {
    if (!sums) return null;
    return sums.map((sum) => Math.fround(this.mean ? sum / count : sum));
  }
  byteSize({ sums }: VectorState): number {
    return (sums?.length ?? 0) * 8;
  }
}

function dimensionMismatch(name: string, left: number, right: number): StreamError {
  return new StreamError({
    condition: "VECTOR_DIMENSION_MISMATCH",
    sqlState: "22000",
    parameters: { functionName: quotedName(name), leftDim: String(left), rightDim: String(right) },
    message: `${name} got vectors of ${left} and of ${right} numbers: they have to be of one length.`,
  });
}

function define(name: string, mean: boolean): AggregateFunction {
  return {
    form: "aggregate",
    names: [name],
    arity: [1, 1],
    resolve: (args, context) => ({
      args: requireType(args, [VECTOR], context),
      type: RESULT,
      nullable: true,
    }),
    buffer: () => [
      { name: "sum", type: SUMS, nullable: true },
      { name: "count", type: LongType, nullable: false },
    ],
    accumulator: () => new ObjectAccumulator(new VectorLogic(name, mean), [SUMS, LongType], RESULT),
  };
}

/** `vector_sum(v)`: the sum of vectors of one length. */
export const vectorSum: AggregateFunction = define("vector_sum", false);
/** `vector_avg(v)`: the mean of vectors of one length. */
export const vectorAvg: AggregateFunction = define("vector_avg", true);
