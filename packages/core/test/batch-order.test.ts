import { expect, test } from "vitest";
import { StreamError } from "../src/index.js";
import { CountQuery } from "./support/count-query.js";
import { StepFileSystem } from "./support/step-file-system.js";

test("a batch writes offsets, state, sinks in order, commits, and then tells its sources", async () => {
  const query = new CountQuery({ outputs: 2 });
  const steps: string[] = [];
  const fileSystem = new StepFileSystem();
  fileSystem.onStep = (step, when) => void (when === "after" && steps.push(step));
  query.fileSystem = fileSystem;
  query.tables.forEach((table, k) => {
    table.before = (step, batchId) => void steps.push(`output ${k} ${step} ${batchId}`);
  });
  query.topic.add(5);
  await query.runOnce();
  steps.push(...query.topic.calls.filter((call) => call.startsWith("commit")));
  expect(steps.map((step) => step.replace(/state\/1-.*\.delta/, "state/1"))).toEqual([
    "createExclusive /checkpoint/metadata",
    "createExclusive /checkpoint/runs/0",
    "createExclusive /checkpoint/offsets/0",
    "output 0 begin 0",
    "output 1 begin 0",
    "create /checkpoint/state/1",
    "output 0 commit 0",
    "output 0 committed 0",
    "output 1 commit 0",
    "output 1 committed 0",
    "createExclusive /checkpoint/commits/0",
    "commit 1",
  ]);
});

test("a batch makes three durable writes: offsets, state, commits", async () => {
  const query = new CountQuery({ delays: [1_000_000] });
  let writes = 0;
  const fileSystem = new StepFileSystem();
  fileSystem.onStep = (step, when) => void (when === "after" && !step.startsWith("delete") && writes++);
  query.fileSystem = fileSystem;
  const run = await query.start();
  query.topic.add(1);
  await run.processAllAvailable();
  writes = 0;
  query.topic.add(2);
  await run.processAllAvailable();
  expect(writes).toBe(3);
  await run.stop();
});

/** A promise that is settled from outside. */
function signal(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let settle!: Omit<ReturnType<typeof signal>, "promise">;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}

/** Files whose entry of an offset log waits until it is let through. */
function heldOffsets(path: string): {
  fileSystem: StepFileSystem;
  asked: Promise<void>;
  let: (error?: Error) => void;
} {
  const asked = signal();
  const held = signal();
  const fileSystem = new StepFileSystem();
  fileSystem.onStep = async (step, when) => {
    if (step !== `createExclusive ${path}` || when !== "before") return;
    asked.resolve();
    await held.promise;
  };
  return { fileSystem, asked: asked.promise, let: (error) => (error ? held.reject(error) : held.resolve()) };
}

test("a batch reads its rows while its offsets are written, and neither a sink nor the state hears of it before", async () => {
  const query = new CountQuery();
  const steps: string[] = [];
  const held = heldOffsets("/checkpoint/offsets/0");
  const hold = held.fileSystem.onStep;
  held.fileSystem.onStep = (step, when) => {
    if (when === "after") steps.push(step);
    return hold(step, when);
  };
  query.fileSystem = held.fileSystem;
  query.table.before = (step, batchId) => void steps.push(`output ${step} ${batchId}`);
  const read = signal();
  query.onRun = () => read.resolve();
  query.topic.add(5);
  const run = query.runOnce();
  await Promise.all([held.asked, read.promise]);
  expect(steps.filter((step) => /output|state|offsets/.test(step))).toEqual([]);
  held.let();
  await run;
  expect(steps.filter((step) => /output begin|offsets/.test(step))).toEqual([
    "createExclusive /checkpoint/offsets/0",
    "output begin 0",
  ]);
});

test("a batch whose offsets cannot be written begins no write, and ends the query with what stood in the way", async () => {
  const query = new CountQuery();
  const held = heldOffsets("/checkpoint/offsets/0");
  query.fileSystem = held.fileSystem;
  query.onRun = () => held.let(new Error("disk full"));
  query.topic.add(5);
  await expect(query.runOnce()).rejects.toThrow("disk full");
  expect(query.table.calls.filter((call) => call !== "close")).toEqual([]);
  expect(await query.names("commits")).toEqual([]);
});

