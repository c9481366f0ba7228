import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Folders } from "./folders.js";
import type { SaleFiles } from "./sale-files.js";

/** Whether a run over the same files was cut short, so that its checkpoints are worth going on from. */
export async function isUnfinished({ unfinished }: Folders, files: SaleFiles): Promise<boolean> {
  return existsSync(unfinished) && (await readFile(unfinished, "utf8")) === JSON.stringify(files);
}

/** Removes what an earlier run left and marks this one as unfinished. */
export async function beginRun({ stream, unfinished }: Folders, files: SaleFiles): Promise<void> {
  await rm(stream, { recursive: true, force: true });
  await mkdir(stream, { recursive: true });
  await writeFile(unfinished, JSON.stringify(files));
}

/** Takes the mark away: nothing is left to do. */
export async function endRun({ unfinished }: Folders): Promise<void> {
  await rm(unfinished, { force: true });
}

/** How many batches a checkpoint has committed. */
export async function committedBatches(checkpoint: string): Promise<number> {
  const commits = join(checkpoint, "commits");
  if (!existsSync(commits)) return 0;
  const ids = (await readdir(commits)).filter((name) => /^\d+$/.test(name)).map(Number);
  return Math.max(-1, ...ids) + 1;
}
