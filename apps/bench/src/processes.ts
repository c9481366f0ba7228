import { execFile, execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Runs one of this app's programs in a process of its own and reads the JSON of its last line. */
export function script<T>(file: string, ...args: readonly string[]): T {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const output = execFileSync(process.execPath, [path, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1 << 28,
  });
  return lastLine<T>(output);
}

/** The same while this process goes on, for those that other processes talk to. */
export async function scriptBeside<T>(file: string, ...args: readonly string[]): Promise<T> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...args], { maxBuffer: 1 << 28 });
  return lastLine<T>(stdout);
}

/** The JSON of the last line of an output. */
export function lastLine<T>(output: string): T {
  return JSON.parse(output.trim().split("\n").at(-1)!) as T;
}
