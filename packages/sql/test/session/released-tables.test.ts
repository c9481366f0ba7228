import { batchFromRows, memoryStateStoreProvider, type Plugin, parseDdl, type Table } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import { beforeEach, expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

beforeEach(() => MemorySource.reset("released"));

/** A table of three rows, and what was asked of it, in order. */
function tableThat(fails: boolean): { plugin: Plugin; calls: string[] } {
  const calls: string[] = [];
  const schema = parseDdl("value INT");
  const table: Table = {
    description: "three",
    schema,
    plan: async () => [1, 2, 3],
    async *read(partition) {
      calls.push("read");
      if (fails) throw new Error("unreadable");
      yield batchFromRows(schema, [[partition as number]]);
    },
    release: async () => {
      calls.push("release");
      throw new Error("nobody hears of this");
    },
  };
  const sources = [{ names: ["three"], fixedSchema: true, table: async () => table }];
  return { plugin: { name: "three", sources }, calls };
}

test("a table is released after each query that reads it, behind its last read", async () => {
  const { plugin, calls } = tableThat(false);
  const spark = await SparkSession.builder().use(plugin).create();
  const three = spark.read.format("three").load();
  expect(await three.count()).toBe(3);
  expect(calls).toEqual(["read", "read", "read", "release"]);
  for await (const _ of three.toLocalIterator()) break;
  expect(calls.slice(4)).toEqual(["read", "release"]);
  await spark.stop();
});

test("a table is released after a query that fails", async () => {
  const { plugin, calls } = tableThat(true);
  const spark = await SparkSession.builder().use(plugin).create();
  await expect(spark.read.format("three").load().count()).rejects.toThrow("unreadable");
  expect(calls).toEqual(["read", "release"]);
  await spark.stop();
});

test("a table beside a stream is released when the stream ends, not between its batches", async () => {
  const { plugin, calls } = tableThat(false);
  const spark = await SparkSession.builder().use(memorySource(), plugin).create();
  const stream = spark.readStream.format("memory").option("name", "released").schema("value INT").load();
  const query = await stream
    .join(spark.read.format("three").load(), "value")
    .writeStream.format("noop")
    .start();
  for (const value of [1, 2]) {
    MemorySource.addData("released", [value]);
    await query.processAllAvailable();
  }
  expect(calls).not.toContain("release");
  await query.stop();
  expect(calls.filter((call) => call === "release")).toHaveLength(1);
  expect(calls.at(-1)).toBe("release");
  await spark.stop();
});

test("all that a stream holds is released, also where some of it cannot be closed", async () => {
  const calls: string[] = [];
  const named = (name: string): Plugin => {
    const { plugin } = tableThat(false);
    const close = async (): Promise<void> => {
      calls.push(`close ${name}`);
      throw new Error("cannot be closed");
    };
    const versions = { latest: async () => 1, show: async () => true, close };
    const table = async (): Promise<Table> => {
      const made = (await plugin.sources![0]!.table!({} as never)) as Table;
      return { ...made, versions, release: async () => void calls.push(`release ${name}`) };
    };
    return { name, sources: [{ names: [name], fixedSchema: true, table }] };
  };
  const inMemory = memoryStateStoreProvider;
  const store = {
    className: "Closing",
    open: async (context: Parameters<typeof inMemory.open>[0]) => {
      const opened = await inMemory.open(context);
      const close = opened.close.bind(opened);
      opened.close = async () => {
        calls.push("close the state");
        await close();
      };
      return opened;
    },
  };
  const spark = await SparkSession.builder()
    .logTo(() => {})
    .config("spark.sql.streaming.stateStore.providerClass", "Closing")
    .use(memorySource(), named("one"), named("two"), { name: "closing", stateStores: [store] })
    .create();
  const stream = spark.readStream.format("memory").option("name", "released").schema("value INT").load();
  const query = await stream
    .join(spark.read.format("one").load(), "value")
    .join(spark.read.format("two").load(), "value")
    .groupBy("value")
    .count()
    .writeStream.format("noop")
    .outputMode("update")
    .start();
  MemorySource.addData("released", [1]);
  await query.processAllAvailable();
  await query.stop().catch(() => {});
  expect(calls).toEqual(["close one", "close two", "close the state", "release one", "release two"]);
  await spark.stop().catch(() => {});
});
