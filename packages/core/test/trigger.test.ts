import { expect, test } from "vitest";
import { CountQuery } from "./support/count-query.js";
import { settle } from "./support/manual-clock.js";

test("the default trigger picks up new rows at once, without time passing", async () => {
  const query = new CountQuery();
  const run = await query.start();
  await settle();
  query.topic.add(1);
  await settle();
  query.topic.add(2);
  await settle();
  expect(query.requests.map(({ ranges }) => ranges[0])).toEqual([
    { start: null, end: 1 },
    { start: 1, end: 2 },
  ]);
  await run.stop();
});

test("an idle query whose sources ring asks them nothing", async () => {
  const query = new CountQuery();
  const run = await query.start();
  await settle();
  query.topic.calls.length = 0;
  await query.clock.advance(9000);
  expect(query.topic.calls).toEqual([]);
  await run.stop();
  expect(query.topic.wakes.size).toBe(0);
});

test("an idle query whose sources do not ring asks them every pollingDelay", async () => {
  const query = new CountQuery();
  query.source = { rings: false };
  const run = await query.start();
  await settle();
  query.topic.calls.length = 0;
  await query.clock.advance(100);
  expect(query.topic.calls).toHaveLength(10);
  await run.stop();
});

test("processingTime runs at once and then at multiples of the interval", async () => {
  const query = new CountQuery();
  await query.clock.advance(1007);
  query.trigger = { kind: "processingTime", intervalMs: 100 };
  const run = await query.start();
  const times: number[] = [];
  query.onRun = () => void times.push(query.clock.now());
  query.topic.add(1);
  await settle();
  for (let k = 0; k < 3; k++) {
    query.topic.add(2);
    await query.clock.advance(100);
  }
  expect(times).toEqual([1007, 1100, 1200, 1300]);
  await run.stop();
});

test("a batch that takes longer than the interval is followed by the next at once, then by the boundary", async () => {
  const query = new CountQuery();
  query.trigger = { kind: "processingTime", intervalMs: 100 };
  const times: number[] = [];
  query.onRun = async ({ batchId, signal }) => {
    times.push(query.clock.now());
    if (batchId === 1) await query.clock.sleep(150, signal);
  };
  query.topic.add(1);
  const run = await query.start();
  await settle();
  query.topic.add(2);
  await query.clock.advance(100);
  query.topic.add(3);
  await query.clock.advance(150);
  query.topic.add(4);
  await query.clock.advance(100);
  expect(times).toEqual([0, 100, 250, 300]);
  expect(query.warnings.join()).toContain("falling behind");
  await run.stop();
});

test("once takes all there is in one batch, without limits and without a batch without data", async () => {
  const query = new CountQuery();
  query.trigger = { kind: "once" };
  query.source = { maxRows: 1 };
  query.topic.add(15);
  await (await query.start()).awaitTermination();
  query.topic.add(10, 12, 14);
  await (await query.start()).awaitTermination();
  query.topic.add(25);
  await (await query.start()).awaitTermination();
  expect(query.requests.map(({ ranges }) => ranges[0])).toEqual([
    { start: null, end: 1 },
    { start: 1, end: 4 },
    { start: 4, end: 5 },
  ]);
  expect(query.table.rows).toEqual([]);
  query.topic.add(50);
  await (await query.start()).awaitTermination();
  // this batch ran with the watermark of 15 s that the row of 25 s has brought
  expect(query.table.rows).toEqual([
    [10, 1],
    [12, 1],
    [14, 1],
    [15, 1],
  ]);
});

test("once that finds nothing ends without a batch", async () => {
  const query = new CountQuery();
  query.trigger = { kind: "once" };
  const run = await query.start();
  await run.awaitTermination();
  expect(query.requests).toEqual([]);
  expect(run.status).toEqual({ message: "Stopped", isDataAvailable: false, isTriggerActive: false });
});

test("availableNow takes what was there at its start, within the limits, and then the batch without data", async () => {
  const query = new CountQuery();
  query.trigger = { kind: "availableNow" };
  query.source = { maxRows: 2 };
  query.topic.add(10, 11, 12, 13, 40);
  query.onRun = () => void (query.topic.values.length < 8 && query.topic.add(50));
  await (await query.start()).awaitTermination();
  expect(query.requests.map(({ ranges }) => ranges[0])).toEqual([
    { start: null, end: 2 },
    { start: 2, end: 4 },
    // the watermark has moved from 1 s to 3 s, but rows come first
    { start: 4, end: 5 },
    null,
  ]);
  expect(query.table.rows.map(([value]) => value)).toEqual([10, 11, 12, 13]);
});

test("availableNow over a source that cannot pin its end takes one batch, and then the batch without data", async () => {
  const query = new CountQuery();
  query.trigger = { kind: "availableNow" };
  query.source = { maxRows: 1, pinsEnd: false };
  query.topic.add(10, 30);
  query.onRun = () => void (query.topic.values.length < 3 && query.topic.add(50));
  await (await query.start()).awaitTermination();
  expect(query.requests.map(({ ranges }) => ranges[0])).toEqual([{ start: null, end: 2 }, null]);
  expect(query.table.rows).toEqual([[10, 1]]);
});

test("a batch without data that a stop has prevented is made up for by the next start", async () => {
  const query = new CountQuery();
  query.trigger = { kind: "once" };
  query.topic.add(10, 30);
  await (await query.start()).awaitTermination();
  expect(query.table.rows).toEqual([]);
  query.trigger = { kind: "availableNow" };
  await (await query.start()).awaitTermination();
  expect(query.table.rows).toEqual([[10, 1]]);
});
