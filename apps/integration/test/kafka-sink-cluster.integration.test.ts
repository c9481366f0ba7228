import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTopics, INSTALL_MS, type Kafka, missingForKafka, startKafka } from "@ss/app-servers";
import { kafkaSink } from "@ss/sink-kafka";
import { kafkaSource } from "@ss/source-kafka";
import { MemorySource, memory, memorySource } from "@ss/source-memory";
import { SparkSession } from "@ss/sql";
import { type Admin, Kafka as Client, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

const FIRST_START_MS = INSTALL_MS + 240_000;
/** A broker that is killed is missed after some ten seconds, twice. */
const PATIENCE = { timeout: 300_000 };

describeWith(
  [missingForKafka()],
  "the Kafka sink on a cluster whose brokers are killed one after the other",
  () => {
    let server: Kafka;
    let admin: Admin;
    let spark: SparkSession;

    beforeAll(async () => {
      server = await startKafka({ brokers: 3, properties: { "min.insync.replicas": "2" } });
      admin = new Client({ brokers: server.bootstrap.split(","), logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      spark = await SparkSession.builder().use(kafkaSource(), kafkaSink(), memorySource()).create();
    }, FIRST_START_MS);

    afterAll(async () => {
      await spark?.stop();
      await admin?.disconnect();
      await server?.stop();
    });

    const createTopic = (topic: string): Promise<void> =>
      createTopics(admin, { topic, numPartitions: 6, replicationFactor: 3 });

    /** Records and different values that a reader of what is committed sees. */
    const countsOf = async (topic: string): Promise<unknown> => {
      const [row] = await spark.read
        .format("kafka")
        .option("kafka.bootstrap.servers", server.bootstrap)
        .option("kafka.isolation.level", "read_committed")
        .option("subscribe", topic)
        .load()
        .selectExpr("CAST(value AS STRING) AS value")
        .selectExpr("count(*) AS records", "count(DISTINCT value) AS values")
        .collect();
      return row;
    };

    /** Whether every replica of a topic has what its leader has. */
    const isInSync = async (topic: string): Promise<boolean> => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]!.partitions.every(({ isr }) => isr.length === 3);
    };

    /** Kills brokers while `write` runs, and starts them again; each only when the others have everything. */
    const killWhile = async (
      topic: string,
      write: (isOver: () => boolean) => Promise<void>,
    ): Promise<void> => {
      let isOver = false;
      const writing = write(() => isOver);
      // what fails first is told
      writing.catch(() => {});
      for (const broker of server.brokers.slice(0, 2)) {
        await expect.poll(() => isInSync(topic).catch(() => false), { timeout: 60_000 }).toBe(true);
        await broker.kill();
        await broker.restart();
      }
      isOver = true;
      await writing;
    };

    test("tables: leaders move, and each record is there once", PATIENCE, async () => {
      await createTopic("tables");
      let count = 0;
      await killWhile("tables", async (isOver) => {
        while (!isOver()) {
          await spark
            .range(count, count + 20_000)
            .selectExpr("CAST(id AS STRING) AS key", "CAST(id AS STRING) AS value")
            .write.format("kafka")
            .option("kafka.bootstrap.servers", server.bootstrap)
            .option("topic", "tables")
            .option("kafka.batch.size", 16_384)
            .mode("append")
            .save();
          count += 20_000;
        }
      });
      expect(await countsOf("tables")).toEqual({ records: count, values: count });
    });

    test(
      "a stream with exactly-once delivery: coordinators move too, and each record is there once",
      PATIENCE,
      async () => {
        await createTopic("stream");
        const query = await spark.readStream
          .from(memory({ name: "cluster", schema: "value STRING" }))
          .writeStream.format("kafka")
          .option("kafka.bootstrap.servers", server.bootstrap)
          .option("topic", "stream")
          .option("delivery", "exactlyOnce")
          .option("checkpointLocation", mkdtempSync(join(tmpdir(), "ss-kafka-sink-")))
          .start();
        let count = 0;
        await killWhile("stream", async (isOver) => {
          while (!isOver()) {
            MemorySource.addData("cluster", ...Array.from({ length: 100 }, () => `${count++}`));
            await query.processAllAvailable();
          }
        });
        await query.stop();
        await expect
          .poll(() => countsOf("stream"), { timeout: 20_000 })
          .toEqual({ records: count, values: count });
      },
    );
  },
);

describeWith([missingForKafka()], "the Kafka sink on secure listeners", () => {
  let server: Kafka;
  let spark: SparkSession;

  beforeAll(async () => {
    server = await startKafka({ secure: true });
    spark = await SparkSession.builder().use(kafkaSource(), kafkaSink()).create();
  }, FIRST_START_MS);

  afterAll(async () => {
    await spark?.stop();
    await server?.stop();
  });

  test("writes over TLS with a password, in a transaction too", async () => {
    const { saslSsl, users, certificates } = server.secure;
    const { username, password } = users.scram;
    const module = "org.apache.kafka.common.security.scram.ScramLoginModule";
    const options = {
      "kafka.bootstrap.servers": saslSsl,
      "kafka.security.protocol": "SASL_SSL",
      "kafka.sasl.mechanism": "SCRAM-SHA-256",
      "kafka.sasl.jaas.config": `${module} required username="${username}" password="${password}";`,
      "kafka.ssl.truststore.certificates": certificates.authority,
      topic: "secure",
    };
    const rows = spark.range(20_000).selectExpr("CAST(id AS STRING) AS value");
    for (const delivery of ["atLeastOnce", "exactlyOnce"])
      await rows.write.format("kafka").options(options).option("delivery", delivery).mode("append").save();
    const written = spark.read.format("kafka").options({ ...options, subscribe: "secure" });
    const committed = written.option("kafka.isolation.level", "read_committed").load();
    await expect.poll(() => committed.count(), { timeout: 20_000 }).toBe(40_000);
  });
});
