import type { FamilySpec, OperatorMetadata, StateView } from "@ss/core";
import { AGGREGATE_OPERATOR, SESSION_OPERATOR } from "../physical/operator-names.js";
import { viewBefore } from "./operators-before.js";

/**
 * Tells of aggregations whose state was written by other functions than those that go on from it now, such as the counts of `count(x)` that are taken for
 * sums of `sum(x)`: where the types are the same the state fits, and as in Spark the query goes on with numbers that mean something else. To be called
 * with what the checkpoint said before its operators are described anew, after which nobody is told again.
 */
export function warnOfChangedAggregates(
  before: readonly OperatorMetadata[],
  families: readonly FamilySpec[],
  warn: (message: string) => void,
): void {
  for (const family of families) {
    const { operatorId, operatorName } = family;
    if (operatorName !== AGGREGATE_OPERATOR && operatorName !== SESSION_OPERATOR) continue;
    const [was, is] = [viewBefore(before, family), family.views?.[0]];
    if (was === undefined || is === undefined) continue;
    const [had, has] = [bufferNames(was, family), bufferNames(is, family)];
    if (had !== has) warn(changed(operatorId, had, has));
  }
}

/** What functions call the columns in which they keep their state; columns of keys have names of the query. */
function bufferNames({ value }: StateView, { keySchema }: FamilySpec): string {
  const buffers = value.filter(({ from }) => from.kind === "column" && from.column >= keySchema.length);
  return buffers.map(({ name }) => name).join(", ");
}

function changed(operatorId: number, had: string, has: string): string {
  return (
    `The aggregation (operator ${operatorId}) of this query goes on from state that other functions have written: its columns were ${had} and are ${has} now. ` +
    `As their types are the same the query runs, with results that mix the old numbers with the new. Start the changed query with a new checkpoint location.`
  );
}
