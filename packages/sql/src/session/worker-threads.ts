import { availableParallelism } from "node:os";
import { workerModule } from "@ss/core";
import { WorkerPool } from "../execution/parallel/worker-pool.js";

/** N of `local[N]`; 1 for `local` and for no master at all. */
export function threadsOf(master: string | undefined): number {
  const inBrackets = /^local\[(\d+|\*)/.exec(master ?? "")?.[1];
  return inBrackets === "*" ? availableParallelism() : Math.max(1, Number(inBrackets ?? 1));
}

/** The workers of a session with this master; undefined where everything runs on the program's own thread. */
export function workersOf(
  master: string | undefined,
  limitBytes: number,
  log: (level: "warn", message: string) => void,
): WorkerPool | undefined {
  const threads = threadsOf(master);
  if (threads < 2) return undefined;
  const entry = workerModule(import.meta.url, "@ss/sql", "worker.js");
  if (entry !== undefined)
    return new WorkerPool(threads, entry, { limitBytes: Math.floor(limitBytes / threads) });
  log(
    "warn",
    `${master} runs on one thread: the worker's module of @ss/sql is not where the package has it. Leave @ss packages out of the bundle to use more.`,
  );
  return undefined;
}
