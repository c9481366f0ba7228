import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const script = join(dirname(fileURLToPath(import.meta.url)), "..", "assets", "guardian.sh");

function startSleeper() {
  return spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
}

test("the guardian ends the servers and removes the folders of a process that is gone, and no others", async () => {
  const [left, released] = [startSleeper(), startSleeper()];
  const folder = mkdtempSync(join(tmpdir(), "ss guardian-"));
  const guardian = spawn("sh", [script], { stdio: ["pipe", "ignore", "inherit"] });
  const ends = [once(left, "exit"), once(guardian, "exit")];
  for (const line of [
    `server ${left.pid}`,
    `server ${released.pid}`,
    `folder ${folder}`,
    `gone ${released.pid}`,
  ])
    guardian.stdin.write(`${line}\n`);
  guardian.stdin.end();
  const [exit] = await Promise.all(ends);
  expect(exit).toEqual([null, "SIGKILL"]);
  expect(existsSync(folder)).toBe(false);
  expect(released.exitCode).toBe(null);
  const end = once(released, "exit");
  released.kill("SIGTERM");
  expect(await end).toEqual([null, "SIGTERM"]);
});
