import { postgresTable } from "@ss/sink-postgres";
import type { DataFrame, StreamingQuery } from "@ss/sql";

/** How records go to Kafka. */
export type Delivery = "atLeastOnce" | "exactlyOnce";

/** Where the counts go. */
export type Output =
  | { readonly to: "postgres"; readonly url: string; readonly table: string }
  | { readonly to: "kafka"; readonly brokers: string; readonly topic: string; readonly delivery: Delivery };

/** What an output holds, in words. */
export const outputText = (output: Output): string =>
  output.to === "postgres" ? `the table ${output.table}` : `the topic ${output.topic}`;

/** Starts to write counts that change. */
export function startWriter(
  counts: DataFrame,
  output: Output,
  checkpointLocation: string,
): Promise<StreamingQuery> {
  const writer = output.to === "postgres" ? tableWriter(counts, output) : topicWriter(counts, output);
  return writer.outputMode("update").option("checkpointLocation", checkpointLocation).start();
}

/** A row takes the place of the one with its keys. */
function tableWriter(counts: DataFrame, { url, table }: Output & { to: "postgres" }) {
  return counts.writeStream
    .format("postgres")
    .option("url", url)
    .options(postgresTable({ dbtable: table, keyColumns: ["campaign_id", "window_start"] }));
}

/** The last record of a key holds its count. */
function topicWriter(counts: DataFrame, { brokers, topic, delivery }: Output & { to: "kafka" }) {
  return counts
    .selectExpr("concat(campaign_id, ' ', window_start) AS key", "to_json(struct(*)) AS value")
    .writeStream.format("kafka")
    .options({ "kafka.bootstrap.servers": brokers, topic, delivery });
}
