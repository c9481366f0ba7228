import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { parseCommandLine, USAGE } from "./command-line.js";
import { conformance } from "./conformance.js";
import { runOnThreads } from "./run/job-runner.js";
import { serveJobs } from "./run/serve-jobs.js";

/** The same file is the program and, on other threads, the worker that runs statements for it. */
const thisFile = fileURLToPath(import.meta.url);
const baseline = fileURLToPath(new URL("../baseline.json", import.meta.url));

if (isMainThread) process.exitCode = await runProgram();
else if (parentPort) serveJobs(parentPort);

async function runProgram(): Promise<number> {
  let options: ReturnType<typeof parseCommandLine>;
  try {
    options = parseCommandLine(process.argv.slice(2), process.env, baseline);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  const run = runOnThreads(() => new Worker(thisFile), options.limitMs);
  return conformance(options, run, (line) => console.log(line));
}
