import { type Clock, Options, systemClock } from "@ss/core";
import { ERROR, type FetchLimits, fetchSettings, type KafkaClient, KafkaProperties } from "@ss/kafka";
import { expect, test } from "vitest";
import { RangeReader } from "../src/reading/range-reader.js";
import { FakeKafka } from "./fake-kafka.js";

const MIB = 1 << 20;

/** How much of a partition a range of so many offsets is asked for first. */
async function askedFor(rows: number, options: Readonly<Record<string, string>> = {}): Promise<number> {
  const asked: FetchLimits[] = [];
  const client: KafkaClient = {
    ...new FakeKafka().client(),
    fetch: async (_, limits) => {
      asked.push(limits);
      throw new Error("enough");
    },
  };
  const fetch = fetchSettings(new KafkaProperties(new Options(options)));
  const settings = { fetch, failOnDataLoss: true, pollTimeoutMs: 1000 };
  const context = { client, clock: systemClock, warn: () => {} };
  const ranges = [{ topic: "t", partition: 0, from: 10, until: 10 + rows }];
  const { signal } = new AbortController();
  const reader = new RangeReader(ranges, ["value"], settings, context, signal);
  await expect(reader.batches().next()).rejects.toThrow("enough");
  return asked[0]!.maxPartitionBytes;
}

test("a long range is read in larger pieces, unless the option says how large they are", async () => {
  expect(await askedFor(65_536)).toBe(MIB);
  expect(await askedFor(65_537)).toBe(4 * MIB);
  expect(await askedFor(1_000_000, { "kafka.max.partition.fetch.bytes": "700" })).toBe(700);
});

test("a partition that brokers do not know for a moment, and much later once more, is not taken for lost", async () => {
  const kafka = new FakeKafka();
  kafka.create("t", 1);
  kafka.add("t", 0, ["a", "b"]);
  const known = kafka.client();
  let nowMs = 0;
  const clock: Clock = {
    now: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
  };
  let asked = 0;
  const client: KafkaClient = {
    ...known,
    fetch: async (positions, limits, aborting) => {
      nowMs += 6000;
      const answers = await known.fetch(positions, limits, aborting);
      if (asked++ % 2 === 1) return answers;
      return answers.map((answer) => ({ ...answer, errorCode: ERROR.unknownTopicOrPartition }));
    },
  };
  // a record in each answer
  const fetch = fetchSettings(new KafkaProperties(new Options({ "kafka.max.partition.fetch.bytes": "1" })));
  const settings = { fetch, failOnDataLoss: true, pollTimeoutMs: 120_000 };
  const ranges = [{ topic: "t", partition: 0, from: 0, until: 2 }];
  const { signal } = new AbortController();
  const reader = new RangeReader(ranges, ["value"], settings, { client, clock, warn: () => {} }, signal);
  let rows = 0;
  for await (const batch of reader.batches()) rows += batch.rowCount;
  expect([rows, asked]).toEqual([2, 4]);
});
