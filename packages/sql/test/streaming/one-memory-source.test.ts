import { MemorySource, memorySource } from "@ss/source-memory";
import { afterEach, expect, test } from "vitest";
import { type DataFrame, SparkSession } from "../../src/index.js";

const spark = await SparkSession.builder().use(memorySource()).create();
afterEach(() => MemorySource.reset("shared"));

const numbers = (): DataFrame =>
  spark.readStream.format("memory").option("name", "shared").schema("n INT").load();

async function rowsOf(name: string): Promise<unknown[]> {
  const table = await spark.table(name);
  return (await table.orderBy("n").collect()).map((row) => row["n"]);
}

test("two queries of a session that read one memory source each get all rows, as long as they run", async () => {
  const start = (name: string) => numbers().writeStream.format("memory").queryName(name).start();
  const queries = [await start("first"), await start("second")] as const;
  MemorySource.addData("shared", 1, 2);
  for (const query of queries) await query.processAllAvailable();
  await queries[0].stop();
  MemorySource.addData("shared", 3);
  await queries[1].processAllAvailable();
  await queries[1].stop();
  expect(await rowsOf("first")).toEqual([1, 2]);
  expect(await rowsOf("second")).toEqual([1, 2, 3]);
});

test("a query that reads one memory source twice gets all rows twice", async () => {
  const both = numbers().union(numbers());
  const query = await both.writeStream.format("memory").queryName("both").start();
  MemorySource.addData("shared", 1, 2);
  await query.processAllAvailable();
  await query.stop();
  expect(await rowsOf("both")).toEqual([1, 1, 2, 2]);
});
