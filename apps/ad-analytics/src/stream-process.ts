import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { BatchReport } from "./batch-report.js";
import type { StreamSettings } from "./pipeline.js";

// the built script, whether this module is built or a source
const script = join(dirname(fileURLToPath(import.meta.url)), "..", "dist", "stream.js");

/** The stream in a process of its own, so that it can be killed. */
export class StreamProcess {
  private readonly child: ChildProcessByStdio<null, Readable, null>;
  private readonly ended: Promise<number | null>;
  private readonly onBatch: ((report: BatchReport) => void)[] = [];

  constructor(settings: StreamSettings, onBatch: (report: BatchReport) => void) {
    this.onBatch.push(onBatch);
    this.child = spawn(process.execPath, [script], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, STREAM_SETTINGS: JSON.stringify(settings) },
    });
    this.ended = once(this.child, "close").then(([code]) => code as number | null);
    createInterface(this.child.stdout).on("line", (line) => {
      const report = JSON.parse(line) as BatchReport;
      for (const listener of this.onBatch) listener(report);
    });
  }

  /** Waits for the first batch of which something holds. */
  async until(holds: (report: BatchReport) => boolean): Promise<void> {
    const seen = new Promise<void>((resolve) => {
      this.onBatch.push((report) => holds(report) && resolve());
    });
    const failed = this.ended.then((code) => {
      throw new Error(`The stream ended with exit code ${code}.`);
    });
    await Promise.race([seen, failed]);
  }

  /** Ends it as a crash does: kill -9. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }

  /** Lets it end by itself. */
  async stop(): Promise<void> {
    this.child.kill("SIGTERM");
    await this.ended;
  }
}
