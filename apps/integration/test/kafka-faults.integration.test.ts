import {
  createTopics,
  INSTALL_MS,
  type Kafka,
  missingForKafka,
  startKafka,
  temporaryFolder,
  until,
} from "@ss/app-servers";
import { StreamError } from "@ss/core";
import { kafkaSource } from "@ss/source-kafka";
import { memorySource } from "@ss/source-memory";
import { SparkSession, type StreamingQuery } from "@ss/sql";
import { type Admin, Kafka as Client, logLevel, type Message, type Producer } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

const FIRST_START_MS = INSTALL_MS + 120_000;

/** A cluster with clients, and a session. */
class Bench {
  readonly server: Kafka;
  readonly client: Client;
  readonly admin: Admin;
  readonly spark: SparkSession;
  readonly warnings: string[];

  private constructor(
    server: Kafka,
    clients: { readonly client: Client; readonly admin: Admin },
    spark: SparkSession,
    warnings: string[],
  ) {
    this.server = server;
    this.client = clients.client;
    this.admin = clients.admin;
    this.spark = spark;
    this.warnings = warnings;
  }

  static async start(brokers: number): Promise<Bench> {
    const server = await startKafka({ brokers });
    const retry = { initialRetryTime: 100, maxRetryTime: 1000, retries: 60 };
    const client = new Client({ brokers: server.bootstrap.split(","), logLevel: logLevel.NOTHING, retry });
    const admin = client.admin();
    await admin.connect();
    const warnings: string[] = [];
    const spark = await SparkSession.builder()
      .logTo((_, message) => void warnings.push(message))
      .use(kafkaSource(), memorySource())
      .create();
    return new Bench(server, { client, admin }, spark, warnings);
  }

  async stop(): Promise<void> {
    await this.spark.stop();
    await this.admin.disconnect();
    await this.server.stop();
  }

  async create(topic: string, numPartitions = 1, replicationFactor = 1): Promise<void> {
    await createTopics(this.admin, { topic, numPartitions, replicationFactor });
  }

  async send(topic: string, messages: Message[], settings: object = {}): Promise<void> {
    const producer = this.client.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    await producer.send({ topic, messages, ...settings });
    await producer.disconnect();
  }

  /** A stream of values into a table in memory of the topic's name. */
  stream(
    topic: string,
    folder: string,
    options: Readonly<Record<string, unknown>> = {},
  ): Promise<StreamingQuery> {
    return this.spark.readStream
      .format("kafka")
      .options({
        "kafka.bootstrap.servers": this.server.bootstrap,
        startingOffsets: "earliest",
        ...("subscribePattern" in options ? {} : { subscribe: topic }),
        ...(options as Record<string, string>),
      })
      .load()
      .selectExpr("CAST(value AS STRING) AS value")
      .writeStream.format("memory")
      .queryName(topic)
      .option("checkpointLocation", folder)
      .start();
  }

  async values(table: string): Promise<string[]> {
    const rows = await this.spark.table(table).collect();
    return rows.map((row) => row["value"] as string);
  }

  async countOf(topic: string, options: Readonly<Record<string, string>> = {}): Promise<number> {
    const reader = this.spark.read.format("kafka").option("kafka.bootstrap.servers", this.server.bootstrap);
    return reader
      .options({ subscribe: topic, ...options })
      .load()
      .count();
  }
}

const messages = (count: number, from = 0, partitions = 1): Message[] =>
  Array.from({ length: count }, (_, k) => ({ value: `v${from + k}`, partition: (from + k) % partitions }));

const texts = (count: number, from = 0): string[] => Array.from({ length: count }, (_, k) => `v${from + k}`);

const sorted = (values: readonly string[]): string[] =>
  [...values].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));

async function conditionOf(query: StreamingQuery): Promise<string> {
  await expect(query.awaitTermination()).rejects.toThrow();
  for (let error: unknown = query.exception; error instanceof Error; error = error.cause)
    if (StreamError.is(error) && error.condition.startsWith("KAFKA_DATA_LOSS")) return error.condition;
  throw query.exception;
}

