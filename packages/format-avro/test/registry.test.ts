import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { StreamError } from "@ss/core";
import { MemorySource } from "@ss/source-memory";
import { col, type SparkSession } from "@ss/sql";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { from_avro, to_avro } from "../src/index.js";
import { bytesLiteral, quoted, session, values } from "./session.js";

const PASSWORD = "user:hush";
const V1 = { type: "record", name: "order", fields: [{ name: "id", type: "long" }] };
const V2 = {
  type: "record",
  name: "order",
  fields: [
    { name: "id", type: "long" },
    { name: "note", type: ["null", "string"], default: null },
  ],
};

/** What the registry holds: schemas by id, from 1 on, which never change, and ids by subject and version. */
const schemas: unknown[] = [];
const subjects = new Map<string, number[]>();
let requests: string[] = [];
let server: Server;
let url = "";
let spark: SparkSession;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const [status, answer] = answerTo(request.method!, request.url!, body, request.headers.authorization);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  spark = await session({ registry: { url, basicAuth: PASSWORD } });
});
afterAll(async () => {
  await spark.stop();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  requests = [];
});

function answerTo(
  method: string,
  path: string,
  body: string,
  authorization: string | undefined,
): [number, unknown] {
  requests.push(`${method} ${path}`);
  if (authorization !== `Basic ${Buffer.from(PASSWORD).toString("base64")}`)
    return [401, { error_code: 401, message: "Unauthorized" }];
  const [, kind, name, , version] = path.split("/");
  if (kind === "schemas") {
    const schema = schemas[Number(path.split("/")[3]) - 1];
    return schema === undefined ? [404, { error_code: 40403 }] : [200, { schema: JSON.stringify(schema) }];
  }
  const subject = decodeURIComponent(name!);
  if (method === "POST") return [200, { id: register(subject, JSON.parse(JSON.parse(body).schema)) }];
  const versions = subjects.get(subject);
  const id = version === "latest" ? versions?.at(-1) : versions?.[Number(version) - 1];
  return id === undefined
    ? [404, { error_code: 40402 }]
    : [200, { id, schema: JSON.stringify(schemas[id - 1]) }];
}

function register(subject: string, schema: unknown): number {
  schemas.push(schema);
  subjects.set(subject, [...(subjects.get(subject) ?? []), schemas.length]);
  return schemas.length;
}

const message = (id: number, ...bytes: number[]): Uint8Array => Uint8Array.of(0, 0, 0, 0, id, ...bytes);
const table = (...messages: (Uint8Array | null)[]): string =>
  `VALUES ${messages.map((one) => `(${one ? bytesLiteral(one) : "NULL"})`).join(", ")} AS t(v)`;

test("each message is read by its own schema, into the latest of the subject", async () => {
  const [first, second] = [register("orders-value", V1), register("orders-value", V2)];
  const rows = table(message(first, 2), message(second, 4, 2, 2, 97), null, message(first, 6));
  const expected = [{ id: 1n, note: null }, { id: 2n, note: "a" }, null, { id: 3n, note: null }];
  expect(
    await values(
      spark.sql(`SELECT from_avro(v, map('schema.registry.subject', 'orders-value')) x FROM ${rows}`),
    ),
  ).toEqual(expected);
  expect(requests).toEqual(["GET /subjects/orders-value/versions/latest", `GET /schemas/ids/${first}`]);
  requests = [];
  expect(await values(spark.sql(`SELECT from_avro(v, 'orders-value', '${url}') x FROM ${rows}`))).toEqual(
    expected,
  );
  expect(requests).toEqual(["GET /subjects/orders-value/versions/latest"]);
});

test("a version may be asked for, and a schema of one's own", async () => {
  register("versions-value", V1);
  const second = register("versions-value", V2);
  const rows = table(message(second, 4, 2, 2, 97));
  const of = (args: string): Promise<unknown[]> =>
    values(spark.sql(`SELECT from_avro(v, ${args}) x FROM ${rows}`));
  expect(await of(`'versions-value', '${url}', map('schema.registry.version', '1')`)).toEqual([{ id: 2n }]);
  const own = { type: "record", name: "order", fields: [{ name: "note", type: ["null", "string"] }] };
  expect(await of(`${quoted(JSON.stringify(own))}, map('schema.registry.address', '${url}')`)).toEqual([
    { note: "a" },
  ]);
  expect(await of(`'versions-value', '${url}', map('avroSchema', ${quoted(JSON.stringify(own))})`)).toEqual([
    { note: "a" },
  ]);
});

