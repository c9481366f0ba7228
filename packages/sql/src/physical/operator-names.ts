import type { KeyedProgram } from "../logical/keyed.js";

/** Spark's names of stateful operators in progress reports and in the metadata of state. */
export const AGGREGATE_OPERATOR = "stateStoreSave";
export const SESSION_OPERATOR = "sessionWindowStateStoreSaveExec";
export const DEDUPE_OPERATOR = "dedupe";
export const DEDUPE_WITHIN_OPERATOR = "dedupeWithinWatermark";
export const GROUPS_OPERATOR = "flatMapGroupsWithState";
export const JOIN_OPERATOR = "symmetricHashJoin";
export const PROCESSOR_OPERATOR = "transformWithStateExec";

/** What progress reports call the operator of a program over keys. */
export function keyedOperatorName(program: KeyedProgram): string {
  return program.kind === "processor" ? PROCESSOR_OPERATOR : GROUPS_OPERATOR;
}
