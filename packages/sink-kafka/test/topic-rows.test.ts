import { type BytesColumn, batchFromRows, type Column, DictionaryColumn, parseDdl } from "@ss/core";
import type { KafkaProducer, TopicWriter } from "@ss/kafka";
import { afterEach, expect, test, vi } from "vitest";
import { TopicRows } from "../src/rows/topic-rows.js";

const { signal } = new AbortController();

afterEach(() => void vi.restoreAllMocks());

const columnOf = (names: readonly (string | null)[]): Column =>
  batchFromRows(
    parseDdl("topic STRING"),
    names.map((name) => [name]),
  ).columns[0]!;

/** Names by way of a dictionary, which holds one more that no row has. */
function dictionaryOf(names: readonly string[]): Column {
  const distinct = ["no topic", ...new Set(names)];
  const plain = columnOf(distinct) as BytesColumn;
  const codes = Int32Array.from(names, (name) => distinct.indexOf(name));
  return new DictionaryColumn(plain.type, names.length, null, codes, plain);
}

function producerOf(asked: string[]): KafkaProducer {
  const topic = async (name: string): Promise<TopicWriter> => {
    asked.push(name);
    return { topic: name, partitionCount: 1, add: () => true };
  };
  return { topic } as unknown as KafkaProducer;
}

test.each([
  ["plain", columnOf],
  ["by a dictionary", dictionaryOf],
])(
  "a column of thousands of topics (%s) costs a name for each topic, and none for a row",
  async (_, make) => {
    const decode = vi.spyOn(TextDecoder.prototype, "decode");
    const asked: string[] = [];
    const topics = new TopicRows();
    const distinct = Array.from({ length: 3000 }, (_, k) => `topic-${(k * 7919) % 3000}-ä`);
    for (const shift of [0, 1, 2]) {
      const names = Array.from({ length: 9000 }, (_, row) => distinct[(row * 31 + shift) % 3000]!);
      const column = make(names);
      decode.mockClear();
      await topics.bind(column, names.length, producerOf(asked), signal);
      expect(decode).toHaveBeenCalledTimes(shift === 0 ? 3000 : 0);
      expect(names.every((name, row) => topics.of(row).topic === name)).toBe(true);
    }
    expect([...asked].sort()).toEqual([...distinct].sort());
  },
);

test("a row without a topic is refused", async () => {
  const bind = new TopicRows().bind(columnOf(["a", null]), 2, producerOf([]), signal);
  await expect(bind).rejects.toThrow("KAFKA_NULL_TOPIC_IN_DATA");
});
