import { join } from "node:path";
import { col, count, type DataFrame, type SparkSession, window } from "@ss/sql";
import { dataSet } from "../data/generate.js";
import { duckdbJsonEvents, eventsAsParquet, jsonBehind, jsonEvents, parquetEvents } from "./ad-events.js";
import { viewsByHand } from "./by-hand.js";
import { runToEnd } from "./run-to-end.js";
import type { Work } from "./work.js";

/** Views per campaign and 10 seconds, kept up to date batch by batch. */
function viewsPerCampaign(spark: SparkSession, events: DataFrame, root: string): DataFrame {
  const ads = spark.read.schema("ad_id STRING, campaign_id STRING").json(join(root, "ysb_static"));
  return events
    .where("event_type = 'view'")
    .select("ad_id", "event_time")
    .join(ads, "ad_id")
    .groupBy(col("campaign_id"), window("event_time", "10 seconds"))
    .agg(count("*").as("n"));
}

/** W1 over a folder of JSON lines. */
export function adCampaignQuery(spark: SparkSession, input: string, root: string): DataFrame {
  return viewsPerCampaign(spark, jsonEvents(spark, input), root);
}

/** W1 from JSON lines. */
export const w1json: Work = {
  name: "w1json",
  unit: "rows",
  defaultRows: 10_000_000,
  tolerance: 0,
  prepare: async (root, rows) => dataSet("ysb", root, rows),
  units: (rows) => rows,
  stream: (spark, { input, root, scratch }) => runToEnd(spark, adCampaignQuery(spark, input, root), scratch),
  expected: viewsByHand,
  byHand: viewsByHand,
  duckdb: ({ input, root }) => [duckdbViews(duckdbJsonEvents(input), root)],
  agreed: new Map([
    [10_000_000, { groups: 10_100, total: 3_334_028 }],
    [2_000_000, { groups: 2100, total: 667_093 }],
  ]),
};

/** W1 from Parquet files. */
export const w1parquet: Work = {
  name: "w1parquet",
  unit: "rows",
  defaultRows: w1json.defaultRows,
  tolerance: 0,
  prepare: eventsAsParquet,
  units: w1json.units,
  stream: (spark, { input, root, scratch }) =>
    runToEnd(spark, viewsPerCampaign(spark, parquetEvents(spark, input), root), scratch),
  expected: (input, root) => viewsByHand(jsonBehind(input), root),
  duckdb: ({ input, root }) => [duckdbViews(`read_parquet('${input}/*.parquet')`, root)],
  agreed: w1json.agreed,
};

function duckdbViews(events: string, root: string): string {
  return `select count(*) as groups, sum(n)::double as total from (select campaign_id, time_bucket(interval 10 seconds, event_time) w, count(*) n from ${events} e join read_json('${root}/ysb_static/ad_campaign.json') a using(ad_id) where event_type='view' group by all)`;
}
