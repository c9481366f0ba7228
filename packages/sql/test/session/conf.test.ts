import type { StreamError } from "@ss/core";
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

test("a key without effect is told about when it is set, unless it is set to its default", async () => {
  const warnings: string[] = [];
  const spark = await SparkSession.builder()
    .logTo((_level, message) => warnings.push(message))
    .create();
  spark.conf.set("spark.sql.streaming.maxBatchesToRetainInMemory", 2);
  expect(warnings).toEqual([]);
  spark.conf.set("spark.sql.streaming.maxBatchesToRetainInMemory", 3);
  await spark.sql("SET spark.sql.adaptive.enabled = false").collect();
  expect(warnings.map((text) => /spark\.[A-Za-z.]+/.exec(text)![0])).toEqual([
    "spark.sql.streaming.maxBatchesToRetainInMemory",
    "spark.sql.adaptive.enabled",
  ]);
});

test("settings of Kafka's caches are known, and are told to change nothing", async () => {
  const warnings: string[] = [];
  const spark = await SparkSession.builder()
    .logTo((_level, message) => warnings.push(message))
    .create();
  expect(spark.conf.get("spark.kafka.consumer.cache.capacity")).toBe("64");
  for (const [key, value] of [
    ["spark.kafka.consumer.cache.capacity", "8"],
    ["spark.kafka.consumer.fetchedData.cache.timeout", "1m"],
    ["spark.kafka.producer.cache.timeout", "1m"],
  ] as const) {
    spark.conf.set(key, value);
    expect(warnings.at(-1)).toContain(`${key} is accepted and changes nothing`);
  }
});

const TIME = "time in MILLISECONDS";

// conditions and parameters as Spark 4.3.0 gives them
test.each<[key: string, values: readonly string[], kind: string, parameter?: string]>([
  ["spark.sql.streaming.multipleWatermarkPolicy", ["random", ""], "REQUIREMENT"],
  ["spark.sql.streaming.minBatchesToRetain", ["x", "1.5", "3000000000"], "TYPE_MISMATCH", "int"],
  [
    "spark.sql.streaming.minBatchesToRetain",
    ["0", "-1"],
    "REQUIREMENT",
    "minBatchesToRetain must be positive",
  ],
  ["spark.sql.streaming.noDataMicroBatches.enabled", ["maybe", "1", "yes", ""], "TYPE_MISMATCH", "boolean"],
  ["spark.sql.streaming.stopTimeout", ["soon", "10 apples"], "TYPE_MISMATCH", TIME],
  ["spark.sql.streaming.pollingDelay", ["x"], "TYPE_MISMATCH", TIME],
  ["spark.sql.streaming.fileSource.log.cleanupDelay", ["x"], "TYPE_MISMATCH", TIME],
  ["spark.sql.streaming.stateStore.encodingFormat", ["xml"], "REQUIREMENT"],
  ["spark.sql.streaming.aggregation.stateFormatVersion", ["7"], "REQUIREMENT"],
  ["spark.sql.streaming.join.stateFormatVersion", ["9"], "REQUIREMENT"],
  ["spark.sql.streaming.offsetLog.formatVersion", ["9"], "REQUIREMENT"],
  ["spark.sql.streaming.ratioExtraSpaceAllowedInCheckpoint", ["x", ""], "TYPE_MISMATCH", "double"],
  ["spark.sql.streaming.internal.stateStore.partitions", ["x"], "TYPE_MISMATCH", "int"],
  ["spark.sql.shuffle.partitions", ["x"], "TYPE_MISMATCH", "int"],
  ["spark.sql.shuffle.partitions", ["0"], "REQUIREMENT"],
  ["spark.sql.files.maxRecordsPerFile", ["x"], "TYPE_MISMATCH", "long"],
  ["spark.sql.session.timeZone", ["Nowhere"], "TIME_ZONE"],
  ["spark.sql.timestampType", ["X"], "OUT_OF_RANGE_OF_OPTIONS", "TIMESTAMP_NTZ, TIMESTAMP_LTZ"],
  ["spark.sql.mapKeyDedupPolicy", ["X"], "OUT_OF_RANGE_OF_OPTIONS", "EXCEPTION, LAST_WIN"],
  ["spark.sql.storeAssignmentPolicy", ["x"], "OUT_OF_RANGE_OF_OPTIONS", "ANSI, LEGACY, STRICT"],
])("%s does not take %j: %s", async (key, values, kind, parameter) => {
  const spark = await SparkSession.builder().create();
  for (const value of values) {
    const ways = [
      () => SparkSession.builder().config(key, value).create(),
      async () => spark.conf.set(key, value),
      async () => spark.sql(`SET ${key}=${value}`),
    ];
    // SQL has no empty value
    for (const set of value === "" ? ways.slice(0, 2) : ways) {
      const error = await set().catch((failure: unknown) => failure);
      expect(error).toMatchObject({ condition: `INVALID_CONF_VALUE.${kind}`, sqlState: "22022" });
      const { confName, confValue, ...rest } = (error as StreamError).parameters as Record<string, string>;
      expect([confName, confValue]).toEqual([key, value]);
      if (parameter !== undefined) expect(Object.values(rest)).toEqual([parameter]);
    }
  }
});

