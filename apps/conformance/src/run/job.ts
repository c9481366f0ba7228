import type { GoldenJob, StatementResult } from "../golden/run-golden-file.js";
import type { Scenario } from "../scenario/scenario.js";

/** A piece of work that may run on any thread: plain data. */
export type Job =
  | { readonly kind: "golden"; readonly golden: GoldenJob }
  | { readonly kind: "scenario"; readonly scenario: Scenario; readonly restarted: boolean };

/** What came of a job. */
export type Outcome =
  | { readonly kind: "golden"; readonly results: readonly StatementResult[] }
  | { readonly kind: "scenario"; readonly reason: string | undefined };

/** The outcome of a job that failed as a whole. */
export function failedJob(job: Job, reason: string): Outcome {
  if (job.kind === "scenario") return { kind: "scenario", reason };
  const { statements } = job.golden;
  return { kind: "golden", results: statements.map(({ index }) => ({ index, status: "failed", reason })) };
}
