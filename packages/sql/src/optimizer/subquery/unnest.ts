import { exists, mapChildren as mapParts } from "../../expression/children.js";
import { conjuncts, references } from "../../expression/conjuncts.js";
import { type Alias, type Attribute, type Expression, freshId } from "../../expression/expression.js";
import { sameExpression } from "../../expression/same-expression.js";
import { attributeOf, toAttribute } from "../../logical/output.js";
import type { Aggregate, Filter, LogicalPlan, Project } from "../../logical/plan.js";
import { childrenOf, expressionsOf, mapExpressions } from "../../logical/transform.js";
import { allOf } from "../calls.js";
import type { Domain } from "./domain.js";
import { overNoRows } from "./empty-group.js";
import { outerInRecursion } from "./errors.js";
import { isMovable, readsOuter, substitute } from "./outer-references.js";
import { unnestJoin } from "./unnest-join.js";
import { limitsOf, unnestLimit } from "./unnest-limit.js";
import { unnestSetOperation } from "./unnest-set-operation.js";
import { bind, neededLater, overBound, settle, type Unnested, unnested } from "./unnested.js";

/** What unnesting has to know about the query around. */
export interface UnnestContext {
  readonly domain: Domain;
  readonly ansi: boolean;
}

/**
 * Takes the outer references out of the plan of a subquery, from its leaves to its top. Conditions that read outer columns and values
 * computed from them are put off, as far as to the join with the query around; where an operator needs all its rows for one outer
 * row together (groups, limits, windows, set operations), the outer values become columns of the rows: those that an
 * equality names are there already, for others the plan is joined with all values that there are.
 */
export function unnest(plan: LogicalPlan, context: UnnestContext): Unnested {
  if (!readsOuterAnywhere(plan)) return unnested(plan);
  switch (plan.kind) {
    case "filter":
      return unnestFilter(plan, context);
    case "project":
      return unnestProject(plan, context);
    case "aggregate":
      return unnestAggregate(plan, context);
    case "join":
      return unnestJoin(plan, context);
    case "setOperation":
      return unnestSetOperation(plan, context);
    case "limit":
    case "offset":
      return unnestLimit(limitsOf(plan), context);
    case "sort":
    case "generate":
      return perRow(plan, context);
    case "deduplicate":
    case "window":
      return perGroup(plan, context);
    case "expand": {
      const child = settled(plan.child, context);
      const bound = bind(child, plan.projections.flat(), context.domain);
      const added = bound.bound.map(({ inner }) => ({ ...inner, id: freshId() }));
      const projections = plan.projections.map((one) => [
        ...one.map((e) => overBound(e, bound)),
        ...bound.bound.map(({ inner }) => inner),
      ]);
      const expanded: LogicalPlan = {
        ...plan,
        child: bound.plan,
        projections,
        output: [...plan.output, ...added],
      };
      return {
        ...bound,
        plan: expanded,
        bound: bound.bound.map(({ outer }, k) => ({ outer, inner: added[k]! })),
      };
    }
    case "recursion":
      throw outerInRecursion(plan);
    default: {
      // the rest hands rows on one by one
      const child = settled((plan as Extract<LogicalPlan, { child: LogicalPlan }>).child, context);
      return { ...child, plan: { ...plan, child: child.plan } as LogicalPlan };
    }
  }
}

/** Whether a plan reads columns of the query around; the right side of a LATERAL join reads those of the left one. */
export function readsOuterAnywhere(plan: LogicalPlan): boolean {
  if (expressionsOf(plan).some(readsOuter)) return true;
  if (plan.kind === "join" && plan.lateral) return readsOuterAnywhere(plan.left);
  return childrenOf(plan).some(readsOuterAnywhere);
}

/** A plan unnested, with nothing put off but the equality of bound columns. */
export function settled(plan: LogicalPlan, context: UnnestContext): Unnested {
  return settle(unnest(plan, context), context.domain);
}

/** A plan unnested, without a row that stands for no rows; what subqueries in `users` read is computed. */
export function present(plan: LogicalPlan, users: readonly Expression[], context: UnnestContext): Unnested {
  const child = unnest(plan, context);
  const needed = users.some((e) => subqueriesRead(e, child.deferred));
  return child.missing || needed ? settle(child, context.domain) : child;
}

function subqueriesRead(e: Expression, columns: ReadonlyMap<number, Expression>): boolean {
  return exists(
    e,
    (part) => part.kind === "subquery" && (part.outer ?? []).some((column) => columns.has(column.id)),
  );
}

function unnestFilter(plan: Filter, context: UnnestContext): Unnested {
  let child = present(plan.child, [plan.condition], context);
  const here: Expression[] = [];
  const pending: Expression[] = [];
  for (const part of conjuncts(plan.condition)) {
    const condition = substitute(part, child.deferred);
    if (!readsOuter(condition)) here.push(condition);
    else if (isMovable(condition)) pending.push(condition);
    else {
      child = bind(child, [condition], context.domain);
      here.push(overBound(condition, child));
    }
  }
  const filtered: LogicalPlan =
    here.length === 0 ? child.plan : { kind: "filter", child: child.plan, condition: allOf(here) };
  return { ...child, plan: filtered, pending: [...child.pending, ...pending] };
}

