import { exists } from "../expression/children.js";
import type { Expression } from "../expression/expression.js";
import { isDeterministic } from "../expression/repeatable.js";
import { typeOf } from "../expression/type-of.js";
import type { LogicalPlan } from "../logical/plan.js";
import { childrenOf, expressionsOf } from "../logical/transform.js";

/** Whether a plan over tables gives the same rows in every batch as long as its tables have the same rows. */
export function isSteady(plan: LogicalPlan): boolean {
  // what `observe` finds is reported with each batch
  if (plan.kind === "observe") return false;
  return (
    expressionsOf(plan).every((e) => isDeterministic(e) && !exists(e, asksTime)) &&
    childrenOf(plan).every(isSteady)
  );
}

/** Whether a value depends on the time of the batch. */
function asksTime(e: Expression): boolean {
  if (e.kind === "scalar") return e.fn.asksTime === true;
  // a text may be a time of day, which is one of the present day
  return e.kind === "cast" && e.type.kind === "timestamp" && typeOf(e.child).kind === "string";
}
