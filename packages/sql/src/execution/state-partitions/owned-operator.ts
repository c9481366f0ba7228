import type { FamilySpec, StateFamily } from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import type { StateBatch, StateCounts } from "./messages.js";

/**
 * What an operator does with the part of its state that a thread owns. Order of calls: per batch `begin`, `take` for rows whose keys are
 * of that part, in the order of the input's partitions, and `give` once. The same for a part as for the whole.
 */
export interface OwnedOperator {
  /** What the state keeps for it. */
  readonly spec: FamilySpec;
  begin(batch: StateBatch, monotonicMs: () => number): void;
  take(rows: Rows, family: StateFamily, counts: StateCounts): void;
  /** What the output mode asks for; each valid until the next is asked for. */
  give(family: StateFamily, counts: StateCounts): Iterable<Rows>;
}

/** Nothing done yet. */
export function noCounts(): StateCounts {
  return { updated: 0, removed: 0, droppedByWatermark: 0, updatesMs: 0, removalsMs: 0 };
}

/** Adds what was done elsewhere. */
export function addCounts(to: StateCounts, more: StateCounts): void {
  to.updated += more.updated;
  to.removed += more.removed;
  to.droppedByWatermark += more.droppedByWatermark;
  to.updatesMs += more.updatesMs;
  to.removalsMs += more.removalsMs;
}
