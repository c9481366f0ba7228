import { col, count, explode, split } from "@ss/sql";
import { dataSet } from "../data/generate.js";
import { linesOf } from "./lines.js";
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
  stream: (spark, input, _root, checkpoint) => {
    const counts = spark.readStream
      .option("maxFilesPerTrigger", 4)
      .text(input)
      .select(explode(split(col("value"), " ")).as("word"))
      .groupBy("word")
      .agg(count("*").as("n"));
    return runToEnd(spark, counts, ["word"], checkpoint);
  },
  expected: async (input) => {
    const counts = new Map<string, number>();
    let total = 0;
    for await (const line of linesOf(input)) {
      for (const word of line.split(" ")) {
        counts.set(word, (counts.get(word) ?? 0) + 1);
        total++;
      }
    }
    return { groups: counts.size, total };
  },
  duckdb: (input) =>
    `select count(*) as groups, sum(n)::double as total from (select w, count(*) n from (select unnest(string_split(l, ' ')) w from read_csv('${input}/*.txt', header=false, delim='\\x01', quote='', escape='', columns={l:'VARCHAR'})) group by w)`,
};
