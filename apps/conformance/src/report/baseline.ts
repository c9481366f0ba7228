import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { GoldenReport } from "./golden-report.js";

/** By golden file, how many statements with output passed when this was last recorded. */
export type Baseline = Readonly<Record<string, number>>;

/** Reads a baseline; an absent file is an empty one. */
export function readBaseline(path: string): Baseline {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Baseline) : {};
}

/** Files that passed less than the baseline asks for, one line each. Files that were not run are not judged. */
export function regressions(baseline: Baseline, reports: readonly GoldenReport[]): string[] {
  return reports
    .filter(({ file, counted }) => counted.passed < (baseline[file] ?? 0))
    .map(
      ({ file, counted }) =>
        `${file} fell below its baseline: ${counted.passed} statements pass, ${baseline[file]} did.`,
    );
}

/** Records what passed. Files that were not run keep their number. */
export function writeBaseline(path: string, before: Baseline, reports: readonly GoldenReport[]): void {
  const now = reports.map(({ file, counted }) => [file, counted.passed] as const);
  const entries = Object.entries({ ...before, ...Object.fromEntries(now) }).filter(
    ([, passed]) => passed > 0,
  );
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  writeFileSync(path, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
}
