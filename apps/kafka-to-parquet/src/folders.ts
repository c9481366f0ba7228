import { rmSync } from "node:fs";
import { join } from "node:path";

/** Where results and checkpoints lie. */
export interface Folders {
  readonly events: string;
  readonly rejected: string;
  readonly checkpoints: string;
}

/** The folders below the one that the command line names. */
export function foldersIn(data: string): Folders {
  return {
    events: join(data, "events"),
    rejected: join(data, "rejected"),
    checkpoints: join(data, "checkpoints"),
  };
}

/** Removes what an earlier run left, and nothing else that lies there. */
export function removeFolders(data: string): void {
  for (const folder of Object.values(foldersIn(data))) rmSync(folder, { recursive: true, force: true });
}
