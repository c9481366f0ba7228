import { join } from "node:path";
import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";
import { adCampaignQuery } from "../works/ad-campaigns.js";

/** How the program around a query fares. */
export interface Host {
  /** The longest time between two runs of a timer while W1 runs. */
  readonly longestGapMs: number;
  /** How long stop() takes. */
  readonly stopMs: number;
  readonly inMidBatch: boolean;
}

/** Runs W1 over the folder beside a timer, and stops it once in its middle. */
export async function host(input: string, root: string, folder: string): Promise<Host> {
  const spark = await SparkSession.builder()
    .config("spark.sql.session.timeZone", "UTC")
    .use(fileSource())
    .create();
  const start = async (checkpoint: string) =>
    adCampaignQuery(spark, input, root)
      .writeStream.format("noop")
      .outputMode("update")
      .option("checkpointLocation", join(folder, checkpoint))
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
  return { longestGapMs, stopMs: performance.now() - asked, inMidBatch };
}
