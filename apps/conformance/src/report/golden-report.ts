import type { GoldenEntry } from "../golden/golden-folder.js";
import type { GoldenJob, StatementResult } from "../golden/run-golden-file.js";
import { emptyTally, sumOf, type Tally, tallyBy, tallyTable } from "./tally.js";

/** A statement that failed or was skipped. */
export interface Miss {
  readonly place: string;
  readonly sql: string;
  readonly status: "failed" | "skipped";
  readonly reason: string;
}

/** How a golden file came out. */
export interface GoldenReport {
  readonly file: string;
  readonly tier: string;
  /** Statements with rows or an error. */
  readonly counted: Tally;
  /** Commands and queries without rows: run, and left out of every number but this. */
  readonly silent: Tally;
  readonly misses: readonly Miss[];
}

/** Sums up the results of a golden file. */
export function goldenReport(
  { file, tier }: GoldenEntry,
  job: GoldenJob,
  results: readonly StatementResult[],
): GoldenReport {
  const [counted, silent] = [emptyTally(), emptyTally()];
  const misses: Miss[] = [];
  for (const { index, status, reason = "" } of results) {
    const { sql, output } = job.statements[index]!;
    (output === "" ? silent : counted)[status]++;
    if (status !== "passed") misses.push({ place: `${file} #${index + 1}`, sql, status, reason });
  }
  return { file, tier, counted, silent, misses };
}

/** The lines about the golden files. */
export function goldenText(reports: readonly GoldenReport[]): string {
  const counted = ({ counted }: GoldenReport): Tally => counted;
  const files = tallyBy(reports, ({ file }) => file, counted);
  const tiers = tallyBy(reports, ({ tier }) => tier, counted);
  const silent = sumOf(reports.map((report) => report.silent));
  const lines = [tallyTable("golden file", files), "", tallyTable("tier", tiers), "", essentialLine(reports)];
  lines.push(
    `Statements without output, left out of these numbers: ${silent.passed} ran, ${silent.failed} failed, ${silent.skipped} skipped.`,
  );
  return lines.join("\n");
}

function essentialLine(reports: readonly GoldenReport[]): string {
  const essential = reports.filter(({ tier }) => tier === "essential").map(({ counted }) => counted);
  const { passed, failed, skipped } = sumOf(essential);
  const all = passed + failed + skipped;
  if (all === 0) return "No essential statement was run.";
  const percent = (part: number, whole: number): string => ((100 * part) / Math.max(1, whole)).toFixed(1);
  return `Essential statements: ${passed} of ${all} passed, ${percent(passed, all)} % (${percent(passed, passed + failed)} % of those that ran).`;
}
