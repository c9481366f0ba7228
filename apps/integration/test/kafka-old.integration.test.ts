import { INSTALL_MS, missingForKafka, type OldKafka, startOldKafka } from "@ss/app-servers";
import { kafkaSource } from "@ss/source-kafka";
import { SparkSession } from "@ss/sql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

describeWith([missingForKafka()], "the Kafka source and a broker of 2017", () => {
  let server: OldKafka;
  let spark: SparkSession;

  beforeAll(async () => {
    server = await startOldKafka();
    spark = await SparkSession.builder().use(kafkaSource()).create();
  }, INSTALL_MS + 120_000);

  afterAll(async () => {
    await spark?.stop();
    await server?.stop();
  });

  test.each([
    ["none", 0],
    ["gzip", 0],
    ["snappy", 1],
    ["lz4", 1],
  ] as const)(
    "messages with the codec %s in the format %i are read with keys, offsets and times",
    async (codec, format) => {
      const topic = `old_${codec}`;
      await server.createTopic(topic, format);
      const count = 500;
      const before = Date.now();
      await server.produce(
        topic,
        Array.from({ length: count }, (_, k) => `k${k}\tv${k}`),
        codec,
      );
      const reader = spark.read.format("kafka").option("kafka.bootstrap.servers", server.bootstrap);
      const table = reader.option("subscribe", topic).option("includeHeaders", true).load();
      const rows = await table
        .selectExpr(
          "CAST(key AS STRING) AS key",
          "CAST(value AS STRING) AS value",
          "offset",
          "timestampType",
          "unix_millis(timestamp) AS ms",
          "headers",
        )
        .orderBy("offset")
        .collect();
      expect(rows.map(({ key, value, offset }) => [key, value, offset])).toEqual(
        Array.from({ length: count }, (_, k) => [`k${k}`, `v${k}`, k]),
      );
      for (const { ms, timestampType, headers } of rows) {
        expect(headers).toBeNull();
        if (format === 0) expect([ms, timestampType]).toEqual([-1, -1]);
        else expect(timestampType).toBe(0);
        if (format === 1) expect(ms as number).toBeGreaterThanOrEqual(before);
      }
    },
  );
});
