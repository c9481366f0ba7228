import type { Expression } from "../expression/expression.js";
import { conjuncts, references, visit } from "../expression/conjuncts.js";
import { transformExpression } from "../expression/children.js";
import type { Filter, Join, LogicalPlan } from "../logical/plan.js";
import { outputOf } from "../logical/output.js";
import { mapChildren } from "../logical/transform.js";

/**
 * Moves conditions towards the sources: through projections (with what the columns stand for put in), into the branches of a
 * join that allow it, through aliases and unions. Nothing moves below a watermark, a limit, a generator or an aggregate.
 */
export function pushFilters(plan: LogicalPlan): LogicalPlan {
  return mapChildren(plan.kind === "filter" ? pushOne(plan) : plan, pushFilters);
}

function pushOne(filter: Filter): LogicalPlan {
  const parts = conjuncts(filter.condition).filter(movable);
  const stay = conjuncts(filter.condition).filter((part) => !movable(part));
  const moved = push(filter.child, parts);
  return withFilters(moved, stay);
}

function movable(part: Expression): boolean {
  let fine = true;
  visit(part, (e) => {
    if (e.kind === "subquery" || e.kind === "userFunction") fine = false;
    if (e.kind === "scalar" && e.fn.deterministic === false) fine = false;
  });
  return fine;
}

/** The plan with conditions on its output, as far down as they may stand. */
function push(plan: LogicalPlan, parts: readonly Expression[]): LogicalPlan {
  if (parts.length === 0) return plan;
  switch (plan.kind) {
    case "filter": {
      const own = conjuncts(plan.condition);
      const moved = push(plan.child, [...own.filter(movable), ...parts]);
      return withFilters(
        moved,
        own.filter((part) => !movable(part)),
      );
    }
    case "project": {
      const definitions = new Map<number, Expression>();
      for (const e of plan.expressions) if (e.kind === "alias") definitions.set(e.id, e.child);
      if (plan.expressions.some((e) => !movable(e))) return withFilters(plan, parts);
      const inlined = parts.map((part) => substitute(part, definitions));
      return { ...plan, child: push(plan.child, inlined) };
    }
    case "join":
      return pushIntoJoin(plan, parts);
    default:
      return withFilters(plan, parts);
  }
}

function substitute(e: Expression, definitions: ReadonlyMap<number, Expression>): Expression {
  return transformExpression(e, (one) => (one.kind === "attribute" ? (definitions.get(one.id) ?? one) : one));
}

function withFilters(plan: LogicalPlan, parts: readonly Expression[]): LogicalPlan {
  return parts.reduce<LogicalPlan>((child, condition) => ({ kind: "filter", child, condition }), plan);
}

/** A condition on one side only may be checked before the join, on a side that the join does not fill with nulls. */
function pushIntoJoin(join: Join, parts: readonly Expression[]): LogicalPlan {
  const ids = (plan: LogicalPlan): Set<number> => new Set(outputOf(plan).map((a) => a.id));
  const leftIds = ids(join.left);
  const rightIds = ids(join.right);
  const leftOpen = join.type !== "right" && join.type !== "full";
  const rightOpen = join.type === "inner" || join.type === "cross" || join.type === "right";
  const left: Expression[] = [];
  const right: Expression[] = [];
  const stay: Expression[] = [];
  for (const part of parts) {
    const used = [...references(part)];
    if (leftOpen && used.length > 0 && used.every((id) => leftIds.has(id))) left.push(part);
    else if (rightOpen && used.length > 0 && used.every((id) => rightIds.has(id))) right.push(part);
    else stay.push(part);
  }
  return withFilters({ ...join, left: push(join.left, left), right: push(join.right, right) }, stay);
}
