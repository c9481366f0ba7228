import type { PhysicalPlan } from "./plan.js";

/** All nodes of a physical plan, the top first. */
export function nodesOf(plan: PhysicalPlan): PhysicalPlan[] {
  const below: readonly PhysicalPlan[] =
    "child" in plan
      ? [plan.child]
      : "children" in plan
        ? plan.children
        : "left" in plan
          ? [plan.left, plan.right]
          : [];
  return [plan, ...below.flatMap(nodesOf)];
}