/** Numbers to a topic, one request after the other, until it is told to stop; says how many there are. */
function produceSteadily(producer: Producer, topic: string, partitions: number): () => Promise<number> {
  let count = 0;
  let goesOn = true;
  const work = (async () => {
    while (goesOn) {
      const next = messages(20, count, partitions);
      // one partition at a time: where a send concerns two, and the leader of one moves to the other's, kafkajs takes the first for sent
      for (let k = 0; k < partitions; k++)
        await producer.send({ topic, messages: next.filter(({ partition }) => partition === k) });
      count += 20;
    }
  })();
  return async () => {
    goesOn = false;
    await work;
    return count;
  };
}

describeWith([missingForKafka()], "the Kafka source and a broker that fails", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start(1);
  }, FIRST_START_MS);
  afterAll(() => bench?.stop());

  const folder = (): string => temporaryFolder("kafka-faults");

  test("a broker that is killed and starts again while a stream reads costs no row and gives none twice", async () => {
    await bench.create("killed", 3);
    const producer = bench.client.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const query = await bench.stream("killed", folder(), { maxOffsetsPerTrigger: 97 });
    const stop = produceSteadily(producer, "killed", 3);
    for (let round = 0; round < 2; round++) {
      const before = (await bench.values("killed")).length;
      await until(async () => (await bench.values("killed")).length > before, "rows arrive");
      await bench.server.brokers[0]!.restart();
    }
    const before = (await bench.values("killed")).length;
    await until(async () => (await bench.values("killed")).length > before, "rows arrive after the restart");
    const count = await stop();
    await producer.disconnect();
    await query.processAllAvailable();
    await query.stop();
    expect(sorted(await bench.values("killed"))).toEqual(texts(count));
  });

  test("records that retention deleted before they were read fail the query by name", async () => {
    await bench.create("expired");
    await bench.send("expired", messages(10));
    const location = folder();
    const first = await bench.stream("expired", location);
    await first.processAllAvailable();
    await first.stop();
    await bench.send("expired", messages(20, 10));
    const partitions = [{ partition: 0, offset: "15" }];
    await until(
      () => bench.admin.deleteTopicRecords({ topic: "expired", partitions }).then(() => true),
      "a deletion",
    );
    const second = await bench.stream("expired", location);
    expect(await conditionOf(second)).toBe("KAFKA_DATA_LOSS.COULD_NOT_READ_OFFSET_RANGE");
    const third = await bench.stream("expired", location, { failOnDataLoss: false });
    await third.processAllAvailable();
    await third.stop();
    expect(await bench.values("expired")).toEqual(texts(15, 15));
    expect(bench.warnings.join("\n")).toContain("[10, 15) of expired-0");
  });

  test("a topic that comes again with fewer records fails the query by name, or goes on with a warning", async () => {
    await bench.create("again");
    await bench.send("again", messages(10));
    const location = folder();
    const first = await bench.stream("again", location);
    await first.processAllAvailable();
    await first.stop();
    await bench.admin.deleteTopics({ topics: ["again"] });
    await until(async () => !(await bench.admin.listTopics()).includes("again"), "the topic is gone");
    await bench.create("again");
    await bench.send("again", messages(4, 100));
    const second = await bench.stream("again", location);
    expect(await conditionOf(second)).toBe("KAFKA_DATA_LOSS.PARTITION_OFFSET_CHANGED");
    const third = await bench.stream("again", location, { failOnDataLoss: false });
    await third.processAllAvailable();
    await bench.send("again", messages(3, 200));
    await third.processAllAvailable();
    await third.stop();
    expect(await bench.values("again")).toEqual(texts(3, 200));
    expect(bench.warnings.join("\n")).toContain("again-0 offset was changed from 10 to 4");
  });

  test("a topic that is deleted while a stream reads it fails the query by name", async () => {
    await bench.create("gone");
    await bench.send("gone", messages(10));
    const query = await bench.stream("gone", folder());
    await query.processAllAvailable();
    await bench.admin.deleteTopics({ topics: ["gone"] });
    expect(await conditionOf(query)).toBe("KAFKA_DATA_LOSS.PARTITIONS_DELETED");
  });

  test("without failOnDataLoss a stream outlives its topic, and reads the next one of that name from its beginning", async () => {
    await bench.create("phoenix");
    await bench.send("phoenix", messages(10));
    const query = await bench.stream("phoenix", folder(), { failOnDataLoss: false });
    await query.processAllAvailable();
    await bench.admin.deleteTopics({ topics: ["phoenix"] });
    await until(
      () => bench.warnings.some((text) => text.includes("phoenix-0 have been deleted")),
      "a warning",
    );
    await bench.create("phoenix");
    await bench.send("phoenix", messages(14, 100));
    await query.processAllAvailable();
    await query.stop();
    const values = await bench.values("phoenix");
    expect(values).toEqual([...texts(10), ...texts(14, 100)]);
    const told = bench.warnings.filter((text) => text.includes("phoenix-0 have been deleted"));
    expect(told).toHaveLength(1);
  });

  test("partitions that are added, and topics that match, are read from their beginning", async () => {
    await bench.create("grows-a");
    await bench.send("grows-a", messages(5));
    const query = await bench.stream("grows", folder(), { subscribePattern: "grows-.*" });
    await query.processAllAvailable();
    await bench.admin.createPartitions({ topicPartitions: [{ topic: "grows-a", count: 2 }] });
    await until(async () => (await bench.admin.fetchTopicOffsets("grows-a")).length === 2, "two partitions");
    await bench.send("grows-a", [{ value: "v5", partition: 1 }]);
    await bench.create("grows-b");
    await bench.send("grows-b", messages(2, 6));
    await bench.create("shrinks");
    await bench.send("shrinks", messages(2, 50));
    await query.processAllAvailable();
    await query.stop();
    expect(sorted(await bench.values("grows"))).toEqual(texts(8));
  });

  test("read_committed gives what was committed up to the first open transaction, read_uncommitted everything", async () => {
    await bench.create("transactions");
    const send = async (id: string, from: number, ends: "commit" | "abort" | "open"): Promise<Producer> => {
      const settings = { transactionalId: id, maxInFlightRequests: 1, idempotent: true };
      const producer = bench.client.producer(settings);
      await producer.connect();
      const transaction = await producer.transaction();
      await transaction.send({ topic: "transactions", messages: messages(3, from) });
      if (ends === "commit") await transaction.commit();
      if (ends === "abort") await transaction.abort();
      return producer;
    };
    await (await send("one", 0, "commit")).disconnect();
    await (await send("two", 3, "abort")).disconnect();
    await (await send("three", 6, "commit")).disconnect();
    const committed = { "kafka.isolation.level": "read_committed", subscribe: "transactions" };
    const location = folder();
    const query = await bench.stream("transactions", location, committed);
    await query.processAllAvailable();
    const closed = [...texts(3), ...texts(3, 6)];
    expect(await bench.values("transactions")).toEqual(closed);
    const open = await send("four", 9, "open");
    await bench.send("transactions", messages(3, 12));
    await query.processAllAvailable();
    expect(await bench.values("transactions")).toEqual(closed);
    expect(await bench.countOf("transactions")).toBe(15);
    await open.disconnect();
    // whoever comes with the same id ends what the one before left open
    await (await send("four", 15, "commit")).disconnect();
    await until(async () => (await bench.values("transactions")).length === 12, "the transaction was ended");
    await query.stop();
    expect(await bench.values("transactions")).toEqual([...closed, ...texts(6, 12)]);
    expect(await bench.countOf("transactions")).toBe(18);
    expect(await bench.countOf("transactions", committed)).toBe(12);
  });

  test("commitOffsets shows a group how far the stream has read, over a restart of the broker", async () => {
    await bench.create("published", 2);
    await bench.send("published", messages(7, 0, 2));
    const options = { commitOffsets: true, "kafka.group.id": "readers" };
    const query = await bench.stream("published", folder(), options);
    await query.processAllAvailable();
    const offsets = async (): Promise<string[]> => {
      const [topic] = await bench.admin.fetchOffsets({ groupId: "readers", topics: ["published"] });
      return topic!.partitions.map(({ offset }) => offset).sort();
    };
    const isAt = async (ends: string): Promise<boolean> => (await offsets().catch(() => [])).join() === ends;
    await until(() => isAt("3,4"), "the first offsets are published");
    await bench.server.brokers[0]!.restart();
    await bench.send("published", messages(4, 7, 2));
    await query.processAllAvailable();
    await query.stop();
    await until(() => isAt("5,6"), "the last offsets are published");
  });

  test.each(["gzip", "snappy", "lz4", "zstd"])(
    "what a broker compresses by %s comes as it was, also in pieces smaller than a batch of it",
    async (codec) => {
      const topic = `codec_${codec}`;
      const configEntries = [{ name: "compression.type", value: codec }];
      await createTopics(bench.admin, { topic, numPartitions: 1, configEntries });
      for (const from of [0, 3000]) await bench.send(topic, messages(3000, from));
      const query = await bench.stream(topic, folder(), { maxOffsetsPerTrigger: 1111 });
      await query.processAllAvailable();
      await query.stop();
      expect(await bench.values(topic)).toEqual(texts(6000));
    },
  );

  test("records larger than a fetch come whole", async () => {
    await bench.create("large");
    const sizes = [10, 700_000, 20, 900_000, 30];
    for (const size of sizes) await bench.send("large", [{ value: "x".repeat(size) }]);
    const limits = { "kafka.max.partition.fetch.bytes": "1000", "kafka.fetch.max.bytes": "1000" };
    const reader = bench.spark.read.format("kafka").option("kafka.bootstrap.servers", bench.server.bootstrap);
    const table = reader.options({ subscribe: "large", ...limits }).load();
    const rows = await table.selectExpr("octet_length(value) AS size").collect();
    expect(rows.map((row) => row["size"])).toEqual(sizes);
  });
});

