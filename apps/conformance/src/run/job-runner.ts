import { availableParallelism } from "node:os";
import type { Worker } from "node:worker_threads";
import type { Job, Outcome } from "./job.js";
import { runJob } from "./run-job.js";
import { WatchedWorker } from "./watched-worker.js";

/** Does jobs and returns their outcomes in the order of the jobs. */
export type JobRunner = (jobs: readonly Job[]) => Promise<Outcome[]>;

/** Does jobs on this thread, one after the other, with nobody to watch their time. */
export const runHere: JobRunner = async (jobs) => {
  const outcomes: Outcome[] = [];
  for (const job of jobs) outcomes.push(await runJob(job, () => {}));
  return outcomes;
};

const WORKERS_MAX = 4;

/** Does jobs on a few threads, each statement within a time limit. */
export function runOnThreads(makeWorker: () => Worker, limitMs: number): JobRunner {
  return async (jobs) => {
    const outcomes = new Array<Outcome>(jobs.length);
    const left = [...jobs.keys()].sort((a, b) => sizeOf(jobs[b]!) - sizeOf(jobs[a]!));
    const count = Math.min(availableParallelism(), WORKERS_MAX, jobs.length);
    const work = async (): Promise<void> => {
      const worker = new WatchedWorker(makeWorker, limitMs);
      for (let k = left.shift(); k !== undefined; k = left.shift()) outcomes[k] = await worker.run(jobs[k]!);
      await worker.close();
    };
    await Promise.all(Array.from({ length: count }, work));
    return outcomes;
  };
}

/** Long jobs go first, so that no thread begins one when the others are done. */
function sizeOf(job: Job): number {
  return job.kind === "golden" ? job.golden.statements.length * job.golden.runs.length : 1;
}
