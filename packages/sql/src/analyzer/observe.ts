import { children } from "../expression/children.js";
import { analysisError, sqlOf } from "../expression/errors.js";
import type { Expression } from "../expression/expression.js";
import type { Observe } from "../logical/plan.js";
import type { Analyzer } from "./analyzer.js";
import type { PlanContext } from "./context.js";
import type { Resolved } from "./scope.js";
import { hasWindow, selectItems } from "./select-list.js";

/** `observe`: named aggregates over the rows that pass. */
export function resolveObserve(node: Observe, context: PlanContext, analyzer: Analyzer): Resolved {
  const child = analyzer.resolve(node.child, context);
  if (node.name === "")
    throw invalid("MISSING_NAME", "the metrics need a name.", { operator: "CollectMetrics" });
  const expressions = selectItems(node.expressions, { scope: child, plan: context }, analyzer);
  for (const e of expressions) check(e);
  return { plan: { ...node, child: child.plan, expressions }, columns: child.columns, hidden: child.hidden };
}

function check(e: Expression): void {
  const expr = sqlOf(e);
  if (hasWindow(e)) throw invalid("WINDOW_EXPRESSIONS_UNSUPPORTED", `${expr} is over a window.`, { expr });
  if (e.kind === "attribute") {
    throw invalid("NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE", `${expr} stands outside of an aggregate function.`, {
      expr,
    });
  }
  if (e.kind === "aggregate") {
    if (e.distinct)
      throw invalid("AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED", `${expr} has DISTINCT.`, { expr });
    if (e.filter)
      throw invalid("AGGREGATE_EXPRESSION_WITH_FILTER_UNSUPPORTED", `${expr} has a FILTER.`, { expr });
    return;
  }
  children(e).forEach(check);
}

function invalid(sub: string, message: string, parameters: Readonly<Record<string, string>>): Error {
  return analysisError(
    `INVALID_OBSERVED_METRICS.${sub}`,
    "42K0E",
    `Invalid observed metrics: ${message}`,
    parameters,
  );
}
