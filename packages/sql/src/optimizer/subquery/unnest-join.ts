import { conjuncts } from "../../expression/conjuncts.js";
import { type Alias, type Expression, freshId } from "../../expression/expression.js";
import { sameExpression } from "../../expression/same-expression.js";
import { attributeOf, outputOf } from "../../logical/output.js";
import type { Join, LogicalPlan } from "../../logical/plan.js";
import { allOf, caseWhen, isNotNull, nullSafeEqual } from "../calls.js";
import { isMovable, outerColumns, readsOuter, substitute } from "./outer-references.js";
import { present, settled, type UnnestContext, unnest } from "./unnest.js";
import { type Bound, bind, overBound, settle, type Unnested } from "./unnested.js";

/** A join within a subquery: both sides have to belong to the same outer row. */
export function unnestJoin(plan: Join, context: UnnestContext): Unnested {
  if (plan.lateral) return unnestLateral(plan, context);
  switch (plan.type) {
    case "inner":
    case "cross":
      return unnestInner(plan, context);
    case "right":
      return oneSided(plan, "right", context);
    case "full":
      return unnestFull(plan, context);
    default:
      return oneSided(plan, "left", context);
  }
}

/** Both sides may leave things for later, and so may the condition. */
function unnestInner(plan: Join, context: UnnestContext): Unnested {
  const condition = plan.condition ? conjuncts(plan.condition) : [];
  let left = present(plan.left, condition, context);
  const right = present(plan.right, condition, context);
  const deferred = new Map([...left.deferred, ...right.deferred]);
  const here: Expression[] = [];
  const pending: Expression[] = [];
  for (const part of condition) {
    const e = substitute(part, deferred);
    if (!readsOuter(e)) here.push(e);
    else if (isMovable(e)) pending.push(e);
    else {
      left = bind(left, [e], context.domain);
      here.push(overBound(e, left));
    }
  }
  const both = merge(left.bound, right.bound);
  const joined: LogicalPlan = {
    ...plan,
    ...withCondition(plan, [...here, ...both.conditions]),
    left: left.plan,
    right: right.plan,
  };
  return {
    plan: joined,
    bound: [...left.bound, ...both.further],
    pending: [...left.pending, ...right.pending, ...pending],
    deferred,
  };
}

/** The right side's bound columns: equal to those of the left side, or new. */
function merge(
  left: readonly Bound[],
  right: readonly Bound[],
): { readonly conditions: readonly Expression[]; readonly further: readonly Bound[] } {
  const conditions: Expression[] = [];
  const further: Bound[] = [];
  for (const one of right) {
    const same = left.find((other) => sameExpression(other.outer, one.outer));
    if (same) conditions.push(nullSafeEqual(same.inner, one.inner));
    else further.push(one);
  }
  return { conditions, further };
}

function withCondition(plan: Join, conditions: readonly Expression[]): Pick<Join, "type" | "condition"> {
  if (conditions.length === 0) return { type: plan.type, condition: undefined };
  return { type: plan.type === "cross" ? "inner" : plan.type, condition: allOf(conditions) };
}

/** Joins that give out every row of one side (or a choice of them): that side carries all outer values that the other one needs. */
function oneSided(plan: Join, kept: "left" | "right", context: UnnestContext): Unnested {
  const condition = plan.condition ? conjuncts(plan.condition) : [];
  const [keptPlan, otherPlan] = kept === "left" ? [plan.left, plan.right] : [plan.right, plan.left];
  const other = settled(otherPlan, context);
  const child = present(keptPlan, condition, context);
  const read = condition.map((part) => substitute(part, child.deferred));
  const needed = [...other.bound.map((one) => one.outer), ...read.filter(readsOuter)];
  const side = outerColumns(needed).length > 0 ? bind(child, needed, context.domain) : child;
  const conditions = [
    ...read.map((part) => (readsOuter(part) ? overBound(part, side) : part)),
    ...other.bound.map((one) => nullSafeEqual(overBound(one.outer, side), one.inner)),
  ];
  const [left, right] = kept === "left" ? [side.plan, other.plan] : [other.plan, side.plan];
  return { ...side, plan: { ...plan, ...withCondition(plan, conditions), left, right } };
}

/** A full join: either side may be the one that is there. */
function unnestFull(plan: Join, context: UnnestContext): Unnested {
  const condition = plan.condition ? conjuncts(plan.condition) : [];
  const sides = [settled(plan.left, context), settled(plan.right, context)] as const;
  const columns = outerColumns([
    ...sides.flatMap(({ bound }) => bound.map((one) => one.outer)),
    ...condition,
  ]);
  const needed = columns.map((attribute): Expression => ({ kind: "outerReference", attribute }));
  const [left, right] = sides.map((side) => bind(side, needed, context.domain)) as [Unnested, Unnested];
  const pairs = needed.map((e) => [overBound(e, left), overBound(e, right)] as const);
  const conditions = [
    ...condition.map((part) => overBound(part, left)),
    ...pairs.map(([a, b]) => nullSafeEqual(a, b)),
  ];
  // an outer value may be null on the side that is there, so a column of its own tells which side that is
  const marked = withMarker(left.plan);
  const joined: LogicalPlan = {
    ...plan,
    ...withCondition(plan, conditions),
    left: marked.plan,
    right: right.plan,
  };
  const values = pairs.map(([a, b]): Alias => {
    const value = caseWhen([[isNotNull(marked.there), a]], b);
    return { kind: "alias", child: value, names: ["_bound"], id: freshId() };
  });
  const output = [...outputOf(plan), ...values];
  return {
    plan: { kind: "project", child: joined, expressions: output },
    bound: needed.map((outer, k) => ({ outer, inner: attributeOf(values[k]!) })),
    pending: [],
    deferred: new Map(),
  };
}

function withMarker(plan: LogicalPlan): { readonly plan: LogicalPlan; readonly there: Expression } {
  const marker: Alias = { kind: "alias", child: allOf([]), names: ["_there"], id: freshId() };
  const marked: LogicalPlan = { kind: "project", child: plan, expressions: [...outputOf(plan), marker] };
  return { plan: marked, there: { ...attributeOf(marker), nullable: true } };
}

/** The right side of a LATERAL join reads the left one alone; so does the condition, besides the right side. */
function unnestLateral(plan: Join, context: UnnestContext): Unnested {
  const left = settle(unnest(plan.left, context), context.domain);
  const condition = plan.condition ? [plan.condition] : [];
  const side = outerColumns(condition).length > 0 ? bind(left, condition, context.domain) : left;
  return {
    ...side,
    plan: {
      ...plan,
      left: side.plan,
      ...withCondition(
        plan,
        condition.map((e) => overBound(e, side)),
      ),
    },
  };
}
