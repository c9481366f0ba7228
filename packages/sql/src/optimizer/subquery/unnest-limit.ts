import { assert, IntegerType } from "@ss/core";
import {
  type Alias,
  type Attribute,
  freshId,
  literal,
  type SortOrder,
  type WindowSpec,
} from "../../expression/expression.js";
import { rowNumber } from "../../functions/window/ranking.js";
import { attributeOf, outputOf } from "../../logical/output.js";
import type { Limit, LogicalPlan, Offset, Project } from "../../logical/plan.js";
import { allOf, greater, lessOrEqual } from "../calls.js";
import { settled, type UnnestContext } from "./unnest.js";
import { bind, overBound, type Unnested } from "./unnested.js";

/** LIMIT and OFFSET over the ordering that they cut, with the projections between them. */
export interface Limits {
  readonly projections: readonly Project[];
  /** Rows `from < number <= to` of the ordering stay. */
  readonly from: number;
  readonly to: number;
  readonly order: readonly SortOrder[];
  readonly child: LogicalPlan;
}

/** Reads a limit from the top down to its ordering. */
export function limitsOf(plan: Limit | Offset): Limits {
  const projections: Project[] = [];
  let from = 0;
  let to = Number.POSITIVE_INFINITY;
  let node: LogicalPlan = plan;
  for (;;) {
    if (node.kind === "limit") to = Math.min(to, countOf(node));
    else if (node.kind === "offset") {
      // what was said above counts from after the rows that are left out here
      const skipped = countOf(node);
      from += skipped;
      to += skipped;
    } else if (node.kind === "project" && orderBelow(node)) projections.push(node);
    else break;
    node = node.child;
  }
  const sort = node.kind === "sort" ? node : undefined;
  return { projections, from, to, order: sort?.order ?? [], child: sort ? sort.child : node };
}

function orderBelow(plan: Project): boolean {
  let node: LogicalPlan = plan;
  while (node.kind === "project") node = node.child;
  return node.kind === "sort" || node.kind === "limit" || node.kind === "offset";
}

function countOf(node: Limit | Offset): number {
  assert(node.count.kind === "literal" && node.count.value !== null, "a limit is not a constant");
  return Number(node.count.value);
}

/** A limit per outer row: rows are numbered within each, and the numbers are cut. */
export function unnestLimit(limits: Limits, context: UnnestContext): Unnested {
  const child = bind(settled(limits.child, context), limits.order, context.domain);
  const order = limits.order.map((one) => overBound(one, child) as SortOrder);
  const cut =
    child.bound.length > 0
      ? numbered(child, { ...limits, order })
      : plainly(child.plan, { ...limits, order });
  const plan = limits.projections.reduceRight<LogicalPlan>((below, project) => {
    const carried = child.bound.map(({ inner }) => inner);
    return { ...project, child: below, expressions: [...project.expressions, ...carried] };
  }, cut);
  return { ...child, plan };
}

function plainly(plan: LogicalPlan, { from, to, order }: Limits): LogicalPlan {
  const sorted: LogicalPlan = order.length > 0 ? { kind: "sort", child: plan, order, global: true } : plan;
  const rest: LogicalPlan =
    from > 0 ? { kind: "offset", child: sorted, count: literal(from, IntegerType) } : sorted;
  return to === Number.POSITIVE_INFINITY
    ? rest
    : { kind: "limit", child: rest, count: literal(Math.max(0, to - from), IntegerType) };
}

function numbered(child: Unnested, { from, to, order }: Limits): LogicalPlan {
  const spec: WindowSpec = {
    partitionBy: child.bound.map(({ inner }) => inner),
    orderBy: order,
    frame: { type: "rows", lower: { bound: "unboundedPreceding" }, upper: { bound: "currentRow" } },
  };
  const call = {
    kind: "windowFunction",
    fn: rowNumber,
    args: [],
    type: IntegerType,
    nullable: false,
    name: "row_number",
  } as const;
  const alias: Alias = {
    kind: "alias",
    child: { kind: "window", call, spec },
    names: ["_row"],
    id: freshId(),
  };
  const row: Attribute = attributeOf(alias);
  const conditions = [
    ...(from > 0 ? [greater(row, literal(from, IntegerType))] : []),
    ...(to === Number.POSITIVE_INFINITY ? [] : [lessOrEqual(row, literal(to, IntegerType))]),
  ];
  const window: LogicalPlan = { kind: "window", child: child.plan, expressions: [alias] };
  const filter: LogicalPlan = { kind: "filter", child: window, condition: allOf(conditions) };
  return { kind: "project", child: filter, expressions: outputOf(child.plan) };
}
