import { setImmediate as nextTurn } from "node:timers/promises";
import {
  batchFromRows,
  type FileEntry,
  IntegerType,
  MemoryFileSystem,
  type Plugin,
  StructField,
  StructType,
  type Table,
} from "@ss/core";
import { fileSink } from "@ss/sink-file";
import { fileSource } from "@ss/source-file";
import { beforeEach, expect, test } from "vitest";
import { type DataFrame, SparkSession } from "../../src/index.js";

/** Files in memory that count how often a folder is listed. */
class CountingFileSystem extends MemoryFileSystem {
  listings = 0;

  override async *list(
    folder: string,
    options?: { readonly recursive?: boolean },
  ): AsyncGenerator<FileEntry> {
    if (folder.includes("/in")) this.listings++;
    yield* super.list(folder, options);
  }
}

let files: CountingFileSystem;
let spark: SparkSession;

beforeEach(async () => {
  files = new CountingFileSystem();
  spark = await SparkSession.builder()
    .use(fileSource(), fileSink(), { name: "counting", fileSystems: [files] })
    .printTo(() => {})
    .create();
  const writer = await files.create("memory://in/a.csv");
  await writer.write(new TextEncoder().encode("1\n2\n"));
  await writer.close();
});

const table = (): DataFrame => spark.read.schema("value INT").csv("memory://in");

const ACTIONS: Readonly<Record<string, (rows: DataFrame) => Promise<unknown>>> = {
  collect: (rows) => rows.collect(),
  show: (rows) => rows.show(),
  count: (rows) => rows.count(),
  "save to noop": (rows) => rows.write.format("noop").save(),
  "save to files": (rows) => rows.write.csv("memory://out"),
};

for (const [name, act] of Object.entries(ACTIONS)) {
  test(`${name} lists its folder once`, async () => {
    await act(table());
    expect(files.listings).toBe(1);
  });
}

test("each action sees the files that are there when it runs", async () => {
  const rows = table();
  expect(await rows.count()).toBe(2);
  const writer = await files.create("memory://in/b.csv");
  await writer.write(new TextEncoder().encode("3\n"));
  await writer.close();
  expect(await rows.count()).toBe(3);
});

/** A table of endless rows that tells when its read has ended, and how. */
function endless(): { readonly plugin: Plugin; readonly state: { closed: boolean; signal?: AbortSignal } } {
  const schema = new StructType([StructField("value", IntegerType, true)]);
  const state: { closed: boolean; signal?: AbortSignal } = { closed: false };
  const endlessTable: Table = {
    description: "endless",
    schema,
    plan: async () => [{}],
    async *read(_partition, _scan, signal) {
      state.signal = signal;
      try {
        for (;;) {
          await nextTurn();
          yield batchFromRows(schema, [[1], [2]]);
        }
      } finally {
        state.closed = true;
      }
    },
  };
  const provider = { names: ["endless"], fixedSchema: true, table: async () => endlessTable };
  return { plugin: { name: "endless", sources: [provider] }, state };
}

test("leaving toLocalIterator early closes its readers and aborts what they have begun", async () => {
  const { plugin, state } = endless();
  spark.use(plugin);
  for await (const row of spark.read.format("endless").load().where("value > 1").toLocalIterator()) {
    expect(row).toEqual({ value: 2 });
    break;
  }
  expect(state.closed).toBe(true);
  expect(state.signal?.aborted).toBe(true);
});

test("an error in the loop over toLocalIterator closes its readers", async () => {
  const { plugin, state } = endless();
  spark.use(plugin);
  const loop = async (): Promise<void> => {
    for await (const _ of spark.read.format("endless").load().toLocalIterator()) throw new Error("enough");
  };
  await expect(loop()).rejects.toThrow("enough");
  expect(state.closed).toBe(true);
  expect(state.signal?.aborted).toBe(true);
});

test("first and count over a limit end the reading of an endless table", async () => {
  const { plugin, state } = endless();
  spark.use(plugin);
  expect(await spark.read.format("endless").load().limit(3).count()).toBe(3);
  expect(state.closed).toBe(true);
  expect(state.signal?.aborted).toBe(true);
});
