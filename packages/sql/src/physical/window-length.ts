import type { Expression } from "../expression/expression.js";
import { SLIDING_WINDOW, TUMBLING_WINDOW } from "../functions/window-time/time-windows.js";
import type { LogicalPlan } from "../logical/plan.js";

/**
 * The length in microseconds of the windows that an expression over a plan gives, where each of them is `window(...)` of one constant
 * length, which can be seen by following the column down to where it is computed. Undefined for whatever else: a struct that happens to
 * look like a window, windows of several lengths, a column of a source.
 */
export function windowLength(e: Expression, plan: LogicalPlan): bigint | undefined {
  switch (e.kind) {
    case "alias":
      return windowLength(e.child, plan);
    case "attribute":
      return lengthOfColumn(e.id, plan);
    case "scalar": {
      const { names } = e.fn;
      if (!names.includes(TUMBLING_WINDOW) && !names.includes(SLIDING_WINDOW)) return undefined;
      return (e.state as readonly [duration: bigint, ...rest: bigint[]])[0];
    }
    default:
      return undefined;
  }
}

function lengthOfColumn(id: number, plan: LogicalPlan): bigint | undefined {
  switch (plan.kind) {
    case "project":
    case "aggregate": {
      const item = plan.expressions.find(
        (e) => (e.kind === "alias" || e.kind === "attribute") && e.id === id,
      );
      return item && windowLength(item, plan.child);
    }
    case "expand": {
      const at = plan.output.findIndex((column) => column.id === id);
      const lengths = plan.projections.map((items) =>
        at >= 0 ? windowLength(items[at]!, plan.child) : undefined,
      );
      return lengths.every((length) => length === lengths[0]) ? lengths[0] : undefined;
    }
    case "filter":
    case "withWatermark":
    case "observe":
    case "lateRows":
    case "generate":
    case "window":
    case "sort":
    case "limit":
    case "offset":
    case "sample":
    case "deduplicate":
      return lengthOfColumn(id, plan.child);
    default:
      return undefined;
  }
}