test("messages without a header, of unknown schemas and of ones that do not fit are malformed", async () => {
  const good = register("broken-value", V2);
  const other = register("texts-value", "string");
  const rows = table(
    message(good, 2, 0),
    Uint8Array.of(1, 2, 3),
    message(99, 2),
    message(other, 2, 97),
    message(good, 4, 0),
  );
  const options = "map('schema.registry.subject', 'broken-value', 'mode', 'PERMISSIVE')";
  const none = { id: null, note: null };
  expect(await values(spark.sql(`SELECT from_avro(v, ${options}) x FROM ${rows}`))).toEqual([
    { id: 1n, note: null },
    none,
    none,
    none,
    { id: 2n, note: null },
  ]);
  for (const [bytes, reason] of [
    [Uint8Array.of(1, 2, 3), "a message does not begin with the id of a schema"],
    [message(99, 2), "the registry does not have the schema that a message names"],
    [message(other, 2, 97), "what was written as string cannot be read as record order"],
  ] as const) {
    const text = `SELECT from_avro(v, map('schema.registry.subject', 'broken-value')) x FROM ${table(bytes)}`;
    await expect(values(spark.sql(text))).rejects.toMatchObject({ parameters: { badRecord: reason } });
  }
});

test("a subject, a version and a registry that are not there are named, and no secret with them", async () => {
  const failure = async (args: string): Promise<StreamError> => {
    const error = await spark
      .sql(`SELECT from_avro(X'00', ${args})`)
      .schema()
      .catch((e: unknown) => e);
    expect(StreamError.is(error)).toBe(true);
    expect((error as StreamError).message).not.toContain("hush");
    return error as StreamError;
  };
  expect((await failure("map('schema.registry.subject', 'nobody')")).condition).toBe("SS_SCHEMA_NOT_FOUND");
  expect((await failure(`'orders-value', '${url}', map('schema.registry.version', '7')`)).condition).toBe(
    "SS_SCHEMA_NOT_FOUND",
  );
  const wrong = `'orders-value', '${url}', map('confluent.schema.registry.basic.auth.user.info', 'x:hush')`;
  expect((await failure(wrong)).parameters["reason"]).toBe("status 401 (401 Unauthorized)");
  const nowhere = await failure("'orders-value', 'http://127.0.0.1:1'");
  expect([nowhere.condition, nowhere.parameters["reason"]]).toEqual(["SS_SCHEMA_REGISTRY", "bad port"]);
});

test("messages are written by the latest schema of the subject", async () => {
  register("out-value", V1);
  const id = register("out-value", V2);
  const df = spark.sql(
    `SELECT to_avro(named_struct('id', 1L), map('schema.registry.subject', 'out-value')) x`,
  );
  expect(await values(df)).toEqual([message(id, 2, 0)]);
  expect(subjects.get("out-value")).toHaveLength(2);
});

test("a subject without a schema gets that of the values, when the first message is written", async () => {
  const df = spark
    .sql("SELECT * FROM VALUES (1, 'a'), (2, NULL) AS t(id, s)")
    .selectExpr("struct(id, s) AS v")
    .select(to_avro(col("v"), "new-value", url).as("m"));
  await df.schema();
  expect(subjects.get("new-value")).toBeUndefined();
  const bytes = await values(df);
  const [id] = subjects.get("new-value")!;
  expect(bytes).toEqual([message(id!, 2, 0, 2, 97), message(id!, 4, 2)]);
  expect(schemas[id! - 1]).toEqual({
    type: "record",
    name: "topLevelRecord",
    fields: [
      { name: "id", type: "int" },
      { name: "s", type: ["string", "null"] },
    ],
  });
  const strict = `SELECT to_avro(1, 'strict-value', '${url}', map('schema.registry.autoRegister', 'false'))`;
  await expect(values(spark.sql(strict))).rejects.toMatchObject({ condition: "SS_SCHEMA_NOT_FOUND" });
});

test("a schema of one's own is registered under the subject", async () => {
  const text = `SELECT to_avro(named_struct('id', 1L), ${quoted(JSON.stringify(V1))}, map('schema.registry.subject', 'own-value')) x`;
  const bytes = await values(spark.sql(text));
  const [id] = subjects.get("own-value")!;
  expect(bytes).toEqual([message(id!, 2)]);
  expect(schemas[id! - 1]).toEqual(V1);
});

test("a stream goes on when a schema comes that no message had before", async () => {
  const good = register("stream-value", V2);
  MemorySource.reset("avro-registry");
  const query = await spark.readStream
    .format("memory")
    .option("name", "avro-registry")
    .schema("v BINARY")
    .load()
    .select(from_avro(col("v"), { "schema.registry.subject": "stream-value" }).as("o"))
    .selectExpr("o.id", "o.note")
    .writeStream.format("memory")
    .queryName("orders_read")
    .start();
  MemorySource.addData("avro-registry", [message(good, 2, 0)]);
  await query.processAllAvailable();
  const later = register("other-value", V1);
  MemorySource.addData("avro-registry", [message(later, 4)], [message(good, 6, 0)]);
  await query.processAllAvailable();
  const rows = await spark.sql("SELECT * FROM orders_read ORDER BY id").collect();
  expect(rows).toEqual([1n, 2n, 3n].map((id) => ({ id, note: null })));
  await query.stop();
});
