import type { PhysicalPlan } from "./plan.js";

/** All nodes of a plan, parents before their inputs. */
export function nodesOf(plan: PhysicalPlan): PhysicalPlan[] {
  return [plan, ...inputsOf(plan).flatMap(nodesOf)];
}

/** The plans that a node reads, in order. */
export function inputsOf(plan: PhysicalPlan): readonly PhysicalPlan[] {
  if ("child" in plan) return [plan.child];
  if ("children" in plan) return plan.children;
  return "left" in plan ? [plan.left, plan.right] : [];
}
