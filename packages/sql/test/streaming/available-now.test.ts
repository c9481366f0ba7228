import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSource } from "@ss/source-file";
import { MemorySource, memorySource } from "@ss/source-memory";
import { afterAll, expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

const folder = mkdtempSync(join(tmpdir(), "available-now-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let written = 0;
function writeFile(value: string): void {
  const path = join(folder, "in", `${value}.txt`);
  writeFileSync(path, `${value}\n`);
  // files are taken in the order of their times
  const modified = new Date(Date.UTC(2024, 0, 1) + 1000 * written++);
  utimesSync(path, modified, modified);
}

// Scenario TN-01: files 7, 8, 9 with one file a trigger, united with three rows of a source without a limit
test("availableNow keeps to the limit of each source, takes what was there at its start, and ends", async () => {
  mkdirSync(join(folder, "in"));
  MemorySource.reset("tn01");
  MemorySource.addData("tn01", "1", "2", "3");
  for (const value of ["7", "8", "9"]) writeFile(value);
  const results: string[] = [];
  const run = async (): Promise<number> => {
    const spark = await SparkSession.builder().use(fileSource(), memorySource()).create();
    const files = spark.readStream.option("maxFilesPerTrigger", 1).text(join(folder, "in"));
    const rows = spark.readStream.format("memory").option("name", "tn01").schema("value STRING").load();
    const query = await rows
      .union(files)
      .writeStream.option("checkpointLocation", join(folder, "checkpoint"))
      .trigger({ availableNow: true })
      .foreachBatch(async (batch) => {
        for (const row of await batch.collect()) results.push(row["value"]);
      })
      .start();
    await query.awaitTermination();
    return query.recentProgress.filter((progress) => progress.numInputRows > 0).length;
  };
  expect(await run()).toBe(3);
  expect(results.sort()).toEqual(["1", "2", "3", "7", "8", "9"]);
  for (const value of ["10", "11", "12"]) writeFile(value);
  expect(await run()).toBe(3);
  expect(results.sort()).toEqual(["1", "10", "11", "12", "2", "3", "7", "8", "9"]);
});
