import { describe, expect, test } from "vitest";
import type { EventTimeStats } from "../src/query/stream-plan.js";
import { idleInputTimeoutMs, WatermarkTracker, watermarkPolicy } from "../src/trigger/watermark-tracker.js";
import { CountQuery } from "./support/count-query.js";

const seen = (maxMs: number, delayMs = 0) => ({ delayMs, seen: { minMs: 0, maxMs, avgMs: 0 } });

test("an operator's watermark is its largest event time less its delay, and never goes back", () => {
  const tracker = new WatermarkTracker("min", 0);
  tracker.update([seen(15_000, 10_000)], 0);
  expect(tracker.currentMs).toBe(5000);
  tracker.update([seen(9000, 10_000)], 0);
  expect(tracker.currentMs).toBe(5000);
  tracker.update([{ delayMs: 10_000 }], 0);
  expect(tracker.currentMs).toBe(5000);
  tracker.update([seen(25_001, 10_000)], 0);
  expect(tracker.currentMs).toBe(15_001);
});

test("an operator that has seen nothing holds the policy min at the recovered value", () => {
  const tracker = new WatermarkTracker("min", 185_000);
  tracker.update([{ delayMs: 0 }, seen(300_000)], 0);
  expect(tracker.currentMs).toBe(185_000);
  tracker.update([seen(200_000), { delayMs: 0 }], 0);
  expect(tracker.currentMs).toBe(200_000);
});

test("under the policy max the quickest operator counts", () => {
  const tracker = new WatermarkTracker("max", 0);
  tracker.update([seen(20_000, 10_000), seen(30_000, 15_000)], 0);
  expect(tracker.currentMs).toBe(15_000);
});

test("a query without watermark operators keeps its watermark", () => {
  const tracker = new WatermarkTracker("max", 7);
  tracker.update([], 0);
  expect(tracker.currentMs).toBe(7);
});

describe("inputs that have been without rows for a minute are idle", () => {
  const MINUTE = 60_000;
  const tracker = (policy: "min" | "max" = "min"): WatermarkTracker =>
    new WatermarkTracker(policy, 0, 1_000_000, MINUTE);
  const nothing = { delayMs: 0 };
  const at = (ms: number): number => 1_000_000 + ms;

  test("and the others go on without them until they have some again", () => {
    const watermark = tracker();
    watermark.update([seen(100), seen(50)], at(0));
    watermark.update([seen(200), nothing], at(MINUTE - 1));
    expect(watermark.currentMs).toBe(50);
    expect(watermark.dueMs).toBe(at(MINUTE));
    watermark.look(at(MINUTE));
    expect(watermark.currentMs).toBe(200);
    expect(watermark.dueMs).toBe(at(2 * MINUTE - 1));
    watermark.update([seen(300), seen(60)], at(MINUTE + 10));
    expect(watermark.currentMs).toBe(200);
    watermark.update([seen(300), seen(250)], at(MINUTE + 20));
    expect(watermark.currentMs).toBe(250);
  });

  test("also those that have had none since the run began", () => {
    const watermark = tracker();
    watermark.update([nothing, seen(70)], at(10));
    expect(watermark.currentMs).toBe(0);
    watermark.look(at(MINUTE));
    expect(watermark.currentMs).toBe(70);
  });

  test("and where all are, those count that have had any", () => {
    const watermark = tracker();
    watermark.update([nothing, seen(90), seen(70)], at(0));
    watermark.look(at(5 * MINUTE));
    expect(watermark.currentMs).toBe(70);
    expect(watermark.dueMs).toBeNull();
  });

  test("by what lies in their sources: what a batch has read of another's rows counts", () => {
    const watermark = tracker();
    const [a, b] = [
      { ...nothing, sources: [0] },
      { ...nothing, sources: [0] },
    ];
    watermark.update([{ ...a, ...seen(100) }, b], at(0));
    for (const ms of [MINUTE - 1, MINUTE]) {
      watermark.look(at(ms), [true]);
      expect(watermark.currentMs).toBe(0);
      watermark.update([{ ...a, ...seen(100 + ms) }, b], at(2 * MINUTE));
      expect(watermark.currentMs).toBe(ms < MINUTE ? 0 : 100 + MINUTE);
    }
  });

  test("but an only input is not, and under the policy max none has to be waited for", () => {
    const one = tracker();
    one.update([seen(70)], at(0));
    one.look(at(5 * MINUTE));
    expect(one.explain().inputs[0]!.isIdle).toBe(false);
    const max = tracker("max");
    max.update([seen(70), seen(90)], at(0));
    max.look(at(5 * MINUTE));
    expect(max.explain().inputs.map(({ isIdle }) => isIdle)).toEqual([false, false]);
    expect(max.dueMs).toBeNull();
  });

  test("without a timeout none ever is", () => {
    const watermark = new WatermarkTracker("min", 0, 0);
    watermark.update([seen(70), nothing], 0);
    watermark.look(Number.MAX_SAFE_INTEGER);
    expect(watermark.currentMs).toBe(0);
  });
});

