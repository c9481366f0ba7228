import { join } from "node:path";
import { count, type DataFrame, last, type SparkSession, sum } from "@ss/sql";
import type { Answer } from "./work.js";

/**
 * Runs a grouped query in update mode, with a checkpoint, until its input is used up. The memory sink keeps every update in order; the
 * last of each group is its result.
 */
export async function runToEnd(
  spark: SparkSession,
  groups: DataFrame,
  keys: readonly string[],
  scratch: string,
): Promise<() => Promise<Answer>> {
  const query = await groups.writeStream
    .format("memory")
    .queryName("updates")
    .outputMode("update")
    .option("checkpointLocation", join(scratch, "checkpoint"))
    .trigger({ availableNow: true })
    .start();
  await query.awaitTermination();
  return async () => {
    const results = spark
      .table("updates")
      .groupBy(...keys)
      .agg(last("n").as("n"));
    const [row] = await results.agg(count("*").as("groups"), sum("n").as("total")).collect();
    return { groups: row!["groups"], total: row!["total"] };
  };
}
