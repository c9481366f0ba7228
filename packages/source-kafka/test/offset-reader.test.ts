import { Options } from "@ss/core";
import type { KafkaClient } from "@ss/kafka";
import { expect, test } from "vitest";
import { OffsetReader } from "../src/offsets/offset-reader.js";
import { topicChoice } from "../src/options/topics.js";
import { FakeKafka } from "./fake-kafka.js";

const { signal } = new AbortController();

/** A reader of the topic t, and what its client is asked, in order. */
function readerOf(kafka: FakeKafka): { readonly reader: OffsetReader; readonly asked: string[] } {
  const client = kafka.client();
  const asked: string[] = [];
  const watched: KafkaClient = {
    ...client,
    partitions: async (...args) => {
      asked.push("partitions");
      const found = await client.partitions(...args);
      // an answer comes in a later turn than the question
      await new Promise((resolve) => setImmediate(resolve));
      asked.push("partitions are known");
      return found;
    },
    offsets: (queries, ...rest) => {
      asked.push(`offsets of ${queries.map(({ partition }) => partition).join(", ")}`);
      return client.offsets(queries, ...rest);
    },
  };
  return { reader: new OffsetReader(watched, { kind: "subscribe", topics: ["t"] }, false, () => {}), asked };
}

test("ends of known partitions are asked for beside the look for new ones", async () => {
  const kafka = new FakeKafka();
  kafka.create("t", 2);
  const { reader, asked } = readerOf(kafka);
  expect((await reader.ends(signal)).toJson()).toEqual({ t: { 0: 0, 1: 0 } });
  kafka.add("t", 1, ["a"]);
  asked.length = 0;
  expect((await reader.ends(signal)).toJson()).toEqual({ t: { 0: 0, 1: 1 } });
  expect(asked).toEqual(["partitions", "offsets of 0, 1", "partitions are known"]);
});

test("a look finds partitions that are new and leaves out those that are gone", async () => {
  const kafka = new FakeKafka();
  kafka.create("t", 1);
  const { reader } = readerOf(kafka);
  await reader.ends(signal);
  kafka.create("t", 2);
  kafka.add("t", 1, ["a", "b"]);
  expect((await reader.ends(signal)).toJson()).toEqual({ t: { 0: 0, 1: 2 } });
  kafka.delete("t");
  expect((await reader.ends(signal)).entries()).toEqual([]);
});

test.each([
  [{ subscribe: "t,clics" }, "topic clics"],
  [{ subscribePattern: "clics-.*" }, "topic that matches 'clics-.*'"],
  [{ assign: '{"t":[1,2],"u":[0]}' }, "partition t-2, u-0"],
])("what is not there where a query begins is told: %j", async (options, missing) => {
  const kafka = new FakeKafka();
  kafka.create("t", 2);
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const reader = new OffsetReader(kafka.client(), topicChoice(new Options(options)), false, warn);
  await reader.resolve({ kind: "earliest" }, "starting", signal);
  await reader.resolve({ kind: "latest" }, "ending", signal);
  await reader.ends(signal);
  expect(warnings).toEqual([`Kafka has no ${missing}: nothing is read of it as long as that is so.`]);
});
