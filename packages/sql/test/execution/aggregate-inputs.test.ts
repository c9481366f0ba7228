import { MemorySource, memorySource } from "@ss/source-memory";
import { expect, test } from "vitest";
import { count, expr, SparkSession } from "../../src/index.js";

test("a value counts as seen only where the filter of a DISTINCT aggregate lets it pass", async () => {
  const spark = await SparkSession.builder().create();
  const rows = await spark
    .sql(
      `SELECT k, count(DISTINCT x) FILTER (WHERE wanted) AS n
       FROM VALUES ('a', 1, false), ('a', 1, true), ('b', 1, true), ('a', 2, false), ('a', 1, true), ('a', 3, true) AS t(k, x, wanted)
       GROUP BY k ORDER BY k`,
    )
    .collect();
  expect(rows).toEqual([
    { k: "a", n: 2 },
    { k: "b", n: 1 },
  ]);
});

test("observed metrics are those of the rows that passed, with what their aggregates order by", async () => {
  const spark = await SparkSession.builder().use(memorySource()).create();
  MemorySource.reset("observed");
  MemorySource.addData("observed", 1, 3, 2);
  const rows = spark.readStream.format("memory").option("name", "observed").schema("value INT").load();
  const query = await rows
    .observe(
      "seen",
      expr("listagg(CAST(value AS STRING), ',') WITHIN GROUP (ORDER BY value DESC) AS downwards"),
      count("value").as("all"),
    )
    .writeStream.format("noop")
    .start();
  await query.processAllAvailable();
  expect(query.lastProgress?.observedMetrics).toEqual({ seen: { downwards: "3,2,1", all: 3 } });
  await query.stop();
});
