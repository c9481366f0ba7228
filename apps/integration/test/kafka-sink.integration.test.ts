import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTopics, INSTALL_MS, type Kafka, missingForKafka, startKafka } from "@ss/app-servers";
import {
  type Batch,
  batchFromRows,
  Options,
  type PartitionWriter,
  parseDdl,
  rowsOf,
  type SessionContext,
  type Sink,
  systemClock,
  type Value,
} from "@ss/core";
import { clientSettings, HeaderWriter, KafkajsProducer, KafkaProperties, producerSettings } from "@ss/kafka";
import { kafkaSink } from "@ss/sink-kafka";
import { kafkaSource } from "@ss/source-kafka";
import { MemorySource, memory, memorySource } from "@ss/source-memory";
import { type DataFrame, SparkSession } from "@ss/sql";
import { sinkConformance } from "@ss/testkit";
import { type Admin, Kafka as Client, logLevel, Partitioners } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

const FIRST_START_MS = INSTALL_MS + 120_000;
const NO_SIGNAL = new AbortController().signal;
const PATIENCE = { timeout: 20_000 };
const NO_BYTES = new Uint8Array(0);

describeWith([missingForKafka()], "the Kafka sink", () => {
  let server: Kafka;
  let admin: Admin;
  let spark: SparkSession;

  beforeAll(async () => {
    // transactions that are open for too long are looked for each 10 s, unless told
    server = await startKafka({
      properties: {
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": "100",
        "auto.create.topics.enable": "true",
      },
    });
    const client = new Client({ brokers: server.bootstrap.split(","), logLevel: logLevel.NOTHING });
    admin = client.admin();
    await admin.connect();
    spark = await SparkSession.builder().use(kafkaSource(), kafkaSink(), memorySource()).getOrCreate();
  }, FIRST_START_MS);

  afterAll(async () => {
    await spark?.stop();
    await admin?.disconnect();
    await server?.stop();
  });

  const createTopic = (topic: string, numPartitions = 1, config: Record<string, string> = {}) =>
    createTopics(admin, {
      topic,
      numPartitions,
      configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
    });

  const checkpoint = (): string => mkdtempSync(join(tmpdir(), "ss-kafka-sink-"));

  const read = (topic: string, isolation = "read_committed"): DataFrame =>
    spark.read
      .format("kafka")
      .option("kafka.bootstrap.servers", server.bootstrap)
      .option("kafka.isolation.level", isolation)
      .option("includeHeaders", true)
      .option("subscribe", topic)
      .load();

  const valuesOf = async (topic: string, isolation?: string): Promise<string[]> => {
    const rows = await read(topic, isolation).selectExpr("CAST(value AS STRING) AS value").collect();
    return rows.map((row) => row["value"] as string);
  };

  /** A transaction is decided when its commit returns, and its records show some milliseconds later. */
  const shows = (topic: string, values: readonly string[]) =>
    expect.poll(() => valuesOf(topic), PATIENCE).toEqual(values);

  const write = (rows: DataFrame, topic: string, options: Record<string, string> = {}): Promise<void> =>
    rows.write
      .format("kafka")
      .option("kafka.bootstrap.servers", server.bootstrap)
      .option("topic", topic)
      .options(options)
      .mode("append")
      .save();

  const numbers = (count: number): DataFrame =>
    spark.range(count).selectExpr("concat('key-', id) AS key", "CAST(id AS STRING) AS value");

  const producerOf = (transactionalId: string, properties: Record<string, string> = {}) => {
    const kafka = new KafkaProperties(
      new Options({ "kafka.bootstrap.servers": server.bootstrap, ...properties }),
    );
    return new KafkajsProducer(clientSettings(kafka, "test"), producerSettings(kafka, true), transactionalId);
  };

  const send = async (producer: KafkajsProducer, topic: string, text: string): Promise<void> => {
    const writer = await producer.topic(topic, NO_SIGNAL);
    const value = Buffer.from(text);
    writer.add(0, Date.now(), NO_BYTES, 0, -1, value, 0, value.length, new HeaderWriter());
    await producer.flush(NO_SIGNAL);
  };

  test("rows become records of their topic, with key, headers and the time of their writing", async () => {
    await createTopic("one", 2);
    await createTopic("two", 2);
    const rows = spark.sql(
      `SELECT * FROM VALUES
         ('one', 'a', 'first', 1, array(named_struct('key', 'h', 'value', CAST('x' AS BINARY)))),
         ('two', NULL, 'second', 0, NULL),
         ('one', 'c', NULL, 0, array()) AS t(topic, key, value, partition, headers)`,
    );
    const before = Date.now();
    await rows.write.format("kafka").option("kafka.bootstrap.servers", server.bootstrap).save();
    const written = await read("one,two")
      .selectExpr(
        "topic",
        "partition",
        "CAST(key AS STRING) AS key",
        "CAST(value AS STRING) AS value",
        "to_json(transform(headers, h -> concat(h.key, '=', CAST(h.value AS STRING)))) AS headers",
        "unix_millis(timestamp) AS ms",
      )
      .orderBy("topic", "partition")
      .collect();
    expect(written.map((row) => Object.values(row).slice(0, 5))).toEqual([
      ["one", 0, "c", null, null],
      ["one", 1, "a", "first", '["h=x"]'],
      ["two", 0, null, "second", null],
    ]);
    for (const row of written) {
      expect(row["ms"]).toBeGreaterThanOrEqual(before);
      expect(row["ms"]).toBeLessThanOrEqual(Date.now());
    }
  });

  test("a record with a key goes where Java's clients put it", async () => {
    await createTopic("keyed", 7);
    await write(numbers(2000), "keyed");
    const partitioner = Partitioners.DefaultPartitioner();
    const partitionMetadata = Array.from({ length: 7 }, (_, partitionId) => ({
      partitionId,
      leader: 1,
      partitionErrorCode: 0,
      replicas: [1],
      isr: [1],
    }));
    const rows = await read("keyed").selectExpr("CAST(key AS STRING) AS key", "partition").collect();
    expect(rows).toHaveLength(2000);
    for (const { key, partition } of rows as { key: string; partition: number }[])
      expect(partition).toBe(partitioner({ topic: "keyed", partitionMetadata, message: { key, value: "" } }));
  });

  test.each(["none", "gzip", "snappy", "lz4", "zstd"])(
    "%s records are read back as they were",
    async (codec) => {
      const topic = `codec-${codec}`;
      await createTopic(topic, 3);
      await write(numbers(5000), topic, { "kafka.compression.type": codec, "kafka.batch.size": "20000" });
      const values = await valuesOf(topic);
      expect(values.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 5000 }, (_, k) => k));
    },
  );

  test("a batch that is too large for its topic is divided, and a record that is says so by name", async () => {
    await createTopic("small", 1, { "max.message.bytes": "2000" });
    for (const codec of ["none", "lz4"])
      await write(numbers(1000), "small", { "kafka.compression.type": codec });
    expect(new Set(await valuesOf("small")).size).toBe(1000);
    expect(await valuesOf("small")).toHaveLength(2000);
    const large = spark.sql("SELECT repeat('x', 5000) AS value");
    await expect(write(large, "small")).rejects.toThrow(
      /SS_KAFKA_RECORD_TOO_LARGE.*small-0 has 5\d{3} bytes/,
    );
    const huge = spark.sql("SELECT repeat('x', 2000000) AS value");
    await expect(write(huge, "small")).rejects.toThrow(/SS_KAFKA_RECORD_TOO_LARGE.*kafka.max.request.size/);
  });

  test("partitions and topics that are not there give errors by name", async () => {
    await createTopic("narrow", 2);
    const outside = spark.sql("SELECT 'x' AS value, 2 AS partition");
    await expect(write(outside, "narrow")).rejects.toThrow(
      /SS_KAFKA_UNKNOWN_PARTITION.*says 2, but the topic/,
    );
    const nowhere = spark.sql("SELECT 'x' AS value, CAST(NULL AS STRING) AS topic");
    const save = nowhere.write
      .format("kafka")
      .option("kafka.bootstrap.servers", server.bootstrap)
      .mode("append")
      .save();
    await expect(save).rejects.toThrow("KAFKA_NULL_TOPIC_IN_DATA");
  });

  test("a broker that is killed and restarted under load loses nothing and takes nothing twice", async () => {
    await createTopic("load", 4);
    const count = 400_000;
    let isDone = false;
    const writing = write(numbers(count), "load", { "kafka.batch.size": "4096" }).finally(() => {
      isDone = true;
    });
    let restarts = 0;
    for (; !isDone && restarts < 2; restarts++) {
      const answers = () => admin.fetchTopicOffsets("load").catch(() => []);
      // a broker that has just started on a busy machine takes its time
      await expect.poll(answers, { timeout: 60_000 }).not.toEqual([]);
      await server.kill();
      await server.restart();
    }
    await writing;
    expect(restarts).toBeGreaterThan(0);
    const [row] = await read("load")
      .selectExpr("CAST(value AS STRING) AS value")
      .selectExpr("count(*) AS records", "count(DISTINCT value) AS values")
      .collect();
    expect(row).toEqual({ records: count, values: count });
  });

  test("what a transaction has written shows when it is committed, and never when it is aborted", async () => {
    await createTopic("transactions");
    const producer = producerOf("shows");
    await producer.fence(NO_SIGNAL);
    await send(producer, "transactions", "committed");
    expect(await valuesOf("transactions")).toEqual([]);
    await producer.commit({ group: "shows", topic: "transactions", partition: 0, offset: 7 }, NO_SIGNAL);
    await shows("transactions", ["committed"]);
    expect(await producer.committedOffset("shows", NO_SIGNAL)).toBe(7);
    await producer.fence(NO_SIGNAL);
    await send(producer, "transactions", "aborted");
    await producer.abort();
    await producer.fence(NO_SIGNAL);
    await send(producer, "transactions", "second");
    await producer.commit(null, NO_SIGNAL);
    await producer.close();
    await shows("transactions", ["committed", "second"]);
    expect(await valuesOf("transactions", "read_uncommitted")).toContain("aborted");
  });

  test("a producer that another one has replaced is fenced off by name", async () => {
    await createTopic("fenced");
    const [zombie, heir] = [producerOf("same"), producerOf("same")];
    await zombie.fence(NO_SIGNAL);
    await send(zombie, "fenced", "zombie");
    await heir.fence(NO_SIGNAL);
    await send(heir, "fenced", "heir");
    await expect(zombie.commit(null, NO_SIGNAL)).rejects.toThrow("SS_KAFKA_FENCED");
    await zombie.abort();
    await expect(zombie.fence(NO_SIGNAL)).rejects.toThrow("SS_KAFKA_FENCED");
    await heir.commit(null, NO_SIGNAL);
    await shows("fenced", ["heir"]);
    await Promise.all([zombie.close(), heir.close()]);
  });

  test("a transaction that takes too long gives an error by name, and nothing of it shows", async () => {
    await createTopic("slow");
    const producer = producerOf("slow", { "kafka.transaction.timeout.ms": "500" });
    await producer.fence(NO_SIGNAL);
    const writes = async (): Promise<void> => {
      for (;;) await send(producer, "slow", "late");
    };
    await expect(writes()).rejects.toThrow("SS_KAFKA_TRANSACTION_TIMED_OUT");
    await producer.close();
    expect(await valuesOf("slow")).toEqual([]);
  });

  /** Starts a query that writes what the memory source of that name is given. */
  const startCopy = (name: string, location: string, options: Record<string, string>) =>
    spark.readStream
      .from(memory({ name, schema: "value STRING" }))
      .writeStream.format("kafka")
      .option("kafka.bootstrap.servers", server.bootstrap)
      .option("topic", name)
      .options(options)
      .option("checkpointLocation", location)
      .start();

  /** Runs the batches that there are to their end. */
  const runCopy = async (...args: Parameters<typeof startCopy>): Promise<void> => {
    const query = await startCopy(...args);
    try {
      await query.processAllAvailable();
    } finally {
      await query.stop();
    }
  };

  /** Makes a checkpoint one of a run that ended before it could note its last batch as committed. */
  const forgetCommit = (location: string): void => {
    const commits = readdirSync(join(location, "commits")).filter((name) => /^\d+$/.test(name));
    const last = commits.map(Number).reduce((a, b) => Math.max(a, b));
    rmSync(join(location, "commits", String(last)));
    rmSync(join(location, "commits", `.${last}.crc`), { force: true });
  };

  test.each([
    ["atLeastOnce", ["a", "b", "b", "c"]],
    ["exactlyOnce", ["a", "b", "c"]],
  ])("a batch that comes again after a crash is %s in the topic", async (delivery, expected) => {
    const name = `again-${delivery}`;
    const location = checkpoint();
    await createTopic(name);
    MemorySource.addData(name, "a");
    await runCopy(name, location, { delivery });
    MemorySource.addData(name, "b");
    await runCopy(name, location, { delivery });
    forgetCommit(location);
    await runCopy(name, location, { delivery });
    MemorySource.addData(name, "c");
    await runCopy(name, location, { delivery });
    await shows(name, expected);
  });

  test.each([
    ["continuous", "append", { continuous: "1 second" }],
    ["realTime", "update", { realTime: "5 seconds" }],
  ] as const)("records show at once with the trigger %s", async (name, mode, trigger) => {
    await createTopic(`${name}-in`);
    await createTopic(`${name}-out`);
    const query = await spark.readStream
      .format("kafka")
      .option("kafka.bootstrap.servers", server.bootstrap)
      .option("subscribe", `${name}-in`)
      .option("startingOffsets", "earliest")
      .load()
      .select("key", "value")
      .writeStream.format("kafka")
      .option("kafka.bootstrap.servers", server.bootstrap)
      .option("topic", `${name}-out`)
      .option("checkpointLocation", checkpoint())
      .outputMode(mode)
      .trigger(trigger)
      .start();
    for (const count of [3, 5]) {
      await write(numbers(count), `${name}-in`);
      await expect.poll(() => valuesOf(`${name}-out`), PATIENCE).toHaveLength(count === 3 ? 3 : 8);
    }
    await query.stop();
  });

  test("without the marker of the last batch a query stops by name, and goes on where it is told to", async () => {
    const location = checkpoint();
    const delivery = { delivery: "exactlyOnce", transactionalIdPrefix: "lost" };
    await createTopic("marked");
    MemorySource.addData("marked", "a");
    await runCopy("marked", location, delivery);
    const { groups } = await admin.listGroups();
    const ours = groups.map(({ groupId }) => groupId).filter((group) => group.startsWith("lost-"));
    expect(ours).toHaveLength(1);
    await admin.deleteGroups(ours);
    MemorySource.addData("marked", "b");
    await expect(runCopy("marked", location, delivery)).rejects.toThrow("SS_KAFKA_MARKER_MISSING");
    await runCopy("marked", location, { ...delivery, ignoreMissingMarker: "true" });
    await shows("marked", ["a", "b"]);
  });

  test("a table is written in one transaction, all of it or nothing", async () => {
    await createTopic("whole", 2);
    const delivery = { delivery: "exactlyOnce" };
    await write(numbers(100), "whole", delivery);
    const failing = spark.range(5000).selectExpr("IF(id < 4900, 'x', raise_error('enough')) AS value");
    await expect(write(failing, "whole", { ...delivery, "kafka.batch.size": "100" })).rejects.toThrow(
      "enough",
    );
    await expect.poll(() => valuesOf("whole")).toHaveLength(100);
  });
});

