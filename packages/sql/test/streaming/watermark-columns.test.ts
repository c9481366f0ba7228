import { fileSource } from "@ss/source-file";
import { collectingSink, FaultyFileSystem } from "@ss/testkit";
import { expect, test } from "vitest";
import { SparkSession, window } from "../../src/index.js";

test("a watermark moves by event times that stand in the names of folders", async () => {
  const disk = new FaultyFileSystem();
  const sink = collectingSink();
  const spark = await SparkSession.builder()
    .use(fileSource(), sink.plugin(), { name: "disk", fileSystems: [disk] })
    .config("spark.sql.session.timeZone", "UTC")
    .logTo(() => {})
    .create();
  const add = (second: string, rows: string): Promise<boolean> =>
    disk.createExclusive(`/in/t=2024-01-01 00%3A00%3A${second}/rows.csv`, Buffer.from(rows));
  const windows = spark.readStream
    .format("csv")
    .schema("n INT, t TIMESTAMP")
    .load("/in")
    .withWatermark("t", "1 second")
    .groupBy(window("t", "10 seconds"))
    .sum("n")
    .selectExpr("CAST(window.start AS STRING) AS start", "`sum(n)` AS total");
  await add("05", "1\n3\n");
  const query = await windows.writeStream
    .format("collecting")
    .option("checkpointLocation", "/checkpoint")
    .start();
  await query.processAllAvailable();
  expect(query.lastProgress!.eventTime!["watermark"]).toBe("2024-01-01T00:00:04.000Z");
  await add("25", "2\n");
  await query.processAllAvailable();
  await spark.stop();
  expect(sink.table().map((row) => row.map(String))).toEqual([["2024-01-01 00:00:00", "4"]]);
});