test("a timeout is a span of time", () => {
  expect(idleInputTimeoutMs(undefined)).toBe(Number.POSITIVE_INFINITY);
  expect(idleInputTimeoutMs("5 minutes")).toBe(300_000);
  for (const text of ["soon", "", "0 seconds", "-1 minute"]) {
    expect(() => idleInputTimeoutMs(text)).toThrow(/idleInputTimeout/);
  }
});

test("the explanation names the input that holds the watermark back, and since when", () => {
  const tracker = new WatermarkTracker("min", 5000, 1000, 60_000);
  expect(tracker.explain()).toMatchObject({ inputs: [], heldBackBy: null, watermarkMs: 5000, movedMs: null });
  const clicks = (stats: EventTimeStats): EventTimeStats => ({ input: "t of clicks", ...stats });
  const views = (stats: EventTimeStats): EventTimeStats => ({ input: "u of views", ...stats });
  tracker.update([clicks(seen(20_000, 10_000)), views({ delayMs: 0 })], 2000);
  expect(tracker.explain()).toMatchObject({
    watermarkMs: 5000,
    movedMs: null,
    inputs: [
      { name: "t of clicks", delayMs: 10_000, watermarkMs: 10_000, lastRowsMs: 2000, isIdle: false },
      { name: "u of views", delayMs: 0, watermarkMs: null, lastRowsMs: null, isIdle: false },
    ],
    heldBackBy: { input: { name: "u of views" }, sinceMs: 1000 },
  });
  tracker.update([clicks(seen(15_000, 10_000)), views(seen(30_000))], 3000);
  const { text, ...facts } = tracker.explain();
  expect(facts).toMatchObject({
    watermarkMs: 10_000,
    movedMs: 3000,
    heldBackBy: { input: { name: "t of clicks", lastRowsMs: 3000 }, sinceMs: 2000 },
  });
  expect(
    text,
  ).toBe(`The watermark is 1970-01-01T00:00:10.000Z and moved last at 1970-01-01T00:00:03.000Z; it is the lowest of 2 inputs, and never goes back.
  -> t of clicks, delay 10 s: at 1970-01-01T00:00:10.000Z, latest event time 1970-01-01T00:00:20.000Z, last rows at 1970-01-01T00:00:03.000Z
  -  u of views, delay 0 s: at 1970-01-01T00:00:30.000Z, latest event time 1970-01-01T00:00:30.000Z, last rows at 1970-01-01T00:00:03.000Z
It waits for t of clicks, which has not moved since 1970-01-01T00:00:02.000Z.`);
  tracker.look(63_000);
  tracker.update([clicks({ delayMs: 10_000 }), views(seen(31_000))], 64_000);
  expect(tracker.explain()).toMatchObject({
    watermarkMs: 31_000,
    inputs: [{ isIdle: true }, { isIdle: false }],
    heldBackBy: { input: { name: "u of views" }, sinceMs: 64_000 },
  });
  expect(tracker.explain().text).toContain(
    "last rows at 1970-01-01T00:00:03.000Z; idle, so the others go on without it",
  );
});

test("the explanation of a recovered watermark does not say that an input stands there", () => {
  const one = new WatermarkTracker("min", 50_000, 1000);
  one.update([{ input: "t of clicks", ...seen(20_000) }], 2000);
  expect(one.explain().text.split("\n")[0]).toBe(
    "The watermark is 1970-01-01T00:00:50.000Z and has not moved in this run; it never goes back, and will be that of its one input when that is above it.",
  );
  const two = new WatermarkTracker("min", 50_000, 1000);
  two.update([{ input: "t of clicks", ...seen(90_000) }, { delayMs: 0 }], 2000);
  expect(two.explain().text).toContain("will be the lowest of 2 inputs when that is above it.");
  two.update([seen(90_000), seen(60_000)], 3000);
  expect(two.explain().text).toContain("it is the lowest of 2 inputs, and never goes back.");
});

