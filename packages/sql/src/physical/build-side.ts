import { conjuncts } from "../expression/conjuncts.js";
import { outputOf } from "../logical/output.js";
import type { Join, LogicalPlan } from "../logical/plan.js";
import { isStream } from "./planner.js";

/** How many rows a file or table is taken to have, since nothing is known of it before it is read. */
const UNKNOWN_ROWS = 1e6;

/** The side of a join that is held in memory: the one that does not stream, else the one that is likely to have fewer rows. */
export function buildSide(node: Join): "left" | "right" {
  switch (node.type) {
    case "leftSemi":
    case "leftAnti":
    case "existence":
    case "leftSingle":
      return "right";
  }
  const streams = [isStream(node.left), isStream(node.right)];
  if (streams[0] !== streams[1]) return streams[0] ? "right" : "left";
  const [left, right] = [cells(node.left), cells(node.right)];
  if (left === right) return node.type === "right" ? "left" : "right";
  return left < right ? "left" : "right";
}

/** What holding the rows would take, roughly. */
function cells(plan: LogicalPlan): number {
  return rows(plan) * Math.max(1, outputOf(plan).length);
}

/** The number of rows of a plan: exact for rows of the program, guessed by common shares for operators. */
function rows(plan: LogicalPlan): number {
  switch (plan.kind) {
    case "localRelation":
      return plan.batches.reduce((sum, batch) => sum + batch.rowCount, 0);
    case "columnar":
      return plan.rows().reduce((sum, batch) => sum + batch.rowCount, 0);
    case "range":
      return Math.max(0, Number((plan.end - plan.start) / plan.step));
    case "oneRow":
      return 1;
    case "filter":
      return rows(plan.child) / 4 ** Math.min(3, conjuncts(plan.condition).length);
    case "aggregate":
      return plan.keys.length === 0 ? 1 : rows(plan.child) / 4;
    case "limit": {
      const count = plan.count.kind === "literal" ? Number(plan.count.value) : Number.POSITIVE_INFINITY;
      return Math.min(rows(plan.child), count);
    }
    case "expand":
      return rows(plan.child) * plan.projections.length;
    case "setOperation":
      return plan.type === "union"
        ? plan.children.reduce((sum, child) => sum + rows(child), 0)
        : rows(plan.children[0]!);
    case "join": {
      const left = rows(plan.left);
      if (plan.type === "leftSemi" || plan.type === "leftAnti" || plan.type === "existence") return left;
      return plan.condition ? Math.max(left, rows(plan.right)) : left * rows(plan.right);
    }
    default:
      return "child" in plan ? rows(plan.child) : UNKNOWN_ROWS;
  }
}
