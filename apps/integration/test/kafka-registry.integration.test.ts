import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createTopics,
  INSTALL_MS,
  type Kafka,
  missingForKafka,
  missingForRegistry,
  type SchemaRegistry,
  startKafka,
  startRegistry,
} from "@ss/app-servers";
import { avro, from_avro, to_avro } from "@ss/format-avro";
import { from_protobuf, protobuf, to_protobuf } from "@ss/format-protobuf";
import { kafkaSource } from "@ss/source-kafka";
import { memorySource } from "@ss/source-memory";
import { col, type DataFrame, SparkSession } from "@ss/sql";
import { Kafka as Client, logLevel } from "kafkajs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeWith } from "./describe-with.js";

const FIRST_START_MS = INSTALL_MS + 120_000;

const ORDER = { type: "record", name: "order", namespace: "shop", fields: [{ name: "id", type: "long" }] };
const ORDER_WITH_NOTE = {
  ...ORDER,
  fields: [...ORDER.fields, { name: "note", type: ["null", "string"], default: null }],
};
const MONEY = `syntax = "proto3"; package shop; message Money { int64 units = 1; string currency = 2; }`;
const PAYMENT = `
  syntax = "proto3";
  package shop;
  import "money.proto";
  message Payment { int32 id = 1; Money amount = 2; map<string, string> labels = 3; }
`;

/** The first column of the rows. */
async function values(df: DataFrame): Promise<unknown[]> {
  return (await df.collect()).map((row) => Object.values(row as object)[0]);
}

