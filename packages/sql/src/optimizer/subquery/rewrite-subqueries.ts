import { exists, mapChildren as mapParts } from "../../expression/children.js";
import { conjuncts, references } from "../../expression/conjuncts.js";
import type { Alias, Attribute, Expression, SubqueryExpression } from "../../expression/expression.js";
import { sameExpression } from "../../expression/same-expression.js";
import { outputOf, toAttribute } from "../../logical/output.js";
import type { Aggregate, Filter, Join, LogicalPlan } from "../../logical/plan.js";
import { expressionsOf, mapChildren, mapExpressions } from "../../logical/transform.js";
import { allOf, isJunction, negated } from "../calls.js";
import { isEarly } from "./early-values.js";
import { unsupportedInJoinCondition } from "./errors.js";
import { lateralJoin, type SubqueryContext, SubqueryJoins } from "./subquery-joins.js";
import { itemFor } from "./unnest.js";

/**
 * Makes joins of subqueries: conditions of their own become semi and anti joins; tests elsewhere become columns that an existence join
 * adds; scalar ones become columns of a left join that allows one partner. Goes from the top down, so that a
 * subquery within a subquery finds the columns of the one around it in place.
 */
export function rewriteSubqueries(plan: LogicalPlan, context: SubqueryContext): LogicalPlan {
  return mapChildren(rewriteNode(plan, context), (child) => rewriteSubqueries(child, context));
}

function rewriteNode(plan: LogicalPlan, context: SubqueryContext): LogicalPlan {
  if (plan.kind === "join" && plan.lateral) return rewriteNode(lateralJoin(plan, context), context);
  if (!expressionsOf(plan).some((e) => holdsSubquery(e, context))) return plan;
  switch (plan.kind) {
    case "filter":
      return rewriteFilter(plan, context);
    case "join":
      return rewriteNode(rewriteJoin(plan, context), context);
    case "aggregate":
      return rewriteAggregate(plan, context);
    case "project":
    case "expand":
      return overValues(plan, context);
    default:
      return { kind: "project", child: overValues(plan, context), expressions: outputOf(plan) };
  }
}

function holdsSubquery(e: Expression, context: SubqueryContext): boolean {
  return exists(e, (part) => isPending(part, context));
}

/** Whether an expression is a subquery that a join has to stand for; others get their value before the query runs. */
function isPending(e: Expression, context: SubqueryContext): e is SubqueryExpression {
  return e.kind === "subquery" && (context.inline || !isEarly(e));
}

/** The node with columns for its subqueries, which are joined to its child. */
function overValues<P extends LogicalPlan>(plan: P, context: SubqueryContext): LogicalPlan {
  const joins = new SubqueryJoins((plan as unknown as { child: LogicalPlan }).child, context);
  const mapped = mapExpressions(plan, (e) => withColumns(e, joins, context));
  return { ...mapped, child: joins.plan } as LogicalPlan;
}

/** The expression with columns in the place of its subqueries. */
function withColumns(e: Expression, joins: SubqueryJoins, context: SubqueryContext): Expression {
  const inner = mapParts(e, (part) => withColumns(part, joins, context));
  return isPending(inner, context) ? joins.value(inner) : inner;
}

function rewriteFilter(plan: Filter, context: SubqueryContext): LogicalPlan {
  const parts = conjuncts(plan.condition);
  const simple = parts.filter((part) => !holdsSubquery(part, context));
  const child: LogicalPlan = simple.length > 0 ? { ...plan, condition: allOf(simple) } : plan.child;
  const joins = new SubqueryJoins(child, context);
  const rest: Expression[] = [];
  for (const part of parts) {
    if (!holdsSubquery(part, context)) continue;
    const test = testOf(part);
    if (test && isPending(test.subquery, context)) {
      const values = test.subquery.values?.map((value) => withColumns(value, joins, context));
      joins.keep(values ? { ...test.subquery, values } : test.subquery, test.wanted);
    } else rest.push(truthOf(part, joins, context));
  }
  const filtered: LogicalPlan =
    rest.length > 0 ? { kind: "filter", child: joins.plan, condition: allOf(rest) } : joins.plan;
  const output = outputOf(plan);
  return outputOf(filtered).length === output.length
    ? filtered
    : { kind: "project", child: filtered, expressions: output };
}

/** `[NOT] EXISTS (...)` and `a [NOT] IN (...)` as conditions of their own. */
function testOf(
  e: Expression,
): { readonly subquery: SubqueryExpression; readonly wanted: boolean } | undefined {
  if (e.kind === "subquery") return e.form === "scalar" ? undefined : { subquery: e, wanted: true };
  const inner = negated(e);
  const test = inner && testOf(inner);
  return test && { ...test, wanted: !test.wanted };
}

