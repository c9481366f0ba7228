import type { LogicalPlan } from "../logical/plan.js";
import { Analyzer } from "./analyzer.js";
import type { AnalyzerEnvironment } from "./environment.js";
import { checkInputFile } from "./input-file.js";

const analyzed = new WeakSet<LogicalPlan>();

/**
 * Resolves a plan: relations, columns, functions, types and casts, in Spark's manner and with its error conditions.
 *
 * Of the plan's nodes only `source`, `localRelation`, `columnar`, `oneRow`, `range`, `project`, `filter`, `aggregate`, `expand`,
 * `join`, `setOperation`, `sort`, `limit`, `offset`, `deduplicate`, `generate`, `window`, `sample`, `withWatermark` and `observe`
 * remain. An analyzed plan comes back as it is.
 */
export function analyze(plan: LogicalPlan, environment: AnalyzerEnvironment): LogicalPlan {
  if (analyzed.has(plan)) return plan;
  const result = new Analyzer(environment, analyzed).query(plan, {
    tables: [],
    outer: undefined,
    windows: {},
  });
  checkInputFile(result);
  analyzed.add(result);
  return result;
}
