import type * as promises from "node:fs/promises";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BatchWrite, parseDdl } from "@ss/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { JsonLinesSink } from "../src/json-lines-sink.js";

/** What was renamed, linked and forced to the disk, in this order. */
const steps = vi.hoisted((): string[] => []);

vi.mock("node:fs/promises", async (original) => {
  const actual = await original<typeof promises>();
  return {
    ...actual,
    link: async (from: string, to: string) => {
      await actual.link(from, to);
      steps.push(`link ${to}`);
    },
    rename: async (from: string, to: string) => {
      await actual.rename(from, to);
      steps.push(`rename ${to}`);
    },
    open: async (path: string) => {
      const handle = await actual.open(path);
      const sync = handle.sync.bind(handle);
      handle.sync = async () => {
        await sync();
        steps.push(`sync ${path}`);
      };
      return handle;
    },
  };
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "jsonl-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function begin(sink: JsonLinesSink, queryId: string, batchId: number, runId = "run"): Promise<BatchWrite> {
  const { signal } = new AbortController();
  return sink.begin({
    queryId,
    runId,
    outputId: 0,
    batchId,
    schema: parseDdl("id BIGINT"),
    mode: "append",
    signal,
  });
}

test("the names of the folder, of its owner and of a batch are forced to the disk", async () => {
  const above = await newFolder();
  const folder = join(above, "a", "b");
  steps.length = 0;
  const write = await begin(new JsonLinesSink(folder), "query", 0);
  expect(steps).toEqual([
    `sync ${join(above, "a")}`,
    `sync ${above}`,
    `link ${join(folder, "_owner")}`,
    `sync ${folder}`,
  ]);
  steps.length = 0;
  await write.commit([["{}"]]);
  expect(steps).toEqual([`rename ${join(folder, "batch-0.jsonl")}`, `sync ${folder}`]);
});

test("a sink claims its folder once", async () => {
  const sink = new JsonLinesSink(await newFolder());
  await begin(sink, "query", 0);
  steps.length = 0;
  await begin(sink, "query", 1);
  expect(steps).toEqual([]);
});

test("a folder of the sink refuses a second query, and lets the first one's drafts be", async () => {
  const folder = await newFolder();
  await begin(new JsonLinesSink(folder), "first", 0);
  await begin(new JsonLinesSink(folder), "first", 0);
  await writeFile(join(folder, "batch-0.jsonl.run"), "{}\n");
  await expect(begin(new JsonLinesSink(folder), "second", 0)).rejects.toThrow("SS_JSONL_FOLDER_TAKEN");
  expect((await readdir(folder)).sort()).toEqual(["_owner", "batch-0.jsonl.run"]);
});

test("of many that claim a folder at once one query gets it", async () => {
  const folder = await newFolder();
  const claims = Array.from({ length: 16 }, (_, k) =>
    begin(new JsonLinesSink(folder), `query ${k % 4}`, 0, `run ${k}`),
  );
  const outcomes = await Promise.allSettled(claims);
  const winners = outcomes.flatMap(({ status }, k) => (status === "fulfilled" ? [k % 4] : []));
  expect(winners).toHaveLength(4);
  expect(new Set(winners).size).toBe(1);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(String(outcome.reason)).toContain("SS_JSONL_FOLDER_TAKEN");
  }
  expect(await readdir(folder)).toEqual(["_owner"]);
});

test("what a killed run left half done is removed by the next, and whole batches stay", async () => {
  const folder = await newFolder();
  for (const name of ["_owner.killed", "batch-0.jsonl", "batch-1.jsonl.killed", "notes.txt"]) {
    await writeFile(join(folder, name), "");
  }
  const sink = new JsonLinesSink(folder);
  expect((await begin(sink, "query", 0)).alreadyCommitted).toBe(true);
  expect((await begin(sink, "query", 1)).alreadyCommitted).toBe(false);
  expect((await readdir(folder)).sort()).toEqual(["_owner", "batch-0.jsonl", "notes.txt"]);
});