/** Like `withColumns`, for a condition that only has to be true where the written one is: null may be false. */
function truthOf(e: Expression, joins: SubqueryJoins, context: SubqueryContext): Expression {
  if (isJunction(e)) return mapParts(e, (part) => truthOf(part, joins, context));
  const test = testOf(e);
  if (!test || !isPending(test.subquery, context)) return withColumns(e, joins, context);
  const values = test.subquery.values?.map((value) => withColumns(value, joins, context));
  return joins.truth(values ? { ...test.subquery, values } : test.subquery, test.wanted);
}

/**
 * Subqueries in the condition of a join are computed on the side whose columns they read. In an inner join those parts of the condition
 * are filters.
 */
function rewriteJoin(plan: Join, context: SubqueryContext): LogicalPlan {
  const sides = { left: plan.left, right: plan.right };
  const rest: Expression[] = [];
  for (const part of conjuncts(plan.condition!)) {
    if (!holdsSubquery(part, context)) {
      rest.push(part);
      continue;
    }
    const whole = filterSide(plan, part);
    if (whole) {
      sides[whole] = { kind: "filter", child: sides[whole], condition: part };
      continue;
    }
    const joins = {
      left: new SubqueryJoins(sides.left, context),
      right: new SubqueryJoins(sides.right, context),
    };
    rest.push(onSides(part, plan, joins, context));
    sides.left = joins.left.plan;
    sides.right = joins.right.plan;
  }
  const joined: LogicalPlan = {
    ...plan,
    type: plan.type === "cross" && rest.length > 0 ? "inner" : plan.type,
    ...sides,
    condition: rest.length > 0 ? allOf(rest) : undefined,
  };
  const output = outputOf(plan);
  return outputOf(joined).length === output.length
    ? joined
    : { kind: "project", child: joined, expressions: output };
}

/** The side on which a part of the condition may stand as a filter: it reads no other, and the join does not add rows to it. */
function filterSide(plan: Join, part: Expression): "left" | "right" | undefined {
  const side = sideOf(plan, part);
  const { type } = plan;
  if (side === "left")
    return type === "inner" || type === "cross" || type === "right" || type === "leftSemi"
      ? "left"
      : undefined;
  if (side === "right") return type === "full" || type === "right" ? undefined : "right";
  return undefined;
}

/** The side that has all columns that an expression reads (the left one if it reads none), or undefined. */
function sideOf(plan: Join, e: Expression): "left" | "right" | undefined {
  const ids = [...references(e)];
  const within = (side: LogicalPlan): boolean => {
    const own = new Set(outputOf(side).map((column) => column.id));
    return ids.every((id) => own.has(id));
  };
  return within(plan.left) ? "left" : within(plan.right) ? "right" : undefined;
}

function onSides(
  e: Expression,
  plan: Join,
  joins: Readonly<Record<"left" | "right", SubqueryJoins>>,
  context: SubqueryContext,
): Expression {
  if (!isPending(e, context)) return mapParts(e, (part) => onSides(part, plan, joins, context));
  const side = sideOf(plan, e);
  if (!side) throw unsupportedInJoinCondition(e);
  return withColumns(e, joins[side], context);
}

/**
 * In grouping keys and in the arguments of aggregate functions a subquery belongs to the rows; elsewhere it belongs to the groups, and
 * is computed above them.
 */
function rewriteAggregate(plan: Aggregate, context: SubqueryContext): LogicalPlan {
  const above = plan.expressions.some((e) => holdsOutsideGroups(e, plan.keys, context));
  if (above) {
    const items: (Alias | Attribute)[] = [];
    const lift = (e: Expression): Expression => {
      const isKey =
        e.kind !== "literal" && e.kind !== "alias" && plan.keys.some((key) => sameExpression(key, e));
      if (isKey || e.kind === "aggregate") return itemFor(e, items);
      if (e.kind === "subquery") for (const column of e.outer ?? []) itemFor(column, items);
      return mapParts(e, lift);
    };
    const expressions = plan.expressions.map(lift);
    const groups: LogicalPlan = { ...plan, expressions: items };
    return rewriteNode({ kind: "project", child: groups, expressions }, context);
  }
  const joins = new SubqueryJoins(plan.child, context);
  const keys = plan.keys.map((key) => withColumns(key, joins, context));
  const expressions = plan.expressions.map((e): Expression => {
    const mapped = withColumns(e, joins, context);
    // a key that has become a column still gives out the attribute that it was
    return e.kind === "alias" || e.kind === "attribute"
      ? mapped
      : { kind: "alias", child: mapped, names: ["_key"], id: toAttribute(e).id };
  });
  return { ...plan, child: joins.plan, keys, expressions };
}

function holdsOutsideGroups(e: Expression, keys: readonly Expression[], context: SubqueryContext): boolean {
  if (keys.some((key) => sameExpression(key, e)) || e.kind === "aggregate") return false;
  if (isPending(e, context)) return true;
  let found = false;
  mapParts(e, (part) => {
    found ||= holdsOutsideGroups(part, keys, context);
    return part;
  });
  return found;
}