function unnestProject(plan: Project, context: UnnestContext): Unnested {
  let child = unnest(plan.child, context);
  if (plan.expressions.some((e) => subqueriesRead(e, child.deferred))) child = settle(child, context.domain);
  const stuck = plan.expressions.filter((e) => readsOuter(substitute(e, child.deferred)) && !isMovable(e));
  if (stuck.length > 0) child = bind(settle(child, context.domain), stuck, context.domain);
  const kept: Expression[] = [];
  const deferred = new Map<number, Expression>();
  for (const e of plan.expressions) {
    const { id } = toAttribute(e);
    const value = substitute(e.kind === "alias" ? e.child : e, child.deferred);
    if (!readsOuter(value)) kept.push(e.kind === "alias" && value !== e.child ? { ...e, child: value } : e);
    else if (stuck.includes(e)) kept.push(overBound(e, child));
    else deferred.set(id, value);
  }
  const given = new Set(kept.map((e) => toAttribute(e).id));
  const result: Unnested = { ...child, deferred, missing: child.missing && missingOf(plan, child.missing) };
  const carried = neededLater(result).filter((column) => !given.has(column.id));
  return { ...result, plan: { ...plan, child: child.plan, expressions: [...kept, ...carried] } };
}

/** What a projection makes of the row that stands for no rows. */
function missingOf(plan: Project, missing: ReadonlyMap<number, Expression>): ReadonlyMap<number, Expression> {
  return new Map(
    plan.expressions.map((e) => [toAttribute(e).id, substitute(e.kind === "alias" ? e.child : e, missing)]),
  );
}

function unnestAggregate(plan: Aggregate, context: UnnestContext): Unnested {
  const split = outerAboveGroups(plan);
  if (split) return unnest(split, context);
  const child = settled(plan.child, context);
  const parts = bind(child, [...plan.keys, ...plan.expressions], context.domain);
  if (parts.bound.length === 0) return { ...parts, plan: { ...plan, child: parts.plan } };
  const bound = parts.bound.map(({ inner }) => inner);
  const keys = [...plan.keys.map((key) => overBound(key, parts)), ...bound];
  const expressions = plan.expressions.map((e) => overBound(e, parts));
  const groups: LogicalPlan = { ...plan, child: parts.plan, keys, expressions: [...expressions, ...bound] };
  if (plan.keys.length > 0) return { ...parts, plan: groups };
  const missing = new Map(
    plan.expressions.map((e) => [
      toAttribute(e).id,
      overNoRows(e.kind === "alias" ? e.child : e, context.ansi),
    ]),
  );
  return { ...parts, plan: groups, missing };
}

/** `max(a) + outer` as a projection over `max(a)`: what is computed over groups can be put off, what goes into them cannot. */
function outerAboveGroups(plan: Aggregate): LogicalPlan | undefined {
  const above = plan.expressions.some(
    (e) => exists(e, (part) => part.kind === "outerReference") && !onlyInGroups(e, plan.keys),
  );
  if (!above) return undefined;
  const items: (Alias | Attribute)[] = [];
  const lift = (e: Expression): Expression => {
    const isKey =
      e.kind !== "literal" && e.kind !== "alias" && plan.keys.some((key) => sameExpression(key, e));
    return isKey || e.kind === "aggregate" ? itemFor(e, items) : mapParts(e, lift);
  };
  const expressions = plan.expressions.map(lift);
  return { kind: "project", child: { ...plan, expressions: items }, expressions };
}

/** Whether outer references stand within grouping keys and aggregate functions alone. */
function onlyInGroups(e: Expression, keys: readonly Expression[]): boolean {
  if (e.kind === "outerReference") return false;
  if (e.kind === "aggregate" || keys.some((key) => sameExpression(key, e))) return true;
  let fine = true;
  mapParts(e, (part) => {
    fine &&= onlyInGroups(part, keys);
    return part;
  });
  return fine;
}

/** The column for a value of an aggregate, which is added where it is new. */
export function itemFor(e: Expression, items: (Alias | Attribute)[]): Attribute {
  if (e.kind === "attribute") {
    if (!items.some((item) => item.id === e.id)) items.push(e);
    return e;
  }
  const known = items.find((item) => item.kind === "alias" && sameExpression(item.child, e));
  if (known) return toAttribute(known);
  const alias: Alias = { kind: "alias", child: e, names: ["_item"], id: freshId() };
  items.push(alias);
  return attributeOf(alias);
}

/** Sorting and generating: what was put off below can wait until after it. */
function perRow(plan: Extract<LogicalPlan, { kind: "sort" | "generate" }>, context: UnnestContext): Unnested {
  const users = expressionsOf(plan);
  const child = plan.kind === "sort" ? unnest(plan.child, context) : present(plan.child, users, context);
  const read = users.some((e) => [...references(e)].some((id) => child.deferred.has(id)));
  if (!read && !users.some(readsOuter)) return { ...child, plan: { ...plan, child: child.plan } };
  const ready = bind(settle(child, context.domain), users, context.domain);
  return { ...ready, plan: mapExpressions({ ...plan, child: ready.plan }, (e) => overBound(e, ready)) };
}

/** DISTINCT and windows: rows of one outer row belong together. */
function perGroup(
  plan: Extract<LogicalPlan, { kind: "deduplicate" | "window" }>,
  context: UnnestContext,
): Unnested {
  const child = bind(settled(plan.child, context), expressionsOf(plan), context.domain);
  const bound = child.bound.map(({ inner }) => inner);
  if (plan.kind === "deduplicate") {
    const columns = plan.columns && [...plan.columns, ...bound];
    return { ...child, plan: { ...plan, child: child.plan, columns } };
  }
  const expressions = plan.expressions.map((e) => {
    const alias = overBound(e, child) as Alias;
    const window = alias.child as Extract<Expression, { kind: "window" }>;
    const spec = { ...window.spec, partitionBy: [...window.spec.partitionBy, ...bound] };
    return { ...alias, child: { ...window, spec } };
  });
  return { ...child, plan: { ...plan, child: child.plan, expressions } };
}
