import { Options } from "@ss/core";
import type { KafkaClient } from "@ss/kafka";
import { VirtualClock } from "@ss/testkit";
import { expect, test } from "vitest";
import { readSettings } from "../src/options/read-options.js";
import { RangeReader } from "../src/reading/range-reader.js";
import { FakeKafka } from "./fake-kafka.js";

const { signal } = new AbortController();
const RANGE = { topic: "t", partition: 0, from: 0, until: 4 };

/** Reads a range of four records of which the last two come late: when the brokers were asked `late` times, each of `answerMs`. */
async function rowsOf(clock: VirtualClock, late: number, answerMs: number, restMs: number): Promise<number> {
  const kafka = new FakeKafka();
  kafka.create("t", 1);
  kafka.add("t", 0, ["a", "b"]);
  const inner = kafka.client();
  let asked = 0;
  const client: KafkaClient = {
    ...inner,
    fetch: async (...request) => {
      if (++asked === late) kafka.add("t", 0, ["c", "d"]);
      if (asked > 1) await clock.advance(answerMs);
      return inner.fetch(...request);
    },
  };
  const options = {
    "kafka.bootstrap.servers": "fake:1",
    subscribe: "t",
    "kafkaConsumer.pollTimeoutMs": "5000",
  };
  const settings = readSettings(new Options(options), undefined);
  const reader = new RangeReader([RANGE], ["value"], settings, { client, clock, warn: () => {} }, signal);
  let rows = 0;
  for await (const batch of reader.batches()) {
    rows += batch.rowCount;
    // whoever takes the rows has other things to do
    await clock.advance(restMs);
  }
  return rows;
}

test("the time of whoever takes the rows is no time in which the brokers gave nothing", async () => {
  expect(await rowsOf(new VirtualClock(), 4, 1000, 3_600_000)).toBe(4);
});

test("brokers that give nothing for longer than kafkaConsumer.pollTimeoutMs have lost the rest", async () => {
  await expect(rowsOf(new VirtualClock(), 100, 1000, 0)).rejects.toThrow(
    "Could not read records in offset [2, 4) of t-0. The brokers gave no records of it for 5000 ms.",
  );
});
