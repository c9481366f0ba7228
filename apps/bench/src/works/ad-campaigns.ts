import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parquet } from "@ss/format-parquet";
import { fileSink } from "@ss/sink-file";
import { fileSource } from "@ss/source-file";
import { col, count, type DataFrame, SparkSession, window } from "@ss/sql";
import { dataSet } from "../data/generate.js";
import { linesOf } from "./lines.js";
import { runToEnd } from "./run-to-end.js";
import type { Answer, Work } from "./work.js";

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

/** The answer to W1 over a folder of JSON lines. */
async function expectedViews(input: string, root: string): Promise<Answer> {
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
  expected: expectedViews,
  duckdb: (input, root) =>
    duckdbViews(
      `read_json('${input}/*.json', format='newline_delimited', columns={user_id:'VARCHAR',page_id:'VARCHAR',ad_id:'VARCHAR',ad_type:'VARCHAR',event_type:'VARCHAR',event_time:'TIMESTAMP',ip_address:'VARCHAR'})`,
      root,
    ),
};

const PARQUET = "_parquet";

/** W1 from Parquet files, made from the JSON ones by this project. */
export const w1parquet: Work = {
  ...w1json,
  name: "w1parquet",
  prepare: async (root, rows) => {
    const events = dataSet("ysb", root, rows);
    const folder = events + PARQUET;
    if (!existsSync(join(folder, "_SUCCESS"))) {
      const spark = await SparkSession.builder().use(fileSource(), parquet(), fileSink()).create();
      await spark.read.schema(AD_EVENT).json(events).write.mode("overwrite").parquet(folder);
    }
    return folder;
  },
  stream: (spark, input, root, checkpoint) => {
    const events = spark.readStream
      .schema(AD_EVENT)
      .option("maxFilesPerTrigger", FILES_PER_BATCH)
      .parquet(input);
    return runToEnd(spark, viewsPerCampaign(spark, events, root), ["campaign_id", "window"], checkpoint);
  },
  expected: (input, root) => expectedViews(input.slice(0, -PARQUET.length), root),
  duckdb: (input, root) => duckdbViews(`read_parquet('${input}/*.parquet')`, root),
};

function duckdbViews(events: string, root: string): string {
  return `select count(*) as groups, sum(n)::double as total from (select campaign_id, time_bucket(interval 10 seconds, event_time) w, count(*) n from ${events} e join read_json('${root}/ysb_static/ad_campaign.json') a using(ad_id) where event_type='view' group by all)`;
}
