import { kafka, kafkaSource } from "@ss/source-kafka";
import { SparkSession } from "@ss/sql";
import type { Result } from "./result.js";

const COUNT = "campaign_id STRING, window_start TIMESTAMP, views BIGINT";

/** Reads the records of the counts that are committed; the last one of a window counts. */
export async function readTopic(brokers: string, topic: string): Promise<Result> {
  const spark = await SparkSession.builder().use(kafkaSource()).getOrCreate();
  try {
    const rows = await spark.read
      .from(
        kafka({
          servers: brokers,
          subscribe: topic,
          properties: { "isolation.level": "read_committed" },
        }),
      )
      .selectExpr("partition", "offset", `from_json(CAST(value AS STRING), '${COUNT}') AS count`)
      .orderBy("partition", "offset")
      .selectExpr("count.campaign_id", "unix_millis(count.window_start) AS window", "count.views")
      .collect();
    const counts = new Map<string, Map<number, number>>();
    let repeated = 0;
    for (const row of rows) {
      const campaign = String(row["campaign_id"]);
      const windows = counts.get(campaign) ?? new Map<number, number>();
      const views = Number(row["views"]);
      // counts only grow, so that one which does not was written before
      if (views <= (windows.get(Number(row["window"])) ?? 0)) repeated++;
      counts.set(campaign, windows.set(Number(row["window"]), views));
    }
    return { counts, size: rows.length, repeated };
  } finally {
    await spark.stop();
  }
}
