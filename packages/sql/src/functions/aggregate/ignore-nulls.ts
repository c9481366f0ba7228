import { BooleanType } from "@ss/core";
import { unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { FunctionContext } from "../../expression/function.js";

/** The second argument of `first` and its kin: a boolean literal, false where it is missing. */
export function foldBoolean(argument: Expression | undefined, context: FunctionContext): boolean {
  if (argument === undefined) return false;
  if (argument.kind === "literal" && typeof argument.value === "boolean") return argument.value;
  throw unexpectedInputType(context, 1, BooleanType, argument);
}
