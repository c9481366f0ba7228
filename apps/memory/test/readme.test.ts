import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const place = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const isBuilt = existsSync(place("../../../packages/sql/dist/index.js"));

test.runIf(isBuilt)("the program in the README runs as pasted", async () => {
  const readme = await readFile(place("../../../README.md"), "utf8");
  const program = /```ts\n(.*?)```/s.exec(readme)![1]!;
  const file = place("../first-of-the-readme.mjs");
  onTestFinished(() => rm(file, { force: true }));
  await writeFile(file, program);

  const { stdout, stderr } = await promisify(execFile)(process.execPath, [file]);
  expect(stderr).toBe("");
  const tables = stdout.split(/^Batch: \d+$/m).slice(1);
  const rows = tables.map((table) =>
    [...table.matchAll(/^\|\{.*?\}\|(\w+) *\|(\d+) *\|$/gm)].map((m) => [m[1], Number(m[2])]),
  );
  expect(rows).toEqual([
    [
      ["cart", 1],
      ["home", 1],
    ],
    [
      ["cart", 1],
      ["home", 2],
      ["home", 1],
    ],
  ]);
});
