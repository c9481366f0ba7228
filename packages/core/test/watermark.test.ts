import { expect, test } from "vitest";
import { WatermarkTracker, watermarkPolicy } from "../src/trigger/watermark-tracker.js";
import { CountQuery } from "./support/count-query.js";

const seen = (maxMs: number, delayMs = 0) => ({ delayMs, seen: { minMs: 0, maxMs, avgMs: 0 } });

test("an operator's watermark is its largest event time less its delay, and never goes back", () => {
  const tracker = new WatermarkTracker("min", 0);
  tracker.update([seen(15_000, 10_000)]);
  expect(tracker.currentMs).toBe(5000);
  tracker.update([seen(9000, 10_000)]);
  expect(tracker.currentMs).toBe(5000);
  tracker.update([{ delayMs: 10_000 }]);
  expect(tracker.currentMs).toBe(5000);
  tracker.update([seen(25_001, 10_000)]);
  expect(tracker.currentMs).toBe(15_001);
});

test("an operator that has seen nothing holds the policy min at the recovered value", () => {
  const tracker = new WatermarkTracker("min", 185_000);
  tracker.update([{ delayMs: 0 }, seen(300_000)]);
  expect(tracker.currentMs).toBe(185_000);
  tracker.update([seen(200_000), { delayMs: 0 }]);
  expect(tracker.currentMs).toBe(200_000);
});

test("under the policy max the quickest operator counts", () => {
  const tracker = new WatermarkTracker("max", 0);
  tracker.update([seen(20_000, 10_000), seen(30_000, 15_000)]);
  expect(tracker.currentMs).toBe(15_000);
});

test("a query without watermark operators keeps its watermark", () => {
  const tracker = new WatermarkTracker("max", 7);
  tracker.update([]);
  expect(tracker.currentMs).toBe(7);
});

test("only min and max are policies", () => {
  expect(watermarkPolicy("MAX")).toBe("max");
  expect(() => watermarkPolicy("random")).toThrow(/min/);
});

test("the watermark of two inputs is the smaller one, over a restart too", async () => {
  const query = new CountQuery({ sources: 2, delays: [10, 5] });
  const [first, second] = query.topics as [(typeof query.topics)[0], (typeof query.topics)[0]];
  let run = await query.start();
  const watermarkAfter = async (...input: [number[], number[]]): Promise<number> => {
    first.add(...input[0]);
    second.add(...input[1]);
    await run.processAllAvailable();
    first.add(0);
    await run.processAllAvailable();
    return query.requests.findLast((request) => request.ranges[0] !== null)!.watermarkMs / 1000;
  };
  // [rows of the first input, rows of the second, watermark of the batch after]
  const steps: [number[], number[], number][] = [
    [[11], [], 0],
    [[], [6], 1],
    [[], [8], 1],
    [[21], [], 3],
    [[], [17, 28, 39], 11],
    [[31], [], 21],
    [[41], [], 31],
    [[51], [], 34],
    [[100], [100], 90],
    [[120], [110], 105],
    [[130], [125], 120],
    [[100], [100], 120],
    [[140], [100], 120],
    [[100], [135], 130],
    [[200], [190], 185],
  ];
  for (const [a, b, expected] of steps)
    expect(await watermarkAfter(a, b), `after ${a} | ${b}`).toBe(expected);
  await run.stop();
  run = await query.start();
  expect(await watermarkAfter([], [])).toBe(185);
  expect(await watermarkAfter([], [200])).toBe(185);
  expect(await watermarkAfter([200], [])).toBe(190);
  await run.stop();
});

test("a window is emitted in the batch without data that follows the watermark's move, and late rows are dropped", async () => {
  const query = new CountQuery();
  const run = await query.start();
  query.topic.add(10, 10, 12, 15);
  await run.processAllAvailable();
  expect(query.table.rows).toEqual([]);
  query.topic.add(25);
  await run.processAllAvailable();
  expect(query.table.rows).toEqual([
    [10, 2],
    [12, 1],
    [15, 1],
  ]);
  query.topic.add(10);
  await run.processAllAvailable();
  expect(query.table.rows).toHaveLength(3);
  expect(run.lastProgress?.stateOperators[0]).toMatchObject({
    numRowsTotal: 1,
    numRowsDroppedByWatermark: 1,
  });
  // data, its no-data batch, ...
  expect(query.watermarks).toEqual([0, 5, 5, 15, 15]);
  expect(query.requests.map((request) => request.previousWatermarkMs / 1000)).toEqual([0, 0, 5, 5, 15]);
  await run.stop();
});

test("without noDataMicroBatches the emission waits for the next data", async () => {
  const query = new CountQuery();
  query.conf["spark.sql.streaming.noDataMicroBatches.enabled"] = "false";
  const run = await query.start();
  query.topic.add(10, 15);
  await run.processAllAvailable();
  query.topic.add(25);
  await run.processAllAvailable();
  expect(query.table.rows).toEqual([]);
  query.topic.add(25);
  await run.processAllAvailable();
  expect(query.table.rows).toEqual([
    [10, 1],
    [15, 1],
  ]);
  await run.stop();
});

test("the policy of the checkpoint counts, and the session's is ignored with one warning", async () => {
  const query = new CountQuery({ sources: 2, delays: [10, 15] });
  query.conf["spark.sql.streaming.multipleWatermarkPolicy"] = "max";
  query.topics[0]!.add(20);
  query.topics[1]!.add(30);
  await query.runOnce();
  query.conf["spark.sql.streaming.multipleWatermarkPolicy"] = "min";
  query.topics[0]!.add(120);
  query.topics[1]!.add(130);
  await query.runOnce();
  expect(query.watermarks.at(-1)).toBe(115);
  expect(query.warnings.filter((text) => text.includes("multipleWatermarkPolicy"))).toHaveLength(1);
});
