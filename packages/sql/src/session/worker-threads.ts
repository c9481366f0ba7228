import { availableParallelism } from "node:os";
import { StreamError, workerModule } from "@ss/core";
import { WorkerPool } from "../execution/parallel/worker-pool.js";

/** More than this is a slip, not a machine. */
const MOST_THREADS = 1024;

/** N of `local[N]` (`local[N,F]` too, as in Spark); 1 for `local` and for no master at all. SS_INVALID_MASTER for anything else. */
export function threadsOf(master: string | undefined): number {
  if (master === undefined || master === "local") return 1;
  const inBrackets = /^local\[\s*(\d+|\*)\s*(?:,\s*\d+\s*)?\]$/.exec(master)?.[1];
  const threads = inBrackets === "*" ? availableParallelism() : Number(inBrackets ?? 0);
  if (threads >= 1 && threads <= MOST_THREADS) return threads;
  throw new StreamError({
    condition: "SS_INVALID_MASTER",
    parameters: { master },
    message: `Could not parse Master URL: '${master}'. This engine runs in its own process: write local, local[N] with N threads, or local[*].`,
  });
}

/**
 * The workers of a session with this master, which share half of its memory; undefined where everything runs on the program's own
 * thread.
 */
export function workersOf(
  master: string | undefined,
  sessionBytes: number,
  log: (level: "warn", message: string) => void,
): WorkerPool | undefined {
  const threads = threadsOf(master);
  if (threads < 2) return undefined;
  const entry = workerModule(import.meta.url, "@ss/sql", "worker.js");
  if (entry !== undefined) {
    const share = { holders: `one of ${threads} worker threads`, sessionBytes };
    const start = { limitBytes: Math.floor(sessionBytes / 2 / threads), share };
    return new WorkerPool(threads, entry, start, (message) => log("warn", message));
  }
  log(
    "warn",
    `${master} runs on one thread: the worker's module of @ss/sql is not where the package has it. Leave @ss packages out of the bundle to use more.`,
  );
  return undefined;
}
