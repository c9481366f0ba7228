import { linkSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileSource } from "@ss/source-file";
import { count, type DataFrame, SparkSession, type StreamingQuery } from "@ss/sql";
import { LINES_PER_FILE } from "../data/small-files.js";
import { type BatchCosts, CpuMeter } from "./batch-costs.js";

const FILES_PER_BATCH = 100;

/**
 * How files come to a query: all are there and the run ends with the last (`pinned`), all are there and the folder is listed again
 * whenever the cached names are used up (`polled`), or one comes after the other into a folder in which all others were read before
 * (`arriving`).
 */
export type FileArrival = "pinned" | "polled" | "arriving";

/** Small files of one folder, counted per text; `files` of them are there, `arrivals` come one by one. */
export async function manyFiles(
  arrival: FileArrival,
  input: string,
  files: number,
  arrivals: number,
  folder: string,
): Promise<BatchCosts> {
  const spark = await SparkSession.builder().use(fileSource()).create();
  const run = new FileRun(spark);
  const words = spark.readStream
    .option("maxFilesPerTrigger", FILES_PER_BATCH * (arrival === "arriving" ? 100 : 1))
    .text(input)
    .groupBy("value")
    .agg(count("*").as("n"));
  const query = await start(words, arrival === "pinned", folder);
  run.begin();
  if (arrival === "pinned") await query.awaitTermination();
  else await query.processAllAvailable();
  if (arrival === "arriving") {
    run.begin();
    const content = join(input, readdirSync(input)[0]!);
    for (let k = 0; k < arrivals; k++) {
      const next = run.nextBatch();
      linkSync(content, join(input, `late-${String(k).padStart(6, "0")}.txt`));
      await next;
    }
  }
  await spark.stop();
  const isRight = run.rowCount === (files + (arrival === "arriving" ? arrivals : 0)) * LINES_PER_FILE;
  return { durationsMs: run.durationsMs, cpuMs: run.meter.cpuMs, isRight };
}

function start(words: DataFrame, pinned: boolean, folder: string): Promise<StreamingQuery> {
  const writer = words.writeStream
    .format("noop")
    .outputMode("update")
    .option("checkpointLocation", join(folder, "checkpoint"));
  return (pinned ? writer.trigger({ availableNow: true }) : writer).start();
}

/** Listens to the batches of a run. */
class FileRun {
  readonly durationsMs: number[] = [];
  readonly meter: CpuMeter = new CpuMeter();
  rowCount = 0;
  private last = 0;
  private onBatch: () => void = () => {};

  constructor(spark: SparkSession) {
    spark.streams.addListener({
      onQueryProgress: ({ progress }) => {
        const now = performance.now();
        this.durationsMs.push(now - this.last);
        this.last = now;
        this.meter.batchDone();
        this.rowCount += progress.numInputRows;
        this.onBatch();
      },
    });
  }

  /** Forgets the batches so far. */
  begin(): void {
    this.durationsMs.length = 0;
    this.meter.start();
    this.last = performance.now();
  }

  nextBatch(): Promise<void> {
    this.last = performance.now();
    return new Promise((resolve) => {
      this.onBatch = resolve;
    });
  }
}
