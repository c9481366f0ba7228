import {
  ArrayType,
  type Column,
  type DataType,
  DateType,
  DoubleType,
  IntegerType,
  StructField,
  StructType,
  TimestampNTZType,
  TimestampType,
  type Value,
} from "@ss/core";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import type { TypeExpectation } from "../../expression/coercion/type-expectation.js";
import {
  nonFoldableInput,
  unexpectedInputType,
  unexpectedNull,
  valueOutOfRange,
} from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { AggregateFunction, FunctionContext } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { type ConstantText, shownConstants, withConstants } from "./constant-text.js";
import { numberAt } from "./exact-percentile.js";
import { JavaRandom } from "./java-random.js";
import { type GroupLogic, ObjectAccumulator } from "./object-accumulator.js";
import { fromDouble } from "./percentile-approx.js";

const VALUES: TypeExpectation = [
  "numeric",
  DateType,
  TimestampType,
  TimestampNTZType,
  "yearMonthInterval",
  "dayTimeInterval",
];
const BUFFER: DataType = ArrayType(DoubleType, false);
/** Decides between pairs of bins that are equally close. */
const SEED = 31183n;

interface Bin {
  readonly x: number;
  readonly y: number;
}

interface Histogram {
  readonly bins: Bin[];
  readonly random: JavaRandom;
}

interface HistogramState extends ConstantText {
  readonly binCount: number;
}

/** Bins that follow the values (Ben-Haim and Tom-Tov, 2010): of too many, the two closest become one. */
class HistogramLogic implements GroupLogic<Histogram> {
  private readonly binCount: number;
  private readonly valueType: DataType;

  constructor(binCount: number, valueType: DataType) {
    this.binCount = binCount;
    this.valueType = valueType;
  }
  create(): Histogram {
    return { bins: [], random: new JavaRandom(SEED) };
  }
  add(state: Histogram, [column]: readonly Column[], i: number): void {
    if (column!.isNull(i)) return;
    const x = numberAt(column!, i) / (this.valueType.kind === "decimal" ? 10 ** this.valueType.scale : 1);
    const { bins } = state;
    let low = 0;
    let high = bins.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (bins[middle]!.x < x) low = middle + 1;
      else high = middle;
    }
    if (bins[low]?.x === x) bins[low] = { x, y: bins[low]!.y + 1 };
    else bins.splice(low, 0, { x, y: 1 });
    this.trim(state);
  }
  merge(state: Histogram, [numbers]: readonly Value[]): void {
    const list = numbers as readonly number[];
    for (let k = 0; k < list.length; k += 2) state.bins.push({ x: list[k]!, y: list[k + 1]! });
    state.bins.sort((a, b) => a.x - b.x);
    this.trim(state);
  }
  private trim({ bins, random }: Histogram): void {
    while (bins.length > this.binCount) {
      let closest = bins[1]!.x - bins[0]!.x;
      let at = 0;
      let ties = 1;
      for (let k = 1; k < bins.length - 1; k++) {
        const distance = bins[k + 1]!.x - bins[k]!.x;
        if (distance < closest) {
          closest = distance;
          at = k;
          ties = 1;
        } else if (distance === closest && random.nextDouble() <= 1 / ++ties) at = k;
      }
      const [a, b] = [bins[at]!, bins[at + 1]!];
      const y = a.y + b.y;
      bins.splice(at, 2, { x: a.x * (a.y / y) + (b.x / y) * b.y, y });
    }
  }
  buffers({ bins }: Histogram): readonly Value[] {
    return [bins.flatMap(({ x, y }) => [x, y])];
  }
  result({ bins }: Histogram): Value {
    return bins.length === 0 ? null : bins.map(({ x, y }) => [fromDouble(x, this.valueType), y]);
  }
  byteSize({ bins }: Histogram): number {
    return bins.length * 48;
  }
}

function binCountOf(arg: Expression, context: FunctionContext): number {
  const cast = implicitCast(arg, IntegerType, context.ansi);
  if (!cast) throw unexpectedInputType(context, 1, IntegerType, arg);
  const value = context.constant(cast);
  if (value === undefined) throw nonFoldableInput(context, "nb", typeOf(cast), arg);
  if (value === null) throw unexpectedNull(context, "nb");
  if ((value as number) < 2) throw valueOutOfRange(context, "nb", "[2, 2147483647]", String(value));
  return value as number;
}

/** `histogram_numeric(x, n)`: n bins, each with its middle and its height. */
export const histogramNumeric: AggregateFunction = {
  form: "aggregate",
  names: ["histogram_numeric"],
  arity: [2, 2],
  resolve: (args, context) => {
    const values = implicitCast(args[0]!, VALUES, context.ansi);
    if (!values) throw unexpectedInputType(context, 0, VALUES, args[0]!);
    const state: HistogramState = {
      binCount: binCountOf(args[1]!, context),
      shown: shownConstants(args.slice(1)),
    };
    const bin = new StructType([StructField("x", typeOf(values)), StructField("y", DoubleType)]);
    return { args: [values], type: ArrayType(bin), nullable: true, state };
  },
  buffer: () => [{ name: "bins", type: BUFFER, nullable: false }],
  accumulator: ({ state, argTypes, type }) =>
    new ObjectAccumulator(
      new HistogramLogic((state as HistogramState).binCount, argTypes[0]!),
      [BUFFER],
      type,
    ),
  pretty: withConstants,
};
