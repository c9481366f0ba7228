import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseGoldenFile } from "./golden-file.js";
import { settingsOfInput } from "./input-settings.js";
import type { GoldenJob } from "./run-golden-file.js";

/** An entry of `index.json`: a golden file and how much it matters. */
export interface GoldenEntry {
  readonly file: string;
  readonly tier: string;
}

/** The golden files of a folder with `index.json`, `inputs/` and `results/`. */
export function goldenEntries(folder: string): GoldenEntry[] {
  const index = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as GoldenEntry[];
  return index.map(({ file, tier }) => ({ file, tier }));
}

/** Reads a golden file and the settings of its input. */
export function readGolden(folder: string, file: string): GoldenJob {
  const statements = parseGoldenFile(readFileSync(join(folder, "results", `${file}.sql.out`), "utf8"));
  const input = join(folder, "inputs", `${file}.sql`);
  const runs = existsSync(input) ? settingsOfInput(readFileSync(input, "utf8")) : [{}];
  return { file, statements, runs, stuck: {} };
}
