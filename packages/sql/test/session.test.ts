import { MemorySource, memorySource } from "@ss/source-memory";
import { expect, test } from "vitest";
import { SparkSession, window } from "../src/index.js";

test("a query over VALUES gives rows", async () => {
  const spark = await SparkSession.builder().create();
  const rows = await spark.sql("SELECT a, a + 1 AS b FROM VALUES (1), (2) AS t(a) WHERE a > 1").collect();
  expect(rows).toEqual([{ a: 2, b: 3 }]);
});

test("a windowed count over a stream gives out complete windows", async () => {
  const spark = await SparkSession.builder()
    .config("spark.sql.session.timeZone", "UTC")
    .use(memorySource())
    .create();
  MemorySource.reset("in");
  MemorySource.addData("in", 10, 11, 12, 13, 14, 15);
  const counts = spark.readStream
    .format("memory")
    .option("name", "in")
    .schema("value INT")
    .load()
    .selectExpr("CAST(value AS TIMESTAMP) AS t")
    .withWatermark("t", "10 seconds")
    .groupBy(window("t", "5 seconds"))
    .count()
    .selectExpr("CAST(window.start AS BIGINT) AS start", "count");
  const query = await counts.writeStream.format("memory").queryName("out").start();
  await query.processAllAvailable();
  expect(await spark.table("out").collect()).toEqual([]);
  MemorySource.addData("in", 25);
  await query.processAllAvailable();
  expect(await spark.table("out").collect()).toEqual([{ start: 10, count: 5 }]);
  await query.stop();
});
