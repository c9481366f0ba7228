import { references } from "../expression/conjuncts.js";
import { analysisError, quotedName, sqlOf } from "../expression/errors.js";
import type { Expression, SortOrder } from "../expression/expression.js";
import { prettyName } from "../expression/expression-text.js";
import { outputOf } from "../logical/output.js";
import type { LogicalPlan, Sort } from "../logical/plan.js";
import { containsAggregate } from "./aggregate-call.js";
import type { Analyzer } from "./analyzer.js";
import type { ExpressionContext, PlanContext } from "./context.js";
import { unresolvedColumn } from "./errors.js";
import { over } from "./filter.js";
import { hasGrouping } from "./marker-functions.js";
import { belowOf } from "./project.js";
import { checkedOrder, resolveSortOrder } from "./resolve-expression.js";
import type { Resolved } from "./scope.js";
import { generatorIn, hasWindow } from "./select-list.js";

/** ORDER BY and SORT BY, on columns of the select list or of what lies below it. */
export function resolveSort(node: Sort, context: PlanContext, analyzer: Analyzer): Resolved {
  const child = analyzer.resolve(node.child, context);
  const aggregateScope = child.extension?.aggregate ? child.extension.below : undefined;
  const scope = belowOf(child);
  const inner: ExpressionContext = { scope, plan: context, ...(aggregateScope ? { aggregateScope } : {}) };
  const written = node.all ? byAll(child, node.all) : node.order;
  const order = written.map(
    (one) => byPosition(one, child, analyzer) ?? resolveSortOrder(one, inner, analyzer),
  );
  checkOrder(order);
  return sortOver(child, order, node);
}

function byAll(child: Resolved, all: NonNullable<Sort["all"]>): readonly SortOrder[] {
  return child.columns.map((column) => ({ kind: "sortOrder", child: column, ...all }));
}

function byPosition(order: SortOrder, child: Resolved, analyzer: Analyzer): SortOrder | undefined {
  const { child: e } = order;
  if (e.kind !== "literal" || e.type.kind !== "integer") return undefined;
  if (analyzer.environment.conf("spark.sql.orderByOrdinal") === "false") return order;
  const index = Number(e.value);
  const column = child.columns[index - 1];
  if (column) return checkedOrder({ ...order, child: column });
  throw analysisError(
    "ORDER_BY_POS_OUT_OF_RANGE",
    "42805",
    `ORDER BY position ${index} is not in the select list, which has ${child.columns.length} columns.`,
    { index: String(index), size: String(child.columns.length) },
    e.origin,
  );
}

function checkOrder(order: readonly SortOrder[]): void {
  const generator = order.find(generatorIn);
  if (!generator) return;
  throw analysisError(
    "UNSUPPORTED_GENERATOR.OUTSIDE_SELECT",
    "42K0E",
    `A generator stands outside of a select list, in ORDER BY ${prettyName(generator)}.`,
    { plan: `Sort [${order.map(prettyName).join(", ")}], true` },
  );
}

function sortOver(child: Resolved, order: readonly SortOrder[], node: Sort): Resolved {
  const known = new Set(outputOf(child.plan).map((column) => column.id));
  const direct = order.every(
    (one) =>
      !containsAggregate(one) &&
      !hasWindow(one) &&
      !hasGrouping(one) &&
      [...references(one)].every((id) => known.has(id)),
  );
  if (direct) return placed(child, order, node);
  if (!child.extension) throw notAvailable(order, known, child);
  if (!child.extension.aggregate && order.some(containsAggregate)) throw aggregateInOrder(order);
  const up = child.extension.bringUp(order.map((one) => one.child));
  const brought = order.map((one, i): SortOrder => ({ ...one, child: up.expressions[i]! }));
  return placed(up.resolved, brought, node);
}

function placed(child: Resolved, order: readonly SortOrder[], node: Sort): Resolved {
  const plan: LogicalPlan = { kind: "sort", child: child.plan, order, global: node.global };
  return {
    ...child,
    plan,
    extension: child.extension && over(child.extension, (below) => placed(below, order, node)),
  };
}

function notAvailable(order: readonly SortOrder[], known: ReadonlySet<number>, child: Resolved): Error {
  if (order.some(containsAggregate)) return aggregateInOrder(order);
  const lost = order.find((one) => [...references(one)].some((id) => !known.has(id)));
  return unresolvedColumn([lost ? prettyName(lost.child) : ""], child, lost?.child.origin);
}

function aggregateInOrder(order: readonly SortOrder[]): Error {
  const invalid = order.filter(containsAggregate).map((one): Expression => one.child);
  return analysisError(
    "UNSUPPORTED_EXPR_FOR_OPERATOR",
    "42K0E",
    `The aggregate functions ${invalid.map(sqlOf).join(", ")} cannot be ordered by here: the query has no groups.`,
    { invalidExprSqls: invalid.map(sqlOf).join(", "), operator: quotedName("Sort") },
    invalid[0]?.origin,
  );
}
