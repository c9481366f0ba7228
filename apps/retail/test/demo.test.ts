import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { runDemo } from "../src/demo.js";
import { type Flags, parseFlags } from "../src/flags.js";
import { Story } from "../src/story.js";

let flags: Flags;
beforeEach(async () => {
  const data = await mkdtemp(join(tmpdir(), "retail-"));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  flags = parseFlags(["--data", data, "--days", "3", "--rows", "400"]);
});

/** Runs the demo and gives what it printed; it has to find batch and stream equal. */
async function told(with_: Partial<Flags> = {}, crash: () => void = () => {}): Promise<string> {
  let text = "";
  const story = new Story({ write: (piece) => (text += piece) });
  expect(await runDemo({ ...flags, ...with_ }, story, crash)).toBe(true);
  return text;
}

test("the stream and the batch agree, and the copy holds each row once", async () => {
  const text = await told();
  expect(text).toContain("3 files of 400 rows");
  expect(text).toContain("1,200 rows");
  expect(text).toMatch(/Yes: [\d,]+ sums of the stream equal those of the batch/);
  expect(text).toMatch(/Yes: the Parquet copy holds each of the [\d,]+ cleaned rows once/);
});

test("each day is a batch of its own in both queries", async () => {
  const text = await told();
  const lines = [...text.matchAll(/^(totals|clean sales) +batch (\d) +400 rows/gm)];
  const batches = lines.map(([, query, batch]) => `${query} ${batch}`).sort();
  const wanted = ["clean sales", "totals"].flatMap((query) => [0, 1, 2].map((batch) => `${query} ${batch}`));
  expect(batches).toEqual(wanted);
});

test("a run that came to its end is followed by a new one from the start", async () => {
  await told();
  expect(await told()).toMatch(/^totals +batch 0/m);
});

test("a run that failed in the middle of a batch is gone on with, and ends with the same result", async () => {
  const fail = () => {
    throw new Error("the power is gone");
  };
  await expect(told({ crash: true }, fail)).rejects.toThrow("the power is gone");
  const text = await told();
  expect(text).toContain("The run before this one was cut short. Its checkpoints hold 1 batch of the totals");
  expect(text).not.toMatch(/^totals +batch 0/m);
  expect(text).toMatch(/^totals +batch 1/m);
});

test("--fresh forgets a run that was cut short", async () => {
  const fail = () => {
    throw new Error("the power is gone");
  };
  await expect(told({ crash: true }, fail)).rejects.toThrow("the power is gone");
  expect(await told({ fresh: true })).toMatch(/^totals +batch 0/m);
});

test("the result is the same with local[2]", async () => {
  expect(await told({ master: "local[2]" })).toMatch(/Yes: /);
});