test("a batch whose offsets cannot be written ends at once, however long it would read", async () => {
  const query = new CountQuery();
  const held = heldOffsets("/checkpoint/offsets/0");
  query.fileSystem = held.fileSystem;
  query.onRun = async ({ signal: ending }) => {
    held.let(new Error("disk full"));
    await new Promise((_, reject) => ending.addEventListener("abort", () => reject(ending.reason)));
  };
  query.topic.add(5);
  await expect(query.runOnce()).rejects.toThrow("disk full");
});

test("a batch that fails while its offsets are written leaves a log that is written to no more", async () => {
  const query = new CountQuery();
  const held = heldOffsets("/checkpoint/offsets/0");
  query.fileSystem = held.fileSystem;
  query.onRun = async () => {
    // let through once the failure has gone as far as it can
    setImmediate(() => held.let());
    throw new Error("a bad row");
  };
  query.topic.add(5);
  await expect(query.runOnce()).rejects.toThrow("a bad row");
  expect(await query.names("offsets")).toEqual(["0"]);
  query.onRun = () => {};
  query.topic.add(6);
  await query.runOnce();
  expect(query.requests[1]).toMatchObject({ batchId: 0, ranges: query.requests[0]!.ranges });
});

test("a sink that cannot give a batch up hides neither what ended the query nor the batch from the other sinks", async () => {
  const query = new CountQuery({ outputs: 3 });
  query.tables[0]!.before = (step) => {
    if (step === "commit") throw new Error("no room");
  };
  query.tables[1]!.before = (step) => {
    if (step === "abort") throw new Error("the connection is gone");
  };
  query.topic.add(5);
  await expect(query.runOnce()).rejects.toThrow("no room");
  expect(query.tables[2]!.calls).toContain("abort 0");
  expect(query.warnings.join()).toContain("the connection is gone");
});

test("no folder is listed while batches run", async () => {
  const query = new CountQuery();
  const fileSystem = new StepFileSystem();
  query.fileSystem = fileSystem;
  const run = await query.start();
  query.topic.add(1);
  await run.processAllAvailable();
  fileSystem.list = () => {
    throw new Error("listed");
  };
  for (let k = 2; k < 30; k++) {
    query.topic.add(k * 10);
    await run.processAllAvailable();
  }
  await run.stop();
  expect(run.exception).toBeNull();
  expect(query.warnings).toEqual([]);
});

test("an uncommitted batch is run again with its range, timestamp and watermark, whatever has happened since", async () => {
  const query = new CountQuery();
  query.topic.add(50);
  await query.runOnce();
  await query.clock.advance(1234);
  query.topic.add(60, 61);
  query.table.before = (step, batchId) => {
    if (step === "commit" && batchId === 2) throw new Error("disk full");
  };
  await expect(query.runOnce()).rejects.toThrow("disk full");
  const failed = query.requests.at(-1)!;
  expect(failed.batchId).toBe(2);
  await query.clock.advance(99_999);
  query.topic.add(70);
  query.table.before = () => {};
  await query.runOnce();
  const again = query.requests.find((request) => request !== failed && request.batchId === 2)!;
  const { batchTimestampMs, watermarkMs, previousWatermarkMs, ranges } = failed;
  expect(again).toMatchObject({ batchTimestampMs, watermarkMs, previousWatermarkMs, ranges });
  expect(batchTimestampMs).toBe(1234);
  expect(ranges).toEqual([{ start: 1, end: 3 }]);
});

