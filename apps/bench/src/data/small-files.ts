import { existsSync, linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Lines in each file. */
export const LINES_PER_FILE = 5;
/** Different files; further ones are links to them, which cost no disk. */
const DIFFERENT = 1000;

/** A folder of so many files of a few lines, made once. */
export function smallFiles(root: string, files: number): string {
  const folder = join(root, `files_${files}`);
  const done = join(root, `.files_${files}.done`);
  if (existsSync(done) && existsSync(folder)) return folder;
  mkdirSync(folder, { recursive: true });
  const path = (file: number): string => join(folder, `part-${String(file).padStart(6, "0")}.txt`);
  for (let file = 0; file < files; file++) {
    if (existsSync(path(file))) continue;
    if (file >= DIFFERENT) {
      linkSync(path(file % DIFFERENT), path(file));
      continue;
    }
    const lines = Array.from({ length: LINES_PER_FILE }, (_, i) => `word-${(file * 31 + i) % 1000}\n`);
    writeFileSync(path(file), lines.join(""));
  }
  writeFileSync(done, "");
  return folder;
}
