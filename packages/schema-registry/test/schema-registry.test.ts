import { BinaryType, BytesColumn, Options, StreamError } from "@ss/core";
import { expect, test } from "vitest";
import {
  connectionOf,
  messageHeader,
  namesRegistry,
  RegistryClients,
  type RegistryConnection,
  SchemaRegistry,
  schemaIdOf,
  schemasOfMessages,
} from "../src/index.js";

interface Asked {
  readonly url: string;
  readonly init: RequestInit;
}

/** A client of a registry that answers as told, in order; the last answer stands for all that follow. */
function registry(
  answers: readonly (Response | Error | (() => Response))[],
  connection: Partial<RegistryConnection> = {},
): { readonly client: SchemaRegistry; readonly asked: Asked[]; readonly clock: { now: number } } {
  const asked: Asked[] = [];
  const clock = { now: 0 };
  const client = new SchemaRegistry(
    { url: "http://registry:8081/", ...connection },
    {
      now: () => clock.now,
      pause: async (ms) => {
        clock.now += ms;
      },
      fetch: async (url, init) => {
        asked.push({ url: String(url), init: init! });
        const answer = answers[Math.min(asked.length, answers.length) - 1]!;
        if (answer instanceof Error) throw answer;
        return typeof answer === "function" ? answer() : answer.clone();
      },
    },
  );
  return { client, asked, clock };
}

const json = (value: unknown, status = 200): Response => new Response(JSON.stringify(value), { status });
const missing = json({ error_code: 40403, message: "Schema not found" }, 404);

test("a schema is asked for once by its id, by all who want it at a time", async () => {
  const { client, asked } = registry([json({ schema: '"int"' })]);
  expect(client.known(7)).toBeUndefined();
  const [a, b] = await Promise.all([client.schema(7), client.schema(7)]);
  expect(a).toEqual({ id: 7, kind: "AVRO", text: '"int"', references: [] });
  expect(b).toBe(a);
  expect(await client.schema(7)).toBe(a);
  expect(client.known(7)).toBe(a);
  expect(asked.map(({ url }) => url)).toEqual(["http://registry:8081/schemas/ids/7"]);
});

test("an id that is not there is known to be missing for a while", async () => {
  const { client, asked, clock } = registry([missing, json({ schema: '"int"' })]);
  await expect(client.schema(7)).rejects.toMatchObject({ condition: "SS_SCHEMA_NOT_FOUND" });
  expect(client.known(7)).toBeNull();
  clock.now = 30_000;
  expect(client.known(7)).toBeUndefined();
  expect((await client.schema(7)).text).toBe('"int"');
  expect(client.known(7)).toMatchObject({ id: 7 });
  expect(asked).toHaveLength(2);
});

test("the schema of a subject comes with those that it refers to", async () => {
  const { client, asked } = registry([
    json({
      subject: "a/b",
      id: 3,
      version: 2,
      schema: "s",
      schemaType: "PROTOBUF",
      references: [{ name: "x.proto", subject: "x", version: 1 }],
    }),
    json({ subject: "x", id: 2, version: 1, schema: "t", schemaType: "PROTOBUF" }),
  ]);
  expect(await client.ofSubject("a/b", "latest")).toEqual({
    id: 3,
    kind: "PROTOBUF",
    text: "s",
    references: [{ name: "x.proto", schema: { id: 2, kind: "PROTOBUF", text: "t", references: [] } }],
  });
  expect(asked.map(({ url }) => url)).toEqual([
    "http://registry:8081/subjects/a%2Fb/versions/latest",
    "http://registry:8081/subjects/x/versions/1",
  ]);
  expect(client.known(3)).toMatchObject({ text: "s" });
});

test("references without end are refused", async () => {
  const { client } = registry([
    () => json({ id: 1, schema: "s", references: [{ name: "x", subject: "x", version: 1 }] }),
  ]);
  await expect(client.ofSubject("x", 1)).rejects.toMatchObject({ condition: "SS_SCHEMA_REGISTRY" });
});

test("a subject that is not there is undefined", async () => {
  const { client } = registry([missing]);
  expect(await client.ofSubject("a", 1)).toBeUndefined();
});

