import type { StreamingQuery } from "@ss/core";
import type { SparkSession } from "@ss/sql";

/** Resolves when a query has committed this many batches with rows; throws what ended it, if it ended before. */
export async function batchesThrough(
  spark: SparkSession,
  query: StreamingQuery,
  batches: number,
): Promise<void> {
  let through = query.recentProgress.filter((progress) => progress.numInputRows > 0).length;
  if (through >= batches) return;
  let resolve: () => void = () => {};
  const reached = new Promise<void>((done) => (resolve = done));
  const listener = {
    onQueryProgress: ({ progress }: { progress: { runId: string; numInputRows: number } }) => {
      if (progress.runId === query.runId && progress.numInputRows > 0 && ++through >= batches) resolve();
    },
  };
  spark.streams.addListener(listener);
  try {
    await Promise.race([reached, query.awaitTermination()]);
  } finally {
    spark.streams.removeListener(listener);
  }
}
