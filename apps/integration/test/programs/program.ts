import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@ss/app-servers";
import { build } from "tsup";

/** Makes one file of a program of this folder and of the sources that it imports; returns its path. */
export async function bundleProgram(name: string): Promise<string> {
  const outDir = temporaryFolder("program");
  await build({
    config: false,
    entry: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outDir,
    format: ["esm"],
    target: "node20",
    noExternal: [/.*/],
    silent: true,
    outExtension: () => ({ js: ".mjs" }),
    // modules of the older kind ask for those of Node in their own way
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    esbuildOptions: (options) => {
      options.conditions = ["source"];
    },
  });
  return join(outDir, `${name}.mjs`);
}

/** A program in a process of its own, which waits for an order when it has loaded, and tells of each batch that it has committed. */
export class Program {
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** What it has printed as errors. */
  errors = "";
  private readonly process: ChildProcess;
  private readonly ready: Promise<unknown>;
  private batches = 0;

  constructor(path: string, args: readonly string[]) {
    this.process = fork(path, [...args], { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
    this.ready = once(this.process, "message");
    this.process.stderr!.on("data", (chunk: Buffer) => {
      this.errors += chunk.toString();
    });
    this.process.on("message", (message) => {
      if (message === "committed") this.batches++;
    });
    this.ended = new Promise((resolve) =>
      this.process.once("exit", (code, signal) => resolve(signal ?? code)),
    );
  }

  async order(order: string): Promise<void> {
    await Promise.race([this.ready, this.ended]);
    if (this.process.exitCode !== null) throw new Error(`The program has ended: ${this.errors}`);
    this.process.send(order);
  }

  /** Waits until it has committed that many batches, or has ended. */
  async committed(batches: number): Promise<void> {
    while (this.batches < batches && this.process.exitCode === null)
      await Promise.race([once(this.process, "message"), this.ended]);
  }

  /** Ends it as `kill -9` does. */
  kill(): void {
    this.process.kill("SIGKILL");
  }
}