test.each([
  ["spark.sql.streaming.stopTimeout", "5s"],
  ["spark.sql.streaming.stopTimeout", "-5"],
  ["spark.sql.streaming.numRecentProgressUpdates", "0"],
  ["spark.sql.timestampType", "timestamp_ntz"],
  ["spark.sql.streaming.stateStore.compression.codec", "nope"],
  ["spark.sql.streaming.checkpointLocation", ""],
  ["spark.sql.session.timeZone", "+08:00"],
  ["spark.of.somebody.else", "anything"],
])("%s takes %j", async (key, value) => {
  const spark = await SparkSession.builder().create();
  spark.conf.set(key, value);
  expect(spark.conf.get(key)).toBe(value);
});

test("the case of true and false, and blanks around a value, do not count", async () => {
  const spark = await SparkSession.builder().config("spark.sql.ansi.enabled", "FALSE").create();
  expect(spark.conf.ansi).toBe(false);
  spark.conf.set("spark.sql.caseSensitive", " True ");
  expect(spark.conf.get("spark.sql.caseSensitive")).toBe("true");
  spark.conf.set("spark.sql.streaming.minBatchesToRetain", " 5 ");
  expect(spark.conf.get("spark.sql.streaming.minBatchesToRetain")).toBe("5");
});

test.each([
  ["ss.collect.longs", " BIGINT ", "bigint", "SELECT 1L AS v", 1n],
  ["ss.collect.timestamps", "MICROS", "micros", "SELECT TIMESTAMP '1970-01-01 00:00:01Z' AS v", 1_000_000n],
  ["spark.sql.mapKeyDedupPolicy", " last_win ", "last_win", "SELECT map(1, 2, 1, 3)[1] AS v", 3],
  ["spark.sql.session.timeZone", " UTC ", "UTC", "SELECT current_timezone() AS v", "UTC"],
  [
    "spark.sql.timestampType",
    "timestamp_ntz ",
    "timestamp_ntz",
    "SELECT typeof(TIMESTAMP '1970-01-01') AS v",
    "timestamp_ntz",
  ],
  [
    "spark.sql.timestampType",
    "timestamp_ntz",
    "timestamp_ntz",
    "SELECT typeof(to_timestamp('1970-01-01')) AS v",
    "timestamp_ntz",
  ],
  [
    "spark.sql.timestampType",
    "timestamp_ntz",
    "timestamp_ntz",
    "SELECT typeof(make_timestamp(1970, 1, 1, 0, 0, 0)) AS v",
    "timestamp_ntz",
  ],
])("%s given as %j is %j and has its effect", async (key, given, kept, query, expected) => {
  const spark = await SparkSession.builder().config(key, given).create();
  expect(spark.conf.get(key)).toBe(kept);
  expect(await spark.sql(query).collect()).toEqual([{ v: expected }]);
});

test.each([
  ["spark.master", "local[2]"],
  ["spark.driver.memory", "8g"],
])("what a session runs on does not change under it: %s", async (key, value) => {
  const before = key === "spark.master" ? "local" : "512m";
  const spark = await SparkSession.builder().config(key, before).create();
  for (const change of [
    () => spark.conf.set(key, value),
    () => spark.conf.unset(key),
    () => spark.sql(`SET ${key}=${value}`),
  ]) {
    expect(change).toThrow(
      expect.objectContaining({
        condition: "CANNOT_MODIFY_CONFIG",
        sqlState: "46110",
        parameters: expect.objectContaining({ key: `"${key}"` }),
      }),
    );
  }
  expect(await SparkSession.builder().config(key, value).getOrCreate()).toBe(spark);
  spark.conf.unsetAll();
  expect(spark.conf.get(key)).toBe(before);
});

test("what a session is made with, it keeps", async () => {
  const key = "spark.sql.streaming.ui.enabled";
  const spark = await SparkSession.builder()
    .logTo(() => {})
    .config(key, "false")
    .create();
  for (const change of [() => spark.conf.set(key, "true"), () => spark.conf.unset(key)]) {
    expect(change).toThrow(/CANNOT_MODIFY_STATIC_CONFIG.*spark\.sql\.streaming\.ui\.enabled/s);
  }
  await SparkSession.builder().config(key, "true").getOrCreate();
  await spark.sql("RESET").collect();
  expect(spark.conf.get(key)).toBe("false");
});
