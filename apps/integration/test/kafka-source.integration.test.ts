import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTopics, INSTALL_MS, type Kafka, missingForKafka, startKafka } from "@ss/app-servers";
import { kafkaSource, kafka as kafkaTopics } from "@ss/source-kafka";
import { memorySource } from "@ss/source-memory";
import { SparkSession } from "@ss/sql";
import {
  type Admin,
  Kafka as Client,
  CompressionTypes,
  logLevel,
  type Message,
  type Producer,
} from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

const FIRST_START_MS = INSTALL_MS + 120_000;

describeWith([missingForKafka()], "the Kafka source", () => {
  let server: Kafka;
  let admin: Admin;
  let producer: Producer;
  let spark: SparkSession;

  beforeAll(async () => {
    server = await startKafka();
    const client = new Client({ brokers: server.bootstrap.split(","), logLevel: logLevel.NOTHING });
    admin = client.admin();
    producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
    await admin.connect();
    await producer.connect();
    spark = await SparkSession.builder().use(kafkaSource(), memorySource()).getOrCreate();
  }, FIRST_START_MS);

  afterAll(async () => {
    await spark?.stop();
    await producer?.disconnect();
    await admin?.disconnect();
    await server?.stop();
  });

  const createTopic = (topic: string, numPartitions = 1): Promise<void> =>
    createTopics(admin, { topic, numPartitions });

  const send = (topic: string, messages: Message[], compression = CompressionTypes.None) =>
    producer.send({ topic, messages, compression });

  const numbered = (count: number, from = 0): Message[] =>
    Array.from({ length: count }, (_, k) => ({
      key: `k${from + k}`,
      value: `v${from + k}`,
      partition: (from + k) % 3,
    }));

  const checkpoint = (): string => mkdtempSync(join(tmpdir(), "ss-kafka-"));

  const reader = (topic: string) =>
    spark.readStream
      .format("kafka")
      .option("kafka.bootstrap.servers", server.bootstrap)
      .option("subscribe", topic)
      .option("startingOffsets", "earliest");

  test("a batch read gives every record with its place, key, value and time", async () => {
    await createTopic("table", 2);
    await send("table", [
      { key: "a", value: "one", partition: 0, timestamp: "1700000000123" },
      { key: null, value: "two", partition: 1, timestamp: "1700000000456" },
      { key: "c", value: null, partition: 1, timestamp: "1700000000789" },
    ]);
    const table = spark.read.from(kafkaTopics({ servers: server.bootstrap, subscribe: "table" }));
    const rows = await table
      .selectExpr(
        "CAST(key AS STRING) AS key",
        "CAST(value AS STRING) AS value",
        "topic",
        "partition",
        "offset",
        "unix_millis(timestamp) AS ms",
        "timestampType",
      )
      .orderBy("partition", "offset")
      .collect();
    expect(rows.map((row) => Object.values(row))).toEqual([
      ["a", "one", "table", 0, 0, 1700000000123, 0],
      [null, "two", "table", 1, 0, 1700000000456, 0],
      ["c", null, "table", 1, 1, 1700000000789, 0],
    ]);
  });

  test("a stream takes what is there and what comes, wakes by itself, and goes on behind it after a restart", async () => {
    await createTopic("stream", 3);
    await send("stream", numbered(300));
    const location = checkpoint();
    const values = reader("stream").load().selectExpr("CAST(value AS STRING) AS value");
    const start = () =>
      values.writeStream.format("memory").queryName("stream").option("checkpointLocation", location).start();
    const first = await start();
    await first.processAllAvailable();
    expect(await spark.table("stream").count()).toBe(300);
    await send("stream", numbered(30, 300));
    await first.processAllAvailable();
    expect(await spark.table("stream").count()).toBe(330);
    await first.stop();
    await send("stream", numbered(3, 330));
    const second = await start();
    await second.processAllAvailable();
    const rows = await spark.table("stream").collect();
    expect(rows.map((row) => row["value"]).sort()).toEqual(["v330", "v331", "v332"]);
    expect(second.lastProgress!.sources[0]!.endOffset).toEqual({ stream: { 0: 111, 1: 111, 2: 111 } });
    await second.stop();
  });

  test("maxOffsetsPerTrigger divides a backlog in proportion to what the partitions have", async () => {
    await createTopic("limited", 2);
    await send(
      "limited",
      Array.from({ length: 90 }, (_, k) => ({ value: `${k}`, partition: k % 3 === 0 ? 0 : 1 })),
    );
    const query = await reader("limited")
      .option("maxOffsetsPerTrigger", 30)
      .load()
      .writeStream.format("memory")
      .queryName("limited")
      .option("checkpointLocation", checkpoint())
      .trigger({ availableNow: true })
      .start();
    await query.awaitTermination();
    const ends = query.recentProgress.map(({ sources }) => sources[0]!.endOffset);
    expect(ends).toEqual([
      { limited: { 0: 10, 1: 20 } },
      { limited: { 0: 20, 1: 40 } },
      { limited: { 0: 30, 1: 60 } },
    ]);
  });
});
