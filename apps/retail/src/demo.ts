import { relative } from "node:path";
import { parquetSink } from "@ss/sink-parquet";
import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";
import { batchChapter } from "./batch-chapter.js";
import { comparisonChapter } from "./comparison-chapter.js";
import type { Flags } from "./flags.js";
import { type Folders, foldersIn } from "./folders.js";
import { dayName, provideSaleFiles, type SaleFiles } from "./sale-files.js";
import { counted, duration, type Story } from "./story.js";
import { streamChapter } from "./stream-chapter.js";
import { beginRun, endRun, isUnfinished } from "./unfinished-run.js";

/** Tells the whole story; `crash` ends the process when `--crash` asks for it. Whether batch and stream agree. */
export async function runDemo(flags: Flags, story: Story, crash: () => void): Promise<boolean> {
  const started = performance.now();
  const folders = foldersIn(flags.data);
  const files: SaleFiles = { days: flags.days, rows: flags.rows };
  await dataChapter(folders, files, story);
  const goesOn = !flags.fresh && (await isUnfinished(folders, files));
  if (!goesOn) await beginRun(folders, files);

  const spark = await SparkSession.builder()
    .appName("retail")
    .master(flags.master)
    .config("spark.sql.session.timeZone", "UTC")
    .use(fileSource(), parquetSink())
    .create();
  try {
    const answer = await batchChapter(spark, folders, story);
    const crashesIn = flags.crash ? Math.floor(flags.days / 2) : -1;
    const midBatch = (batchId: number): void => {
      if (batchId !== crashesIn) return;
      story.bad(`\nThe process is killed now, in the middle of batch ${batchId}.`);
      story.say("Start it again without --crash: it goes on from the checkpoint.");
      crash();
    };
    await streamChapter({ spark, folders, story, schema: answer.schema, goesOn, midBatch });
    const same = await comparisonChapter(spark, folders, story, answer);
    await endRun(folders);
    story.aside(
      `\nAll of it took ${duration(performance.now() - started)}. What it left lies in ${relative(".", flags.data)}`,
    );
    return same;
  } finally {
    await spark.stop();
  }
}

async function dataChapter(folders: Folders, files: SaleFiles, story: Story): Promise<void> {
  story.heading("Sales, a file a day");
  const started = performance.now();
  const written = await provideSaleFiles(folders.byDay, files);
  const last = dayName(files.days - 1);
  const what = `${counted(files.days, "file", "files")} of ${counted(files.rows, "row", "rows")}, ${dayName(0)}.csv to ${last}.csv`;
  story.say(written ? `Written: ${what}` : `Found, from an earlier run: ${what}`);
  if (written) story.aside(`in ${duration(performance.now() - started)}, to ${relative(".", folders.byDay)}`);
}
