import { count, expr, type SparkSession, sum } from "@ss/sql";
import { clicksOf, dataSet } from "../data/generate.js";
import { clicksByHand } from "./by-hand.js";
import { runObserved } from "./run-observed.js";
import type { Work } from "./work.js";

const IMPRESSION = "impId STRING, impTime TIMESTAMP, adId INT";
const CLICK = "clickId STRING, clickTime TIMESTAMP, cost DOUBLE";
const CONDITION = "impId = clickId AND clickTime >= impTime AND clickTime <= impTime + interval 1 minute";

function events(spark: SparkSession, schema: string, folder: string) {
  return spark.readStream.schema(schema).option("maxFilesPerTrigger", 2).json(folder);
}

/** W6: impressions joined with the clicks of the minute after them; half of the rows are impressions. */
export const w6: Work = {
  name: "w6",
  unit: "rows",
  defaultRows: 4_000_000,
  tolerance: 1e-9,
  prepare: async (root, rows) => {
    dataSet("clicks", root, rows / 2);
    return dataSet("impressions", root, rows / 2);
  },
  units: (rows) => rows,
  stream: (spark, { input, scratch }) => {
    const impressions = events(spark, IMPRESSION, input).withWatermark("impTime", "10 seconds");
    const clicks = events(spark, CLICK, clicksOf(input)).withWatermark("clickTime", "20 seconds");
    const answer = { groups: count("*"), total: sum("cost") };
    return runObserved(impressions.join(clicks, expr(CONDITION)), "append", answer, scratch);
  },
  expected: clicksByHand,
  byHand: clicksByHand,
  duckdb: ({ input }) => [
    `select count(*) as groups, sum(cost)::double as total from read_json('${input}/*.json', format='newline_delimited', columns={impId:'VARCHAR',impTime:'TIMESTAMP',adId:'INTEGER'}) join read_json('${clicksOf(input)}/*.json', format='newline_delimited', columns={clickId:'VARCHAR',clickTime:'TIMESTAMP',cost:'DOUBLE'}) on ${CONDITION}`,
  ],
  agreed: new Map(),
};
