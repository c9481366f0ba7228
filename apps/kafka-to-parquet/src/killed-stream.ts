import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

// the built script, whether this module is built or a source
const script = join(dirname(fileURLToPath(import.meta.url)), "..", "dist", "stream.js");

/** How a run of the stream ended. */
export interface StreamRun {
  readonly batches: number;
  readonly wasKilled: boolean;
}

/** Runs the stream in a process of its own, to its end or, where `killAt` is given, until that many lines have come. */
export function runStream(
  brokers: string,
  topic: string,
  data: string,
  killAt: number | undefined,
): Promise<StreamRun> {
  const child = spawn(process.execPath, [script, brokers, topic, data], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let batches = 0;
  let wasKilled = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    batches += text.split("\n").length - 1;
    if (killAt !== undefined && batches >= killAt) wasKilled = child.kill("SIGKILL") || wasKilled;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0 || wasKilled) resolve({ batches, wasKilled });
      else reject(new Error(`The stream ended with exit code ${code}.`));
    });
  });
}
