import { BooleanType } from "@ss/core";
import type { Expression } from "../../expression/expression.js";
import type { FunctionContext } from "../../expression/function.js";
import { unexpectedInputType } from "../../expression/errors.js";

/** The second argument of `first` and its kin: a boolean literal, false where it is missing. */
export function foldBoolean(argument: Expression | undefined, context: FunctionContext): boolean {
  if (argument === undefined) return false;
  if (argument.kind === "literal" && typeof argument.value === "boolean") return argument.value;
  throw unexpectedInputType(context, 1, BooleanType, argument);
}

