import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../src/run.js";

test("the table grows over a stop and a new start, and each reading counts once", async () => {
  const data = await mkdtemp(join(tmpdir(), "unbounded-table-"));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  let text = "";
  // of fifteen hours the last one is still open
  expect(await run(join(data, "run"), (piece) => (text += piece))).toBe(14);
  const tables = text.split("Started again").map((part) => [...part.matchAll(/^\|(\d\d:\d\d)\| +(\d+)\|/gm)]);
  const [early, late] = tables.map((rows) => rows.map((row) => [row[1], Number(row[2])]));
  // after three batches of two hours each the watermark of the second has closed three hours
  expect(early!.length).toBeGreaterThanOrEqual(3);
  expect(early!.length).toBeLessThan(14);
  expect(late).toEqual(Array.from({ length: 14 }, (_, k) => [`${String(k).padStart(2, "0")}:00`, 300]));
  expect(text).toContain("Started again: the same query, run ");
});
