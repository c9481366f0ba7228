import type { LogicalPlan } from "../logical/plan.js";
import { foldConstants, type Evaluate } from "./fold-constants.js";
import { pruneColumns } from "./prune-columns.js";
import { pushFilters } from "./push-filters.js";

/** Rewrites an analyzed plan into one that gives the same rows with less work. */
export function optimize(plan: LogicalPlan, evaluate: Evaluate): LogicalPlan {
  return pruneColumns(pushFilters(foldConstants(plan, evaluate)));
}