test("under the policy max nothing is waited for: the explanation names the input that is first", () => {
  const tracker = new WatermarkTracker("max", 0, 1000);
  const [clicks, views] = [
    { input: "t of clicks", ...seen(20_000) },
    { input: "u of views", ...seen(30_000) },
  ];
  tracker.update([clicks, views], 2000);
  const lines = tracker.explain().text.split("\n");
  expect(lines[0]).toContain("it is the highest of 2 inputs, and never goes back.");
  expect(lines.at(-1)).toBe(
    "The first of the inputs is u of views, which has not moved since 1970-01-01T00:00:02.000Z.",
  );
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

test("when an input has become idle a batch without data gives out what the others have completed, at that moment", async () => {
  const query = new CountQuery({ sources: 2, delays: [10, 0] });
  query.conf["ss.streaming.idleInputTimeout"] = "1 minute";
  // the reports of idle triggers wake nobody before
  query.conf["spark.sql.streaming.noDataProgressEventInterval"] = "1 day";
  const run = await query.start();
  query.topics[0]!.add(20);
  query.topics[1]!.add(11);
  await query.clock.advance(0);
  await query.clock.advance(30_000);
  query.topics[1]!.add(31);
  await query.clock.advance(0);
  expect(query.watermarks).toEqual([0, 10, 10]);
  await query.clock.advance(29_999);
  expect(query.watermarks).toHaveLength(3);
  await query.clock.advance(1);
  expect(query.watermarks).toEqual([0, 10, 10, 31]);
  expect(query.table.rows).toEqual([
    [11, 1],
    [20, 1],
    [31, 1],
  ]);
  expect(run.explainWatermark()).toMatchObject({
    watermarkMs: 31_000,
    movedMs: 60_000,
    inputs: [{ isIdle: true }, { isIdle: false }],
  });
  query.topics[0]!.add(60);
  query.topics[1]!.add(45);
  await query.clock.advance(0);
  expect(run.explainWatermark()).toMatchObject({
    watermarkMs: 45_000,
    inputs: [{ isIdle: false }, { isIdle: false }],
  });
  await run.stop();
});

test("an input with rows waiting is not idle, however long a batch takes", async () => {
  const query = new CountQuery({ sources: 2, delays: [0, 0] });
  query.conf["ss.streaming.idleInputTimeout"] = "1 minute";
  query.conf["spark.sql.streaming.noDataProgressEventInterval"] = "1 day";
  query.source = { maxRows: 1 };
  const [quick, slow] = query.topics as [(typeof query.topics)[0], (typeof query.topics)[0]];
  query.onRun = async ({ ranges }) => {
    if (ranges[0] === null || quick.values.length < 2) return;
    query.onRun = () => {};
    slow.add(31, 32, 33);
    await query.clock.advance(600_000);
  };
  const run = await query.start();
  quick.add(20);
  slow.add(11);
  await query.clock.advance(0);
  quick.add(100);
  await query.clock.advance(0);
  await query.clock.advance(0);
  const dropped = run.recentProgress.map(
    ({ stateOperators }) => stateOperators[0]!.numRowsDroppedByWatermark,
  );
  expect(dropped.every((rows) => rows === 0)).toBe(true);
  expect(query.watermarks.at(-1)).toBe(33);
  expect(query.table.rows).toEqual([11, 20, 31, 32, 33].map((at) => [at, 1]));
  // nothing lies there any more
  await query.clock.advance(30_000);
  quick.add(101);
  await query.clock.advance(29_999);
  expect(query.watermarks.at(-1)).toBe(33);
  await query.clock.advance(1);
  expect(query.watermarks.at(-1)).toBe(101);
  await run.stop();
});

test("before the first batch there is nothing to explain", async () => {
  const run = await new CountQuery().start();
  expect(run.explainWatermark()).toMatchObject({ inputs: [], heldBackBy: null });
  expect(run.explainWatermark().text).toMatch(/no watermark to explain/);
  await run.stop();
});

test("after a restart the watermark of the checkpoint is told before the first batch", async () => {
  const query = new CountQuery({ delays: [10] });
  query.topic.add(25);
  await query.runOnce();
  const run = await query.start();
  await query.clock.advance(0);
  const told = run.explainWatermark();
  expect(told).toMatchObject({ watermarkMs: 15_000, movedMs: null, inputs: [], heldBackBy: null });
  expect(told.text).toBe(
    "The watermark is 1970-01-01T00:00:15.000Z, recovered from the checkpoint; it never goes back. This run has seen no rows yet: which input it waits for shows after the first batch.",
  );
  query.topic.add(26);
  await run.processAllAvailable();
  expect(run.explainWatermark()).toMatchObject({ watermarkMs: 16_000, inputs: [{ lastRowsMs: 0 }] });
  await run.stop();
});
