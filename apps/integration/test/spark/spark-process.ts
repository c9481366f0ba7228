import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { sparkPython } from "./installation.js";

/** What Spark said when a script failed. */
export interface Failure {
  /** The conditions of the error and of its causes, the outermost first. */
  readonly conditions: readonly string[];
  /** The whole trace, of Python and of the JVM. */
  readonly text: string;
}

/** A script that failed. */
export class SparkFailure extends Error {
  readonly conditions: readonly string[];

  constructor({ conditions, text }: Failure) {
    super(text);
    this.conditions = conditions;
  }
}

const START_MS = 120_000;
const SCRIPT_MS = 100_000;
const STDERR_KEPT = 20_000;

/** One Spark session in a process of its own, which runs Python scripts one after the other. */
export class SparkProcess {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly lines: AsyncIterator<string>;
  private stderr = "";

  private constructor(child: ChildProcessWithoutNullStreams, lines: Interface) {
    this.child = child;
    this.lines = lines[Symbol.asyncIterator]();
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text: string) => {
      this.stderr = (this.stderr + text).slice(-STDERR_KEPT);
    });
  }

  /** Starts Spark, which works in `folder`. */
  static async start(folder: string): Promise<SparkProcess> {
    const server = join(dirname(fileURLToPath(import.meta.url)), "serve.py");
    const child = spawn(sparkPython, [server], {
      cwd: folder,
      env: { ...otherVariables(), SPARK_LOCAL_IP: "127.0.0.1", PYSPARK_PYTHON: sparkPython },
    });
    const spark = new SparkProcess(child, createInterface({ input: child.stdout }));
    await spark.answer(START_MS);
    return spark;
  }

  /** Runs a script and gives what it left in `result`. */
  run<T = unknown>(script: string, args: Readonly<Record<string, unknown>> = {}): Promise<T> {
    this.child.stdin.write(`${JSON.stringify({ script, args })}\n`);
    return this.answer(SCRIPT_MS) as Promise<T>;
  }

  /** Ends Spark and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const exit = once(this.child, "exit");
    this.child.stdin.end();
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 20_000);
    await exit;
    clearTimeout(timer);
  }

  private async answer(limitMs: number): Promise<unknown> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.child.kill("SIGKILL");
    }, limitMs);
    const { value, done } = await this.lines.next();
    clearTimeout(timer);
    if (isLate) throw new Error(`Spark gave no answer within ${limitMs} ms. Its output:\n${this.stderr}`);
    if (done) throw new Error(`Spark ended. Its output:\n${this.stderr}`);
    const { result, error } = JSON.parse(value) as { result?: unknown; error?: Failure };
    if (error !== undefined) throw new SparkFailure(error);
    return result;
  }
}

/** The environment without what would lead to another Spark of this machine. */
function otherVariables(): NodeJS.ProcessEnv {
  const own = /^(SPARK_|PYSPARK_|HADOOP_|PYTHONPATH$|PYTHONHOME$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}
