import { readdirSync } from "node:fs";
import { type FileHandle, mkdtemp, open, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BatchWrite, parseDdl } from "@ss/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { JsonLinesSink } from "../src/json-lines-sink.js";

/** Keeps account of the names that stood in the folders when these were last forced to the disk: a loss of power leaves them. */
async function namesOnDisk(...folders: string[]): Promise<Map<string, string[]>> {
  const names = new Map<string, string[]>();
  const handle = await open(tmpdir());
  const prototype: FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  const { sync } = prototype;
  const spy = vi.spyOn(prototype, "sync").mockImplementation(async function (this: FileHandle) {
    const { ino } = await this.stat();
    for (const folder of folders) {
      if ((await stat(folder)).ino === ino) names.set(folder, readdirSync(folder));
    }
    await sync.call(this);
  });
  onTestFinished(() => spy.mockRestore());
  return names;
}

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
  const names = await namesOnDisk(above, join(above, "a"), folder);
  const write = await begin(new JsonLinesSink(folder), "query", 0);
  expect(Object.fromEntries(names)).toEqual({
    [above]: ["a"],
    [join(above, "a")]: ["b"],
    [folder]: ["_owner"],
  });
  await write.commit([["{}"]]);
  expect(names.get(folder)?.sort()).toEqual(["_owner", "batch-0.jsonl"]);
});

test("a sink claims its folder once", async () => {
  const folder = await newFolder();
  const sink = new JsonLinesSink(folder);
  await begin(sink, "query", 0);
  const names = await namesOnDisk(folder);
  await begin(sink, "query", 1);
  expect(names.size).toBe(0);
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
