import { Options } from "@ss/core";
import { describe, expect, test } from "vitest";
import { kafka, kafkaSource } from "../src/index.js";
import { checkBoundsOfBatch, endingBound, startingBound } from "../src/options/bounds.js";
import { readSettings } from "../src/options/read-options.js";
import { topicPattern } from "../src/options/topics.js";

const SERVERS = { "kafka.bootstrap.servers": "a:1" };
const read = (options: Record<string, unknown>, warn?: (message: string) => void) =>
  readSettings(new Options({ ...SERVERS, ...options }), warn);

describe("refused as in Spark", () => {
  test.each([
    ["no topics", {}, "One of the following options must be specified for Kafka source"],
    [
      "two ways to name them",
      { subscribe: "a", assign: '{"a":[0]}' },
      "Only one of the following options can be specified",
    ],
    ["an empty list", { subscribe: " " }, "No topics to subscribe to"],
    ["an assignment that is none", { assign: "a" }, 'Expected e.g. {"topicA":[0,1],"topicB":[0,1]}'],
    ["an empty pattern", { subscribePattern: "" }, "Pattern to subscribe is empty"],
    ["a broken pattern", { subscribePattern: "(" }, "no regular expression"],
    [
      "Kafka's own reset",
      { subscribe: "a", "kafka.auto.offset.reset": "earliest" },
      "Kafka option 'auto.offset.reset' is not supported",
    ],
    [
      "deserializers",
      { subscribe: "a", "kafka.value.deserializer": "x" },
      "Kafka option 'value.deserializer' is not supported",
    ],
    [
      "commits to Kafka",
      { subscribe: "a", "kafka.enable.auto.commit": "true" },
      "Kafka option 'enable.auto.commit' is not supported",
    ],
    [
      "interceptors",
      { subscribe: "a", "kafka.interceptor.classes": "x" },
      "Kafka option 'interceptor.classes' is not supported",
    ],
  ])("%s", (_, options, message) => {
    expect(() => read(options)).toThrow(message);
  });

  test("no servers", () => {
    expect(() => readSettings(new Options({ subscribe: "a" }), undefined)).toThrow(
      "'kafka.bootstrap.servers' must be specified",
    );
  });

  test.each([
    [
      "latest as the start",
      { startingOffsets: "latest" },
      "Starting offset can't be latest for batch queries on Kafka",
    ],
    [
      "-1 as the start of a partition",
      { startingOffsets: '{"a":{"0":-1}}' },
      "startingOffsets can't be latest for",
    ],
    [
      "earliest as the end",
      { endingOffsets: "earliest" },
      "Ending offset can't be earliest for batch queries on Kafka",
    ],
    [
      "-2 as the end of a partition",
      { endingOffsets: '{"a":{"0":-2}}' },
      "endingOffsets can't be earliest for",
    ],
  ])("in a table: %s", (_, given, message) => {
    const options = new Options(given);
    expect(() => checkBoundsOfBatch(startingBound(options, "earliest"), endingBound(options))).toThrow(
      message,
    );
  });

  test.each(["endingOffsets", "endingTimestamp", "endingOffsetsByTimestamp"])(
    "in a stream: %s",
    async (name) => {
      const options = new Options({ ...SERVERS, subscribe: "a", [name]: "1" });
      const request = { format: "kafka", options, paths: [], schema: undefined, session: {} as never };
      await expect(kafkaSource().sources![0]!.stream!(request)).rejects.toThrow(
        `${name} not valid in streaming queries`,
      );
    },
  );

  test.each(['{"a":{"0":-3}}', '{"a":{"x":1}}', '{"a":{}}', "{}", "soon"])("offsets %s", (text) => {
    expect(() => startingBound(new Options({ startingOffsets: text }), "latest")).toThrow(
      "for the option 'startingOffsets'",
    );
  });
});

test("properties that change nothing are named in one warning, secrets and values are not", () => {
  const warnings: string[] = [];
  read({ subscribe: "a", "kafka.linger.ms": "5", "kafka.foo": "secret" }, (message) =>
    warnings.push(message),
  );
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain("kafka.foo, kafka.linger.ms");
  expect(warnings[0]).not.toContain("secret");
});

