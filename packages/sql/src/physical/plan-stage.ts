import type { Predicate } from "@ss/core";
import { conjuncts } from "../expression/conjuncts.js";
import type { Alias, Expression } from "../expression/expression.js";
import { isRepeatable } from "../expression/repeatable.js";
import { isRefusal } from "../functions/malformed/refuse.js";
import { outputOf } from "../logical/output.js";
import type { LogicalPlan, Source } from "../logical/plan.js";
import type { PhysicalPlan, StagePlan } from "./plan.js";
import type { Planner } from "./planner.js";
import { toPredicate } from "./to-predicate.js";

/** Fuses a run of projections and filters (with the generator that their lower part may hold) into one stage over what is below. */
export function planStage(planner: Planner, top: LogicalPlan): PhysicalPlan {
  const output = outputOf(top);
  const definitions: Alias[] = [];
  const conditions: Expression[] = [];
  let node: LogicalPlan = top;
  for (;;) {
    if (node.kind === "project") {
      // what must be computed once per row, in the order of the operators, becomes columns of a stage of its own
      if (node !== top && !node.expressions.every(isRepeatable)) break;
      definitions.unshift(...node.expressions.filter((e): e is Alias => e.kind === "alias"));
      node = node.child;
    } else if (node.kind === "filter") {
      conditions.unshift(...conjuncts(node.condition));
      node = node.child;
    } else break;
  }
  const child = node.kind === "source" ? scan(planner, node, conditions) : planner.plan(node);
  const merged = mergeIntoGenerator(child, definitions, conditions, output);
  if (merged) return merged;
  if (definitions.length === 0 && conditions.length === 0 && sameColumns(child, output)) return child;
  return { kind: "stage", child, output, definitions, conditions, laterConditions: [], outputs: output };
}

/** What stands above a fused generator becomes part of its loop. */
function mergeIntoGenerator(
  child: PhysicalPlan,
  definitions: readonly Alias[],
  conditions: readonly Expression[],
  output: StagePlan["output"],
): PhysicalPlan | undefined {
  if (child.kind !== "stage" || !child.generator) return undefined;
  return {
    ...child,
    output,
    definitions: [...child.definitions, ...definitions],
    laterConditions: [...child.laterConditions, ...conditions],
    outputs: output,
  };
}

function sameColumns(child: PhysicalPlan, output: StagePlan["output"]): boolean {
  return child.output.length === output.length && child.output.every((a, k) => a.id === output[k]!.id);
}

/** A scan with the predicates that its reader takes; conditions that it fulfils exactly are removed from the list. */
function scan(planner: Planner, source: Source, conditions: Expression[]): PhysicalPlan {
  const predicates: Predicate[] = [];
  // conditions behind one that reports rows must not keep any from it
  const refusal = conditions.findIndex(isRefusal);
  for (let k = (refusal < 0 ? conditions.length : refusal) - 1; k >= 0; k--) {
    const predicate = toPredicate(conditions[k]!, source.attributes);
    if (!predicate) continue;
    const answer = planner.context.pushdown(source.read, predicate);
    if (answer === "unsupported") continue;
    predicates.push(predicate);
    if (answer === "exact") conditions.splice(k, 1);
  }
  return { kind: "scan", read: source.read, output: source.attributes, predicates };
}
