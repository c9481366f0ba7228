import { Options } from "@ss/core";
import { expect, test } from "vitest";
import { KafkaProperties } from "../src/options/kafka-properties.js";
import { producerSettings } from "../src/options/producer-options.js";

const settingsOf = (properties: Record<string, string>, isTransactional = false) =>
  producerSettings(new KafkaProperties(new Options(properties)), isTransactional);

test("the defaults are Kafka's, but for larger batches and longer transactions", () => {
  expect(settingsOf({})).toEqual({
    acks: -1,
    idempotent: true,
    codec: 0,
    batchBytes: 262_144,
    maxRequestBytes: 1_048_576,
    bufferBytes: 33_554_432,
    retries: 0x7fffffff,
    deliveryTimeoutMs: 120_000,
    replicaTimeoutMs: 30_000,
    blockTimeoutMs: 60_000,
    metadataAgeMs: 300_000,
    transactionTimeoutMs: 600_000,
  });
});

test.each([
  [{ "kafka.acks": "all" }, { acks: -1, idempotent: true }],
  [{ "kafka.acks": "-1" }, { acks: -1, idempotent: true }],
  [{ "kafka.acks": "1" }, { acks: 1, idempotent: false }],
  [{ "kafka.acks": "0" }, { acks: 0, idempotent: false }],
  [{ "kafka.retries": "0" }, { retries: 0, idempotent: false }],
  [{ "kafka.enable.idempotence": "false" }, { acks: -1, idempotent: false }],
  [{ "kafka.compression.type": "ZSTD" }, { codec: 4 }],
  [
    { "kafka.batch.size": "0", "kafka.max.request.size": "9" },
    { batchBytes: 0, maxRequestBytes: 9 },
  ],
])("%j gives %j", (properties, expected) => {
  expect(settingsOf(properties as unknown as Record<string, string>)).toMatchObject(expected);
});

test.each([
  [{ "kafka.acks": "2" }, "has to be one of all, -1, 0, 1"],
  [{ "kafka.acks": "1", "kafka.enable.idempotence": "true" }, "acks=all and retries above 0"],
  [{ "kafka.compression.type": "brotli" }, "none, gzip, snappy, lz4, zstd"],
  [{ "kafka.partitioner.class": "org.example.Mine" }, "column 'partition'"],
  [{ "kafka.max.in.flight.requests.per.connection": "0" }, "a whole number from 1 to 2147483647"],
])("%j is refused", (properties, message) => {
  expect(() => settingsOf(properties as unknown as Record<string, string>)).toThrow(message);
});

test("transactions need every replica in sync and batches that are counted", () => {
  expect(settingsOf({}, true).idempotent).toBe(true);
  expect(() => settingsOf({ "kafka.acks": "1" }, true)).toThrow("Exactly-once delivery needs kafka.acks=all");
});
