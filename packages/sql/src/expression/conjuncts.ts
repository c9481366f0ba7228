import { BooleanType } from "@ss/core";
import type { Expression } from "./expression.js";

/** The parts of a condition that all have to hold. */
export function conjuncts(condition: Expression): Expression[] {
  if (condition.kind === "scalar" && condition.fn.names[0] === "and")
    return condition.args.flatMap(conjuncts);
  if (condition.kind === "literal" && condition.value === true) return [];
  return [condition];
}

/** The id of every attribute that an expression reads. */
export function references(expression: Expression, into: Set<number> = new Set()): Set<number> {
  visit(expression, (e) => {
    if (e.kind === "attribute") into.add(e.id);
  });
  return into;
}

/** Calls `see` for an expression and everything in it (not for the plans of subqueries). */
export function visit(expression: Expression, see: (e: Expression) => void): void {
  see(expression);
  switch (expression.kind) {
    case "alias":
    case "cast":
    case "sortOrder":
      return visit(expression.child, see);
    case "lambda":
      return visit(expression.body, see);
    case "window":
      visit(expression.call, see);
      for (const part of expression.spec.partitionBy) visit(part, see);
      for (const order of expression.spec.orderBy) visit(order, see);
      return;
    case "subquery":
      for (const value of expression.values ?? []) visit(value, see);
      for (const outer of expression.outer ?? []) visit(outer, see);
      return;
    case "call":
    case "scalar":
    case "aggregate":
    case "generator":
    case "windowFunction":
    case "userFunction":
      for (const arg of expression.args) visit(arg, see);
      if ("filter" in expression && expression.filter) visit(expression.filter, see);
      if (expression.kind === "aggregate") for (const order of expression.orderBy ?? []) visit(order, see);
  }
}

/** TRUE as an expression. */
export const TRUE: Expression = { kind: "literal", value: true, type: BooleanType };
