import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";
import { adCampaignQuery } from "./works/ad-campaigns.js";

// How the program around a query fares while W1 runs: the longest time between two runs of a timer, and how long stop() takes in
// mid-batch. A process of its own; prints one JSON line.
const [input, root] = process.argv.slice(2) as [string, string];
const checkpoint = mkdtempSync(join(tmpdir(), "bench-checkpoint-"));
const spark = await SparkSession.builder()
  .config("spark.sql.session.timeZone", "UTC")
  .use(fileSource())
  .create();
const start = async (folder: string) =>
  adCampaignQuery(spark, input, root)
    .writeStream.format("noop")
    .outputMode("update")
    .option("checkpointLocation", join(checkpoint, folder))
    .trigger({ availableNow: true })
    .start();

let longestGapMs = 0;
let last = performance.now();
const timer = setInterval(() => {
  const now = performance.now();
  longestGapMs = Math.max(longestGapMs, now - last);
  last = now;
}, 1);
await (await start("whole")).awaitTermination();
clearInterval(timer);

const query = await start("stopped");
await new Promise((resolve) => setTimeout(resolve, 200));
const asked = performance.now();
const inMidBatch = query.status.isTriggerActive;
await query.stop();
const stopMs = performance.now() - asked;
rmSync(checkpoint, { recursive: true, force: true });
process.stdout.write(`${JSON.stringify({ longestGapMs, stopMs, inMidBatch })}\n`);
