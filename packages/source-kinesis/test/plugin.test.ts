import { Options, type SessionContext } from "@ss/core";
import { describe, expect, test } from "vitest";
import { requestFailed } from "../src/errors.js";
import { kinesis, kinesisSource } from "../src/index.js";
import { readSettings } from "../src/plugin.js";

const session = { timeZone: "UTC", conf: () => undefined } as unknown as SessionContext;
const connect = async (): Promise<never> => {
  throw new Error("nothing is connected here");
};
const settingsOf = (options: Readonly<Record<string, unknown>>): ReturnType<typeof readSettings> =>
  readSettings(new Options({ streamName: "s", ...options }), "UTC", connect);

test("columns are those of Databricks' connector", async () => {
  const options = new Options({ streamName: "a, b", awsAccessKey: "AKIA", awsSecretKey: "secret" });
  const request = { format: "kinesis", options, paths: [], schema: undefined, session };
  const source = await kinesisSource().sources![0]!.stream!(request);
  expect(source.schema.fields.map(({ name, type }) => `${name} ${type.kind}`)).toEqual([
    "partitionKey string",
    "data binary",
    "stream string",
    "shardId string",
    "sequenceNumber string",
    "approximateArrivalTimestamp timestamp",
  ]);
  expect(source.description).toBe("KinesisSource[a,b]");
});

test("a request that fails names the permissions that are needed, also those of enhanced fan-out", () => {
  const { message } = requestFailed("s", "list the shards", new Error("denied"), false);
  for (const permission of [
    "ListShards",
    "DescribeStreamSummary",
    "GetShardIterator",
    "GetRecords",
    "DescribeStreamConsumer",
    "RegisterStreamConsumer",
    "SubscribeToShard",
    "DeregisterStreamConsumer",
  ])
    expect(message).toContain(permission);
});

test("the typed way in says the same as options", () => {
  expect(kinesis({ streamName: ["a", "b"], initialPosition: { at_timestamp: 5 }, maxFetchRate: 2 })).toEqual({
    format: "kinesis",
    options: { streamName: "a,b", initialPosition: '{"at_timestamp":5}', maxFetchRate: 2 },
  });
});

describe("options", () => {
  test("have their defaults", () => {
    expect(settingsOf({})).toMatchObject({
      streams: ["s"],
      initialPosition: { type: "LATEST" },
      failOnDataLoss: true,
      pace: {
        maxRecordsPerFetch: 10_000,
        minFetchPeriodMs: 400,
        maxFetchBytesPerSecond: 1_000_000,
        clientRetries: 5,
      },
      fetchBufferBytes: 64 << 20,
      shardFetchIntervalMs: 10_000,
    });
  });

  test.each([
    ["streamName", ""],
    ["initialPosition", "yesterday"],
    ["initialPosition", '{"at_timestamp": "never"}'],
    ["initialPosition", '{"other": {"shardId-0": {"type": "TRIM_HORIZON"}}}'],
    ["initialPosition", '{"s": {"shardId-0": {"type": "SOMEWHERE"}}}'],
    ["maxFetchRate", "2.5"],
    ["maxFetchRate", "0"],
    ["fetchBufferSize", "many"],
    ["maxRecordsPerFetch", "0"],
    ["maxRecordsPerFetch", "10001"],
    ["minFetchPeriod", "0"],
    ["minFetchPeriod", "199ms"],
    ["shardFetchInterval", "99ms"],
    ["consumerMode", "push"],
    ["failOnDataLoss", "perhaps"],
  ])("%s cannot be '%s'", (name, value) => {
    expect(() => settingsOf({ [name]: value })).toThrow(new RegExp(`'${name}'`));
  });

  test("at the limits of the service are taken", () => {
    const least = { minFetchPeriod: "200ms", shardFetchInterval: "100ms", maxRecordsPerFetch: 10_000 };
    expect(settingsOf(least)).toMatchObject({
      pace: { minFetchPeriodMs: 200, maxRecordsPerFetch: 10_000 },
      shardFetchIntervalMs: 100,
    });
  });

  test("of enhanced fan-out want a name", () => {
    expect(() => settingsOf({ consumerMode: "efo" })).toThrow("'consumerName'");
    expect(settingsOf({ consumerMode: "EFO", consumerName: "c" }).consumer).toEqual({
      name: "c",
      deregisters: false,
    });
  });

  test("with one key of two are refused, and say no key", async () => {
    const options = new Options({ streamName: "s", region: "eu-west-1", awsSecretKey: "very secret" });
    const request = { format: "kinesis", options, paths: [], schema: undefined, session };
    const opening = kinesisSource().sources![0]!.stream!(request);
    await expect(opening).rejects.toThrow("'awsAccessKey'");
    await expect(opening).rejects.not.toThrow("very secret");
  });
});
