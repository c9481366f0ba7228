import { linkSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** A folder in which the files of another stand several times under further names, so that any length of input costs no disk. */
export function linkedCopies(input: string, copies: number, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(input).filter((name) => !name.startsWith("."));
  for (let copy = 0; copy < copies; copy++)
    for (const name of names)
      linkSync(join(input, name), join(folder, `${String(copy).padStart(4, "0")}-${name}`));
  return folder;
}
