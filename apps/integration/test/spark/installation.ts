import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** The release whose files and answers the tests compare with. */
const SPARK = "pyspark==4.3.0";

const repository = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "..");
const environment = join(repository, ".cache", "spark-venv");
const stamp = join(environment, "installed.txt");

/** The Python that has Spark, once {@link installSpark} is through. */
export const sparkPython: string = join(environment, "bin", "python3");

const answers = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { timeout: 20_000 }).status === 0;

/** Why Spark cannot run on this machine, or undefined where it can. */
export function missingForSpark(): string | undefined {
  if (!answers("python3", ["-c", "import venv, ensurepip"])) return "python3 with venv is not installed";
  if (!answers("java", ["-version"])) return "java is not installed";
  return undefined;
}

const run = promisify(execFile);
const INSTALL_MS = 540_000;

/** Installs Spark once, into a folder that is kept between runs. */
export async function installSpark(): Promise<void> {
  if (existsSync(stamp)) return;
  rmSync(environment, { recursive: true, force: true });
  mkdirSync(dirname(environment), { recursive: true });
  await run("python3", ["-m", "venv", environment], { timeout: INSTALL_MS });
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", SPARK];
  await run(sparkPython, install, { timeout: INSTALL_MS });
  writeFileSync(stamp, `${SPARK}\n`);
}
