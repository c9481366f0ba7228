import { exists, transformExpression } from "../expression/children.js";
import { conjuncts, references } from "../expression/conjuncts.js";
import type { Expression } from "../expression/expression.js";
import { isDeterministic, isRepeatable } from "../expression/repeatable.js";
import { outputOf } from "../logical/output.js";
import type { Filter, Join, JoinType, LogicalPlan } from "../logical/plan.js";
import { mapChildren } from "../logical/transform.js";
import { allOf } from "./calls.js";

/**
 * Moves conditions towards the sources: through projections (with what the columns stand for put in), sorts and unions, into the branches
 * of a join that allow it, below a watermark where the event time is not asked for (as in Spark); what compares both sides of an inner join
 * becomes its condition. Nothing moves below a limit, a generator, a window or an aggregate, nor past what is not deterministic, which would then see other rows.
 */
export function pushFilters(plan: LogicalPlan): LogicalPlan {
  return mapChildren(pushFrom(plan), pushFilters);
}

function pushFrom(plan: LogicalPlan): LogicalPlan {
  if (plan.kind === "filter") return pushOne(plan);
  return plan.kind === "join" && plan.condition ? pushJoinCondition(plan) : plan;
}

function pushOne(filter: Filter): LogicalPlan {
  const { parts, stay } = split(filter);
  return withFilters(push(filter.child, parts), stay);
}

/** The conditions of a filter that may move, and those that stay: all from the first that is not deterministic on. */
function split(filter: Filter): { readonly parts: Expression[]; readonly stay: Expression[] } {
  const all = conjuncts(filter.condition);
  const unstable = all.findIndex((part) => !isDeterministic(part));
  const before = unstable < 0 ? all : all.slice(0, unstable);
  const after = unstable < 0 ? [] : all.slice(unstable);
  return { parts: before.filter(movable), stay: [...before.filter((part) => !movable(part)), ...after] };
}

function movable(part: Expression): boolean {
  return isRepeatable(part) && !exists(part, (e) => e.kind === "subquery");
}

/** The plan with conditions on its output, as far down as they may stand. */
function push(plan: LogicalPlan, parts: readonly Expression[]): LogicalPlan {
  if (parts.length === 0) return plan;
  switch (plan.kind) {
    case "filter": {
      if (!isDeterministic(plan.condition)) return withFilters(plan, parts);
      const own = split(plan);
      return withFilters(push(plan.child, [...own.parts, ...parts]), own.stay);
    }
    case "project": {
      if (!plan.expressions.every(movable)) return withFilters(plan, parts);
      const definitions = new Map<number, Expression>();
      for (const e of plan.expressions) if (e.kind === "alias") definitions.set(e.id, e.child);
      return { ...plan, child: push(plan.child, substituted(parts, definitions)) };
    }
    case "sort":
    // results do not depend on whether late rows are reported, so conditions go on as if they were not
    case "lateRows":
      return { ...plan, child: push(plan.child, parts) };
    case "setOperation":
      return plan.type === "union" ? pushIntoUnion(plan, parts) : withFilters(plan, parts);
    case "withWatermark": {
      // the watermark is that of the rows that are looked at: only what asks for the event time itself has to stay above it
      const time = outputOf(plan).filter(
        (column) => column.metadata?.["spark.watermarkDelayMs"] !== undefined,
      );
      const asks = (part: Expression): boolean => time.some((column) => references(part).has(column.id));
      return withFilters(
        {
          ...plan,
          child: push(
            plan.child,
            parts.filter((part) => !asks(part)),
          ),
        },
        parts.filter(asks),
      );
    }
    case "join":
      return plan.lateral ? withFilters(plan, parts) : pushIntoJoin(plan, parts);
    default:
      return withFilters(plan, parts);
  }
}

