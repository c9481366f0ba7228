import type { Alias } from "../expression/expression.js";
import type { Observe } from "../logical/plan.js";
import type { PhysicalPlan } from "./plan.js";
import { argumentColumns, collectCalls, overGroups } from "./plan-aggregate.js";
import { attributeOf, narrow, type Planner } from "./planner.js";

/** Aggregates computed on the side. Their arguments are columns of a stage below, which are dropped above. */
export function planObserve(planner: Planner, node: Observe): PhysicalPlan {
  const child = planner.plan(node.child);
  const parts = collectCalls(node.expressions);
  const columns = argumentColumns(parts);
  const definitions = columns.filter((column): column is Alias => column.kind === "alias");
  const output = [
    ...child.output,
    ...columns.map((column) => (column.kind === "alias" ? attributeOf(column) : column)),
  ];
  const stage: PhysicalPlan = {
    kind: "stage",
    child,
    output,
    definitions,
    conditions: [],
    laterConditions: [],
    outputs: output,
  };
  const results = node.expressions.map((e) => overGroups(e, [], [], parts) as Alias);
  const observe: PhysicalPlan = { kind: "observe", child: stage, name: node.name, parts, results, output };
  return narrow(observe, child.output);
}
