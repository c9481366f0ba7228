import { setImmediate as nextTurn } from "node:timers/promises";
import { batchFromRows, IntegerType, type Plugin, StructField, StructType, type Table } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import { VirtualClock } from "@ss/testkit";
import { beforeEach, expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

beforeEach(() => MemorySource.reset("stopped"));

/** A table without an end, and what became of its readers. */
function endlessRows() {
  const schema = new StructType([StructField("value", IntegerType, true)]);
  const signals: AbortSignal[] = [];
  const state = { closed: 0 };
  const table: Table = {
    description: "endless",
    schema,
    plan: async () => [{}],
    async *read(_partition, _scan, signal) {
      signals.push(signal);
      try {
        for (;;) {
          await nextTurn();
          yield batchFromRows(schema, [[1]]);
        }
      } finally {
        state.closed++;
      }
    },
  };
  const plugin: Plugin = {
    name: "endless",
    sources: [{ names: ["endless"], fixedSchema: true, table: async () => table }],
  };
  return {
    plugin,
    signals,
    get closed(): number {
      return state.closed;
    },
    async begun(readers: number): Promise<void> {
      while (signals.length < readers) await nextTurn();
    },
  };
}

const STOPPED = /SS_SESSION_STOPPED.*Cannot call methods on a stopped SparkSession/s;

test("a stopped session refuses new tables, streams and statements", async () => {
  const spark = await SparkSession.builder().create();
  await spark.stop();
  expect(() => spark.sql("SELECT 1")).toThrow(STOPPED);
  expect(() => spark.range(3)).toThrow(STOPPED);
  expect(() => spark.read).toThrow(STOPPED);
  expect(() => spark.readStream).toThrow(STOPPED);
  expect(() => spark.table("t")).toThrow(STOPPED);
  expect(() => spark.createDataFrame([[1]], "a INT")).toThrow(STOPPED);
});

test("tables of a stopped session refuse their actions", async () => {
  const spark = await SparkSession.builder().use(memorySource()).create();
  const rows = spark.range(3);
  const stream = spark.readStream.format("memory").option("name", "stopped").schema("value INT").load();
  await spark.stop();
  await expect(rows.collect()).rejects.toThrow(STOPPED);
  await expect(rows.count()).rejects.toThrow(STOPPED);
  await expect(rows.show()).rejects.toThrow(STOPPED);
  await expect(rows.schema()).rejects.toThrow(STOPPED);
  await expect(rows.explain()).rejects.toThrow(STOPPED);
  await expect(rows.write.format("noop").save()).rejects.toThrow(STOPPED);
  await expect(stream.writeStream.format("noop").start()).rejects.toThrow(STOPPED);
});

test("stop ends the running queries, may be called again, and lets settings be read", async () => {
  const spark = await SparkSession.builder().use(memorySource()).create();
  const stream = spark.readStream.format("memory").option("name", "stopped").schema("value INT").load();
  const query = await stream.writeStream.format("noop").start();
  await spark.stop();
  await spark.stop();
  expect(query.isActive).toBe(false);
  expect(query.exception).toBeNull();
  expect(spark.conf.get("spark.sql.ansi.enabled")).toBe("true");
});

test.each(["local[1]", "local[2]"])("stop ends iterators and actions that run, on %s", async (master) => {
  const rows = endlessRows();
  const spark = await SparkSession.builder().master(master).use(rows.plugin).create();
  const iterator = spark.read.format("endless").load().toLocalIterator();
  expect((await iterator.next()).value).toEqual({ value: 1 });
  const action = expect(spark.read.format("endless").load().groupBy().max("value").collect()).rejects.toThrow(
    STOPPED,
  );
  await rows.begun(2);
  await spark.stop();
  await action;
  expect(rows.signals.map((signal) => signal.aborted)).toEqual([true, true]);
  await expect(iterator.next()).rejects.toThrow(STOPPED);
  expect((await iterator.next()).done).toBe(true);
  expect(rows.closed).toBe(2);
});

test("a query that starts while its session stops does not go on running", async () => {
  const spark = await SparkSession.builder().use(memorySource()).create();
  const stream = spark.readStream.format("memory").option("name", "stopped").schema("value INT").load();
  const starting = stream.writeStream.format("noop").start();
  const refused = expect(starting).rejects.toThrow(STOPPED);
  await spark.stop();
  await refused;
  expect(spark.streams.active).toEqual([]);
});

test("getOrCreate gives the active session, and after its stop a new one", async () => {
  const first = await SparkSession.builder().create();
  expect(await SparkSession.builder().getOrCreate()).toBe(first);
  await first.stop();
  const second = await SparkSession.builder().getOrCreate();
  expect(second).not.toBe(first);
  expect(await second.range(2).count()).toBe(2);
});

test("a query that does not stop in time fails stop(), which ends all else", async () => {
  const clock = new VirtualClock();
  const rows = endlessRows();
  const spark = await SparkSession.builder().withClock(clock).use(memorySource(), rows.plugin).create();
  spark.conf.set("spark.sql.streaming.stopTimeout", "2s");
  const stream = () => spark.readStream.format("memory").option("name", "stopped").schema("n INT").load();
  let release = (): void => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begin = (): void => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const hangs = async (): Promise<void> => {
    begin();
    await released;
  };
  const hung = await stream().writeStream.foreach(hangs).start();
  const other = await stream().writeStream.format("noop").start();
  const action = expect(spark.read.format("endless").load().count()).rejects.toThrow(STOPPED);
  MemorySource.addData("stopped", 1);
  await begun;
  await rows.begun(1);
  const stopping = expect(spark.stop()).rejects.toMatchObject({
    condition: "SS_STOP_TIMEOUT",
    parameters: { id: hung.id },
  });
  await other.awaitTermination();
  await clock.advance(2000);
  await stopping;
  await action;
  expect(hung.isActive).toBe(true);
  expect(() => spark.range(3)).toThrow(STOPPED);
  release();
  await spark.stop();
  expect(hung.isActive).toBe(false);
});
