import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

let input: { write(line: string): void } | undefined;

/**
 * Tells the guardian, a shell that outlives this process by a moment: when this process ends, also by kill -9, its input
 * ends, and it kills the servers and removes the folders that it was told of.
 */
function tell(line: string): void {
  input ??= startGuardian();
  input.write(`${line}\n`);
}

function startGuardian(): { write(line: string): void } {
  const script = join(dirname(fileURLToPath(import.meta.url)), "..", "assets", "guardian.sh");
  const child = spawn("sh", [script], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child.stdin;
}

/** Has the process group killed with this process. */
export function guard(processGroup: number): void {
  tell(`server ${processGroup}`);
}

/** Says that a process group has ended, so that its number may belong to another. */
export function release(processGroup: number): void {
  tell(`gone ${processGroup}`);
}

/** A new empty folder that is gone, at the latest, when this process is. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `ss-${name}-`));
  tell(`folder ${folder}`);
  return folder;
}
