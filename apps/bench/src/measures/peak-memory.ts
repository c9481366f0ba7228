import { join } from "node:path";
import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";
import { AD_EVENT } from "../works/ad-events.js";
import { waitingSink } from "./waiting-sink.js";

/** How long the slow sink takes for each batch of some thousand rows. */
const SLOW_MS = 2;

/** What a run over an input of some size needed. */
export interface PeakMemory {
  readonly peakRssMb: number;
  readonly wallSeconds: number;
  readonly isRight: boolean;
}

/** Reads a folder of JSON lines in one batch and hands every row to a sink. */
export async function peakMemory(
  input: string,
  rows: number,
  slow: boolean,
  threads: number,
  folder: string,
): Promise<PeakMemory> {
  const count = { rows: 0 };
  const spark = await SparkSession.builder()
    .master(`local[${threads}]`)
    .use(fileSource(), waitingSink(slow ? SLOW_MS : 0, count))
    .create();
  const start = performance.now();
  const query = await spark.readStream
    .schema(AD_EVENT)
    .json(input)
    .select("ad_id", "event_type", "event_time")
    .writeStream.format("waiting")
    .outputMode("append")
    .option("checkpointLocation", join(folder, "checkpoint"))
    .trigger({ availableNow: true })
    .start();
  await query.awaitTermination();
  await spark.stop();
  const wallSeconds = (performance.now() - start) / 1000;
  return { peakRssMb: process.resourceUsage().maxRSS / 1024, wallSeconds, isRight: count.rows === rows };
}
