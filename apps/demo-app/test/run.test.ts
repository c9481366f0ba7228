import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { type Flags, parseFlags } from "../src/flags.js";
import { peopleOf } from "../src/people-files.js";
import { run } from "../src/run.js";

let data: string;
let text: string;
const output = {
  write(piece: string, done: () => void) {
    text += piece;
    done();
  },
};

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), "demo-app-"));
  text = "";
  onTestFinished(() => rm(data, { recursive: true, force: true }));
});

const flags = (...more: string[]): Flags =>
  parseFlags(["--data", data, "--trigger", "20 milliseconds", "--files", "4", ...more]);

/** People over 25 of some files by the start of their ten minutes, `2024-01-01 09:10:00`. */
function expectedCounts(files: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { age, timestamp } of Array.from({ length: files }, (_, n) => peopleOf(n)).flat()) {
    if (age <= 25) continue;
    const start = new Date(Math.floor(timestamp.getTime() / 600_000) * 600_000);
    const key = start.toISOString().slice(0, 19).replace("T", " ");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** The last count that was printed for each window. */
const printedCounts = (): Map<string, number> =>
  new Map([...text.matchAll(/^\|\{([\d :-]+), [\d :-]+\}\|(\d+) *\|$/gm)].map((m) => [m[1]!, Number(m[2])]));

test("updates into files are refused as in Spark, and counts go to the console", async () => {
  await run(flags(), output);
  expect(text).toContain("[STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE]");
  expect(printedCounts()).toEqual(expectedCounts(4));
  expect(text).toMatch(/^started +counts/m);
  expect(text).toMatch(/^terminated$/m);
});

test("windows that the watermark has passed go to files, once, over a new start", async () => {
  await run(flags("--sink", "parquet"), output);
  text = "";
  await run(flags("--sink", "parquet"), output);
  // eight files end at 10:19:50, so the watermark is 10:04:50
  const closed = [...expectedCounts(8)].filter(([start]) => start < "2024-01-01 09:55:00");
  expect([...printedCounts()].sort()).toEqual(closed.sort());
});

test("the schema may be found in the files", async () => {
  await run(flags("--infer"), output);
  expect(printedCounts()).toEqual(expectedCounts(4));
});

test("awaitTermination throws what ended the query", async () => {
  await expect(run(flags("--spoil"), output)).rejects.toMatchObject({ condition: "STREAM_FAILED" });
  expect(text).toMatch(/^terminated +by an error$/m);
});

test("the start after a spoilt file mends it and goes on where the query failed", async () => {
  await expect(run(flags("--spoil"), output)).rejects.toMatchObject({ condition: "STREAM_FAILED" });
  await run(flags(), output);
  expect(text).toContain("mended spoilt-4.parquet");
  expect(printedCounts()).toEqual(expectedCounts(9));
  await expect(run(flags("--spoil"), output)).rejects.toMatchObject({ condition: "STREAM_FAILED" });
});
