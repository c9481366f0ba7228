import { join } from "node:path";
import { dataSet } from "../data/generate.js";
import { duckdbJsonEvents, jsonEvents } from "./ad-events.js";
import { cleanedByHand } from "./by-hand.js";
import type { Work } from "./work.js";

/** Over every column, with what the query has changed: the case of the type and the minute. The same text in every engine. */
const CHECKSUM =
  "length(user_id) + length(ad_id) + length(event_type) + length(ad_type) + ascii(ad_type) + second(event_time) + minute(minute)";

/** W4: JSON lines, filtered and projected, into Parquet files. */
export const w4: Work = {
  name: "w4",
  unit: "rows",
  defaultRows: 10_000_000,
  tolerance: 0,
  prepare: async (root, rows) => dataSet("ysb", root, rows),
  units: (rows) => rows,
  stream: async (spark, { input, scratch }) => {
    const output = join(scratch, "output");
    const query = await jsonEvents(spark, input)
      .where("event_type <> 'click'")
      .selectExpr(
        "user_id",
        "ad_id",
        "event_type",
        "event_time",
        "date_trunc('minute', event_time) as minute",
        "upper(ad_type) as ad_type",
      )
      .writeStream.format("parquet")
      .option("checkpointLocation", join(scratch, "checkpoint"))
      .trigger({ availableNow: true })
      .start(output);
    await query.awaitTermination();
    return async () => {
      const written = spark.read.parquet(output);
      const [row] = await written
        .selectExpr("count(*) as groups", `cast(sum(${CHECKSUM}) as double) as total`)
        .collect();
      return { groups: row!["groups"], total: row!["total"] };
    };
  },
  expected: cleanedByHand,
  duckdb: ({ input, scratch }) => [
    `copy (select user_id, ad_id, event_type, event_time, date_trunc('minute', event_time) as minute, upper(ad_type) as ad_type from ${duckdbJsonEvents(input)} where event_type <> 'click') to '${scratch}/output.parquet' (format parquet, compression snappy)`,
    `select count(*) as groups, sum(${CHECKSUM})::double as total from read_parquet('${scratch}/output.parquet')`,
  ],
  agreed: new Map(),
};