describeWith([missingForRegistry()], "a schema registry", () => {
  let registry: SchemaRegistry;
  let spark: SparkSession;

  beforeAll(async () => {
    registry = await startRegistry();
    spark = await SparkSession.builder()
      .config("ss.collect.longs", "bigint")
      .use(
        avro({ registry: { url: registry.url } }),
        protobuf({ registry: { url: registry.url } }),
        memorySource(),
      )
      .create();
  }, FIRST_START_MS);

  afterAll(async () => {
    await spark?.stop();
    await registry?.stop();
  });

  /** Registers a schema as any client of the registry does, and returns its id. */
  async function register(subject: string, body: Readonly<Record<string, unknown>>): Promise<number> {
    const response = await fetch(`${registry.url}/subjects/${encodeURIComponent(subject)}/versions`, {
      method: "POST",
      headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`the registry refused ${subject}: ${await response.text()}`);
    return ((await response.json()) as { readonly id: number }).id;
  }

  const registerAvro = (subject: string, schema: unknown): Promise<number> =>
    register(subject, { schema: JSON.stringify(schema) });

  const written = (subject: string, text: string): DataFrame =>
    spark
      .sql(`SELECT ${text} AS v`)
      .select(to_avro(col("v"), { "schema.registry.subject": subject }).as("m"));

  test("messages that older and newer programs wrote are read by the subject's latest schema", async () => {
    const first = await registerAvro("orders-value", ORDER);
    const [old] = await values(written("orders-value", "named_struct('id', 1L)"));
    const second = await registerAvro("orders-value", ORDER_WITH_NOTE);
    const [young] = await values(written("orders-value", "named_struct('id', 2L, 'note', 'a')"));
    const header = (message: unknown): number => Buffer.from(message as Uint8Array).readInt32BE(1);
    expect([header(old), header(young)]).toEqual([first, second]);
    const hex = (bytes: unknown): string => `(X'${Buffer.from(bytes as Uint8Array).toString("hex")}')`;
    const messages = spark.sql(`SELECT * FROM VALUES ${hex(old)}, ${hex(young)} AS t(m)`);
    const latest = from_avro(col("m"), { "schema.registry.subject": "orders-value" });
    expect(await values(messages.select(latest.as("o")))).toEqual([
      { id: 1n, note: null },
      { id: 2n, note: "a" },
    ]);
    const pinned = from_avro(col("m"), "orders-value", registry.url, { "schema.registry.version": "1" });
    expect(await values(messages.select(pinned.as("o")))).toEqual([{ id: 1n }, { id: 2n }]);
  });

  test("a new subject gets the schema of the values, once", async () => {
    const df = written(
      "new-value",
      "named_struct('id', 1, 'names', array('a', NULL), 'at', TIMESTAMP'2026-01-01 00:00:00')",
    );
    const [one] = await values(df);
    const [two] = await values(df);
    expect(two).toEqual(one);
    const answer = await fetch(`${registry.url}/subjects/new-value/versions`);
    expect(await answer.json()).toEqual([1]);
    const back = df.select(from_avro(col("m"), { "schema.registry.subject": "new-value" }).as("v"));
    expect(await values(back.selectExpr("v.names"))).toEqual([["a", null]]);
  });

  test("a schema refers to another", async () => {
    await registerAvro("money", {
      type: "record",
      name: "Money",
      namespace: "shop",
      fields: [{ name: "units", type: "long" }],
    });
    await register("payments-value", {
      schema: JSON.stringify({
        type: "record",
        name: "Payment",
        namespace: "shop",
        fields: [{ name: "amount", type: "shop.Money" }],
      }),
      references: [{ name: "shop.Money", subject: "money", version: 1 }],
    });
    const df = written("payments-value", "named_struct('amount', named_struct('units', 5L))");
    const back = df.select(from_avro(col("m"), { "schema.registry.subject": "payments-value" }).as("v"));
    expect(await values(back)).toEqual([{ amount: { units: 5n } }]);
  });

  test("Protobuf messages go by a subject too, with the schemas that theirs imports", async () => {
    await register("money.proto", { schema: MONEY, schemaType: "PROTOBUF" });
    await register("payments-proto-value", {
      schema: PAYMENT,
      schemaType: "PROTOBUF",
      references: [{ name: "money.proto", subject: "money.proto", version: 1 }],
    });
    const options = { "schema.registry.subject": "payments-proto-value" };
    const back = spark
      .sql(
        "SELECT named_struct('id', 7, 'amount', named_struct('units', 5L, 'currency', 'EUR'), 'labels', map('a', 'b')) AS v",
      )
      .select(to_protobuf(col("v"), options).as("m"))
      .select(from_protobuf(col("m"), options).as("v"));
    expect(await values(back)).toEqual([
      { id: 7, amount: { units: 5n, currency: "EUR" }, labels: new Map([["a", "b"]]) },
    ]);
  });

  test("what the registry does not have is named", async () => {
    const nobody = "SELECT from_avro(X'00', map('schema.registry.subject', 'nobody-value'))";
    await expect(spark.sql(nobody).schema()).rejects.toMatchObject({ condition: "SS_SCHEMA_NOT_FOUND" });
    await registerAvro("strict-value", ORDER);
    const unknown =
      "SELECT from_avro(X'0000BC614E02', map('schema.registry.subject', 'strict-value', 'mode', 'MODE')) x";
    await expect(values(spark.sql(unknown.replace("MODE", "FAILFAST")))).rejects.toMatchObject({
      condition: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
    });
    expect(await values(spark.sql(unknown.replace("MODE", "PERMISSIVE")))).toEqual([{ id: null }]);
  });
});

describeWith([missingForKafka(), missingForRegistry()], "a topic with schemas in a registry", () => {
  let kafka: Kafka;
  let registry: SchemaRegistry;
  let spark: SparkSession;

  beforeAll(async () => {
    kafka = await startKafka();
    registry = await startRegistry();
    spark = await SparkSession.builder()
      .config("ss.collect.longs", "bigint")
      .use(kafkaSource(), avro({ registry: { url: registry.url } }), memorySource())
      .create();
  }, 2 * FIRST_START_MS);

  afterAll(async () => {
    await spark?.stop();
    await registry?.stop();
    await kafka?.stop();
  });

  test("is read as a stream while its schema changes", async () => {
    const client = new Client({ brokers: kafka.bootstrap.split(","), logLevel: logLevel.NOTHING });
    const producer = client.producer();
    await producer.connect();
    const send = async (text: string): Promise<void> => {
      const df = spark
        .sql(`SELECT ${text} AS v`)
        .select(to_avro(col("v"), { "schema.registry.subject": "t-value" }).as("m"));
      const [bytes] = await values(df);
      await producer.send({ topic: "t", messages: [{ value: Buffer.from(bytes as Uint8Array) }] });
    };
    const admin = client.admin();
    await admin.connect();
    await createTopics(admin, { topic: "t" });
    await admin.disconnect();
    await send("named_struct('id', 1L, 'note', cast(NULL AS string))");
    const query = await spark.readStream
      .format("kafka")
      .option("kafka.bootstrap.servers", kafka.bootstrap)
      .option("subscribe", "t")
      .option("startingOffsets", "earliest")
      .load()
      .select(from_avro(col("value"), { "schema.registry.subject": "t-value" }).as("o"))
      .selectExpr("o.id", "o.note")
      .writeStream.format("memory")
      .queryName("from_topic")
      .option("checkpointLocation", mkdtempSync(join(tmpdir(), "ss-registry-")))
      .start();
    await query.processAllAvailable();
    // a field more, which the query does not want, and a type that it promotes
    const schema = {
      type: "record",
      name: "topLevelRecord",
      fields: [
        { name: "more", type: ["null", "int"], default: null },
        { name: "id", type: "int" },
        { name: "note", type: ["string", "null"], default: "" },
      ],
    };
    const answer = await fetch(`${registry.url}/subjects/t-next-value/versions`, {
      method: "POST",
      headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
      body: JSON.stringify({ schema: JSON.stringify(schema) }),
    });
    expect(answer.ok).toBe(true);
    const next = spark
      .sql("SELECT named_struct('more', 5, 'id', 2, 'note', 'a') AS v")
      .select(to_avro(col("v"), { "schema.registry.subject": "t-next-value" }).as("m"));
    const [bytes] = await values(next);
    await producer.send({ topic: "t", messages: [{ value: Buffer.from(bytes as Uint8Array) }] });
    await query.processAllAvailable();
    expect(await spark.sql("SELECT * FROM from_topic ORDER BY id").collect()).toEqual([
      { id: 1n, note: null },
      { id: 2n, note: "a" },
    ]);
    await query.stop();
    await producer.disconnect();
  });
});
