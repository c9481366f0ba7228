import { ArrayType, type Column, DoubleType, LongType, StreamError, type Value } from "@ss/core";
import { compareDoubles } from "../value-order.js";
import type { GroupLogic } from "./object-accumulator.js";
import type { Percentages } from "./percentile-arguments.js";
import { unscaledAt } from "./sum.js";

/** How often each value came. */
export type ValueCounts = Map<number, number>;

/** Columns of the buffer of {@link ExactPercentile}. */
export const COUNT_BUFFERS: readonly [ArrayType, ArrayType] = [
  ArrayType(DoubleType, false),
  ArrayType(LongType, false),
];

/** What is asked of the values. */
export interface PercentileRequest {
  readonly percentages: Percentages;
  /** The next value at or above the position, not one between two. */
  readonly discrete: boolean;
  readonly descending: boolean;
  /** How often each row counts, where that is no column. */
  readonly frequency: number;
  /** What a number becomes in the result (an interval of whole months, say). */
  readonly fromNumber: (value: number) => Value;
}

/** Percentiles of all values, which are counted and kept. */
export class ExactPercentile implements GroupLogic<ValueCounts> {
  private readonly request: PercentileRequest;

  constructor(request: PercentileRequest) {
    this.request = request;
  }
  create(): ValueCounts {
    return new Map();
  }
  add(state: ValueCounts, [values, frequencies]: readonly Column[], i: number): void {
    if (values!.isNull(i) || frequencies?.isNull(i)) return;
    const frequency = frequencies ? numberAt(frequencies, i) : this.request.frequency;
    if (frequency < 0) throw negativeFrequency(frequency);
    if (frequency > 0) count(state, numberAt(values!, i), frequency);
  }
  merge(state: ValueCounts, buffers: readonly Value[]): void {
    const [values, counts] = buffers as readonly [readonly number[], readonly bigint[]];
    values.forEach((value, k) => {
      count(state, value, Number(counts[k]));
    });
  }
  buffers(state: ValueCounts): readonly Value[] {
    return [[...state.keys()], Array.from(state.values(), BigInt)];
  }
  result(state: ValueCounts): Value {
    const { percentages, fromNumber } = this.request;
    if (state.size === 0) return null;
    const sorted = this.sorted(state);
    const results = percentages.values.map((p) => fromNumber(this.at(sorted, p)));
    return percentages.list ? results : results[0]!;
  }
  byteSize(state: ValueCounts): number {
    return state.size * 40;
  }

  private sorted(state: ValueCounts): {
    readonly values: readonly number[];
    readonly ends: readonly number[];
  } {
    const sign = this.request.descending ? -1 : 1;
    const values = [...state.keys()].sort((a, b) => sign * compareDoubles(a, b));
    let end = 0;
    return { values, ends: values.map((value) => (end += state.get(value)!)) };
  }

  private at(sorted: ReturnType<ExactPercentile["sorted"]>, percentage: number): number {
    const { values, ends } = sorted;
    const total = ends[ends.length - 1]!;
    if (this.request.discrete) return values[reaching(ends, Math.ceil(total * percentage))]!;
    const position = (total - 1) * percentage;
    const below = Math.floor(position);
    const above = Math.ceil(position);
    const low = values[reaching(ends, below + 1)]!;
    const high = values[reaching(ends, above + 1)]!;
    if (above === below || low === high) return low;
    return (above - position) * low + (position - below) * high;
  }
}

/** The first place whose running count reaches `rank`. */
function reaching(ends: readonly number[], rank: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}

function count(state: ValueCounts, value: number, frequency: number): void {
  state.set(value, (state.get(value) ?? 0) + frequency);
}

/** A number, date, timestamp or interval as a float64. */
export function numberAt(column: Column, i: number): number {
  switch (column.layout) {
    case "int8":
    case "int16":
    case "int32":
    case "float32":
    case "float64":
      return column.values[i]!;
    case "int64":
    case "int128":
      return Number(unscaledAt(column, i));
    case "dictionary":
      return numberAt(column.dictionary, column.codes[i]!);
    default:
      throw new RangeError(`A column of layout ${column.layout} holds no numbers.`);
  }
}

function negativeFrequency(value: number): StreamError {
  return new StreamError({
    condition: "NEGATIVE_VALUES_IN_FREQUENCY_EXPRESSION",
    sqlState: "22003",
    parameters: { frequencyExpression: '"frequency"', negativeValue: `${value}L` },
    message: `The frequency ${value} is negative: give how often each value counts, 0 or more.`,
  });
}
