import { appendFile, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { TailSource } from "../src/tail-source.js";

async function logOf(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tail-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const log = join(folder, "app.log");
  await writeFile(log, text);
  return log;
}

test("a batch ends with the last line within the limit, and a longer line comes whole", async () => {
  const log = await logOf("1234\n1234\n123456789012345\n1234\nhalf");
  const source = new TailSource(log, 12);
  const ends = [0];
  for (let k = 0; k < 4; k++) ends.push((await source.latestOffset(ends[k]!, source.readLimit)) as number);
  expect(ends).toEqual([0, 10, 26, 31, 31]);
  expect(await source.latestOffset(0, { kind: "allAvailable" })).toBe(31);
});

test("the last line is found before half a line of any length", async () => {
  const source = new TailSource(await logOf(`1234\n${"x".repeat(200_000)}`));
  expect(await source.latestOffset(0, source.readLimit)).toBe(5);
  expect(await source.latestOffset(5, source.readLimit)).toBe(5);
});

test("a range is cut at line breaks", async () => {
  const line = `${"x".repeat(400_000)}\n`;
  const source = new TailSource(await logOf(line.repeat(3)));
  expect(await source.plan(0, 3 * 400_001)).toEqual([
    { from: 0, to: 2 * 400_001 },
    { from: 2 * 400_001, to: 3 * 400_001 },
  ]);
});

test("a file that was cut ends the query", async () => {
  const log = await logOf("1234\n1234\n");
  const source = new TailSource(log);
  await truncate(log, 5);
  await expect(source.latestOffset(10, source.readLimit)).rejects.toThrow("SS_TAIL_FILE_CUT");
  await expect(source.plan(0, 10)).rejects.toThrow("SS_TAIL_FILE_CUT");
  await appendFile(log, "1234\n");
  expect(await source.latestOffset(10, source.readLimit)).toBe(10);
});
