import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const cache = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", ".cache");
const run = promisify(execFile);

/** The time that a download and a build may take; tests give `beforeAll` more than this. */
export const INSTALL_MS = 540_000;

/** Whether a program is there and runs. */
export const answers = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { timeout: 20_000, stdio: "ignore" }).status === 0;

/** Runs a program to its end; a failure tells what it printed. */
export async function runTool(command: string, args: readonly string[], folder?: string): Promise<string> {
  const options = {
    timeout: INSTALL_MS,
    maxBuffer: 64 << 20,
    ...(folder === undefined ? {} : { cwd: folder }),
  };
  const { stdout } = await run(command, [...args], options);
  return stdout;
}

/**
 * A folder below `.cache`, filled once and kept between runs.
 *
 * `version` says what is in it: another text installs anew. `install` fills a folder beside it, which takes its place when
 * it is whole, so neither a crash nor a second process that installs at the same time leaves half of something.
 */
export async function installOnce(
  name: string,
  version: string,
  install: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(cache, name);
  if (isInstalled(folder, version)) return folder;
  mkdirSync(cache, { recursive: true });
  const filling = mkdtempSync(join(cache, `${name}-filling-`));
  try {
    await install(filling);
    writeFileSync(join(filling, "installed.txt"), version);
    if (!isInstalled(folder, version)) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(filling, folder);
    }
    return folder;
  } finally {
    rmSync(filling, { recursive: true, force: true });
  }
}

function isInstalled(folder: string, version: string): boolean {
  const stamp = join(folder, "installed.txt");
  return existsSync(stamp) && readFileSync(stamp, "utf8") === version;
}
