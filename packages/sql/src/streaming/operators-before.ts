import {
  type FamilySpec,
  type FileSystem,
  type OperatorMetadata,
  readOperatorMetadata,
  type StateView,
} from "@ss/core";

/** How the checkpoint describes its operators, until it is described anew. Nobody's state depends on that: where it is damaged nothing is known. */
export async function operatorsBefore(
  fileSystem: FileSystem,
  stateFolder: string,
): Promise<readonly OperatorMetadata[]> {
  try {
    return await readOperatorMetadata(fileSystem, stateFolder);
  } catch {
    return [];
  }
}

/** How the checkpoint describes the rows of a family; undefined where it does not. */
export function viewBefore(
  before: readonly OperatorMetadata[],
  { operatorId, name }: FamilySpec,
): StateView | undefined {
  const operator = before.find((other) => other.operatorId === operatorId);
  return operator?.views.find(({ family }) => family === name)?.view;
}