test("a schema is registered under a subject", async () => {
  const { client, asked } = registry([json({ id: 11 })]);
  expect(await client.register("s-value", "PROTOBUF", "syntax")).toBe(11);
  expect(asked[0]!.init.method).toBe("POST");
  expect(JSON.parse(asked[0]!.init.body as string)).toEqual({ schema: "syntax", schemaType: "PROTOBUF" });
});

test("failures of the network and of the server are tried again, at every address", async () => {
  const { client, asked, clock } = registry(
    [new Error("refused"), json({}, 503), json({}, 429), json({ schema: '"int"' })],
    { url: "http://a:1, http://b:2/api/" },
  );
  expect((await client.schema(1)).text).toBe('"int"');
  expect(asked.map(({ url }) => url)).toEqual([
    "http://a:1/schemas/ids/1",
    "http://b:2/api/schemas/ids/1",
    "http://a:1/schemas/ids/1",
    "http://b:2/api/schemas/ids/1",
  ]);
  expect(clock.now).toBe(100);
});

test("a registry that does not answer is named, with the reason, after three attempts", async () => {
  const refused = Object.assign(new Error("fetch failed"), {
    cause: Object.assign(new Error("x"), { code: "ECONNREFUSED" }),
  });
  const { client, asked } = registry([refused]);
  await expect(client.schema(1)).rejects.toMatchObject({
    condition: "SS_SCHEMA_REGISTRY",
    parameters: { url: "http://registry:8081", reason: "ECONNREFUSED" },
  });
  expect(asked).toHaveLength(3);
  const late = Object.assign(new Error("timed out"), { name: "TimeoutError" });
  await expect(registry([late], { timeoutMs: 20 }).client.schema(1)).rejects.toMatchObject({
    parameters: { reason: "no answer within 20 ms" },
  });
});

test.each([
  [{ basicAuth: "user:hush" }, `Basic ${Buffer.from("user:hush").toString("base64")}`],
  [{ bearerToken: "hush" }, "Bearer hush"],
  [{ url: "http://user:hush@registry:8081" }, `Basic ${Buffer.from("user:hush").toString("base64")}`],
])("secrets go into the header and into no error: %j", async (connection, header) => {
  const { client, asked } = registry([json({ error_code: 40101, message: "Unauthorized" }, 401)], connection);
  const error = await client.schema(1).catch((e: unknown) => e);
  expect(StreamError.is(error, "SS_SCHEMA_REGISTRY")).toBe(true);
  expect((error as StreamError).parameters["reason"]).toBe("status 401 (40101 Unauthorized)");
  expect(
    `${(error as StreamError).message}${JSON.stringify(error)}${(error as StreamError).stack}`,
  ).not.toContain("hush");
  expect((asked[0]!.init.headers as Record<string, string>)["authorization"]).toBe(header);
  expect(asked[0]!.url).toBe("http://registry:8081/schemas/ids/1");
  expect(asked).toHaveLength(1);
});

test.each(["hush", "ftp://user:hush@host/"])(
  "an address that is none is refused without being shown",
  (url) => {
    expect(() => new SchemaRegistry({ url })).toThrow(/no URL|only http/);
    try {
      new SchemaRegistry({ url });
    } catch (error) {
      expect(String((error as Error).message)).not.toContain("hush");
    }
  },
);

test.each([
  { url: "http://registry", bearerToken: "hush\nhush" },
  { url: "http://registry", bearerToken: " " },
  { url: "http://us%er:hush@registry" },
])("a secret that no request can bear is refused without being shown: %#", (connection) => {
  const failure = (() => {
    try {
      return new SchemaRegistry(connection);
    } catch (error) {
      return error;
    }
  })();
  expect(StreamError.is(failure, "SS_SCHEMA_REGISTRY")).toBe(true);
  expect(String(failure)).toContain("http://registry");
  expect(`${String(failure)}${JSON.stringify(failure)}`).not.toContain("hush");
});

test("a token may end in the line break of the file that it was read from", async () => {
  const { client, asked } = registry([json({ schema: '"int"' })], { bearerToken: "hush\n" });
  await client.schema(1);
  expect(asked[0]!.init.headers).toMatchObject({ authorization: "Bearer hush" });
});

