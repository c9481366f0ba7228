import { MemorySource, memorySource } from "@ss/source-memory";
import { afterEach, expect, test } from "vitest";
import { type DataFrame, expr, SparkSession } from "../../src/index.js";

let spark: SparkSession;
afterEach(async () => {
  await spark.stop();
  for (const name of ["orders", "payments"]) MemorySource.reset(name);
});

function stream(name: string, delay: string): DataFrame {
  return spark.readStream
    .format("memory")
    .option("name", name)
    .schema("id INT, s INT")
    .load()
    .selectExpr(`id AS ${name}_id`, `timestamp_seconds(s) AS ${name}_at`)
    .withWatermark(`${name}_at`, delay);
}

test("the explanation names columns and sources; an option of the query leaves idle inputs out", async () => {
  spark = await SparkSession.builder()
    .use(memorySource())
    .config("spark.sql.session.timeZone", "UTC")
    .config("ss.streaming.idleInputTimeout", "1 day")
    .create();
  const pairs = stream("orders", "10 seconds").join(
    stream("payments", "1 minute"),
    expr("orders_id = payments_id AND payments_at BETWEEN orders_at AND orders_at + INTERVAL 1 HOUR"),
  );
  const start = (timeout: string): ReturnType<(typeof pairs)["writeStream"]["start"]> =>
    pairs.writeStream.format("noop").option("idleInputTimeout", timeout).start();
  await expect(start("soon")).rejects.toMatchObject({ condition: "SS_INVALID_OPTION" });
  const query = await start("1 ms");
  MemorySource.addData("orders", [1, 100]);
  MemorySource.addData("payments", [1, 110]);
  await query.processAllAvailable();
  const { inputs, policy } = query.explainWatermark();
  expect(policy).toBe("min");
  expect(inputs).toMatchObject([
    { name: expect.stringMatching(/^orders_at of .*orders/), delayMs: 10_000, watermarkMs: 90_000 },
    { name: expect.stringMatching(/^payments_at of .*payments/), delayMs: 60_000, watermarkMs: 50_000 },
  ]);
  await query.stop();
  expect(query.explainWatermark().text).toMatch(/^The watermark is 1970-01-01T00:0/);
});
