import { join } from "node:path";
import { col, count, type DataFrame, type SparkSession, sum } from "@ss/sql";
import type { Answer } from "./work.js";

/**
 * Runs a grouped query in update mode, with a checkpoint, until its input is used up, into a sink that keeps nothing. Without a watermark the
 * state that it leaves holds every result.
 */
export async function runToEnd(
  spark: SparkSession,
  groups: DataFrame,
  scratch: string,
): Promise<() => Promise<Answer>> {
  const checkpoint = join(scratch, "checkpoint");
  const query = await groups.writeStream
    .format("noop")
    .outputMode("update")
    .option("checkpointLocation", checkpoint)
    .trigger({ availableNow: true })
    .start();
  await query.awaitTermination();
  return async () => {
    const values = spark.read.format("statestore").load(checkpoint).select("value.*");
    const [buffer] = await values.columns();
    const total = sum(col(buffer!)).cast("double");
    const [row] = await values.agg(count("*").as("groups"), total.as("total")).collect();
    return { groups: Number(row!["groups"]), total: row!["total"] as number };
  };
}
