import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Lines in each file. */
export const LINES_PER_FILE = 5;

/** A folder of so many files of a few lines, made once. */
export function smallFiles(root: string, files: number): string {
  const folder = join(root, `files_${files}`);
  const done = join(root, `.files_${files}.done`);
  if (existsSync(done)) return folder;
  mkdirSync(folder, { recursive: true });
  for (let file = 0; file < files; file++) {
    const lines = Array.from({ length: LINES_PER_FILE }, (_, i) => `word-${(file * 31 + i) % 1000}\n`);
    writeFileSync(join(folder, `part-${String(file).padStart(6, "0")}.txt`), lines.join(""));
  }
  writeFileSync(done, "");
  return folder;
}
