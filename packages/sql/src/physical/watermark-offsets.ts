import type { KeyedProgram } from "../logical/keyed.js";
import type { PhysicalPlan } from "./plan.js";

/**
 * How far behind the query's watermark each stateful operator's own is, in milliseconds (0 or less), by operator id. An operator works by the
 * lowest watermark of its inputs and hands its own on; a join whose state ends later than its input hands on when that does, since until
 * then it may give out rows of that age. (Spark propagates watermarks so in each batch; the distances do not depend on it.)
 */
export function watermarkOffsets(plan: PhysicalPlan): ReadonlyMap<number, number> {
  const offsets = new Map<number, number>();
  visit(plan, offsets);
  return offsets;
}

/** The offset of the rows that a plan gives out; undefined where they have no watermark. */
function visit(plan: PhysicalPlan, offsets: Map<number, number>): number | undefined {
  const inputs = inputsOf(plan).map((input) => visit(input, offsets));
  const known = inputs.filter((offset) => offset !== undefined);
  const input = known.length === 0 ? undefined : Math.min(...known);
  const note = (operatorId: number): void => {
    offsets.set(operatorId, input ?? 0);
  };
  switch (plan.kind) {
    case "watermark":
      return 0;
    case "aggregate":
    case "limit":
      if (plan.stateful) note(plan.stateful.operatorId);
      return input;
    case "deduplicate":
      note(plan.operatorId);
      return input;
    case "keyed":
      if (plan.stateful) note(plan.stateful.operatorId);
      return keepsEventTime(plan.program) ? input : undefined;
    case "streamJoin": {
      note(plan.operatorId);
      const bounds = [plan.bounds.left, plan.bounds.right].filter((bound) => bound !== undefined);
      if (input === undefined || bounds.length === 0) return undefined;
      return input + Math.min(0, ...bounds.map((bound) => bound.offsetMs));
    }
    default:
      return input;
  }
}

/** Whether what a program gives out can be said to be no older than the watermark of its input. */
function keepsEventTime(program: KeyedProgram): boolean {
  if (program.kind === "processor") return program.timeMode !== "ProcessingTime";
  return program.kind === "stateless" || program.timeout !== "EventTimeTimeout";
}

function inputsOf(plan: PhysicalPlan): readonly PhysicalPlan[] {
  if ("child" in plan) return [plan.child];
  if ("children" in plan) return plan.children;
  return "left" in plan ? [plan.left, plan.right] : [];
}
