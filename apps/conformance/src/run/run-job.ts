import { textOfError } from "../golden/compare-error.js";
import { runGoldenFile } from "../golden/run-golden-file.js";
import { runScenario } from "../scenario/run-scenario.js";
import { failedJob, type Job, type Outcome } from "./job.js";

/** Does a job on this thread; `begin` is called before each statement. Never throws. */
export async function runJob(job: Job, begin: (index: number) => void): Promise<Outcome> {
  try {
    if (job.kind === "golden") return { kind: "golden", results: await runGoldenFile(job.golden, begin) };
    return { kind: "scenario", reason: await runScenario(job.scenario, job.restarted) };
  } catch (error) {
    return failedJob(job, textOfError(error));
  }
}