function substituted(
  parts: readonly Expression[],
  definitions: ReadonlyMap<number, Expression>,
): Expression[] {
  return parts.map((part) =>
    transformExpression(part, (one) => (one.kind === "attribute" ? (definitions.get(one.id) ?? one) : one)),
  );
}

function withFilters(plan: LogicalPlan, parts: readonly Expression[]): LogicalPlan {
  return parts.reduce<LogicalPlan>((child, condition) => ({ kind: "filter", child, condition }), plan);
}

function pushIntoUnion(
  plan: Extract<LogicalPlan, { kind: "setOperation" }>,
  parts: readonly Expression[],
): LogicalPlan {
  const output = outputOf(plan);
  const children = plan.children.map((child) => {
    const own = outputOf(child);
    return push(child, substituted(parts, new Map(output.map((column, k) => [column.id, own[k]!]))));
  });
  // without ids of its own a union has those of its first branch, whose columns may now be told to be narrower
  return { ...plan, children, output };
}

/** Which sides of a join a condition above it, or its own condition, may be checked on before it. */
const ABOVE: Readonly<Record<JoinType, readonly [left: boolean, right: boolean]>> = {
  inner: [true, true],
  cross: [true, true],
  left: [true, false],
  leftSingle: [true, false],
  right: [false, true],
  full: [false, false],
  leftSemi: [true, false],
  leftAnti: [true, false],
  existence: [true, false],
};
const WITHIN: typeof ABOVE = {
  inner: [true, true],
  cross: [true, true],
  left: [false, true],
  leftSingle: [false, true],
  right: [true, false],
  full: [false, false],
  leftSemi: [true, true],
  leftAnti: [false, true],
  existence: [false, true],
};

interface Shares {
  readonly left: readonly Expression[];
  readonly right: readonly Expression[];
  readonly rest: readonly Expression[];
}

/** Conditions on one side only, where that side is open, and the others. */
function share(
  join: Join,
  parts: readonly Expression[],
  [leftOpen, rightOpen]: readonly [boolean, boolean],
): Shares {
  const ids = (plan: LogicalPlan): Set<number> => new Set(outputOf(plan).map((a) => a.id));
  const leftIds = ids(join.left);
  const rightIds = ids(join.right);
  const left: Expression[] = [];
  const right: Expression[] = [];
  const rest: Expression[] = [];
  for (const part of parts) {
    const used = [...references(part)];
    if (leftOpen && used.length > 0 && used.every((id) => leftIds.has(id))) left.push(part);
    else if (rightOpen && used.length > 0 && used.every((id) => rightIds.has(id))) right.push(part);
    else rest.push(part);
  }
  return { left, right, rest };
}

/** A condition above a join: checked before it on a side that the join does not fill with nulls, or within it if it is an inner one. */
function pushIntoJoin(join: Join, parts: readonly Expression[]): LogicalPlan {
  const { left, right, rest } = share(join, parts, ABOVE[join.type]);
  const pushed = { ...join, left: push(join.left, left), right: push(join.right, right) };
  const inner = join.type === "inner" || join.type === "cross";
  if (!inner || rest.length === 0 || (join.condition && !isDeterministic(join.condition)))
    return withFilters(pushed, rest);
  const condition = allOf([...(join.condition ? conjuncts(join.condition) : []), ...rest]);
  return { ...pushed, type: "inner", condition };
}

/** The join's own condition: what concerns one side only is checked there, unless that would lose rows which the join keeps. */
function pushJoinCondition(join: Join): LogicalPlan {
  if (!isDeterministic(join.condition!)) return join;
  const own = conjuncts(join.condition!);
  const moving = join.lateral ? [] : own.filter(movable);
  const { left, right, rest } = share(join, moving, WITHIN[join.type]);
  if (left.length === 0 && right.length === 0) return join;
  const stay = [...rest, ...own.filter((part) => !moving.includes(part))];
  const condition = stay.length > 0 ? allOf(stay) : undefined;
  return { ...join, left: push(join.left, left), right: push(join.right, right), condition };
}
