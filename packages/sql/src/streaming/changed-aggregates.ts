import { type FamilySpec, type FileSystem, type OperatorMetadata, readOperatorMetadata } from "@ss/core";
import { AGGREGATE_OPERATOR, SESSION_OPERATOR } from "../physical/operator-names.js";

/**
 * Tells of aggregations whose state was written by other functions than those that go on from it now, such as the counts of `count(x)` that are taken for
 * sums of `sum(x)`: where the types are the same the state fits, and as in Spark the query goes on with numbers that mean something else. To be called
 * before the description of the operators is written anew, after which nobody is told again.
 */
export async function warnOfChangedAggregates(
  fileSystem: FileSystem,
  stateFolder: string,
  families: readonly FamilySpec[],
  warn: (message: string) => void,
): Promise<void> {
  const aggregates = families.filter(
    ({ operatorName }) => operatorName === AGGREGATE_OPERATOR || operatorName === SESSION_OPERATOR,
  );
  if (aggregates.length === 0) return;
  for (const operator of await operatorsBefore(fileSystem, stateFolder)) {
    const family = aggregates.find(({ operatorId }) => operatorId === operator.operatorId);
    const before = operator.views.find(({ family: name }) => name === family?.name)?.view;
    const now = family?.views?.[0];
    if (family === undefined || before === undefined || now === undefined) continue;
    const [had, has] = [bufferNames(before, family), bufferNames(now, family)];
    if (had !== has) warn(changed(operator.operatorId, had, has));
  }
}

/** Nobody's state depends on the description: where it is damaged it is written anew. */
async function operatorsBefore(fileSystem: FileSystem, stateFolder: string): Promise<OperatorMetadata[]> {
  try {
    return await readOperatorMetadata(fileSystem, stateFolder);
  } catch {
    return [];
  }
}

/** What functions call the columns in which they keep their state; columns of keys have names of the query. */
function bufferNames(
  { value }: OperatorMetadata["views"][number]["view"],
  { keySchema }: FamilySpec,
): string {
  const buffers = value.filter(({ from }) => from.kind === "column" && from.column >= keySchema.length);
  return buffers.map(({ name }) => name).join(", ");
}

function changed(operatorId: number, had: string, has: string): string {
  return (
    `The aggregation (operator ${operatorId}) of this query goes on from state that other functions have written: its columns were ${had} and are ${has} now. ` +
    `As their types are the same the query runs, with results that mix the old numbers with the new. Start the changed query with a new checkpoint location.`
  );
}
