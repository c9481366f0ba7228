import type { SparkSession } from "@ss/sql";
import type { BatchAnswer } from "./batch-chapter.js";
import type { Folders } from "./folders.js";
import { count, type Story } from "./story.js";
import { differences, penceByGroup } from "./totals.js";

/** Compares what the streams left with the answer of the batch, and says so. Whether all is the same. */
export async function comparisonChapter(
  spark: SparkSession,
  folders: Folders,
  story: Story,
  answer: BatchAnswer,
): Promise<boolean> {
  story.heading("Is it the same?");
  const streamed = await penceByGroup(spark.read.parquet(folders.totals));
  const wrong = differences(answer.totals, streamed);
  const copied = await spark.read.parquet(folders.copy).count();
  if (wrong.length === 0) {
    story.good(`Yes: ${count(streamed.size)} sums of the stream equal those of the batch, to the penny.`);
  } else {
    story.bad(`No: ${count(wrong.length)} sums differ, among them ${wrong.slice(0, 3).join(", ")}.`);
  }
  if (copied === answer.cleanRows) {
    story.good(`Yes: the Parquet copy holds each of the ${count(copied)} cleaned rows once.`);
  } else {
    story.bad(`No: the Parquet copy holds ${count(copied)} rows where there are ${count(answer.cleanRows)}.`);
  }
  return wrong.length === 0 && copied === answer.cleanRows;
}
