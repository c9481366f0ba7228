import { Options, parseDdl, type SessionContext, systemClock, type WriteRequest } from "@ss/core";
import { describe, expect, test } from "vitest";
import { kafkaSink } from "../src/index.js";
import { SERVERS, write } from "./sink-under-test.js";

const [provider] = kafkaSink().sinks!;

function request(options: Record<string, string>, warn?: (message: string) => void): WriteRequest {
  const session = { clock: systemClock, warn } as SessionContext;
  const schema = parseDdl("value STRING");
  return {
    format: "kafka",
    options: new Options(options),
    path: undefined,
    partitionBy: [],
    schema,
    session,
  };
}

test("takes every output mode, and says where it writes", async () => {
  expect(provider!.outputModes).toEqual(["append", "update", "complete"]);
  const sink = await provider!.stream!(request({ ...SERVERS, topic: "clicks" }));
  expect([sink.description, sink.delivery]).toEqual(["KafkaSink[clicks]", "atLeastOnce"]);
});

test("refuses a session that asks for delegation tokens", async () => {
  const asked = request({ ...SERVERS, topic: "clicks" });
  const session = { ...asked.session, confKeys: () => ["spark.kafka.clusters.east.auth.bootstrap.servers"] };
  await expect(provider!.stream!({ ...asked, session })).rejects.toMatchObject({
    condition: "SS_KAFKA_UNSUPPORTED_OPTION",
  });
});

test.each([
  [{}, "Option 'kafka.bootstrap.servers' must be specified"],
  [{ ...SERVERS }, "topic option required when no 'topic' attribute is present"],
  [{ ...SERVERS, topic: "no topic" }, "which is no name of a topic"],
  [
    { ...SERVERS, topic: "t", "kafka.key.serializer": "x" },
    "Kafka option 'key.serializer' is not supported as keys are serialized with ByteArraySerializer.",
  ],
  [
    { ...SERVERS, topic: "t", "kafka.value.serializer": "x" },
    "Kafka option 'value.serializer' is not supported as values are serialized with ByteArraySerializer.",
  ],
  [{ ...SERVERS, topic: "t", "kafka.transactional.id": "x" }, "set the option 'delivery' to exactlyOnce"],
  [{ ...SERVERS, topic: "t", delivery: "twice" }, "has to be one of atLeastOnce, exactlyOnce"],
  [{ ...SERVERS, topic: "t", delivery: "exactlyOnce", "kafka.acks": "1" }, "Exactly-once delivery needs"],
])("the options %j are refused", async (options, message) => {
  const start = provider!.stream!(request(options as unknown as Record<string, string>));
  await expect(start).rejects.toThrow(message);
});

test("options that change nothing are named in one warning", async () => {
  const warnings: string[] = [];
  const options = { ...SERVERS, topic: "t", "kafka.linger.ms": "5", "kafka.acks": "all", "kafka.foo": "1" };
  await provider!.stream!(request(options, (message) => warnings.push(message)));
  expect(warnings).toEqual([
    "These options change nothing with the client that writes to Kafka here: kafka.foo, kafka.linger.ms.",
  ]);
});

test("brokers that cannot be reached are waited for as long as Kafka's producer would, and the error says by what", async () => {
  const warnings: string[] = [];
  const own = { "kafka.bootstrap.servers": "127.0.0.1:2", "kafka.max.block.ms": "50" };
  const options = { ...own, topic: "t", "kafka.default.api.timeout.ms": "90000" };
  const given = request(options, (message) => warnings.push(message));
  const sink = await provider!.stream!(given);
  expect(warnings[0]).toContain("kafka.default.api.timeout.ms");
  const failure = await write(sink, 0, "value STRING", [["a"]]).catch((error: unknown) => error);
  await sink.close();
  expect(failure).toMatchObject({ condition: "SS_KAFKA_UNAVAILABLE" });
  expect(String(failure)).toContain("within 50 ms");
  expect(String(failure)).toContain("kafka.max.block.ms says how long to wait");
});

test("a table can be appended to topics, and nothing else", async () => {
  for (const mode of ["append", "errorifexists"] as const)
    await expect(provider!.batch!({ ...request({ ...SERVERS, topic: "t" }), mode })).resolves.not.toBeNull();
  for (const mode of ["overwrite", "ignore"] as const)
    await expect(provider!.batch!({ ...request({ ...SERVERS, topic: "t" }), mode })).rejects.toThrow(
      `Save mode ${mode} not allowed for Kafka.`,
    );
});

describe("a malformed record becomes a record", () => {
  const columns = (ddl: string): readonly string[] => provider!.malformedColumns!(parseDdl(ddl));
  const told = "_function STRING, _reason STRING";

  test("with its key and value, and where it stood as headers, if it is one of Kafka", () => {
    const [key, value, headers, ...rest] = columns(
      `key BINARY, value BINARY, topic STRING, partition INT, offset BIGINT, timestamp TIMESTAMP, timestampType INT, text STRING, ${told}`,
    );
    expect([key, value, rest]).toEqual(["key", "value", []]);
    expect([...headers!.matchAll(/'malformed\.(\w+)'/g)].map(([, name]) => name)).toEqual([
      "topic",
      "partition",
      "offset",
      "timestamp",
      "timestampType",
      "function",
      "reason",
    ]);
  });

  test("with the headers that it has itself", () => {
    const [, , headers] = columns(
      `key BINARY, value BINARY, topic STRING, partition INT, offset BIGINT, headers ARRAY<STRUCT<key: STRING, value: BINARY>>, ${told}`,
    );
    expect(headers).toMatch(/^concat\(coalesce\(headers, array\(\)\), array\(/);
  });

  test("of JSON, if it is any other", () => {
    expect(columns(`value STRING, day DATE, ${told}`)[0]).toBe("to_json(struct(*)) AS value");
  });
});
