import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { StreamError, type StreamingQuery } from "@ss/core";
import { consoleSink, type TextStream } from "@ss/sink-console";
import { parquetSink } from "@ss/sink-parquet";
import { fileSource } from "@ss/source-file";
import { type DataFrame, SparkSession } from "@ss/sql";
import { countsOf, type Places, startOnConsole, startToFiles, startUpdatesToFiles } from "./counts.js";
import type { Flags } from "./flags.js";
import { dropPeople, dropSpoilt, filesIn, mendSpoilt } from "./people-files.js";
import { progressListener } from "./progress-listener.js";

/** Runs the app until all files are counted; throws what ended the query, if an error did. */
export async function run(flags: Flags, output: TextStream): Promise<void> {
  const print = (line: string): void => void output.write(`${line}\n`, () => {});
  const places: Places = {
    people: join(flags.data, "people"),
    counts: join(flags.data, "counts"),
    checkpoint: join(flags.data, "checkpoint"),
  };
  const spark = await SparkSession.builder()
    .appName("demo-app")
    .config("spark.sql.session.timeZone", "UTC")
    .use(fileSource(), parquetSink(), consoleSink({ stream: output }))
    .printTo((text) => void output.write(text, () => {}))
    .logTo((level, message) => level !== "info" && print(`${level}: ${message}`))
    .create();
  try {
    for (const name of await mendSpoilt(spark, places.people))
      print(`mended ${name}, which an earlier run left`);
    await dropPeople(spark, places.people, await filesIn(places.people));
    const counts = countsOf(spark, places.people, flags.infer);
    await sayThatUpdatesAreRefused(counts, places, print);
    spark.streams.addListener(progressListener(print));
    const start = flags.sink === "console" ? startOnConsole : startToFiles;
    const query = await start(counts, places, flags.trigger);
    await Promise.all([query.awaitTermination(), feed(spark, query, places, flags, print)]);
    if (flags.sink === "parquet") await showFiles(spark, places, print);
  } finally {
    await spark.stop();
  }
}

async function sayThatUpdatesAreRefused(
  counts: DataFrame,
  places: Places,
  print: (line: string) => void,
): Promise<void> {
  try {
    await startUpdatesToFiles(counts, places);
  } catch (error) {
    if (!StreamError.is(error)) throw error;
    print('outputMode("update") into Parquet files is refused, as in Spark:');
    print(`  ${error.message}\n`);
  }
}

/** Drops a file a trigger and stops the query when it has counted them all. */
async function feed(
  spark: SparkSession,
  query: StreamingQuery,
  places: Places,
  flags: Flags,
  print: (line: string) => void,
): Promise<void> {
  try {
    for (let dropped = 1; dropped < flags.files && query.isActive; dropped++) {
      await wait(flags.triggerMs);
      const n = await filesIn(places.people);
      print(`a file with people of the ${n + 1}. ten minutes`);
      await dropPeople(spark, places.people, n);
    }
    if (flags.spoil) await dropSpoilt(places.people, await filesIn(places.people));
    await query.processAllAvailable();
    await query.stop();
  } catch (error) {
    // what ends the query is thrown by awaitTermination
    if (query.exception === null) throw error;
  }
}

async function showFiles(spark: SparkSession, places: Places, print: (line: string) => void): Promise<void> {
  print("\nThe counts of closed windows, read from the files:");
  await spark.read.parquet(places.counts).orderBy("window").show(20, false);
}
