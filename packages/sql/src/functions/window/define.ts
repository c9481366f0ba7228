import type { Value } from "@ss/core";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import type { TypeExpectation } from "../../expression/coercion/type-expectation.js";
import { nonFoldableInput, unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { FunctionContext, WindowFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";

/** A window function from its parts. */
export function windowFunction(parts: Omit<WindowFunction, "form">): WindowFunction {
  return { form: "window", ...parts };
}

/** Argument `index` as what its parameter takes; DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE where there is no cast. */
export function castArgument(
  arg: Expression,
  index: number,
  expected: TypeExpectation,
  context: FunctionContext,
): Expression {
  const cast = implicitCast(arg, expected, context.ansi);
  if (!cast) throw unexpectedInputType(context, index, expected, arg);
  return cast;
}

/** The value of an argument that has to be a constant; DATATYPE_MISMATCH.NON_FOLDABLE_INPUT otherwise. */
export function constantArgument(arg: Expression, name: string, context: FunctionContext): Value {
  const value = context.constant(arg);
  if (value === undefined) throw nonFoldableInput(context, name, typeOf(arg), arg);
  return value;
}
