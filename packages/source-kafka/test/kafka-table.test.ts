import { Options } from "@ss/core";
import type { KafkaClient } from "@ss/kafka";
import { expect, test } from "vitest";
import { readSettings } from "../src/options/read-options.js";
import { KafkaTable } from "../src/table/kafka-table.js";
import { FakeKafka } from "./fake-kafka.js";

const { signal } = new AbortController();
const SCAN = { columns: ["value"], predicates: [] };

/** A table of three partitions with two records each, read apart, and what becomes of its clients. */
function tableOf(): { table: KafkaTable; made: () => number; open: () => number } {
  const kafka = new FakeKafka();
  kafka.create("t", 3);
  for (const partition of [0, 1, 2]) kafka.add("t", partition, ["a", "b"]);
  let made = 0;
  let open = 0;
  const connect = (): KafkaClient => {
    made++;
    open++;
    const client = kafka.client();
    const close = async (): Promise<void> => {
      open--;
      await client.close();
    };
    return { ...client, close };
  };
  const options = { "kafka.bootstrap.servers": "fake:1", subscribe: "t", maxRecordsPerPartition: "1" };
  const table = new KafkaTable({
    read: readSettings(new Options(options), undefined),
    start: { kind: "earliest" },
    end: { kind: "latest" },
    description: "KafkaV2[test]",
    warn: () => {},
    worker: undefined,
    connect,
  });
  return { table, made: () => made, open: () => open };
}

async function read(table: KafkaTable): Promise<number> {
  let rows = 0;
  for (const partition of await table.plan())
    for await (const batch of table.read(partition, SCAN, signal)) rows += batch.rowCount;
  return rows;
}

test("a scan has one client, however many partitions it reads, which ends with the query", async () => {
  const { table, made, open } = tableOf();
  expect(await read(table)).toBe(6);
  expect([made(), open()]).toEqual([1, 1]);
  await table.release();
  expect(open()).toBe(0);
  expect(await read(table)).toBe(6);
  expect([made(), open()]).toEqual([2, 1]);
  await table.release();
  await table.release();
  expect(open()).toBe(0);
});

test("a query that ends takes the client from no other that reads the table", async () => {
  const { table, open } = tableOf();
  const [partition] = await table.plan();
  const reading = table.read(partition!, SCAN, signal)[Symbol.asyncIterator]();
  expect((await reading.next()).value.rowCount).toBe(1);
  await table.release();
  expect(open()).toBe(1);
  expect((await reading.next()).done).toBe(true);
  expect(open()).toBe(0);
});
