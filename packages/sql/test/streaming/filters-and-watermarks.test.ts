import { MemorySource, memorySource } from "@ss/source-memory";
import { expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

// Spark moves a condition below EventTimeWatermark unless it refers to the event time
test.each([
  { condition: "keep", watermark: "1970-01-01T00:00:20.000Z" },
  { condition: "t < TIMESTAMP '1970-01-01 00:01:00'", watermark: "1970-01-01T00:01:30.000Z" },
])("rows that '$condition' rules out leave the watermark at $watermark", async ({ condition, watermark }) => {
  MemorySource.reset("filtered");
  const spark = await SparkSession.builder()
    .config("spark.sql.session.timeZone", "UTC")
    .use(memorySource())
    .create();
  const query = await spark.readStream
    .format("memory")
    .option("name", "filtered")
    .schema("value INT, keep BOOLEAN")
    .load()
    .selectExpr("CAST(value AS TIMESTAMP) AS t", "keep")
    .withWatermark("t", "10 seconds")
    .filter(condition)
    .groupBy("t")
    .count()
    .writeStream.format("noop")
    .start();
  MemorySource.addData("filtered", [30, true], [100, false]);
  await query.processAllAvailable();
  expect(query.lastProgress!.eventTime?.["watermark"]).toBe(watermark);
  await spark.stop();
});