test("a crash between two outputs replays the batch to the one that lacks it", async () => {
  const query = new CountQuery({ outputs: 2, delays: [0] });
  query.topic.add(1, 2, 3);
  query.tables[1]!.before = (step) => {
    if (step === "commit") throw new Error("power lost");
  };
  await expect(query.runOnce()).rejects.toThrow("power lost");
  expect([query.tables[0]!.batches.size, query.tables[1]!.batches.size]).toEqual([1, 0]);
  query.tables[1]!.before = () => {};
  await query.runOnce();
  expect(query.tables[0]!.calls).toContain("begin 0 (committed)");
  expect(query.tables[0]!.calls.filter((call) => call === "commit 0")).toHaveLength(1);
  expect(query.tables[1]!.rows).toEqual(query.tables[0]!.rows);
  expect(query.tables[1]!.rows.length).toBe(3);
});

test("a failed batch aborts the writes whose commit has not begun, and only those", async () => {
  const query = new CountQuery({ outputs: 3, delays: [0] });
  query.topic.add(1);
  query.tables[1]!.before = (step) => {
    if (step === "commit") throw new Error("lost answer");
  };
  await expect(query.runOnce()).rejects.toThrow("lost answer");
  const aborted = query.tables.map((table) => table.calls.includes("abort 0"));
  expect(aborted).toEqual([false, false, true]);
});

test("a call that fails with recovery retry is made again after a pause, up to three times", async () => {
  const query = new CountQuery({ delays: [0] });
  let failures = 3;
  query.table.before = (step) => {
    if (step !== "commit" || failures-- <= 0) return;
    throw new StreamError({ condition: "SS_TEST", message: "try again", recovery: "retry" });
  };
  query.topic.add(1);
  const run = await query.start();
  await query.clock.advance(100_000);
  await run.processAllAvailable();
  expect(query.table.batches.get(0)).toEqual([]);
  failures = 4;
  query.topic.add(2);
  await query.clock.advance(100_000);
  await expect(run.awaitTermination()).rejects.toMatchObject({
    message: expect.stringContaining("[SS_TEST] try again. It was tried 4 times."),
    cause: { condition: "SS_TEST", recovery: "retry", cause: { message: "[SS_TEST] try again" } },
  });
});

test("a source is told again what is committed after a restart, as the last run may have died before it could", async () => {
  const query = new CountQuery();
  query.topic.add(7);
  await query.runOnce();
  query.topic.calls.length = 0;
  await query.runOnce();
  expect(query.topic.calls).toContain("commit 1");
});

test("a changed number of sources is refused", async () => {
  const query = new CountQuery();
  query.topic.add(7);
  await query.runOnce();
  const wider = new CountQuery({ sources: 2 });
  wider.fileSystem = query.fileSystem;
  const run = await wider.start();
  await expect(run.awaitTermination()).rejects.toThrow(
    "There are [1] sources in the checkpoint offsets and now there are [2] sources requested by the query",
  );
});

test("a checkpoint whose state belongs to another provider is refused by name", async () => {
  const query = new CountQuery();
  const key = "spark.sql.streaming.stateStore.providerClass";
  query.pinnedConf = { [key]: "org.example.Other" };
  query.topic.add(7);
  await query.runOnce();
  query.pinnedConf = { [key]: "ours" };
  const run = await query.start();
  await expect(run.awaitTermination()).rejects.toMatchObject({
    cause: { condition: "STATE_STORE_INVALID_CONFIG_AFTER_RESTART" },
  });
});

test("configuration in the checkpoint overrides the session's, for the plan too", async () => {
  const query = new CountQuery();
  const key = "spark.sql.shuffle.partitions";
  query.conf[key] = "16";
  query.pinnedConf = { [key]: "16" };
  query.topic.add(7);
  await query.runOnce();
  query.conf[key] = "4";
  query.pinnedConf = { [key]: "4" };
  await query.runOnce();
  expect(query.lastContext?.conf(key)).toBe("16");
  query.topic.add(8);
  await query.runOnce();
  expect(await query.text("offsets/1")).toContain(`"${key}":"16"`);
  expect(query.warnings[0]).toContain("spark.sql.shuffle.partitions = 16 (the session has 4)");
});
