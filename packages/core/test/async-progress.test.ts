import { expect, test } from "vitest";
import { StreamingQueryException } from "../src/index.js";
import { EchoQuery } from "./support/echo-query.js";
import { settle } from "./support/manual-clock.js";
import { StepFileSystem } from "./support/step-file-system.js";

/** One batch of one row, `apartMs` after the one before. */
async function batches(query: EchoQuery, from: number, count: number, apartMs: number): Promise<void> {
  for (let k = 0; k < count; k++) {
    query.topic.add(from + k);
    await settle();
    await query.clock.advance(apartMs);
  }
}

function asyncQuery(intervalMs: number): EchoQuery {
  const query = new EchoQuery();
  query.asyncProgress = { intervalMs };
  return query;
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k);

/** What a further run gives out. */
async function rowsOfNextRun(query: EchoQuery): Promise<number[]> {
  query.rows.shown.length = 0;
  await query.runOnce();
  return [...query.rows.shown];
}

test("of the batches within an interval only the first is logged, and the last when the run ends", async () => {
  const query = asyncQuery(1000);
  const run = await query.start();
  await settle();
  await batches(query, 0, 25, 100);
  expect(await query.names("offsets")).toEqual(["0", "10", "20"]);
  expect(await query.names("commits")).toEqual(["0", "10", "20"]);
  await run.stop();
  expect(await query.names("offsets")).toEqual(["0", "10", "20", "24"]);
  expect(await query.names("commits")).toEqual(["0", "10", "20", "24"]);
  expect(await rowsOfNextRun(query)).toEqual([]);
});

test("every batch is logged with an interval of 0", async () => {
  const query = asyncQuery(0);
  const run = await query.start();
  await settle();
  await batches(query, 0, 5, 0);
  expect(await query.names("commits")).toEqual(["0", "1", "2", "3", "4"]);
  await run.stop();
});

test("what the last batches did is logged when its time has come, also if nothing follows", async () => {
  const query = asyncQuery(1000);
  const run = await query.start();
  await settle();
  await batches(query, 0, 5, 100);
  expect(await query.names("offsets")).toEqual(["0"]);
  await query.clock.advance(20_000);
  expect(await query.names("commits")).toEqual(["0", "4"]);
  await run.stop();
});

test("batches do not wait for their logs", async () => {
  const query = asyncQuery(0);
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const files = query.fileSystem;
  query.fileSystem = new Proxy(files, {
    get(target, name) {
      if (name !== "createExclusive")
        return Reflect.get(target, name).bind?.(target) ?? Reflect.get(target, name);
      return async (path: string, bytes: Uint8Array) => {
        if (path.includes("/offsets/")) await held;
        return target.createExclusive(path, bytes);
      };
    },
  });
  const run = await query.start();
  await settle();
  await batches(query, 0, 3, 0);
  expect(query.rows.committed).toEqual([0, 1, 2]);
  expect(query.topic.calls.filter((call) => call.startsWith("commit"))).toEqual([]);
  release();
  await run.stop();
  expect(await query.names("commits")).toEqual(["0", "1", "2"]);
});

test("a version of a table is in use until the commit of its batch is in the logs", async () => {
  const query = asyncQuery(1000);
  query.rows.tableVersions.push("a", "b", "c", "d");
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const files = new StepFileSystem(query.fileSystem);
  files.onStep = (step, when) => (when === "before" && step.includes("/commits/0") ? held : undefined);
  query.fileSystem = files;
  const run = await query.start();
  await settle();
  await batches(query, 0, 2, 100);
  // neither the commit of the first batch nor any entry of the second is in the logs
  expect(query.rows.tablesInUse).toEqual([["a"], ["a", "b"]]);
  release();
  await settle();
  await batches(query, 2, 1, 1000);
  await batches(query, 3, 1, 0);
  await settle();
  expect(query.rows.tablesInUse.slice(2)).toEqual([["c"], ["d"]]);
  await run.stop();
});

