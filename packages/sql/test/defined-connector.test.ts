import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineSink, defineSource, Options, type ReadRequest, type Value } from "@ss/core";
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

describe("a source made by defineSource", () => {
  sourceConformance(test, {
    create: () => ({
      make: () => {
        const request = { format: "numbers", options: new Options(), paths: [], schema: undefined };
        return numbers.sources![0]!.stream!(request as unknown as ReadRequest);
      },
      addRows: async () => {
        available += 2;
      },
    }),
  });
});
