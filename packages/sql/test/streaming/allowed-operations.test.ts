import { MemorySource, memorySource } from "@ss/source-memory";
import { beforeEach, expect, test } from "vitest";
import { col, count, type DataFrame, expr, SparkSession, window } from "../../src/index.js";

let spark: SparkSession;
beforeEach(async () => {
  MemorySource.reset("checked");
  spark = await SparkSession.builder()
    .config("spark.sql.session.timeZone", "UTC")
    .use(memorySource())
    .create();
});

const stream = (): DataFrame =>
  spark.readStream.format("memory").option("name", "checked").schema("value INT").load();

const windows = (): DataFrame =>
  stream()
    .selectExpr("CAST(value AS TIMESTAMP) AS t")
    .withWatermark("t", "10 seconds")
    .groupBy(window("t", "5 seconds"))
    .count();

const chained = (): DataFrame => windows().groupBy(window("window", "10 seconds")).agg(count("*").as("n"));

const start = (rows: DataFrame) => rows.writeStream.format("noop").start();

test("two stateful operators are refused where only one is allowed", async () => {
  const allowed = await start(chained());
  await allowed.stop();
  spark.conf.set("spark.sql.streaming.statefulOperator.allowMultiple", false);
  await expect(start(chained())).rejects.toThrow(/Multiple stateful operators are not supported/);
  const one = await start(windows());
  await one.stop();
  expect(one.exception).toBeNull();
});

// Batch 1 raises the watermark to 25 - 10 = 15 s. A row at 12 s in batch 2 is late by that watermark; by that of the batch before (0)
// it is not, and makes a window of 1 that ends at 15 s and is given out at once.
test.each([
  { allowMultiple: true, late: 0 },
  { allowMultiple: false, late: 1 },
])(
  "with allowMultiple $allowMultiple $late rows are late in the batch after the watermark moved",
  async (row) => {
    spark.conf.set("spark.sql.streaming.noDataMicroBatches.enabled", false);
    spark.conf.set("spark.sql.streaming.statefulOperator.allowMultiple", row.allowMultiple);
    const query = await start(windows());
    MemorySource.addData("checked", 25);
    await query.processAllAvailable();
    MemorySource.addData("checked", 12);
    await query.processAllAvailable();
    expect(query.lastProgress!.stateOperators[0]!.numRowsDroppedByWatermark).toBe(row.late);
    await query.stop();
  },
);

const REFUSED = /Expression\(s\): monotonically_increasing_id\(\) is not supported with streaming/;

test("monotonically_increasing_id is refused wherever a streaming query has it", async () => {
  const id = expr("monotonically_increasing_id()");
  const table = spark.range(3).select(col("id"), id.as("m"));
  const update = (rows: DataFrame) => rows.writeStream.format("noop").outputMode("update").start();
  await expect(start(stream().select(id.as("m")))).rejects.toThrow(REFUSED);
  await expect(start(stream().where("monotonically_increasing_id() > 1"))).rejects.toThrow(REFUSED);
  await expect(update(stream().groupBy(id.as("m")).count())).rejects.toThrow(REFUSED);
  await expect(
    update(stream().groupBy("value").agg(expr("max(value + monotonically_increasing_id())").as("m"))),
  ).rejects.toThrow(REFUSED);
  await expect(
    start(stream().join(spark.range(3), expr("value = id + monotonically_increasing_id()"))),
  ).rejects.toThrow(REFUSED);
  await expect(start(stream().join(table, expr("value = id")))).rejects.toThrow(REFUSED);
});
