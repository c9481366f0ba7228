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
