import { IntegerType } from "@ss/core";
import { children } from "../expression/children.js";
import { type Expression, type Literal, literal } from "../expression/expression.js";

/** Whether an expression reads no column and always has the same value. */
export function isConstant(e: Expression): boolean {
  switch (e.kind) {
    case "literal":
    case "lambda":
    case "lambdaVariable":
      return true;
    case "cast":
    case "alias":
      return isConstant(e.child);
    case "scalar":
      return e.fn.deterministic !== false && children(e).every(isConstant);
    default:
      return false;
  }
}

/** A whole number as a constant. */
export function intLiteral(value: number): Literal {
  return literal(value, IntegerType);
}
