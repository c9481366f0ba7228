import {
  ArrayType,
  type Column,
  type DataType,
  DateType,
  DoubleType,
  TimestampNTZType,
  TimestampType,
  type Value,
} from "@ss/core";
import { decimalFromDouble } from "@ss/kernels";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import type { TypeExpectation } from "../../expression/coercion/type-expectation.js";
import {
  nonFoldableInput,
  unexpectedInputType,
  unexpectedNull,
  valueOutOfRange,
} from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import { prettyName } from "../../expression/expression-text.js";
import type { AggregateFunction, FunctionContext } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { type ConstantText, withConstants } from "./constant-text.js";
import { numberAt } from "./exact-percentile.js";
import { type GroupLogic, ObjectAccumulator } from "./object-accumulator.js";
import { type Percentages, percentagesOf, percentileType } from "./percentile-arguments.js";
import { QuantileSummary } from "./quantile-summary.js";

const VALUES: TypeExpectation = [
  "numeric",
  DateType,
  TimestampType,
  TimestampNTZType,
  "yearMonthInterval",
  "dayTimeInterval",
];
const BUFFER: DataType = ArrayType(DoubleType, false);
const DEFAULT_ACCURACY = 10000;

interface ApproxState extends ConstantText {
  readonly percentages: Percentages;
  readonly accuracy: number;
}

class ApproxPercentile implements GroupLogic<QuantileSummary> {
  private readonly state: ApproxState;
  private readonly valueType: DataType;

  constructor(state: ApproxState, valueType: DataType) {
    this.state = state;
    this.valueType = valueType;
  }
  create(): QuantileSummary {
    return new QuantileSummary(1 / this.state.accuracy);
  }
  add(summary: QuantileSummary, [column]: readonly Column[], i: number): void {
    if (column!.isNull(i)) return;
    // decimals are summarised with their fractions
    summary.add(numberAt(column!, i) / (this.valueType.kind === "decimal" ? 10 ** this.valueType.scale : 1));
  }
  merge(summary: QuantileSummary, [numbers]: readonly Value[]): void {
    summary.merge(numbers as readonly number[]);
  }
  buffers(summary: QuantileSummary): readonly Value[] {
    return [summary.toNumbers()];
  }
  result(summary: QuantileSummary): Value {
    const { values, list } = this.state.percentages;
    const found = summary.query(values)?.map((value) => fromDouble(value, this.valueType));
    if (!found || found.length === 0) return null;
    return list ? found : found[0]!;
  }
  byteSize(summary: QuantileSummary): number {
    return summary.byteSize();
  }
}

/** A number as a value of a type that was read as numbers. */
export function fromDouble(value: number, type: DataType): Value {
  switch (type.kind) {
    case "float":
    case "double":
      return value;
    case "decimal":
      return decimalFromDouble(value, type.precision, type.scale) ?? null;
    case "long":
    case "timestamp":
    case "timestamp_ntz":
    case "dayTimeInterval":
      return BigInt.asIntN(64, BigInt(Math.trunc(value)));
    default:
      return Math.trunc(value);
  }
}

function accuracyOf(arg: Expression | undefined, context: FunctionContext): number {
  if (!arg) return DEFAULT_ACCURACY;
  const cast = implicitCast(arg, "integral", context.ansi);
  if (!cast) throw unexpectedInputType(context, 2, "integral", arg);
  const value = context.constant(cast);
  if (value === undefined) throw nonFoldableInput(context, "accuracy", typeOf(cast), arg);
  if (value === null) throw unexpectedNull(context, "accuracy");
  const accuracy = Number(value as number | bigint);
  if (accuracy <= 0 || accuracy > 0x7fffffff) {
    throw valueOutOfRange(context, "accuracy", "(0, 2147483647]", `${accuracy}L`);
  }
  return accuracy;
}

/** `percentile_approx(x, p[, accuracy])`: a value whose rank is wrong by 1/accuracy of the count at most. */
export const percentileApprox: AggregateFunction = {
  form: "aggregate",
  names: ["percentile_approx", "approx_percentile"],
  arity: [2, 3],
  resolve: (args, context) => {
    const values = implicitCast(args[0]!, VALUES, context.ansi);
    if (!values) throw unexpectedInputType(context, 0, VALUES, args[0]!);
    const percentages = percentagesOf(args[1]!, 1, context);
    const accuracy = accuracyOf(args[2], context);
    const shown = [prettyName(args[1]!), args[2] ? prettyName(args[2]) : String(accuracy)];
    const state: ApproxState = { percentages, accuracy, shown };
    return { args: [values], type: percentileType(typeOf(values), percentages), nullable: true, state };
  },
  buffer: () => [{ name: "summary", type: BUFFER, nullable: false }],
  accumulator: (shape) => {
    const logic = new ApproxPercentile(shape.state as ApproxState, shape.argTypes[0]!);
    return new ObjectAccumulator(logic, [BUFFER], shape.type);
  },
  pretty: (args, name, state) =>
    state || args.length > 2
      ? withConstants(args, name, state)
      : `${name}(${args.join(", ")}, ${DEFAULT_ACCURACY})`,
};
