import { StreamError } from "@ss/core";
import type { LogicalPlan, SetOperation } from "../logical/plan.js";
import { childrenOf } from "../logical/transform.js";
import { keepsState } from "./check-open.js";

/** A union whose streams are read one after the other. */
export type SequentialUnion = SetOperation & { readonly sequential: true };

/** Whether a node is what `followedBy` makes. */
export function isSequentialUnion(plan: LogicalPlan): plan is SequentialUnion {
  return plan.kind === "setOperation" && plan.sequential === true;
}

/** Refuses sequential unions within one another, and state that would end with the stream that it was made from. */
export function checkSequences(plan: LogicalPlan): void {
  if (isSequentialUnion(plan)) {
    for (const child of plan.children) {
      if (contains(child, isSequentialUnion)) throw nested();
      if (keepsState(child)) throw statefulChild();
    }
  }
  for (const child of childrenOf(plan)) checkSequences(child);
}

function contains(plan: LogicalPlan, wanted: (plan: LogicalPlan) => boolean): boolean {
  return wanted(plan) || childrenOf(plan).some((child) => contains(child, wanted));
}

function nested(): StreamError {
  const hint = "Put all streams into one sequence: a.followedBy(b).followedBy(c).";
  return new StreamError({
    condition: "NESTED_SEQUENTIAL_STREAMING_UNION",
    sqlState: "42601",
    parameters: { hint },
    message: `Nested SequentialStreamingUnion is not supported. ${hint}`,
  });
}

function statefulChild(): StreamError {
  return new StreamError({
    condition: "STATEFUL_CHILDREN_NOT_SUPPORTED_IN_SEQUENTIAL_STREAMING_UNION",
    sqlState: "42601",
    parameters: {},
    message:
      "Stateful operations are not supported as direct children of SequentialStreamingUnion: aggregate, join or drop duplicates " +
      "behind followedBy(...), so that the state goes on when the next stream begins.",
  });
}
