import { rm } from "node:fs/promises";
import { join } from "node:path";
import { parquetSink } from "@ss/sink-parquet";
import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";
import { batchesThrough } from "./batches-through.js";
import { lookAt, type Places, startHourly } from "./hourly.js";
import { writeReadings } from "./reading-files.js";

/** Starts the query, looks at its result while it runs, stops it, starts it again. The rows of the result. */
export async function run(data: string, print: (text: string) => void): Promise<number> {
  const places: Places = {
    readings: join(data, "readings"),
    hourly: join(data, "hourly"),
    checkpoint: join(data, "checkpoint"),
  };
  await rm(data, { recursive: true, force: true });
  await writeReadings(places.readings, 0, 12);
  const spark = await SparkSession.builder()
    .appName("unbounded-table")
    .config("spark.sql.session.timeZone", "UTC")
    .use(fileSource(), parquetSink())
    .printTo(print)
    .create();
  try {
    print("12 files of an hour each; the query takes two a batch.\n");
    const first = await startHourly(spark, places);
    await batchesThrough(spark, first, 3);
    print(`\nThe result while the query runs (${first.status.message}):\n`);
    await lookAt(spark, places).show();
    await first.stop();
    print(`Stopped after batch ${first.lastProgress?.batchId}. Three more files arrive.\n`);

    await writeReadings(places.readings, 12, 15);
    const second = await startHourly(spark, places);
    print(
      `Started again: ${second.id === first.id ? "the same query" : "another query"}, run ${second.runId}.\n`,
    );
    await second.processAllAvailable();
    print(
      "\nThe result now. The last hour is missing: the watermark has not passed it, rows may still come.\n\n",
    );
    const result = lookAt(spark, places);
    await result.show();
    await second.stop();
    return await result.count();
  } finally {
    await spark.stop();
  }
}
