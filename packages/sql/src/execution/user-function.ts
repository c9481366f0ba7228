import { StreamError, simpleString, type Value } from "@ss/core";
import type { UserFunction } from "../expression/expression.js";
import { toExternal } from "../expression/external-value.js";
import { toInternal } from "../expression/internal-value.js";
import { typeOf } from "../expression/type-of.js";
import { thrownText } from "../expression/value-text.js";

/** A function of boxed values that calls the user's with what a person sees, and takes its answer back. */
export function userFunctionCaller(expression: UserFunction): (...values: Value[]) => Value {
  const types = expression.args.map(typeOf);
  const options = expression.external ?? ({ longs: "number", timestamps: "date" } as const);
  const run = expression.run as (...values: unknown[]) => unknown;
  return (...values) => {
    const args = values.map((value, k) => toExternal(value, types[k]!, options, `argument ${k + 1}`));
    return toInternal(called(run, args, expression), expression.type, `the result of ${expression.name}`);
  };
}

function called(
  run: (...values: unknown[]) => unknown,
  args: readonly unknown[],
  expression: UserFunction,
): unknown {
  try {
    return run(...args);
  } catch (error) {
    const reason = thrownText(error);
    const signature = expression.args.map((arg) => simpleString(typeOf(arg))).join(", ");
    const functionName = `\`${expression.name}\``;
    const result = simpleString(expression.type);
    throw new StreamError({
      condition: "FAILED_EXECUTE_UDF",
      sqlState: "39000",
      parameters: { functionName, signature, result, reason },
      message: `The user function ${functionName} (${signature}) => ${result} failed: ${reason}`,
      cause: error,
    });
  }
}
