import { IntegerType } from "@ss/core";
import { exists, transformExpression } from "../../expression/children.js";
import { type Expression, literal, type SubqueryExpression } from "../../expression/expression.js";
import type { LogicalPlan } from "../../logical/plan.js";
import { childrenOf, expressionsOf, mapExpressions, transformUp } from "../../logical/transform.js";

/** Whether a subquery has one value for the whole query, so that it can run before it. */
export function isEarly(e: SubqueryExpression): boolean {
  return e.form !== "in" && !e.outer && !readsStepBefore(e.plan);
}

/** Whether a plan reads the rows of a recursion around it, which are others each time. */
function readsStepBefore(plan: LogicalPlan, own: ReadonlySet<number> = new Set()): boolean {
  if (plan.kind === "recursionRows") return !own.has(plan.recursionId);
  const known = plan.kind === "recursion" ? new Set([...own, plan.recursionId]) : own;
  const inSubquery = (part: Expression): boolean =>
    part.kind === "subquery" && readsStepBefore(part.plan, known);
  return (
    expressionsOf(plan).some((e) => exists(e, inSubquery)) ||
    childrenOf(plan).some((child) => readsStepBefore(child, known))
  );
}

/** The subqueries of a plan that have one value for the whole query, each once; also those within other subqueries. */
export function earlySubqueries(plan: LogicalPlan): readonly SubqueryExpression[] {
  const found = new Map<LogicalPlan, SubqueryExpression>();
  const search = (node: LogicalPlan): void => {
    for (const e of expressionsOf(node)) {
      exists(e, (part) => {
        if (part.kind !== "subquery") return false;
        if (isEarly(part)) found.set(part.plan, part);
        else search(part.plan);
        return false;
      });
    }
    for (const child of childrenOf(node)) search(child);
  };
  search(plan);
  return [...found.values()];
}

/** The plan to run for an early subquery: for EXISTS one row is enough. */
export function earlyPlan(e: SubqueryExpression): LogicalPlan {
  return e.form === "exists" ? { kind: "limit", child: e.plan, count: literal(1, IntegerType) } : e.plan;
}

/** The plan with the values of early subqueries, by the plan of each, in their place. */
export function withEarlyValues(
  plan: LogicalPlan,
  values: ReadonlyMap<LogicalPlan, Expression>,
): LogicalPlan {
  if (values.size === 0) return plan;
  const replace = (e: Expression): Expression =>
    transformExpression(e, (part) => {
      if (part.kind !== "subquery") return part;
      const value = isEarly(part) ? values.get(part.plan) : undefined;
      return value ?? { ...part, plan: withEarlyValues(part.plan, values) };
    });
  return transformUp(plan, (node) => mapExpressions(node, replace));
}