test("a source hears only of what is in the logs", async () => {
  const query = asyncQuery(1000);
  const run = await query.start();
  await settle();
  await batches(query, 0, 25, 100);
  const heard = query.topic.calls.filter((call) => call.startsWith("commit"));
  // batches 0, 10 and 20 were logged, each told at the end of a later batch or of its own
  expect(heard).toEqual(["commit 1", "commit 11", "commit 21"]);
  await run.stop();
});

test("a restart with the waiting way goes on behind the gaps", async () => {
  const query = asyncQuery(1000);
  const run = await query.start();
  await settle();
  await batches(query, 0, 25, 100);
  await run.stop();
  query.asyncProgress = undefined;
  for (const value of [25, 26]) {
    query.topic.add(value);
    await query.runOnce();
  }
  expect(await query.names("offsets")).toEqual(["0", "10", "20", "24", "25", "26"]);
  expect(query.rows.shown).toEqual(range(0, 27));
});

test("a gap that no entry tells of is named", async () => {
  const query = asyncQuery(1000);
  const run = await query.start();
  await settle();
  await batches(query, 0, 35, 100);
  await run.stop();
  expect(await query.names("offsets")).toEqual(["0", "10", "20", "30", "34"]);
  for (const [path, named] of [
    ["offsets/20", "offsets/20"],
    ["commits/20", "commits/20"],
  ] as const) {
    const bytes = (await query.fileSystem.readAll(`/checkpoint/${path}`))!;
    await query.fileSystem.delete(`/checkpoint/${path}`);
    await expect(query.runOnce()).rejects.toThrow(named);
    await query.fileSystem.createExclusive(`/checkpoint/${path}`, bytes);
  }
  await query.runOnce();
});

test("the logs keep so many entries, however many batches lie between them", async () => {
  const query = asyncQuery(1000);
  query.conf["spark.sql.streaming.minBatchesToRetain"] = "3";
  const run = await query.start();
  await settle();
  await batches(query, 0, 80, 100);
  await run.stop();
  // the entry that is written when the run ends is followed by no clean-up any more
  expect((await query.names("offsets")).map(Number).sort((a, b) => a - b)).toEqual([50, 60, 70, 79]);
  expect((await query.names("commits")).map(Number).sort((a, b) => a - b)).toEqual([50, 60, 70, 79]);
  expect(await rowsOfNextRun(query)).toEqual([]);
});

test("a write to the logs that fails ends the query, though no batch waits for it", async () => {
  const query = asyncQuery(0);
  const run = await query.start();
  await settle();
  query.fileSystem.createExclusive = async () => {
    throw new Error("the disk is full");
  };
  query.topic.add(1);
  await settle();
  expect(run.isActive).toBe(false);
  expect(run.exception?.message).toContain("the disk is full");
});

test.each([
  [{ kind: "once" }, /cannot be used with Once trigger/],
  [{ kind: "availableNow" }, /cannot be used with AvailableNow trigger/],
  [{ kind: "continuous", intervalMs: 1000 }, /cannot be used with Continuous trigger/],
] as const)("the trigger %j is refused", async (trigger, message) => {
  const query = asyncQuery(1000);
  query.trigger = trigger;
  await expect(query.runOnce()).rejects.toThrow(message);
});

test("sinks that do not support it and queries with state are refused", async () => {
  const query = asyncQuery(1000);
  query.rows.modes = undefined;
  await expect(query.runOnce()).rejects.toThrow("Sink ShowingSink does not support async progress tracking");
  query.asyncProgress = { intervalMs: 1000, overrideSinkCheck: true };
  await query.runOnce();
  query.pinnedConf = { "spark.sql.streaming.stateStore.providerClass": "some" };
  query.fileSystem = new EchoQuery().fileSystem;
  const failure = await query.runOnce().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StreamingQueryException);
  expect(String(failure)).toContain("Stateful streaming queries does not support async progress tracking");
});
