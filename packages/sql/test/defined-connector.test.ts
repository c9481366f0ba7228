import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Batch,
  defineSink,
  defineSource,
  LongType,
  Options,
  type Plugin,
  type ReadRequest,
  type Source,
  StructType,
  type Value,
} from "@ss/core";
import { sourceConformance } from "@ss/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { SparkSession } from "../src/index.js";

let available = 0;
const numbers = defineSource({
  name: "numbers",
  schema: "value BIGINT, square BIGINT",
  latest: () => available,
  *read(from, to) {
    for (let value = from; value < to; value++) yield [BigInt(value), BigInt(value * value)];
  },
});

const folder = mkdtempSync(join(tmpdir(), "defined-connector-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a source and a sink of a few lines make a query that goes on where it stopped", async () => {
  const taken = new Map<number, readonly (readonly Value[])[]>();
  const taker = defineSink({ name: "taker", write: ({ batchId, rows }) => void taken.set(batchId, rows) });
  const run = async (): Promise<void> => {
    const spark = await SparkSession.builder().use(numbers, taker).create();
    const squares = spark.readStream.format("numbers").load().filter("value > 0").select("square");
    const query = await squares.writeStream
      .format("taker")
      .trigger({ availableNow: true })
      .option("checkpointLocation", join(folder, "checkpoint"))
      .start();
    await query.awaitTermination();
  };
  available = 3;
  await run();
  available = 5;
  await run();
  expect([...taken]).toEqual([
    [0, [[1n], [4n]]],
    [1, [[9n], [16n]]],
  ]);
});

test.each<[string, unknown, RegExp]>([
  ["a number", 5, /SS_NO_BATCH.*A reader of the source 'odd' yielded 5, which is no Batch/s],
  ["nothing", undefined, /yielded undefined, which is no Batch/],
  ["a row", ["a"], /yielded an array, which is no Batch/],
  ["rows without a column", new Batch(new StructType(), [], 2), /a Batch with 0 columns where 1 were/],
])(
  "a reader that yields %s ends the query, and the offsets are not committed",
  async (what, yielded, message) => {
    const checkpoint = join(folder, what);
    const odd: Source = {
      description: "odd",
      schema: new StructType().add("seq", LongType),
      replayable: true,
      readLimit: { kind: "allAvailable" },
      open: async () => {},
      initialOffset: async () => 0,
      latestOffset: async () => 1,
      plan: async () => [0],
      async *read() {
        yield yielded as Batch;
      },
      commit: async () => {},
      close: async () => {},
    };
    const plugin: Plugin = {
      name: "odd",
      sources: [{ names: ["odd"], fixedSchema: true, stream: async () => odd }],
    };
    const spark = await SparkSession.builder().use(plugin).create();
    const rows = spark.readStream.format("odd").load().selectExpr("seq + 1");
    const query = await rows.writeStream
      .format("noop")
      .trigger({ availableNow: true })
      .option("checkpointLocation", checkpoint)
      .start();
    await expect(query.awaitTermination()).rejects.toThrow(message);
    expect(existsSync(join(checkpoint, "commits", "0"))).toBe(false);
    await spark.stop();
  },
);

test.each<[string, Parameters<typeof defineSource>[0]["latest"], unknown, RegExp]>([
  [
    "how far it is in a bigint",
    () => 5n as unknown as number,
    [],
    /source 'few'.*latest\(\.\.\.\) gave the bigint 5n/,
  ],
  ["nothing of how far it is", () => undefined as unknown as number, [], /latest\(\.\.\.\) gave undefined/],
  ["less than where it begins", () => 2, [], /latest\(\.\.\.\) gave 2 after 3\..*never falls/],
  ["no rows", () => 4, undefined, /read\(\.\.\.\) gave undefined\..*\*read\(from, to\)/],
  ["a promise of rows", () => 4, Promise.resolve([]), /read\(\.\.\.\) gave a promise/],
])("a source that gives %s is told so", async (_what, latest, rows, message) => {
  const few = defineSource({
    name: "few",
    schema: "value BIGINT",
    initial: 3,
    latest,
    read: () => rows as [],
  });
  const spark = await SparkSession.builder().use(few).create();
  const stream = spark.readStream.format("few").load().writeStream.format("noop");
  const query = await stream.trigger({ availableNow: true }).start();
  await expect(query.awaitTermination()).rejects.toThrow(message);
  await spark.stop();
});

describe("a source made by defineSource", () => {
  sourceConformance(test, {
    create: () => ({
      make: () => {
        const request = { format: "numbers", options: new Options(), paths: [], schema: undefined };
        return numbers.sources![0]!.stream!(request as unknown as ReadRequest);
      },
      initialRows: available,
      addRows: async () => {
        available += 2;
        return 2;
      },
    }),
  });
});
