import type { StreamingQuery, StructType } from "@ss/core";
import { type DataFrame, desc, type SparkSession } from "@ss/sql";
import type { Folders } from "./folders.js";
import { progressLines } from "./progress-lines.js";
import { dayName } from "./sale-files.js";
import { counted, duration, type Story } from "./story.js";
import { cleaned, totalsPerDay } from "./totals.js";
import { committedBatches } from "./unfinished-run.js";

/** What the streams are made of. */
export interface StreamChapter {
  readonly spark: SparkSession;
  readonly folders: Folders;
  readonly story: Story;
  readonly schema: StructType;
  /** Go on from the checkpoints of a run that was cut short. */
  readonly goesOn: boolean;
  /** Called in the middle of each batch, when its table is written and the batch not yet committed. */
  readonly midBatch: (batchId: number) => void;
}

/** The same question asked of a stream, a file a batch, and beside it a copy of the cleaned rows. */
export async function streamChapter(chapter: StreamChapter): Promise<void> {
  const { spark, folders, story, schema } = chapter;
  story.heading("The same files as a stream, one a batch");
  if (chapter.goesOn) await sayWhereItGoesOn(chapter);
  const listener = progressLines(story);
  spark.streams.addListener(listener);
  const started = performance.now();
  const sales = spark.readStream
    .format("csv")
    .schema(schema)
    .option("header", true)
    .option("maxFilesPerTrigger", 1)
    .load(`${folders.byDay}/*.csv`);
  const queries = [await startCopy(sales, folders), await startTotals(sales, chapter)];
  await Promise.all(queries.map((query) => query.awaitTermination()));
  spark.streams.removeListener(listener);
  story.aside(`both queries are through after ${duration(performance.now() - started)}`);
}

async function sayWhereItGoesOn({ folders, story }: StreamChapter): Promise<void> {
  const totals = await committedBatches(folders.totalsCheckpoint);
  const copy = await committedBatches(folders.copyCheckpoint);
  story.say(
    `The run before this one was cut short. Its checkpoints hold ${counted(totals, "batch", "batches")} of the totals ` +
      `and ${copy} of the copy; the queries go on from there.\n`,
  );
}

function bestDays(totals: DataFrame): DataFrame {
  return totals
    .where("CustomerId IS NOT NULL")
    .orderBy(desc("sum(total_cost)"))
    .limit(3)
    .selectExpr("CustomerId", "to_date(window.start) AS day", "round(`sum(total_cost)`, 2) AS spent");
}

/** The cleaned rows as Parquet files, each row once whatever happens on the way. */
function startCopy(sales: DataFrame, folders: Folders): Promise<StreamingQuery> {
  return cleaned(sales)
    .writeStream.format("parquet")
    .queryName("clean sales")
    .option("checkpointLocation", folders.copyCheckpoint)
    .trigger({ availableNow: true })
    .start(folders.copy);
}

/**
 * The totals so far, batch by batch. Mode complete hands over the whole table each time; a batch that is run again after a crash
 * overwrites the table with the same rows.
 */
function startTotals(sales: DataFrame, chapter: StreamChapter): Promise<StreamingQuery> {
  const { folders, story, midBatch } = chapter;
  return totalsPerDay(sales)
    .writeStream.queryName("totals")
    .outputMode("complete")
    .option("checkpointLocation", folders.totalsCheckpoint)
    .trigger({ availableNow: true })
    .foreachBatch(async (totals, batchId) => {
      await totals.write.mode("overwrite").parquet(folders.totals);
      story.say(`\nBatch ${batchId}, ${dayName(batchId)}: the best customer days so far`);
      story.block(await bestDays(totals).showString());
      midBatch(batchId);
    })
    .start();
}