describeWith([missingForKafka()], "the Kafka sink on a broker keeps the promises of a sink", () => {
  let server: Kafka;
  let spark: SparkSession;
  let topics = 0;

  beforeAll(async () => {
    server = await startKafka();
    spark = await SparkSession.builder().use(kafkaSource()).create();
  }, FIRST_START_MS);

  afterAll(async () => {
    await spark?.stop();
    await server?.stop();
  });

  sinkConformance(test, {
    create: () => {
      const topic = `conformance-${topics++}`;
      const options = {
        "kafka.bootstrap.servers": server.bootstrap,
        topic,
        delivery: "exactlyOnce",
        // all subjects have the same query
        transactionalIdPrefix: topic,
      };
      const committed = { rows: 0 };
      const visible = async (): Promise<Value[][]> => {
        const table = spark.read.format("kafka").options({ ...options, subscribe: topic });
        const rows = await table
          .option("kafka.isolation.level", "read_committed")
          .load()
          .selectExpr("CAST(key AS STRING) AS key", "CAST(value AS STRING) AS value")
          .collect();
        return rows.map(({ key, value }) => [BigInt(key as string), value as string | null]);
      };
      return {
        make: () => wordSink(options, committed),
        // records show some milliseconds after the commit of their transaction
        rows: async () => {
          await expect.poll(async () => (await visible()).length >= committed.rows, PATIENCE).toBe(true);
          return visible();
        },
      };
    },
  });
});

