import { MemorySource, memorySource } from "@ss/source-memory";
import { beforeEach, expect, test } from "vitest";
import { count, SparkSession } from "../../src/index.js";

const key = "spark.sql.streaming.statefulOperator.checkCorrectness.enabled";

beforeEach(() => MemorySource.reset("chained"));

async function start(mode: "update" | "complete", settings: Readonly<Record<string, string>> = {}) {
  const spark = await SparkSession.builder().use(memorySource()).create();
  for (const [name, value] of Object.entries(settings)) spark.conf.set(name, value);
  const rows = spark.readStream.format("memory").option("name", "chained").schema("value INT").load();
  const counts = rows.groupBy("value").count().groupBy("count").agg(count("value").as("values"));
  return counts.writeStream.format("noop").outputMode(mode).start();
}

test.each(["update", "complete"] as const)(
  "an aggregation over another is refused in %s mode, as its results would count more than once",
  async (mode) => {
    await expect(start(mode)).rejects.toThrow(/possible 'correctness' issue/);
  },
);

test("it runs where the check is switched off", async () => {
  const query = await start("update", { [key]: "false" });
  await query.stop();
  expect(query.exception).toBeNull();
});

test("a table may be aggregated as often as one likes beside a stream", async () => {
  const spark = await SparkSession.builder().use(memorySource()).create();
  const names = spark.sql(
    "SELECT n AS value, count(1) AS names FROM (SELECT count(1) AS n FROM VALUES ('a'), ('a') AS t(x) GROUP BY x) GROUP BY n",
  );
  const rows = spark.readStream.format("memory").option("name", "chained").schema("value INT").load();
  const query = await rows
    .join(names, ["value"])
    .groupBy("names")
    .count()
    .writeStream.format("noop")
    .outputMode("update")
    .start();
  await query.stop();
  expect(query.exception).toBeNull();
});
