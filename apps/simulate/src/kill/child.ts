import { join } from "node:path";
import { StreamError, type StreamingQuery } from "@ss/core";
import { fileSink } from "@ss/sink-file";
import { fileSource } from "@ss/source-file";
import { SparkSession, Trigger, window } from "@ss/sql";
import { ANOTHER_RUN_EXIT_CODE, SALES_SCHEMA } from "./sales.js";

// A process to be killed: it copies sales from CSV files into files, and counts them in windows, until it has read them all.
const folder = process.argv[2]!;
// it is loaded ahead of time, and begins when it is told to
await new Promise((resolve) => process.once("message", resolve));
process.disconnect();

const spark = await SparkSession.builder()
  .use(fileSource(), fileSink())
  .config("spark.sql.session.timeZone", "UTC")
  .config("spark.sql.streaming.minBatchesToRetain", 5)
  .config("spark.sql.streaming.stateStore.minDeltasForSnapshot", 3)
  .logTo(() => {})
  .create();
const sales = spark.readStream
  .format("csv")
  .schema(SALES_SCHEMA)
  .option("maxFilesPerTrigger", 1)
  .load(join(folder, "in"));
const windows = sales
  .withWatermark("t", "1 minute")
  .groupBy(window("t", "10 seconds"))
  .sum("amount")
  .selectExpr("CAST(window.start AS BIGINT) AS start", "`sum(amount)` AS total");

try {
  const running: StreamingQuery[] = [];
  for (const [name, frame] of [
    ["copies", sales.selectExpr("id", "amount")],
    ["windows", windows],
  ] as const) {
    const writer = frame.writeStream
      .format("csv")
      .option("checkpointLocation", join(folder, "checkpoints", name));
    running.push(await writer.trigger(Trigger.AvailableNow()).start(join(folder, "out", name)));
  }
  await Promise.all(running.map((query) => query.awaitTermination()));
} catch (error) {
  const cause = error instanceof Error ? error.cause : undefined;
  if (![error, cause].some((one) => StreamError.is(one, "CONCURRENT_STREAM_LOG_UPDATE"))) throw error;
  process.exitCode = ANOTHER_RUN_EXIT_CODE;
} finally {
  await spark.stop();
}
