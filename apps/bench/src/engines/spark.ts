import { execFile, execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { lastLine } from "../processes.js";
import type { Places, Work } from "../works/work.js";
import type { Measured } from "./measured.js";

/** The release of Spark that is measured. */
const SPARK = "pyspark==4.3.0";

const scriptOf = (name: string): string => fileURLToPath(new URL(`../spark/${name}`, import.meta.url));
const environmentOf = (root: string): string => join(root, ".engines", "spark");
const pythonOf = (root: string): string => join(environmentOf(root), "bin", "python3");

const answers = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { timeout: 20_000 }).status === 0;

/** Installs Spark into a virtual environment beside the data, once. Throws where this machine cannot run it. */
export function installSpark(root: string): void {
  if (!existsSync("/proc/self/stat"))
    throw new Error("there is no /proc to read the processor time of a tree of processes from");
  if (!answers("java", "-version")) throw new Error("java is not installed");
  const environment = environmentOf(root);
  const stamp = join(environment, "installed.txt");
  if (existsSync(stamp)) return;
  if (!answers("python3", "-c", "import venv, ensurepip"))
    throw new Error("python3 with venv is not installed");
  rmSync(environment, { recursive: true, force: true });
  mkdirSync(dirname(environment), { recursive: true });
  execFileSync("python3", ["-m", "venv", environment], { stdio: ["ignore", "ignore", "pipe"] });
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", SPARK];
  execFileSync(pythonOf(root), install, { stdio: ["ignore", "ignore", "pipe"] });
  writeFileSync(stamp, `${SPARK}\n`);
}

/** Spark's Structured Streaming over the same files, on `local[threads]`, without what its start-up costs. */
export function runSpark(work: Work, places: Places, threads: number): Measured {
  const { input, root, scratch } = places;
  const program = [scriptOf("run_work.py"), work.name, input, root, scratch, String(threads)];
  const output = execFileSync(pythonOf(root), program, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    env: environmentOfSpark(root),
  });
  return lastLine<Measured>(output);
}

/** The work of the measure `kafka` on Spark, with these files for its Kafka source and sink; it gives no answer, which is in the topic. */
export async function runSparkOnKafka(
  root: string,
  scratch: string,
  jars: readonly string[],
  topics: { readonly bootstrap: string; readonly from: string; readonly to: string },
): Promise<Omit<Measured, "answer">> {
  const { bootstrap, from, to } = topics;
  const program = [scriptOf("run_kafka.py"), bootstrap, from, to, scratch, "1", jars.join(",")];
  const { stdout } = await promisify(execFile)(pythonOf(root), program, {
    env: environmentOfSpark(root),
    maxBuffer: 1 << 28,
  });
  return lastLine(stdout);
}

function environmentOfSpark(root: string): NodeJS.ProcessEnv {
  return { ...otherVariables(), SPARK_LOCAL_IP: "127.0.0.1", PYSPARK_PYTHON: pythonOf(root) };
}

/** The environment without what would lead to another Spark of this machine. */
function otherVariables(): NodeJS.ProcessEnv {
  const own = /^(SPARK_|PYSPARK_|HADOOP_|PYTHONPATH$|PYTHONHOME$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)));
}