test("messages begin with a zero and the id of their schema", () => {
  expect([...messageHeader(0x01020304)]).toEqual([0, 1, 2, 3, 4]);
  expect(schemaIdOf(Uint8Array.of(9, 0, 1, 2, 3, 4), 1, 5)).toBe(0x01020304);
  expect(schemaIdOf(Uint8Array.of(0, 1, 2, 3), 0, 4)).toBe(-1);
  expect(schemaIdOf(Uint8Array.of(1, 1, 2, 3, 4), 0, 5)).toBe(-1);
});

test("a batch waits only where one of its schemas is not at hand", async () => {
  const { client, asked } = registry([json({ schema: '"int"' }), missing, json({ schema: '"long"' })]);
  const data = Uint8Array.of(...messageHeader(1), ...messageHeader(2), 5, ...messageHeader(1));
  const column = new BytesColumn(
    BinaryType,
    5,
    Uint8Array.of(0b10111),
    data,
    Int32Array.of(0, 5, 10, 0, 11),
    Int32Array.of(5, 5, 1, 0, 5),
  );
  const ids = new Int32Array(5);
  const { signal } = new AbortController();
  await schemasOfMessages(column, 5, client, ids, signal);
  expect([...ids]).toEqual([1, 2, -1, -1, 1]);
  expect(asked.map(({ url }) => url.slice(-1)).sort()).toEqual(["1", "2"]);
  expect(schemasOfMessages(column, 5, client, ids, signal)).toBeUndefined();
});

test("a batch that is stopped does not wait for a registry that keeps silent", async () => {
  const client = new SchemaRegistry({ url: "http://silent" }, { fetch: () => new Promise(() => {}) });
  const data = messageHeader(1);
  const column = new BytesColumn(BinaryType, 1, null, data, Int32Array.of(0), Int32Array.of(5));
  const stop = new AbortController();
  const wait = schemasOfMessages(column, 1, client, new Int32Array(1), stop.signal);
  stop.abort(new Error("stopped"));
  await expect(wait).rejects.toThrow("stopped");
});

test("a registry that kept silent as long as an answer may take is asked once at each address", async () => {
  const asked: string[] = [];
  let now = 0;
  const client = new SchemaRegistry(
    { url: "http://a,http://b", timeoutMs: 1000 },
    {
      now: () => now,
      pause: async (ms) => {
        now += ms;
      },
      fetch: async (url) => {
        asked.push(String(url));
        now += 1000;
        throw Object.assign(new Error("timed out"), { name: "TimeoutError" });
      },
    },
  );
  await expect(client.schema(1)).rejects.toMatchObject({
    condition: "SS_SCHEMA_REGISTRY",
    parameters: { reason: "no answer within 1000 ms" },
  });
  expect(asked).toEqual(["http://a/schemas/ids/1", "http://b/schemas/ids/1"]);
});

test("options name a registry, with secrets of their own; those of the plug-in are told to no other", () => {
  const own = { url: "http://own", basicAuth: "u:p", timeoutMs: 5 };
  expect(namesRegistry(new Options({ mode: "x" }))).toBe(false);
  expect(namesRegistry(new Options({ "Schema.Registry.Subject": "x" }))).toBe(true);
  expect(connectionOf(new Options({ "schema.registry.subject": "x" }), own)).toEqual(own);
  expect(connectionOf(new Options({ "schema.registry.address": "http://own" }), own)).toEqual(own);
  expect(connectionOf(new Options({ "schema.registry.address": "http://other" }), own)).toEqual({
    url: "http://other",
  });
  expect(
    connectionOf(
      new Options({
        "schema.registry.address": "http://other",
        "confluent.schema.registry.basic.auth.user.info": "a:b",
      }),
      own,
    ),
  ).toEqual({ url: "http://other", basicAuth: "a:b" });
  expect(() => connectionOf(new Options({ "schema.registry.subject": "x" }), undefined)).toThrow(
    /SS_MISSING_OPTION/,
  );
});

test("calls that reach a registry alike share a client", () => {
  const clients = new RegistryClients();
  expect(clients.of({ url: "http://a" })).toBe(clients.of({ url: "http://a" }));
  expect(clients.of({ url: "http://a" })).not.toBe(clients.of({ url: "http://a", basicAuth: "u:p" }));
});
