import { BooleanType } from "@ss/core";
import type { AggregateFunction } from "../../expression/function.js";
import { requireType } from "./define.js";
import { ExtremumAccumulator } from "./extremum.js";

function define(names: readonly string[], sign: 1 | -1): AggregateFunction {
  return {
    form: "aggregate",
    names,
    arity: [1, 1],
    resolve: (args, context) => ({
      args: requireType(args, [BooleanType], context),
      type: BooleanType,
      nullable: true,
    }),
    buffer: () => [{ name: sign === 1 ? "max" : "min", type: BooleanType, nullable: true }],
    accumulator: (shape) => new ExtremumAccumulator(shape.type, sign),
  };
}

/** `bool_and(x)`, `every(x)`: whether all values are true. */
export const boolAnd: AggregateFunction = define(["bool_and", "every"], -1);
/** `bool_or(x)`, `some(x)`, `any(x)`: whether a value is true. */
export const boolOr: AggregateFunction = define(["bool_or", "some", "any"], 1);
