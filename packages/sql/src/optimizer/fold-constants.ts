import type { DataType, Value } from "@ss/core";
import { isValidUtf8 } from "@ss/kernels";
import { mapChildren } from "../expression/children.js";
import type { Expression } from "../expression/expression.js";
import { typeOf } from "../expression/type-of.js";
import type { LogicalPlan } from "../logical/plan.js";
import { mapExpressions, transformUp } from "../logical/transform.js";

/** Computes an expression that reads no column. */
export type Evaluate = (expression: Expression) => Value;

/**
 * Deterministic calls on constants become constants. What fails stays as it is: the error belongs to the rows that reach it, and
 * there may be none.
 */
export function foldConstants(plan: LogicalPlan, evaluate: Evaluate): LogicalPlan {
  return transformUp(plan, (node) => mapExpressions(node, (e) => fold(e, evaluate)));
}

function fold(expression: Expression, evaluate: Evaluate): Expression {
  const folded = mapChildren(expression, (child) => fold(child, evaluate));
  if (!foldable(folded)) return folded;
  try {
    const type = typeOf(folded);
    return { kind: "literal", value: evaluate(folded), type };
  } catch {
    return folded;
  }
}

/** Whether a constant would not have the bytes that functions of its bytes have to see: what is no UTF-8 in a binary. */
function losesBytes(value: Value, type: DataType): boolean {
  return type.kind === "string" && value instanceof Uint8Array && !isValidUtf8(value, 0, value.length);
}

function foldable(e: Expression): boolean {
  if (e.kind === "cast") return e.child.kind === "literal" && !losesBytes(e.child.value, e.type);
  if (e.kind !== "scalar" || e.args.length === 0) return false;
  return (e.fn.deterministic ?? true) && !e.fn.columnar && e.args.every((arg) => arg.kind === "literal");
}
