import { join } from "node:path";
import type { Column, DataFrame, OutputMode } from "@ss/sql";
import type { Answer } from "./work.js";

/**
 * Runs a query with a checkpoint until its input is used up, into a sink that keeps nothing. What its batches gave is added up as they go:
 * `groups` and `total` are sums over the rows of a batch.
 */
export async function runObserved(
  rows: DataFrame,
  outputMode: OutputMode,
  answer: { readonly groups: Column; readonly total: Column },
  scratch: string,
): Promise<() => Promise<Answer>> {
  const query = await rows
    .observe("answer", answer.groups.as("groups"), answer.total.as("total"))
    .writeStream.format("noop")
    .outputMode(outputMode)
    .option("checkpointLocation", join(scratch, "checkpoint"))
    .trigger({ availableNow: true })
    .start();
  await query.awaitTermination();
  return async () => {
    const sum = { groups: 0, total: 0 };
    for (const { observedMetrics } of query.recentProgress) {
      sum.groups += Number(observedMetrics?.["answer"]?.["groups"] ?? 0);
      sum.total += Number(observedMetrics?.["answer"]?.["total"] ?? 0);
    }
    return sum;
  };
}
