import type { MapRows } from "../logical/plan.js";
import { type Analyzer, materialize, resolved } from "./analyzer.js";
import type { PlanContext } from "./context.js";
import { givenColumns } from "./keyed.js";
import type { Resolved } from "./scope.js";

/** `map`, `flatMap` and `mapPartitions`: the function sees all columns and gives out others. */
export function resolveMapRows(node: MapRows, context: PlanContext, analyzer: Analyzer): Resolved {
  const child = materialize(analyzer.resolve(node.child, context));
  const output = givenColumns(node.schema);
  return resolved({ ...node, child: child.plan, input: child.columns, output }, output);
}
