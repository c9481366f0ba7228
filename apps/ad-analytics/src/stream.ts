// The process that runs the stream. Its environment holds the settings, since one of them is a password; it prints a line of JSON for each batch,
// and ends when it is told to (SIGTERM).
import { reportOf } from "./batch-report.js";
import { type StreamSettings, session, startQuery } from "./pipeline.js";

const settings = JSON.parse(process.env["STREAM_SETTINGS"]!) as StreamSettings;
const spark = await session();
spark.streams.addListener({
  onQueryProgress: ({ progress }) => {
    process.stdout.write(`${JSON.stringify(reportOf(progress, settings.topic, Date.now()))}\n`);
  },
});
const query = await startQuery(spark, settings);
process.once("SIGTERM", () => void query.stop());
await query.awaitTermination();
await spark.stop();
