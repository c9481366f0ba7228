import type { Value } from "@ss/core";
import type { UserFunction } from "../expression/expression.js";
import { toExternal } from "../expression/external-value.js";
import { toInternal } from "../expression/internal-value.js";
import { typeOf } from "../expression/type-of.js";

/** A function of boxed values that calls the user's with what a person sees, and takes its answer back. */
export function userFunctionCaller(expression: UserFunction): (...values: Value[]) => Value {
  const types = expression.args.map(typeOf);
  const options = { longs: "number", timestamps: "date" } as const;
  const run = expression.run as (...values: unknown[]) => unknown;
  return (...values) => {
    const args = values.map((value, k) => toExternal(value, types[k]!, options, `argument ${k + 1}`));
    return toInternal(run(...args), expression.type, `the result of ${expression.name}`);
  };
}
