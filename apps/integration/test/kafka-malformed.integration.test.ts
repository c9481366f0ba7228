import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTopics, INSTALL_MS, type Kafka, missingForKafka, startKafka } from "@ss/app-servers";
import type { BatchWrite, Plugin, Sink, SinkProvider } from "@ss/core";
import { kafkaSink } from "@ss/sink-kafka";
import { kafkaSource } from "@ss/source-kafka";
import { SparkSession } from "@ss/sql";
import { type Admin, Kafka as Client, logLevel, Partitioners, type Producer } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

const FIRST_START_MS = INSTALL_MS + 120_000;
const PATIENCE = { timeout: 20_000 };

/** Where a process ends: at the commit of the results or of the dead letters, before it is done or when it is. */
const CRASHES = [
  { output: 0, when: "before" },
  { output: 0, when: "after" },
  { output: 2, when: "before" },
  { output: 2, when: "after" },
] as const;
type Crash = (typeof CRASHES)[number];

describeWith([missingForKafka()], "records that cannot be decoded", () => {
  let server: Kafka;
  let admin: Admin;
  let producer: Producer;
  let crash: Crash | undefined;

  beforeAll(async () => {
    server = await startKafka();
    const client = new Client({ brokers: server.bootstrap.split(","), logLevel: logLevel.NOTHING });
    admin = client.admin();
    // a request that is sent again while leaders of a new topic are chosen must not count twice
    const createPartitioner = Partitioners.DefaultPartitioner;
    producer = client.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner });
    await Promise.all([admin.connect(), producer.connect()]);
  }, FIRST_START_MS);

  afterAll(async () => {
    await producer?.disconnect();
    await admin?.disconnect();
    await server?.stop();
  });

  /** The Kafka sink, in a process that ends at the commit that `crash` says. */
  const crashingSink = (): Plugin => {
    const [provider] = kafkaSink().sinks as readonly [SinkProvider];
    const stream: SinkProvider["stream"] = async (request) => withCrash(await provider.stream!(request));
    return { name: "crashing", sinks: [{ ...provider, stream }] };
  };

  const withCrash = (sink: Sink): Sink => {
    const begin: Sink["begin"] = async (batch) => {
      const write = await sink.begin(batch);
      if (batch.outputId !== crash?.output || batch.batchId !== 1) return write;
      const commit: BatchWrite["commit"] = async (messages) => {
        if (crash?.when === "after") await write.commit(messages);
        throw new Error("the process ends here");
      };
      return Object.create(write, { commit: { value: commit } }) as BatchWrite;
    };
    return Object.create(sink, { begin: { value: begin } }) as Sink;
  };

  const newSession = (...sinks: Plugin[]): Promise<SparkSession> =>
    SparkSession.builder()
      .use(kafkaSource(), ...sinks)
      .config("spark.sql.session.timeZone", "UTC")
      .logTo(() => {})
      .create();

  /** Runs the query over what is there, in batches of 40 records. */
  const run = async (spark: SparkSession, name: string, location: string): Promise<void> => {
    const kafka = { "kafka.bootstrap.servers": server.bootstrap, delivery: "exactlyOnce" };
    try {
      const query = await spark.readStream
        .format("kafka")
        .option("kafka.bootstrap.servers", server.bootstrap)
        .option("subscribe", `${name}-in`)
        .option("startingOffsets", "earliest")
        .option("includeHeaders", true)
        .option("maxOffsetsPerTrigger", 40)
        .load()
        .selectExpr("from_json(CAST(value AS STRING), 'id INT') AS event")
        .selectExpr("CAST(event.id AS STRING) AS value")
        .writeStream.format("kafka")
        .options(kafka)
        .option("topic", `${name}-out`)
        .malformedRowsTo("kafka", { ...kafka, topic: `${name}-dead` })
        .option("checkpointLocation", location)
        .trigger({ availableNow: true })
        .start();
      await query.awaitTermination();
    } finally {
      await spark.stop();
    }
  };

  const read = async (topic: string, ...columns: string[]): Promise<Record<string, unknown>[]> => {
    const spark = await newSession();
    try {
      const records = spark.read
        .format("kafka")
        .option("kafka.bootstrap.servers", server.bootstrap)
        .option("kafka.isolation.level", "read_committed")
        .option("includeHeaders", true)
        .option("subscribe", topic)
        .load();
      return (await records.selectExpr(...columns).collect()) as Record<string, unknown>[];
    } finally {
      await spark.stop();
    }
  };

  /** 150 records, of which each tenth is cut off. */
  const feed = async (name: string): Promise<void> => {
    await createTopics(
      admin,
      { topic: `${name}-in`, numPartitions: 3 },
      { topic: `${name}-out`, numPartitions: 2 },
      { topic: `${name}-dead`, numPartitions: 1 },
    );
    const messages = Array.from({ length: 150 }, (_, id) => ({
      key: `key-${id}`,
      value: id % 10 === 0 ? `{"id":${id}` : `{"id":${id}}`,
      partition: id % 3,
      headers: { trace: `t${id}` },
    }));
    await producer.send({ topic: `${name}-in`, messages });
  };

  test.each([undefined, ...CRASHES])(
    "are in the dead-letter topic once, and all others among the results, wherever the process ends: %o",
    async (point) => {
      const name = point === undefined ? "whole" : `crash-${point.output}-${point.when}`;
      const location = mkdtempSync(join(tmpdir(), "ss-kafka-malformed-"));
      await feed(name);
      crash = point;
      const first = run(await newSession(crashingSink()), name, location);
      if (point === undefined) await first;
      else await expect(first).rejects.toThrow("the process ends here");
      crash = undefined;
      await run(await newSession(kafkaSink()), name, location);
      const ids = Array.from({ length: 150 }, (_, id) => id);
      const results = async (): Promise<number[]> =>
        (await read(`${name}-out`, "CAST(value AS STRING) AS id"))
          .map(({ id }) => Number(id))
          .sort((a, b) => a - b);
      await expect.poll(results, PATIENCE).toEqual(ids.filter((id) => id % 10 !== 0));
      const header = (key: string): string =>
        `CAST(element_at(filter(headers, h -> h.key = '${key}').value, 1) AS STRING) AS \`${key}\``;
      const letters = async (): Promise<Record<string, unknown>[]> =>
        (
          await read(
            `${name}-dead`,
            "CAST(key AS STRING) AS key",
            "CAST(value AS STRING) AS value",
            header("trace"),
            ...["topic", "partition", "offset", "function", "reason"].map((one) =>
              header(`malformed.${one}`),
            ),
          )
        ).sort((a, b) => idOf(a) - idOf(b));
      await expect.poll(letters, PATIENCE).toEqual(
        ids
          .filter((id) => id % 10 === 0)
          .map((id) => ({
            key: `key-${id}`,
            value: `{"id":${id}`,
            trace: `t${id}`,
            "malformed.topic": `${name}-in`,
            "malformed.partition": String(id % 3),
            "malformed.offset": String(Math.floor(id / 3)),
            "malformed.function": "from_json(CAST(value AS STRING))",
            "malformed.reason": expect.stringMatching(
              /^\[MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION\] The record cannot be parsed: unexpected end of record at byte/,
            ) as string,
          })),
      );
    },
  );
});

function idOf({ key }: Record<string, unknown>): number {
  return Number(String(key).slice("key-".length));
}
