import { count, expr, sum } from "@ss/sql";
import { dataSet } from "../data/generate.js";
import { FILES_PER_BATCH } from "./ad-events.js";
import { pairsByHand } from "./by-hand.js";
import { runObserved } from "./run-observed.js";
import type { Work } from "./work.js";

/** W8: a count and a sum for each of half as many keys as there are rows; every key comes twice, and none is ever forgotten. */
export const w8: Work = {
  name: "w8",
  unit: "rows",
  defaultRows: 10_000_000,
  tolerance: 0,
  prepare: async (root, rows) => dataSet("keys", root, rows),
  units: (rows) => rows,
  stream: (spark, { input, scratch }) => {
    const totals = spark.readStream
      .schema("k STRING, v LONG")
      .option("maxFilesPerTrigger", FILES_PER_BATCH)
      .json(input)
      .groupBy("k")
      .agg(count("*").as("n"), sum("v").as("sv"));
    // a key is whole when it has come twice
    const answer = { groups: expr("count_if(n = 2)"), total: expr("sum(if(n = 2, sv, 0))") };
    return runObserved(totals, "update", answer, scratch);
  },
  expected: pairsByHand,
  byHand: pairsByHand,
  duckdb: ({ input }) => [
    `select count(*) as groups, sum(sv)::double as total from (select k, count(*) as n, sum(v) as sv from read_json('${input}/*.json', format='newline_delimited', columns={k:'VARCHAR',v:'BIGINT'}) group by k)`,
  ],
  agreed: new Map([[10_000_000, { groups: 5_000_000, total: 495_000_000 }]]),
};
