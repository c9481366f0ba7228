import { GroupState, type GroupStatePlan } from "../aggregate/group-state.js";
import type { OwnedOperator } from "./owned-operator.js";

/** The operators whose state can be divided, by their names in messages. */
const OPERATORS: Readonly<Record<string, (plan: unknown, ansi: boolean) => OwnedOperator>> = {
  aggregate: (plan, ansi) => new GroupState(plan as GroupStatePlan, ansi),
};

/** Makes an operator from what a driver has sent. */
export function ownedOperator(name: string, plan: unknown, ansi: boolean): OwnedOperator {
  return OPERATORS[name]!(plan, ansi);
}
