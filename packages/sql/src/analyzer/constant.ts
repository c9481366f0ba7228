import { IntegerType, type Value } from "@ss/core";
import { children } from "../expression/children.js";
import { type Expression, type Literal, literal } from "../expression/expression.js";
import type { Analyzer } from "./analyzer.js";

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
      return e.fn.deterministic !== false && !e.fn.columnar && children(e).every(isConstant);
    default:
      return false;
  }
}

/** The value of a constant expression; what is written out needs no evaluation. */
export function constantValue(e: Expression, analyzer: Analyzer): Value {
  return e.kind === "literal" ? e.value : (analyzer.environment.evaluate([e])[0] ?? null);
}

/** The values of constant expressions. */
export function constantValues(expressions: readonly Expression[], analyzer: Analyzer): readonly Value[] {
  const values = expressions.map((e): Value => (e.kind === "literal" ? e.value : null));
  const others = expressions.flatMap((e, i) => (e.kind === "literal" ? [] : [i]));
  if (others.length === 0) return values;
  const computed = analyzer.environment.evaluate(others.map((i) => expressions[i]!));
  others.forEach((i, k) => {
    values[i] = computed[k] ?? null;
  });
  return values;
}

/** A whole number as a constant. */
export function intLiteral(value: number): Literal {
  return literal(value, IntegerType);
}
