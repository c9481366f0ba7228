import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Runs something with an empty folder on the disk of the data, which is gone afterwards. */
export async function withScratch<T>(root: string, run: (folder: string) => Promise<T> | T): Promise<T> {
  const parent = join(root, ".scratch");
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, "run-"));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
