import { systemClock } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import { expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

test("the first report of a run tells how long it was planned, each how long its sources took to divide their rows", async () => {
  MemorySource.reset("durations");
  let ticks = 0;
  // each look at the clock is a millisecond later
  const clock = { ...systemClock, monotonicMs: () => ++ticks };
  const spark = await SparkSession.builder().withClock(clock).use(memorySource()).create();
  const rows = spark.readStream.format("memory").option("name", "durations").schema("value INT").load();
  const query = await rows.where("value > 0").writeStream.format("noop").start();
  MemorySource.addData("durations", 1);
  await query.processAllAvailable();
  MemorySource.addData("durations", 2);
  await query.processAllAvailable();
  await query.stop();
  const [first, second] = query.recentProgress.filter((progress) => progress.numInputRows > 0);
  expect(first!.durationMs["queryPlanning"]).toBeGreaterThan(0);
  expect(second!.durationMs["queryPlanning"]).toBe(0);
  for (const report of [first!, second!]) {
    const { getBatch, addBatch, latestOffset, walCommit, commitOffsets, triggerExecution } =
      report.durationMs;
    expect(getBatch).toBeGreaterThan(0);
    expect(addBatch).toBeGreaterThan(0);
    // the phases of a trigger do not overlap
    expect(latestOffset! + getBatch! + addBatch! + walCommit! + commitOffsets!).toBeLessThanOrEqual(
      triggerExecution!,
    );
  }
});