/** The sink for the rows of the promises, the number as key and the word as value, which counts what is committed. */
async function wordSink(options: Record<string, string>, committed: { rows: number }): Promise<Sink> {
  const schema = parseDdl("key STRING, value STRING");
  const [provider] = kafkaSink().sinks!;
  const session = { clock: systemClock } as SessionContext;
  const request = { format: "kafka", path: undefined, partitionBy: [], schema, session };
  const sink = await provider!.stream!({ ...request, options: new Options(options) });
  const asRecords = (batch: Batch): Batch => {
    const rows = [...rowsOf(batch)].map(([id, word]): Value[] => [String(id), word as Value]);
    return batchFromRows(schema, rows);
  };
  return {
    ...{ description: sink.description, delivery: sink.delivery, outputModes: sink.outputModes },
    begin: async (batch) => {
      const write = await sink.begin({ ...batch, schema });
      const writer = async (id: number): Promise<PartitionWriter> => {
        const inner = await write.writer(id);
        return {
          write: (rows) => inner.write(asRecords(rows)),
          finish: () => inner.finish(),
          abort: () => inner.abort(),
        };
      };
      return {
        alreadyCommitted: write.alreadyCommitted,
        writer,
        commit: async (messages) => {
          const result = await write.commit(messages);
          committed.rows += result.numOutputRows;
          return result;
        },
        abort: (error) => write.abort(error),
      };
    },
    close: () => sink.close(),
  };
}
