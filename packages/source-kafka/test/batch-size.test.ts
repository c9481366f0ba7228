import type { ReadLimit } from "@ss/core";
import { afterEach, expect, test } from "vitest";
import { BatchSize } from "../src/stream/batch-size.js";
import { FakeKafka } from "./fake-kafka.js";
import { type RunningSource, startSource } from "./run-source.js";

/** Runs batches that are as large as allowed, and gives the size of the next. */
function sizeAfter(
  batches: number,
  targetMs: number,
  lasts: (rows: number, batch: number) => number,
): number {
  const size = new BatchSize(targetMs);
  for (let batch = 0; batch < batches; batch++) size.observe(size.rows, lasts(size.rows, batch));
  return size.rows;
}

test("a batch takes the rows that leave time for what it costs by itself", () => {
  // 50 ms and 0.01 ms a row: (500 - 50) / 0.01
  expect(sizeAfter(20, 500, (rows) => 50 + rows * 0.01)).toBeCloseTo(45_000, -3);
});

test("it follows when rows become dearer, and when they become cheap again", () => {
  const dear = (rows: number, batch: number): number => 50 + rows * (batch < 20 ? 0.01 : 0.1);
  expect(sizeAfter(60, 500, dear)).toBeCloseTo(4_500, -3);
  const cheap = (rows: number, batch: number): number => 50 + rows * (batch < 20 ? 0.1 : 0.01);
  expect(sizeAfter(80, 500, cheap)).toBeCloseTo(45_000, -3);
});

test("it never grows by more than the double at a time", () => {
  const size = new BatchSize(1000);
  const first = size.rows;
  size.observe(first, 1);
  expect(size.rows).toBe(2 * first);
});

test("where a batch alone lasts longer than it should, as long again goes to rows", () => {
  // 800 ms for the batch, so 800 / 0.01 rows
  expect(sizeAfter(30, 500, (rows) => 800 + rows * 0.01)).toBeCloseTo(80_000, -4);
});

test("times that tell nothing leave a size that makes progress", () => {
  for (const ms of [0, 1e9]) {
    const rows = sizeAfter(50, 500, () => ms);
    expect(rows).toBeGreaterThanOrEqual(100);
    expect(Number.isSafeInteger(rows)).toBe(true);
  }
});

let running: RunningSource | undefined;
afterEach(() => running?.stop());

test("a stream with targetBatchDuration takes a backlog in batches that last about as long, and each again as it was", async () => {
  const kafka = new FakeKafka();
  kafka.create("t", 1);
  kafka.add(
    "t",
    0,
    Array.from({ length: 60_000 }, (_, k) => `${k}`),
  );
  running = await startSource(kafka, { subscribe: "t", targetBatchDuration: "200 ms" });
  const { source, clock } = running;
  const limit: ReadLimit = { kind: "maxRows", rows: Number.MAX_SAFE_INTEGER };
  const at = (offset: number) => ({ t: { 0: offset } });
  let from = 0;
  const sizes: number[] = [];
  while (from < 60_000) {
    const end = (await source.latestOffset(at(from), limit)) as { t: { 0: number } };
    // 20 ms and 0.1 ms a row: (200 - 20) / 0.1
    await clock.advance(20 + (end.t[0] - from) * 0.1);
    const planned = await source.plan(at(from), end);
    expect(await source.plan(at(from), end)).toEqual(planned);
    await source.commit(end);
    // what lies between two batches does not count
    await clock.advance(5000);
    sizes.push(end.t[0] - from);
    from = end.t[0];
  }
  expect(sizes[0]).toBe(10_000);
  for (const size of sizes.slice(3, -1)) {
    expect(size).toBeGreaterThan(1500);
    expect(size).toBeLessThan(2100);
  }
  // who asks for everything, as the trigger `once` does, gets it
  expect(await source.latestOffset(at(0), { kind: "allAvailable" })).toEqual(at(60_000));
});
