import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

let known: string | undefined;

/**
 * Names the time since the machine was started. A cache is not synced to the disk: what the system has in memory survives every end of the process, but
 * not a loss of power. Where the system has no such name it is that of this process.
 */
export function bootId(): string {
  known ??= read() ?? randomUUID();
  return known;
}

function read(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  } catch {
    return undefined;
  }
}
