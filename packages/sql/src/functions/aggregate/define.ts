import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import type { TypeExpectation } from "../../expression/coercion/type-expectation.js";
import { unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { FunctionContext } from "../../expression/function.js";

/** The arguments with the implicit casts that the expected types ask for; DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE otherwise. */
export function requireType(
  args: readonly Expression[],
  expected: readonly TypeExpectation[],
  context: FunctionContext,
): readonly Expression[] {
  return args.map((arg, k) => {
    const want = expected[Math.min(k, expected.length - 1)]!;
    const cast = implicitCast(arg, want, context.ansi);
    if (cast) return cast;
    throw unexpectedInputType(context, k, want, arg);
  });
}
