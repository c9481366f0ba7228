import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

test.runIf(existsSync(main))(
  "a killed process is gone on with by the next one, with the same result",
  async () => {
    const data = await mkdtemp(join(tmpdir(), "retail-kill-"));
    onTestFinished(() => rm(data, { recursive: true, force: true }));
    const run = (...flags: string[]) =>
      spawnSync(process.execPath, [main, "--data", data, "--days", "4", "--rows", "300", ...flags], {
        encoding: "utf8",
      });
    const killed = run("--crash");
    expect(killed.stderr).toBe("");
    expect(killed.signal).toBe("SIGKILL");
    expect(killed.stdout).toContain("in the middle of batch 2");

    const next = run();
    expect(next.stderr).toBe("");
    expect(next.status).toBe(0);
    expect(next.stdout).toContain("Its checkpoints hold 2 batches of the totals");
    expect(next.stdout.match(/^Yes: /gm)).toHaveLength(2);
  },
);

test.runIf(existsSync(main))("a flag that makes no sense is said, with the usage", () => {
  const { status, stderr } = spawnSync(process.execPath, [main, "--days", "many"], { encoding: "utf8" });
  expect(status).toBe(2);
  expect(stderr).toContain("--days has to be a whole number from 1 to 365, and 'many' is not.");
  expect(stderr).toContain("Usage: npm run demo");
});
