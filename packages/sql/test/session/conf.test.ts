import { expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";
import { confDefault, knownKeys, withoutEffect } from "../../src/session/conf-entries.js";
import { EFFECTS, Trial } from "./conf-effects.js";

for (const key of knownKeys()) {
  const reason = withoutEffect(key);
  if (reason !== undefined) {
    test(`${key} is accepted without effect: ${reason}`, () => expect(EFFECTS[key]).toBeUndefined());
    continue;
  }
  test(`${key} has an effect`, async () => {
    const effect = EFFECTS[key];
    expect(effect, "a way to see the key's effect").toBeDefined();
    const seen: unknown[] = [];
    for (const value of effect!.values) {
      const trial = await Trial.with({ ...effect!.beside, [key]: value });
      try {
        seen.push(await effect!.observe(trial));
      } finally {
        await trial.close();
      }
    }
    expect(seen[0]).not.toEqual(seen[1]);
  });
}

test("conf answers a key that was not set with Spark's default", async () => {
  const spark = await SparkSession.builder().create();
  expect(spark.conf.get("spark.sql.streaming.minBatchesToRetain")).toBe("100");
  expect(spark.conf.get("spark.sql.streaming.multipleWatermarkPolicy")).toBe("min");
  expect(confDefault("spark.sql.streaming.checkpointLocation")).toBeUndefined();
});

test("conf refuses a key that nobody knows and that was not set", async () => {
  const spark = await SparkSession.builder().create();
  expect(() => spark.conf.get("spark.sql.nosuch")).toThrow(/SQL_CONF_NOT_FOUND.*spark\.sql\.nosuch/s);
  expect(spark.conf.get("spark.sql.nosuch", "fallback")).toBe("fallback");
});

test("a key without effect is told about when a session is built with it", async () => {
  const warnings: string[] = [];
  await SparkSession.builder()
    .logTo((_level, message) => warnings.push(message))
    .config("spark.sql.streaming.metricsEnabled", true)
    .create();
  expect(warnings.join()).toContain("spark.sql.streaming.metricsEnabled");
});
