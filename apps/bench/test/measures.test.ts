import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { linkedCopies } from "../src/data/linked.js";
import { smallFiles } from "../src/data/small-files.js";
import { replay, timeInWrites, WriteRecorder } from "../src/measures/durable-writes.js";
import { manyBatches } from "../src/measures/many-batches.js";
import { manyFiles } from "../src/measures/many-files.js";
import { sizeOf } from "../src/measures/measure.js";
import { peakMemory } from "../src/measures/peak-memory.js";
import { fillState, recoverState } from "../src/measures/state-recovery.js";
import { stateCost } from "../src/measures/state-size.js";
import { median, quantile, tenth } from "../src/measures/statistics.js";
import { w1json } from "../src/works/ad-campaigns.js";

const root = mkdtempSync(join(tmpdir(), "bench-measures-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function folder(name: string): string {
  const made = join(root, name);
  mkdirSync(made, { recursive: true });
  return made;
}

test("quantiles and tenths are those of the definition", () => {
  const values = Array.from({ length: 100 }, (_, i) => 99 - i);
  expect(median(values)).toBe(50);
  expect(quantile(values, 0.99)).toBe(99);
  expect(tenth(values, 0)).toEqual([99, 98, 97, 96, 95, 94, 93, 92, 91, 90]);
  expect(tenth(values, 5)[0]).toBe(49);
  expect(tenth(values, 9)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  expect(tenth([1, 2, 3], 9)).toEqual([3]);
});

test("a measure takes its full size only where no rows are given", () => {
  expect(sizeOf(undefined, 1000, 50, 300)).toBe(1000);
  expect(sizeOf(20_000, 1000, 50, 300)).toBe(400);
  expect(sizeOf(10, 1000, 50, 300)).toBe(300);
  expect(sizeOf(1e9, 1000, 50, 300)).toBe(1000);
});

test("a replay makes files of the same number and sizes as the batch did, and in its order", async () => {
  const recorder = new WriteRecorder();
  const { fileSystem } = recorder;
  const batch = folder("batch");
  await fileSystem.createExclusive(join(batch, "offsets"), new Uint8Array(300));
  const writer = await fileSystem.create(join(batch, "delta"));
  const beside = fileSystem.createExclusive(join(batch, "beside"), new Uint8Array(7));
  await writer.write(new Uint8Array(50));
  await writer.write(new Uint8Array(60));
  await writer.close();
  await beside;
  await fileSystem.createExclusive(join(batch, "commit"), new Uint8Array(9));
  const writes = recorder.take();
  expect(writes.map(({ kind, bytes }) => [kind, bytes])).toEqual([
    ["createExclusive", 300],
    ["create", 110],
    ["createExclusive", 7],
    ["createExclusive", 9],
  ]);
  expect(writes.map(({ after }) => [...after].sort())).toEqual([[], [0], [0], [0, 1, 2]]);
  for (const { pauseMs } of writes) expect(pauseMs).toBeGreaterThanOrEqual(0);
  expect(recorder.take()).toEqual([]);
  const again = folder("replayed");
  expect(await replay(writes, batch, again)).toBeGreaterThan(0);
  expect(readdirSync(again).sort()).toEqual(["beside", "commit", "delta", "offsets"]);
  expect(statSync(join(again, "delta")).size).toBe(110);
});

test("time in writes counts what overlaps once, and nothing after the batch", () => {
  const write = (beginMs: number, endMs: number) => ({ beginMs, endMs });
  const batch = [write(10, 20), write(12, 16), write(18, 25), write(40, Number.POSITIVE_INFINITY)];
  expect(timeInWrites(batch, 50)).toBe(15 + 10);
  expect(timeInWrites(batch, 40)).toBe(15);
  expect(timeInWrites([], 50)).toBe(0);
});

test("files linked several times count as often", async () => {
  const input = await w1json.prepare(root, 500);
  const once = w1json.expected(input, root);
  const thrice = w1json.expected(linkedCopies(input, 3, join(root, "linked")), root);
  expect(thrice).toEqual({ groups: once.groups, total: 3 * once.total });
});

test("a row of tiny batches gives the time of each and the right groups", async () => {
  const { durationsMs, isRight } = await manyBatches(folder("tiny"), 20);
  expect(durationsMs).toHaveLength(20);
  expect(isRight).toBe(true);
});

test.each(["pinned", "polled"] as const)(
  "a folder of many files, %s, is read a hundred a batch",
  async (arrival) => {
    const costs = await manyFiles(arrival, smallFiles(root, 250), 250, 0, folder(`files-${arrival}`));
    expect(costs.durationsMs).toHaveLength(3);
    expect(costs.cpuMs).toHaveLength(3);
    expect(costs.isRight).toBe(true);
  },
);

test("files that come one by one make a batch each", async () => {
  const input = linkedCopies(smallFiles(root, 30), 1, join(root, "arriving"));
  const { durationsMs, cpuMs, isRight } = await manyFiles("arriving", input, 30, 4, folder("arrivals"));
  expect([durationsMs.length, cpuMs.length]).toEqual([4, 4]);
  expect(isRight).toBe(true);
});

test("batches that change a thousand keys leave as many keys as were loaded", async () => {
  expect(await stateCost(folder("state"), 3000)).toMatchObject({ keys: 3000, isRight: true });
});

test.each([false, true])("a sink gets every row of an input, slow: %s", async (slow) => {
  const input = await w1json.prepare(root, 500);
  const { isRight, peakRssMb } = await peakMemory(input, 500, slow, 1, folder(`memory-${slow}`));
  expect(isRight).toBe(true);
  expect(peakRssMb).toBeGreaterThan(0);
});

test("a query that is started anew has the state of all keys and goes on with its next batch", async () => {
  const place = folder("recovery");
  expect(await fillState(place, 20_500)).toEqual({ batches: 62 });
  expect(await recoverState(place, 20_500)).toMatchObject({ keys: 20_500, isRight: true });
});