test.each(["kafkaConsumer.pollTimeoutMs", "fetchOffset.retryIntervalMs", "targetBatchDuration"])(
  "a negative time of %s is refused",
  (name) => {
    expect(() => read({ subscribe: "a", [name]: "-1" })).toThrow("SS_INVALID_OPTION");
  },
);

test("records are read by fetch unless told otherwise, and by nothing that is not there", () => {
  expect(read({ subscribe: "a" }).recordReader).toBe("fetch");
  expect(read({ subscribe: "a", recordReader: "Consumer" }).recordReader).toBe("consumer");
  expect(() => read({ subscribe: "a", recordReader: "poll" })).toThrow("recordReader");
});

test("consumers read ranges of all lengths in pieces of one size, since each size would need a group of its own", () => {
  const sizes = (options: Readonly<Record<string, string>>) => {
    const { maxPartitionBytes, longRangeBytes } = read({ subscribe: "a", ...options }).fetch;
    return [maxPartitionBytes, longRangeBytes];
  };
  const told = { "kafka.max.partition.fetch.bytes": "70000" };
  expect(sizes({})).toEqual([1 << 20, 4 << 20]);
  expect(sizes({ recordReader: "consumer" })).toEqual([4 << 20, 4 << 20]);
  expect(sizes({ recordReader: "consumer", ...told })).toEqual([70_000, 70_000]);
});

test("a pattern has to match the whole name", () => {
  expect(["a", "ab", "ba"].filter((topic) => topicPattern("a|b").test(topic))).toEqual(["a"]);
});

test("the typed way in gives the same options", () => {
  const spec = kafka({
    servers: ["a:1", "b:2"],
    subscribe: ["x", "y"],
    startingOffsets: { x: { 0: 12 } },
    maxOffsetsPerTrigger: 5,
    recordReader: "consumer",
    properties: { "isolation.level": "read_committed" },
  });
  expect(spec).toEqual({
    format: "kafka",
    options: {
      "kafka.bootstrap.servers": "a:1,b:2",
      subscribe: "x,y",
      startingOffsets: '{"x":{"0":12}}',
      maxOffsetsPerTrigger: 5,
      recordReader: "consumer",
      "kafka.isolation.level": "read_committed",
    },
  });
});

test("the flags of an expression, which the option has no place for, are refused unless they change nothing", () => {
  const pattern = (subscribePattern: RegExp) => kafka({ servers: "a:1", subscribePattern }).options;
  expect(pattern(/clicks-.*/u)).toMatchObject({ subscribePattern: "clicks-.*" });
  expect(() => pattern(/clicks-.*/i)).toThrow("takes no flags");
});

test.each(["stream", "table"] as const)(
  "a %s refuses a session that asks for delegation tokens, without telling values",
  async (way) => {
    const key = "spark.kafka.clusters.east.ssl.truststore.password";
    const conf = new Map([[key, "topsecret"]]);
    const session = { conf: (name: string) => conf.get(name), confKeys: () => [...conf.keys()] } as never;
    const options = new Options({ ...SERVERS, subscribe: "a" });
    const provider = kafkaSource().sources![0]!;
    const opening = provider[way]!({ format: "kafka", options, paths: [], schema: undefined, session });
    await expect(opening).rejects.toMatchObject({
      condition: "SS_KAFKA_UNSUPPORTED_OPTION",
      parameters: { option: key },
      message: expect.not.stringContaining("topsecret"),
    });
  },
);

test("a table names the options that only streams have", async () => {
  const warnings: string[] = [];
  const session = { warn: (message: string) => warnings.push(message) } as never;
  const options = new Options({ ...SERVERS, subscribe: "a", maxOffsetsPerTrigger: 5, minPartitions: 2 });
  await kafkaSource().sources![0]!.table!({
    format: "kafka",
    options,
    paths: [],
    schema: undefined,
    session,
  });
  expect(warnings).toEqual(["These options are ignored in batch queries: maxOffsetsPerTrigger."]);
});
