import { expect, test } from "vitest";
import { checkRun } from "../src/check-run.js";
import { tumblingWindow } from "../src/query/aggregate.js";
import { plainRows } from "../src/query/plain-rows.js";
import type { RandomQuery } from "../src/query/random-query.js";
import { outputRow, type Row } from "../src/query/row.js";
import { compareRows } from "../src/sink/observed-sink.js";

const row = (id: number, t: number | null, n: number | null = 1): Row => ({ id, k: "a", n, t });
const base = { sourceCount: 1, sourceDelays: null, steps: [], endDelay: null, reportsLate: false };
const stateless: RandomQuery = { ...base, terminal: plainRows() };
const settings = { policy: "min", withoutData: true } as const;
const batch = (batchId: number, end: number, watermarkMs = 0, run: string | null = "r") => ({
  batchId,
  ends: [end],
  watermarkMs,
  run,
  skipped: false,
});

/** Windows of 10 seconds in append mode, with a watermark 5 seconds behind. */
const windows: RandomQuery = {
  ...base,
  endDelay: 5,
  reportsLate: true,
  terminal: tumblingWindow({
    seed: 0,
    next: () => 0,
    integer: () => 0,
    chance: () => false,
    pick: <T>(items: readonly T[]): T => (items.includes(10 as T) ? (10 as T) : items[0]!),
    shuffle: <T>(items: readonly T[]): T[] => [...items],
    fork: () => {
      throw new Error("not forked");
    },
  }),
};

test("a stateless query gives the rows of each batch", () => {
  const fed = [[[row(1, 5)], [row(2, null)]]];
  const expected = checkRun(stateless, [batch(0, 0), batch(1, 1)], fed, settings);
  expect([...expected.batches.values()]).toEqual([
    [outputRow([1, "a", 1, 5])],
    [outputRow([2, "a", 1, null])],
  ]);
});

test("a window is given out when the watermark has passed its end, and rows that come later are dropped", () => {
  // the watermark is 2 s after batch 0 and 16 s after batch 1, so batch 2 gives out [0, 10) and 3 s is late in batch 3
  const fed = [[[row(1, 3, 2), row(2, 7, 4)], [row(3, 21)], [row(4, 3)]]];
  const batches = [batch(0, 0, 0), batch(1, 1, 2000), batch(2, 1, 16000), batch(3, 2, 16000)];
  const expected = checkRun(windows, batches, fed, settings);
  const window = outputRow([0, 10, 2, 2, 6, 2, 4, 3]);
  expect([...expected.batches.values()]).toEqual([[], [], [window], []]);
  expect(expected.late).toEqual([outputRow([16_000, 10_000, 4])]);
});

test("a batch that a repartition has made gives nothing, and what was due comes behind it", () => {
  const fed = [[[row(1, 3, 2), row(2, 21)]]];
  const skipped = { ...batch(1, 0), skipped: true };
  const expected = checkRun(windows, [batch(0, 0), skipped, batch(2, 0, 16_000)], fed, settings);
  expect([...expected.batches.values()]).toEqual([[], [], [outputRow([0, 10, 1, 1, 2, 2, 2, 2])]]);
  const moved = { ...batch(1, 1), skipped: true };
  expect(() => checkRun(stateless, [batch(0, 0), moved], [[[row(1, 3)], [row(2, 4)]]], settings)).toThrow(
    "was skipped with the rows",
  );
});

test("logs that leave out rows, stop early or run with another watermark are wrong", () => {
  const fed = [[[row(1, 3)], [row(2, 30)]]];
  expect(() => checkRun(stateless, [batch(0, 0)], fed, settings)).toThrow("source 0 stands at 0, not at 1");
  expect(() => checkRun(stateless, [batch(0, 1, 0, null)], fed, settings)).toThrow("was not committed");
  expect(() => checkRun(stateless, [batch(0, 1), batch(1, 1)], fed, settings)).toThrow("had nothing to do");
  expect(() => checkRun(windows, [batch(0, 0), batch(1, 1, 1)], fed, settings)).toThrow(
    "ran with the watermark 1, not 0",
  );
  expect(() => checkRun(windows, [batch(0, 1)], fed, settings)).toThrow("a batch without data did not come");
});

test("rows are compared with their number", () => {
  compareRows("here", ["a", "b", "a"], ["a", "a", "b"]);
  expect(() => compareRows("here", ["a", "b"], ["a", "a"])).toThrow("lacks 1 x a; has 1 x too many b");
});
