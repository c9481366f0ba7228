import {
  type DataType,
  DayTimeIntervalType,
  DoubleType,
  LongType,
  type Value,
  YearMonthIntervalType,
} from "@ss/core";
import { castTo, implicitCast } from "../../expression/coercion/implicit-cast.js";
import { NUMERIC_AND_ANSI_INTERVAL } from "../../expression/coercion/type-expectation.js";
import { unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import { prettyName } from "../../expression/expression-text.js";
import type { AggregateFunction, AggregateShape, FunctionContext } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isAnsiInterval } from "../../expression/type-predicates.js";
import { COUNT_BUFFERS, ExactPercentile } from "./exact-percentile.js";
import { ObjectAccumulator } from "./object-accumulator.js";
import { type Percentages, percentagesOf, percentileType } from "./percentile-arguments.js";
import { singleOrdering } from "./within-group.js";

interface PercentileState {
  readonly percentages: Percentages;
  readonly discrete: boolean;
  readonly descending: boolean;
  readonly frequency: number;
  /** Texts of the arguments after the values. */
  readonly shown: readonly string[];
}

/** The values as DOUBLE or as intervals, and the type of one result. */
function valuesOf(
  arg: Expression,
  context: FunctionContext,
): { readonly values: Expression; readonly type: DataType } {
  const cast = implicitCast(arg, NUMERIC_AND_ANSI_INTERVAL, context.ansi);
  if (!cast) throw unexpectedInputType(context, 0, NUMERIC_AND_ANSI_INTERVAL, arg);
  const type = typeOf(cast);
  if (!isAnsiInterval(type)) return { values: castTo(cast, DoubleType, context.ansi), type: DoubleType };
  return {
    values: cast,
    type: type.kind === "yearMonthInterval" ? YearMonthIntervalType() : DayTimeIntervalType(),
  };
}

function fromNumber(type: DataType): (value: number) => Value {
  const one = type.kind === "array" ? type.elementType : type;
  if (one.kind === "yearMonthInterval") return Math.trunc;
  return one.kind === "dayTimeInterval" ? (value) => BigInt(Math.trunc(value)) : (value) => value;
}

const shared: Pick<AggregateFunction, "form" | "buffer" | "accumulator"> = {
  form: "aggregate",
  buffer: () => [
    { name: "values", type: COUNT_BUFFERS[0], nullable: false },
    { name: "counts", type: COUNT_BUFFERS[1], nullable: false },
  ],
  accumulator: (shape: AggregateShape) => {
    const state = shape.state as PercentileState;
    const logic = new ExactPercentile({ ...state, fromNumber: fromNumber(shape.type) });
    return new ObjectAccumulator(logic, COUNT_BUFFERS, shape.type);
  },
};

/** `percentile(x, p[, frequency])`: the value at position p, between two values where it falls between them. */
export const percentile: AggregateFunction = {
  ...shared,
  names: ["percentile"],
  arity: [2, 3],
  resolve: (args, context) => {
    const { values, type } = valuesOf(args[0]!, context);
    const percentages = percentagesOf(args[1]!, 1, context);
    const frequency = args[2] && frequencyOf(args[2], context);
    const constant = frequency === undefined ? 1n : context.constant(frequency);
    const state: PercentileState = {
      percentages,
      discrete: false,
      descending: false,
      frequency: Number(constant ?? 0),
      shown: [prettyName(args[1]!), ...(constant === undefined ? [] : [args[2] ? prettyName(args[2]) : "1"])],
    };
    const read = constant === undefined ? [values, frequency!] : [values];
    return { args: read, type: percentileType(type, percentages), nullable: true, state };
  },
  pretty: ([values, ...rest], name, state) => {
    const shown = (state as PercentileState | undefined)?.shown ?? (rest.length < 2 ? [...rest, "1"] : rest);
    return `${name}(${[values, ...shown, ...(state ? rest : [])].join(", ")})`;
  },
};

function frequencyOf(arg: Expression, context: FunctionContext): Expression {
  const cast = implicitCast(arg, "integral", context.ansi);
  if (!cast) throw unexpectedInputType(context, 2, "integral", arg);
  return castTo(cast, LongType, context.ansi);
}

/** `median(x)`: the value in the middle. */
export const median: AggregateFunction = {
  ...shared,
  names: ["median"],
  arity: [1, 1],
  resolve: (args, context) => {
    const { values, type } = valuesOf(args[0]!, context);
    const percentages: Percentages = { values: [0.5], list: false };
    const state: PercentileState = {
      percentages,
      discrete: false,
      descending: false,
      frequency: 1,
      shown: [],
    };
    return { args: [values], type, nullable: true, state };
  },
};

function ofOrdering(name: string, discrete: boolean): AggregateFunction {
  return {
    ...shared,
    names: [name],
    arity: [1, 1],
    resolve: (args, context, clauses) => {
      const order = singleOrdering(context, clauses);
      const { values, type } = valuesOf(order.child, context);
      const percentages = percentagesOf(args[0]!, 1, context);
      const state: PercentileState = {
        percentages,
        discrete,
        descending: !order.ascending,
        frequency: 1,
        shown: [prettyName(args[0]!)],
      };
      return { args: [values], type: percentileType(type, percentages), nullable: true, state, orderBy: [] };
    },
    pretty: (args, called, state) => {
      if (!state) return `${called}(${args.join(", ")})`;
      const { shown, descending } = state as PercentileState;
      return `${called}(${shown.join(", ")}) WITHIN GROUP (ORDER BY ${args[0]}${descending ? " DESC" : ""})`;
    },
  };
}

/** `percentile_cont(p) WITHIN GROUP (ORDER BY x)`. */
export const percentileCont: AggregateFunction = ofOrdering("percentile_cont", false);
/** `percentile_disc(p) WITHIN GROUP (ORDER BY x)`: a value that is there. */
export const percentileDisc: AggregateFunction = ofOrdering("percentile_disc", true);
