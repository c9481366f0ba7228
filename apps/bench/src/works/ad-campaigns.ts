import { readFileSync } from "node:fs";
import { join } from "node:path";
import { col, count, type DataFrame, type SparkSession, window } from "@ss/sql";
import { dataSet } from "../data/generate.js";
import { linesOf } from "./lines.js";
import { runToEnd } from "./run-to-end.js";
import type { Work } from "./work.js";

/** The columns of an advertisement event. */
export const AD_EVENT =
  "user_id STRING, page_id STRING, ad_id STRING, ad_type STRING, event_type STRING, event_time TIMESTAMP, ip_address STRING";

/** Files taken by one batch. */
const FILES_PER_BATCH = 4;

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
  const events = spark.readStream.schema(AD_EVENT).option("maxFilesPerTrigger", FILES_PER_BATCH).json(input);
  return viewsPerCampaign(spark, events, root);
}

/** W1 from JSON lines. */
export const w1json: Work = {
  name: "w1json",
  unit: "rows",
  defaultRows: 10_000_000,
  tolerance: 0,
  prepare: async (root, rows) => dataSet("ysb", root, rows),
  units: (rows) => rows,
  stream: (spark, input, root, checkpoint) => {
    return runToEnd(spark, adCampaignQuery(spark, input, root), ["campaign_id", "window"], checkpoint);
  },
  expected: async (input, root) => {
    const campaigns = new Map<string, string>();
    for (const line of readFileSync(join(root, "ysb_static", "ad_campaign.json"), "utf8").split("\n")) {
      if (line === "") continue;
      const ad = JSON.parse(line) as { ad_id: string; campaign_id: string };
      campaigns.set(ad.ad_id, ad.campaign_id);
    }
    const counts = new Map<string, number>();
    let total = 0;
    for await (const line of linesOf(input)) {
      const event = JSON.parse(line) as { event_type: string; ad_id: string; event_time: string };
      if (event.event_type !== "view") continue;
      const key = `${campaigns.get(event.ad_id)} ${Math.floor(Date.parse(event.event_time) / 10_000)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      total++;
    }
    return { groups: counts.size, total };
  },
  duckdb: (input, root) =>
    `select count(*) as groups, sum(n)::double as total from (select campaign_id, time_bucket(interval 10 seconds, event_time) w, count(*) n from read_json('${input}/*.json', format='newline_delimited', columns={user_id:'VARCHAR',page_id:'VARCHAR',ad_id:'VARCHAR',ad_type:'VARCHAR',event_type:'VARCHAR',event_time:'TIMESTAMP',ip_address:'VARCHAR'}) e join read_json('${root}/ysb_static/ad_campaign.json') a using(ad_id) where event_type='view' group by all)`,
};
