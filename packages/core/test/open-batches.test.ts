import { expect, test } from "vitest";
import { StreamError, type StreamingQueryException } from "../src/index.js";
import { EchoQuery } from "./support/echo-query.js";
import { settle } from "./support/manual-clock.js";

function realTime(durationMs = 60_000): EchoQuery {
  const query = new EchoQuery();
  query.trigger = { kind: "realTime", durationMs };
  return query;
}

function continuous(intervalMs = 1000): EchoQuery {
  const query = new EchoQuery();
  query.trigger = { kind: "continuous", intervalMs };
  return query;
}

async function conditionOf(query: EchoQuery): Promise<string | undefined> {
  const failure = await query.runOnce().catch((error: unknown) => error);
  const { cause } = failure as StreamingQueryException;
  return StreamError.is(cause) ? cause.condition : undefined;
}

const commits = (query: EchoQuery): string[] => query.topic.calls.filter((call) => call.startsWith("commit"));

test("rows flow as they come, and are logged when their batch closes", async () => {
  const query = realTime();
  const run = await query.start();
  await settle();
  for (const value of [1, 2, 3]) {
    query.topic.add(value);
    await query.clock.advance(10_000);
    expect(query.rows.shown.at(-1)).toBe(value);
  }
  expect(await query.names("offsets")).toEqual([]);
  expect(query.rows.committed).toEqual([]);
  await query.clock.advance(30_000);
  expect(query.rows.committed).toEqual([1, 2, 3]);
  expect(await query.names("offsets")).toEqual(["0"]);
  expect(await query.names("commits")).toEqual(["0"]);
  expect(commits(query)).toEqual(["commit 3"]);
  expect(run.lastProgress?.numInputRows).toBe(3);
  await run.stop();
});

test("a real-time batch lasts from its first row on, and none is written while no row comes", async () => {
  const query = realTime();
  const run = await query.start();
  await query.clock.advance(100_000);
  expect(await query.names("offsets")).toEqual([]);
  query.topic.add(1);
  await query.clock.advance(59_999);
  expect(await query.names("commits")).toEqual([]);
  await query.clock.advance(1);
  expect(await query.names("commits")).toEqual(["0"]);
  await query.clock.advance(600_000);
  expect(await query.names("commits")).toEqual(["0"]);
  await run.stop();
});

test("epochs end at multiples of the interval", async () => {
  const query = continuous(1000);
  await query.clock.advance(300);
  const run = await query.start();
  await settle();
  query.topic.add(1);
  await query.clock.advance(699);
  expect(query.rows.shown).toEqual([1]);
  expect(await query.names("commits")).toEqual([]);
  await query.clock.advance(1);
  expect(await query.names("commits")).toEqual(["0"]);
  query.topic.add(2);
  await query.clock.advance(999);
  expect(await query.names("commits")).toEqual(["0"]);
  await query.clock.advance(1);
  expect(await query.names("commits")).toEqual(["0", "1"]);
  await run.stop();
});

test("epochs without rows are logged too, and reported as idle", async () => {
  const query = continuous(1000);
  const run = await query.start();
  await settle();
  for (let epoch = 0; epoch < 3; epoch++) await query.clock.advance(1000);
  expect(await query.names("offsets")).toEqual(["0", "1", "2"]);
  expect(await query.names("commits")).toEqual(["0", "1", "2"]);
  expect(run.recentProgress).toEqual([]);
  query.topic.add(1);
  await query.clock.advance(1000);
  expect(query.rows.committed).toEqual([1]);
  expect(run.recentProgress.map(({ batchId, numInputRows }) => [batchId, numInputRows])).toEqual([[3, 1]]);
  await run.stop();
});

test("sources that do not ring are asked every pollingDelay", async () => {
  const query = realTime();
  query.source = { rings: false };
  const run = await query.start();
  query.topic.add(1);
  await query.clock.advance(10);
  query.topic.calls.length = 0;
  await query.clock.advance(100);
  expect(query.topic.calls).toHaveLength(10);
  await run.stop();
});

test("processAllAvailable resolves within the batch", async () => {
  const query = realTime();
  const run = await query.start();
  query.topic.add(1, 2);
  await run.processAllAvailable();
  expect(query.rows.shown).toEqual([1, 2]);
  query.topic.add(3);
  await run.processAllAvailable();
  expect(query.rows.shown).toEqual([1, 2, 3]);
  expect(await query.names("offsets")).toEqual([]);
  await run.stop();
});

test("rows of a batch that was not closed come again after a restart, under the same id", async () => {
  const query = realTime();
  const run = await query.start();
  query.topic.add(1, 2);
  await run.processAllAvailable();
  await run.stop();
  query.topic.add(3);
  const second = await query.start();
  await second.processAllAvailable();
  expect(query.rows.shown).toEqual([1, 2, 1, 2, 3]);
  await query.clock.advance(60_000);
  expect(query.rows.committed).toEqual([1, 2, 3]);
  expect(await query.names("commits")).toEqual(["0"]);
  await second.stop();
});

test("a batch that was logged and not committed is run again with the same rows", async () => {
  const query = realTime();
  const run = await query.start();
  query.topic.add(1, 2);
  await run.processAllAvailable();
  await query.clock.advance(60_000);
  await run.stop();
  await query.fileSystem.delete("/checkpoint/commits/0");
  query.topic.add(3);
  query.rows.committed.length = 0;
  const second = await query.start();
  await settle();
  expect(query.rows.committed).toEqual([1, 2]);
  await query.clock.advance(60_000);
  expect(query.rows.committed).toEqual([1, 2, 3]);
  await second.stop();
});

test("every source of a batch flows at its own pace", async () => {
  const query = new EchoQuery({ sources: 2 });
  query.trigger = { kind: "realTime", durationMs: 60_000 };
  const run = await query.start();
  for (const [topic, value] of [
    [0, 1],
    [1, 10],
    [1, 11],
    [0, 2],
  ] as const) {
    query.topics[topic]!.add(value);
    await run.processAllAvailable();
  }
  expect(query.rows.shown).toEqual([1, 10, 11, 2]);
  await query.clock.advance(60_000);
  expect((await query.text("offsets/0"))?.split("\n").slice(2)).toEqual(["2", "2"]);
  await run.stop();
});

test("the logs of real-time batches may be written beside them, but none may be left out", async () => {
  const query = realTime();
  query.asyncProgress = { intervalMs: 1000 };
  expect(await conditionOf(query)).toBe(
    "STREAMING_REAL_TIME_MODE.ASYNC_PROGRESS_TRACKING_CHECKPOINTING_INTERVAL_NON_ZERO",
  );
  query.asyncProgress = { intervalMs: 0 };
  const run = await query.start();
  for (const value of [1, 2]) {
    query.topic.add(value);
    await query.clock.advance(60_000);
  }
  expect(await query.names("commits")).toEqual(["0", "1"]);
  await run.stop();
});

test.each([
  [realTime(), "STREAMING_REAL_TIME_MODE.INPUT_STREAM_NOT_SUPPORTED"],
  [continuous(), "_LEGACY_ERROR_TEMP_2253"],
])("a source that cannot be read so is refused (%#)", async (query, condition) => {
  query.source = { runModes: [] };
  expect(await conditionOf(query)).toBe(condition);
});

test.each([
  [realTime(), "STREAMING_REAL_TIME_MODE.SINK_NOT_SUPPORTED"],
  [continuous(), "_LEGACY_ERROR_TEMP_2253"],
])("a sink that cannot be written so is refused (%#)", async (query, condition) => {
  query.rows.modes = ["asyncProgress"];
  expect(await conditionOf(query)).toBe(condition);
});
