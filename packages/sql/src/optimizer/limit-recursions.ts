import type { LogicalPlan } from "../logical/plan.js";
import { transformUp } from "../logical/transform.js";

/** Recursions of which somebody takes a number of rows may give any number: they end when they are not asked any more. */
export function limitRecursions(plan: LogicalPlan): LogicalPlan {
  return transformUp(plan, (node) =>
    node.kind === "limit" ? { ...node, child: unlimited(node.child) } : node,
  );
}

/** Only what hands rows on as they come is gone through. */
function unlimited(plan: LogicalPlan): LogicalPlan {
  switch (plan.kind) {
    case "recursion":
      return { ...plan, rowLimit: Number.POSITIVE_INFINITY };
    case "project":
    case "offset":
      return { ...plan, child: unlimited(plan.child) };
    case "setOperation":
      return plan.type === "union" ? { ...plan, children: plan.children.map(unlimited) } : plan;
    default:
      return plan;
  }
}
