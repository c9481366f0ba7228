import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { col, type SparkSession } from "@ss/sql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { from_protobuf, to_protobuf } from "../src/index.js";
import { bytesLiteral, session, values } from "./session.js";

const COMMON = `syntax = "proto3"; package shop.common; message Money { int64 units = 1; }`;
const ORDERS = `
  syntax = "proto3";
  package shop;
  import "google/protobuf/timestamp.proto";
  import "shop/common.proto";
  message Order { int32 id = 1; shop.common.Money total = 2; google.protobuf.Timestamp at = 3; }
  message Return { message Reason { string text = 1; } Reason reason = 1; message Other { int32 n = 1; } }
`;
const SUBJECTS: Readonly<Record<string, unknown>> = {
  "shop/common.proto": { id: 1, version: 1, schema: COMMON, schemaType: "PROTOBUF" },
  "orders-value": {
    id: 2,
    version: 1,
    schema: ORDERS,
    schemaType: "PROTOBUF",
    references: [{ name: "shop/common.proto", subject: "shop/common.proto", version: 1 }],
  },
  "avro-value": { id: 3, version: 1, schema: '"int"' },
  "broken-value": { id: 4, version: 1, schema: "message {", schemaType: "PROTOBUF" },
  "lonely-value": {
    id: 5,
    version: 1,
    schema: 'syntax = "proto3"; message M { Nobody n = 1; }',
    schemaType: "PROTOBUF",
  },
};

let server: Server;
let url = "";
let spark: SparkSession;

beforeAll(async () => {
  server = createServer((request, response) => {
    const found = SUBJECTS[decodeURIComponent(request.url!.split("/")[2]!)];
    response.writeHead(found ? 200 : 404).end(JSON.stringify(found ?? { error_code: 40401 }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  spark = await session({ registry: { url } });
});
afterAll(async () => {
  await spark.stop();
  await new Promise((resolve) => server.close(resolve));
});

/** The id of the schema, the way to the message, the message. */
const message = (way: readonly number[], ...bytes: number[]): Uint8Array =>
  Uint8Array.of(0, 0, 0, 0, 2, ...way, ...bytes);

test("messages are read by the schema of a subject, with its imports", async () => {
  const rows = `VALUES (${bytesLiteral(message([0], 8, 7, 18, 2, 8, 5))}), (${bytesLiteral(message([2, 0], 8, 8))}), (NULL) AS t(v)`;
  const text = `SELECT from_protobuf(v, map('schema.registry.subject', 'orders-value')) x FROM ${rows}`;
  expect(await values(spark.sql(text))).toEqual([
    { id: 7, total: { units: 5n }, at: null },
    { id: 8, total: null, at: null },
    null,
  ]);
});

test("messages are written for the schema of a subject", async () => {
  const df = spark.sql("SELECT named_struct('id', 7, 'total', named_struct('units', 5L)) AS v");
  const options = { "schema.registry.subject": "orders-value", "schema.registry.address": url };
  const written = df.select(to_protobuf(col("v"), options).as("m"));
  expect(await values(written)).toEqual([message([0], 8, 7, 18, 2, 8, 5)]);
  const back = written.select(from_protobuf(col("m"), options).getField("total").as("t"));
  expect(await values(back)).toEqual([{ units: 5n }]);
});

test("a message within the file is named, and the way to it stands in the header", async () => {
  const options = (name: string): string =>
    `map('schema.registry.subject', 'orders-value', 'schema.registry.protobuf.name', '${name}')`;
  const reason = spark.sql(`SELECT to_protobuf(named_struct('text', 'a'), ${options("Return.Reason")}) x`);
  expect(await values(reason)).toEqual([message([4, 2, 0], 10, 1, 97)]);
  const other = spark.sql(`SELECT to_protobuf(named_struct('n', 1), ${options("shop.Return.Other")}) x`);
  expect(await values(other)).toEqual([message([4, 2, 2], 8, 1)]);
  const back = `SELECT from_protobuf(${bytesLiteral(message([4, 2, 0], 10, 1, 97))}, ${options("Reason")}) x`;
  expect(await values(spark.sql(back))).toEqual([{ text: "a" }]);
});

test("another message of the same schema is malformed; of other versions nobody knows", async () => {
  const of = (bytes: Uint8Array): Promise<unknown[]> =>
    values(
      spark.sql(
        `SELECT from_protobuf(${bytesLiteral(bytes)}, map('schema.registry.subject', 'orders-value', 'mode', 'PERMISSIVE')) x`,
      ),
    );
  for (const way of [
    [2, 2],
    [4, 2, 0],
    [4, 0, 0],
  ])
    expect(await of(message(way, 8, 7))).toEqual([null]);
  const older = Uint8Array.of(0, 0, 0, 0, 9, 2, 2, 8, 7);
  expect(await of(older)).toEqual([{ id: 7, total: null, at: null }]);
});

test("bytes without a header are malformed", async () => {
  const of = (bytes: Uint8Array, mode: string): Promise<unknown[]> =>
    values(
      spark.sql(
        `SELECT from_protobuf(${bytesLiteral(bytes)}, map('schema.registry.subject', 'orders-value', 'mode', '${mode}')) x`,
      ),
    );
  for (const bytes of [
    Uint8Array.of(8, 7),
    message([]),
    message([4, 2]),
    message([0xff, 0xff, 0xff, 0xff, 0x0f]),
  ]) {
    await expect(of(bytes, "FAILFAST")).rejects.toMatchObject({ condition: "MALFORMED_PROTOBUF_MESSAGE" });
    expect(await of(bytes, "PERMISSIVE")).toEqual([null]);
  }
});

test.each([
  ["nobody-value", "SS_SCHEMA_NOT_FOUND"],
  ["avro-value", "SS_PROTOBUF_SCHEMA"],
  ["broken-value", "SS_PROTOBUF_SCHEMA"],
  ["lonely-value", "PROTOBUF_DEPENDENCY_NOT_FOUND"],
])("the subject %s is refused", async (subject, condition) => {
  const text = `SELECT from_protobuf(X'00', map('schema.registry.subject', '${subject}'))`;
  await expect(spark.sql(text).schema()).rejects.toMatchObject({ condition });
});

test("a message that the file lacks, and a call without a subject", async () => {
  const nobody = "map('schema.registry.subject', 'orders-value', 'schema.registry.protobuf.name', 'Nobody')";
  await expect(spark.sql(`SELECT from_protobuf(X'00', ${nobody})`).schema()).rejects.toMatchObject({
    condition: "PROTOBUF_MESSAGE_NOT_FOUND",
  });
  await expect(
    spark.sql("SELECT from_protobuf(X'00', map('mode', 'FAILFAST'))").schema(),
  ).rejects.toMatchObject({
    condition: "SS_MISSING_OPTION",
  });
});
