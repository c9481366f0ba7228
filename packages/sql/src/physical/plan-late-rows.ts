import type { LateRows } from "../logical/plan.js";
import type { LateRowsPlan, PhysicalPlan } from "./plan.js";
import type { Planner } from "./planner.js";

/** A node that looks for late rows; the operator above says by which watermark they are ({@link lateRowsOf}). */
export function planLateRows(planner: Planner, node: LateRows): LateRowsPlan {
  const { time, row, output } = node;
  return { kind: "lateRows", child: planner.plan(node.child), time, row, output };
}

/** The input of a stateful operator; rows of it that are looked for are late by that one's watermark. */
export function lateRowsOf(input: PhysicalPlan, operatorId: number, operatorName: string): PhysicalPlan {
  return input.kind === "lateRows" ? { ...input, operator: { operatorId, operatorName } } : input;
}
