import { MemorySource, memorySource } from "@ss/source-memory";
import { collectingSink, FaultyFileSystem, VirtualClock } from "@ss/testkit";
import { beforeEach, expect, test } from "vitest";
import { type DataFrame, SparkSession } from "../../src/index.js";

let spark: SparkSession;
let clock: VirtualClock;
let disk: FaultyFileSystem;

beforeEach(async () => {
  MemorySource.reset("tracked");
  clock = new VirtualClock();
  disk = new FaultyFileSystem();
  spark = await SparkSession.builder()
    .withClock(clock)
    .logTo(() => {})
    .use(memorySource(), collectingSink().plugin(), { name: "disk", fileSystems: [disk] })
    .create();
});

const input = (): DataFrame =>
  spark.readStream.format("memory").option("name", "tracked").schema("n INT").load();

const writer = (rows: DataFrame, format = "noop") =>
  rows.writeStream
    .format(format)
    .option("checkpointLocation", "/checkpoint")
    .option("asyncProgressTrackingEnabled", true);

async function commits(): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of disk.list("/checkpoint/commits")) found.push(path.split("/").at(-1)!);
  return found.sort();
}

/** Runs so many batches, 100 ms apart. */
async function batches(
  start: Promise<{ processAllAvailable(): Promise<void>; stop(): Promise<void> }>,
  count: number,
) {
  const query = await start;
  for (let k = 0; k < count; k++) {
    MemorySource.addData("tracked", k);
    await query.processAllAvailable();
    await clock.advance(100);
  }
  await query.stop();
}

test("progress is written once a second by default", async () => {
  await batches(writer(input()).start(), 12);
  expect(await commits()).toEqual(["0", "10", "11"]);
});

test("asyncProgressTrackingCheckpointIntervalMs says how often", async () => {
  await batches(writer(input()).option("asyncProgressTrackingCheckpointIntervalMs", 500).start(), 12);
  expect(await commits()).toEqual(["0", "10", "11", "5"]);
});

test("asyncProgressTrackingEnabled is off by default", async () => {
  await batches(writer(input()).option("asyncProgressTrackingEnabled", false).start(), 3);
  expect(await commits()).toEqual(["0", "1", "2"]);
});

test("stateful queries, unsupported sinks and triggers that end are refused", async () => {
  await expect(writer(input().groupBy("n").count()).outputMode("update").start()).rejects.toThrow(
    "Stateful streaming queries does not support async progress tracking at this moment.",
  );
  await expect(writer(input()).trigger({ once: true }).start()).rejects.toThrow(
    "Async progress tracking cannot be used with Once trigger",
  );
  await expect(writer(input()).trigger({ availableNow: true }).start()).rejects.toThrow(
    "Async progress tracking cannot be used with AvailableNow trigger",
  );
  await expect(writer(input(), "collecting").start()).rejects.toThrow(
    /Sink CollectingSink.* does not support async progress tracking/,
  );
  const overridden = writer(input(), "collecting").option(
    "_asyncProgressTrackingOverrideSinkSupportCheck",
    true,
  );
  await batches(overridden.start(), 1);
});

test.each([-1, "soon"])("asyncProgressTrackingCheckpointIntervalMs refuses %s", async (value) => {
  const start = writer(input()).option("asyncProgressTrackingCheckpointIntervalMs", value).start();
  await expect(start).rejects.toThrow(/asyncProgressTrackingCheckpointIntervalMs/);
});
