import { children } from "../expression/children.js";
import { references } from "../expression/conjuncts.js";
import { analysisError, sqlOf } from "../expression/errors.js";
import type { Expression } from "../expression/expression.js";
import { plainSql } from "../expression/expression-text.js";
import { outputOf } from "../logical/output.js";
import type { Filter, LogicalPlan } from "../logical/plan.js";
import { containsAggregate } from "./aggregate-call.js";
import type { Analyzer } from "./analyzer.js";
import type { PlanContext } from "./context.js";
import { unresolvedColumn } from "./errors.js";
import { hasGrouping } from "./marker-functions.js";
import { belowOf } from "./project.js";
import { asCondition, resolveExpression } from "./resolve-expression.js";
import type { Extension, Resolved } from "./scope.js";
import { generatorIn, hasWindow } from "./select-list.js";
import { applyTimeWindows } from "./time-window.js";

/** WHERE, HAVING and QUALIFY. */
export function resolveFilter(node: Filter, context: PlanContext, analyzer: Analyzer): Resolved {
  const child = analyzer.resolve(node.child, context);
  const scope = node.having && child.extension?.keys ? havingScope(child, child.extension) : belowOf(child);
  const aggregateScope = child.extension?.aggregate ? child.extension.below : undefined;
  const resolvedCondition = resolveExpression(
    node.condition,
    { scope, plan: context, ...(aggregateScope ? { aggregateScope } : {}) },
    analyzer,
  );
  const condition = asCondition(resolvedCondition, "WHERE", analyzer);
  checkCondition(condition, node, child);
  const windowed = applyTimeWindows(child, [condition], { scope, plan: context }, analyzer);
  return filterOver(windowed.child, windowed.expressions[0]!, node);
}

/** In HAVING a name means a grouping column before it means a column of the select list. */
function havingScope(child: Resolved, extension: Extension): Resolved & { readonly below: Resolved } {
  return {
    plan: child.plan,
    columns: extension.keys ?? [],
    hidden: [],
    below: { ...child, ...belowOf(child) } as Resolved,
  };
}

function filterOver(child: Resolved, condition: Expression, node: Filter): Resolved {
  const known = new Set(outputOf(child.plan).map((column) => column.id));
  const own = !containsAggregate(condition) && !hasWindow(condition) && !hasGrouping(condition);
  const direct = own && [...references(condition)].every((id) => known.has(id));
  if (direct) return placed(child, condition, node);
  if (!child.extension) throw notAvailable(condition, child);
  const up = child.extension.bringUp([condition]);
  return placed(up.resolved, up.expressions[0]!, node);
}

function placed(child: Resolved, condition: Expression, node: Filter): Resolved {
  const plan: LogicalPlan = {
    kind: "filter",
    child: child.plan,
    condition,
    ...(node.having ? { having: true } : {}),
  };
  return {
    ...child,
    plan,
    extension: child.extension && over(child.extension, (below) => placed(below, condition, node)),
  };
}

/** The extension of a plan that lies on top of another one and has the same columns. */
export function over(extension: Extension, place: (below: Resolved) => Resolved): Extension {
  return {
    ...extension,
    bringUp(expressions) {
      const up = extension.bringUp(expressions);
      return { resolved: place(up.resolved), expressions: up.expressions };
    },
  };
}

function notAvailable(condition: Expression, child: Resolved): Error {
  const known = new Set(outputOf(child.plan).map((column) => column.id));
  const find = (e: Expression): Expression | undefined => {
    if (e.kind === "attribute" && !known.has(e.id)) return e;
    for (const part of children(e)) {
      const found = find(part);
      if (found) return found;
    }
    return undefined;
  };
  const missing = find(condition);
  const name = missing?.kind === "attribute" ? missing.name : plainSql(condition);
  return unresolvedColumn([name], child, condition.origin);
}

function checkCondition(condition: Expression, node: Filter, child: Resolved): void {
  if (node.qualify) checkQualify(condition, child);
  if (hasWindow(condition) && !node.qualify) {
    const clauseName = node.having ? "HAVING" : "WHERE";
    throw analysisError(
      "WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE",
      "42601",
      `A function over a window cannot stand in ${clauseName}: compute it in a subquery, or use QUALIFY.`,
      { clauseName },
    );
  }
  if (containsAggregate(condition) && !child.extension?.aggregate) {
    throw analysisError(
      "INVALID_WHERE_CONDITION",
      "42903",
      `The WHERE condition ${sqlOf(condition)} holds aggregate functions: use HAVING, or a subquery.`,
      { condition: sqlOf(condition), expressionList: aggregatesIn(condition).map(plainSql).join(", ") },
      node.origin ?? node.condition.origin,
    );
  }
  const generator = generatorIn(condition);
  if (generator) {
    throw analysisError(
      "UNSUPPORTED_GENERATOR.OUTSIDE_SELECT",
      "42K0E",
      `The generator ${sqlOf(generator)} stands outside of a select list.`,
      { plan: `'Filter ${plainSql(condition)}` },
    );
  }
}

function checkQualify(condition: Expression, child: Resolved): void {
  if (!hasWindow(condition) && !overWindows(child.plan)) {
    throw analysisError(
      "QUALIFY_REQUIRES_WINDOW_FUNCTION",
      "42903",
      "QUALIFY needs a function over a window, in it or in the select list: use WHERE or HAVING otherwise.",
      {},
    );
  }
  const [aggregate] = aggregatesIn(condition);
  if (aggregate) {
    throw analysisError(
      "QUALIFY_AGGREGATE_NOT_ALLOWED",
      "42903",
      `QUALIFY cannot hold the aggregate function ${sqlOf(aggregate)}: use HAVING.`,
      { aggregateExpr: sqlOf(aggregate) },
      aggregate.origin,
    );
  }
}

/** Whether the select list has functions over windows. */
function overWindows(plan: LogicalPlan): boolean {
  if (plan.kind === "window") return true;
  return plan.kind === "project" && overWindows(plan.child);
}

function aggregatesIn(e: Expression): Expression[] {
  if (e.kind === "window") return [...e.spec.partitionBy, ...e.spec.orderBy].flatMap(aggregatesIn);
  return e.kind === "aggregate" ? [e] : children(e).flatMap(aggregatesIn);
}
