import { StringType, type Value } from "@ss/core";
import { datatypeMismatch, nonFoldableInput } from "../../expression/errors.js";
import { type Expression, literal } from "../../expression/expression.js";
import type { FunctionContext, ScalarFunction } from "../../expression/function.js";
import { nullableOf } from "../../expression/type-of.js";
import { callLike, castInputs, constantOf, rewriting, scalar } from "../define.js";
import { codePoints } from "./code-points.js";

const NAMES = ["str", "upperChar", "lowerChar", "digitChar", "otherChar"];
const DEFAULTS: readonly Expression[] = [
  literal("X", StringType),
  literal("x", StringType),
  literal("n", StringType),
  literal(null, StringType),
];

/** `mask(text, upper, lower, digit, other)`: signs of each kind become one sign; null leaves a kind as it is. */
export const maskFunctions: readonly ScalarFunction[] = [
  {
    ...rewriting(["mask"], [1, 5], (args, context) =>
      callLike(context, "$mask", ...args, ...DEFAULTS.slice(args.length - 1)),
    ),
    parameters: NAMES,
    defaults: [undefined, ...DEFAULTS],
  },
  scalar({
    names: ["$mask"],
    arity: [5, 5],
    pretty: (args) => `mask(${args.join(", ")})`,
    resolve: (args, context) => {
      const cast = castInputs(args, [StringType], context);
      cast.slice(1).forEach((arg, k) => {
        checkSign(arg, NAMES[k + 1]!, context);
      });
      return { args: cast, type: StringType, nullable: nullableOf(cast[0]!) };
    },
    evaluate:
      () =>
      (text, ...signs) =>
        text === null ? null : masked(text as string, signs),
    nullPropagating: false,
  }),
];

function checkSign(e: Expression, exprName: string, context: FunctionContext): void {
  const value = constantOf(e, context);
  if (value === undefined) throw nonFoldableInput(context, exprName, StringType, e);
  if (value === null || codePoints(String(value)).length === 1) return;
  throw datatypeMismatch(context, "INPUT_SIZE_NOT_ONE", `${exprName} has to be one character.`, { exprName });
}

function masked(text: string, [upper, lower, digit, other]: readonly Value[]): string {
  return codePoints(text)
    .map((sign) => {
      const by = /\p{Lu}/u.test(sign)
        ? upper
        : /\p{Ll}/u.test(sign)
          ? lower
          : /\p{Nd}/u.test(sign)
            ? digit
            : other;
      return by === null || by === undefined ? sign : (by as string);
    })
    .join("");
}
