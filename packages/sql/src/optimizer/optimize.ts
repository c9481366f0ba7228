import type { LogicalPlan } from "../logical/plan.js";
import { type Evaluate, foldConstants } from "./fold-constants.js";
import { limitRecursions } from "./limit-recursions.js";
import { pruneColumns } from "./prune-columns.js";
import { pushFilters } from "./push-filters.js";
import { rewriteSubqueries } from "./subquery/rewrite-subqueries.js";
import type { SubqueryContext } from "./subquery/subquery-joins.js";

/** What the optimizer has to know about the session and the query. */
export interface OptimizerContext extends SubqueryContext {
  /** Computes an expression that reads no column. */
  readonly evaluate: Evaluate;
}

/** Rewrites an analyzed plan into one that has no subqueries and gives the same rows with less work. */
export function optimize(plan: LogicalPlan, context: OptimizerContext): LogicalPlan {
  const joined = rewriteSubqueries(plan, context);
  return limitRecursions(pruneColumns(pushFilters(foldConstants(joined, context.evaluate))));
}
