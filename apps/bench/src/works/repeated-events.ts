import { count, expr, sum } from "@ss/sql";
import { dataSet } from "../data/generate.js";
import { distinctByHand } from "./by-hand.js";
import { runObserved } from "./run-observed.js";
import type { Work } from "./work.js";

/** W7: every event once, with a watermark that lets the state forget. */
export const w7: Work = {
  name: "w7",
  unit: "rows",
  defaultRows: 5_000_000,
  tolerance: 0,
  prepare: async (root, rows) => dataSet("repeats", root, rows),
  units: (rows) => rows,
  stream: (spark, { input, scratch }) => {
    const distinct = spark.readStream
      .schema("id STRING, ts TIMESTAMP, payload STRING")
      .option("maxFilesPerTrigger", 2)
      .json(input)
      .withWatermark("ts", "3 minutes")
      .dropDuplicates(["id", "ts"]);
    const total = sum(expr("cast(substring(payload, 2) as int)"));
    return runObserved(distinct, "append", { groups: count("*"), total }, scratch);
  },
  expected: distinctByHand,
  byHand: distinctByHand,
  duckdb: ({ input }) => [
    `select count(*) as groups, sum(substring(payload, 2)::int)::double as total from (select id, ts, any_value(payload) as payload from read_json('${input}/*.json', format='newline_delimited', columns={id:'VARCHAR',ts:'TIMESTAMP',payload:'VARCHAR'}) group by id, ts)`,
  ],
  agreed: new Map([[5_000_000, { groups: 2_500_000, total: 1_248_750_000 }]]),
};
