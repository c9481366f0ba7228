import { MemorySource, memorySource } from "@ss/source-memory";
import { FaultyFileSystem } from "@ss/testkit";
import { beforeEach, expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

let disk: FaultyFileSystem;
let warnings: string[];
beforeEach(() => {
  MemorySource.reset("aggregates");
  disk = new FaultyFileSystem();
  warnings = [];
});

/** Runs a query over all that was added, over one checkpoint; gives the rows of its last batch. */
async function run(select: string, groups = "k"): Promise<unknown[]> {
  const spark = await SparkSession.builder()
    .use(memorySource(), { name: "disk", fileSystems: [disk] })
    .logTo((level, message) => void (level === "warn" && warnings.push(message)))
    .create();
  const rows = spark.readStream
    .format("memory")
    .option("name", "aggregates")
    .schema("k STRING, x BIGINT, at TIMESTAMP")
    .load();
  rows.createOrReplaceTempView("rows");
  let last: unknown[] = [];
  const query = await spark
    .sql(`SELECT ${select} FROM rows GROUP BY ${groups}`)
    .writeStream.outputMode("complete")
    .foreachBatch(async (batch) => {
      last = await batch.collect();
    })
    .option("checkpointLocation", "/checkpoint")
    .start();
  MemorySource.addData("aggregates", ["a", 5n, new Date(0)], ["a", 7n, new Date(0)]);
  await query.processAllAvailable();
  await spark.stop();
  return last;
}

test("state that another function of the same type has written is gone on from, as in Spark, and told once", async () => {
  expect(await run("k, sum(x) AS n")).toEqual([{ k: "a", n: 12 }]);
  expect(warnings).toEqual([]);
  expect(await run("k, count(x) AS n")).toEqual([{ k: "a", n: 14 }]);
  expect(warnings).toEqual([
    expect.stringMatching(/state that other functions have written: .* sum and are count now/),
  ]);
  await run("k, count(x) AS n");
  expect(warnings).toHaveLength(1);
});

test("functions that changed their places are told", async () => {
  await run("k, sum(x), count(x)");
  await run("k, count(x), sum(x)");
  expect(warnings).toEqual([expect.stringMatching(/columns were sum, count and are count, sum now/)]);
});

test("other names of results and keys are not told", async () => {
  await run("k, sum(x) AS n");
  await run("k AS key, sum(x) AS total", "k");
  await run("upper(k), sum(x) AS total", "upper(k)");
  expect(warnings).toEqual([]);
});

test("windows of sessions are told of too", async () => {
  const sessions = "k, session_window(at, '1 minute')";
  await run(`${sessions}, min(x)`, sessions);
  await run(`${sessions}, min(x) AS least`, sessions);
  expect(warnings).toEqual([]);
  await run(`${sessions}, max(x)`, sessions);
  expect(warnings).toEqual([expect.stringMatching(/columns were .*min and are .*max now/)]);
});

test("a description that is damaged is told of by nobody, and written anew", async () => {
  await run("k, sum(x) AS n");
  const path = "/checkpoint/state/0/_metadata/metadata";
  const writer = await disk.create(path);
  await writer.write(Buffer.from("v1\n{"));
  await writer.close();
  expect(await run("k, sum(x) AS n")).toEqual([{ k: "a", n: 24 }]);
  expect(warnings).toEqual([]);
});
