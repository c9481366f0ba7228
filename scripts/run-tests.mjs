import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, tool } from "./processes.mjs";
import { totalLine } from "./total-reporter.mjs";

/**
 * Runs vitest and prints the total as the very last line, also when vitest died before it could report. Gives the exit code.
 */
export async function runTests(args) {
  const folder = mkdtempSync(join(tmpdir(), "ss-total-"));
  const file = join(folder, "total.txt");
  try {
    const { code } = await run(tool("vitest"), ["run", ...args], { env: { TOTAL_LINE_FILE: file } });
    console.log(readTotal(file));
    return code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readTotal(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return totalLine({ passed: 0, failed: 1, skipped: 0 });
  }
}
