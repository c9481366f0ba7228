import { StringType } from "@ss/core";
import { datatypeMismatch, nonFoldableInput } from "../../expression/errors.js";
import { type Expression, literal } from "../../expression/expression.js";
import type { FunctionContext, ScalarFunction } from "../../expression/function.js";
import { nullableOf } from "../../expression/type-of.js";
import { callLike, castInputs, constantOf, rewriting, scalar } from "../define.js";
import { CharacterTable } from "./character-table.js";
import { codePoints } from "./code-points.js";
import { emitTable } from "./translate.js";

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
      const signs = cast.slice(1).map((arg) => constantOf(arg, context) as string | null);
      return { args: cast, type: StringType, nullable: nullableOf(cast[0]!), state: signs };
    },
    emit: (writer, args, call) => {
      const signs = call.state as readonly (string | null)[];
      return emitTable(writer, args[0]!, call, new CharacterTable((sign) => masked(sign, signs), 4));
    },
  }),
];

function checkSign(e: Expression, exprName: string, context: FunctionContext): void {
  const value = constantOf(e, context);
  if (value === undefined) throw nonFoldableInput(context, exprName, StringType, e);
  if (value === null || codePoints(String(value)).length === 1) return;
  throw datatypeMismatch(context, "INPUT_SIZE_NOT_ONE", `${exprName} has to be one character.`, { exprName });
}

const KINDS: readonly RegExp[] = [/\p{Lu}/u, /\p{Ll}/u, /\p{Nd}/u];

/** The sign that stands for another; undefined for itself. */
function masked(sign: string, signs: readonly (string | null)[]): string | undefined {
  const kind = KINDS.findIndex((one) => one.test(sign));
  return signs[kind < 0 ? KINDS.length : kind] ?? undefined;
}
