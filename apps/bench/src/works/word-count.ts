import { col, count, explode, split } from "@ss/sql";
import { dataSet } from "../data/generate.js";
import { FILES_PER_BATCH } from "./ad-events.js";
import { wordsByHand } from "./by-hand.js";
import { runToEnd } from "./run-to-end.js";
import type { Work } from "./work.js";

/** W2: words of text files; the figure is per million words. */
export const w2: Work = {
  name: "w2",
  unit: "words",
  defaultRows: 3_600_000,
  tolerance: 0,
  prepare: async (root, rows) => dataSet("text", root, rows),
  units: (_rows, answer) => answer.total,
  stream: (spark, { input, scratch }) => {
    const counts = spark.readStream
      .option("maxFilesPerTrigger", FILES_PER_BATCH)
      .text(input)
      .select(explode(split(col("value"), " ")).as("word"))
      .groupBy("word")
      .agg(count("*").as("n"));
    return runToEnd(spark, counts, scratch);
  },
  expected: wordsByHand,
  byHand: wordsByHand,
  duckdb: ({ input }) => [
    `select count(*) as groups, sum(n)::double as total from (select w, count(*) n from (select unnest(string_split(l, ' ')) w from read_csv('${input}/*.txt', header=false, delim='\\x01', quote='', escape='', columns={l:'VARCHAR'})) group by w)`,
  ],
  agreed: new Map([[3_600_000, { groups: 44_284, total: 43_199_694 }]]),
};