describeWith([missingForKafka()], "the Kafka source and a cluster that fails", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start(2);
  }, FIRST_START_MS);
  afterAll(() => bench?.stop());

  test("a leader that dies, and one that is moved, cost no row and give none twice", async () => {
    await bench.create("moved", 2, 2);
    const producer = bench.client.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    const query = await bench.stream("moved", temporaryFolder("kafka-faults"), { maxOffsetsPerTrigger: 97 });
    const stop = produceSteadily(producer, "moved", 2);
    const goesOn = async (): Promise<void> => {
      const before = (await bench.values("moved")).length;
      await until(async () => (await bench.values("moved")).length > before + 200, "rows arrive");
    };
    for (const broker of bench.server.brokers) {
      await goesOn();
      await broker.kill();
      await goesOn();
      await broker.restart();
      await until(async () => await isInSync("moved"), "all replicas are in sync");
    }
    await bench.admin.alterPartitionReassignments({
      topics: [
        {
          topic: "moved",
          partitionAssignment: [
            { partition: 0, replicas: [1] },
            { partition: 1, replicas: [1] },
          ],
        },
      ],
    });
    await until(async () => (await leaders("moved")).every((leader) => leader === 1), "broker 1 leads all");
    await goesOn();
    const count = await stop();
    await producer.disconnect();
    await query.processAllAvailable();
    await query.stop();
    expect(sorted(await bench.values("moved"))).toEqual(texts(count));
  });

  const partitionsOf = async (topic: string) =>
    (await bench.admin.fetchTopicMetadata({ topics: [topic] })).topics[0]!.partitions;

  const isInSync = async (topic: string): Promise<boolean> =>
    (await partitionsOf(topic)).every(({ isr, replicas }) => isr.length === replicas.length);

  const leaders = async (topic: string): Promise<number[]> =>
    (await partitionsOf(topic)).map(({ leader }) => leader);
});
