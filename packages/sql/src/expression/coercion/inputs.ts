import type { DataType } from "@ss/core";
import { unexpectedInputType } from "../errors.js";
import type { Expression } from "../expression.js";
import type { FunctionContext } from "../function.js";
import { typeOf } from "../type-of.js";
import { castTo, implicitCast } from "./implicit-cast.js";
import { accepts, defaultType, type TypeExpectation } from "./type-expectation.js";

/**
 * Arguments cast to what the parameters take; UNEXPECTED_INPUT_TYPE where one does not fit. Parameters beyond the list take
 * what the last one does.
 */
export function implicitCastInputs(
  args: readonly Expression[],
  expected: readonly TypeExpectation[],
  context: FunctionContext,
): Expression[] {
  return args.map((arg, i) => {
    const want = expected[i] ?? expected[expected.length - 1]!;
    const cast = implicitCast(arg, want, context.ansi);
    if (!cast) throw unexpectedInputType(context, i, want, arg);
    return cast;
  });
}

/** As `implicitCastInputs` for functions that take arguments as they are, save that a null takes the expected type. */
export function expectInputs(
  args: readonly Expression[],
  expected: readonly TypeExpectation[],
  context: FunctionContext,
): Expression[] {
  return args.map((arg, i) => {
    const want = expected[i] ?? expected[expected.length - 1]!;
    const type: DataType = typeOf(arg);
    if (accepts(want, type)) return arg;
    if (type.kind === "void") return castTo(arg, defaultType(want), context.ansi);
    throw unexpectedInputType(context, i, want, arg);
  });
}
