import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSource } from "@ss/source-file";
import { afterEach, beforeEach, expect, test } from "vitest";
import { count, SparkSession } from "../../src/index.js";

// Workers run what is built: these tests need `npm run build`, which `npm test` does beforehand.

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ss-static-threads-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("workers hold the rows of a table as long as it has them, and not longer", async () => {
  const put = (name: string, ...lines: readonly string[]): void => {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), lines.map((line) => `${line}\n`).join(""));
  };
  // each batch has two files of its own, so that both workers have one
  const numbers = Array.from({ length: 100 }, (_, k) => String(k % 4));
  const addBatch = (batch: number): void => {
    put(`in/${batch}-a.csv`, ...numbers);
    put(`in/${batch}-b.csv`, ...numbers);
  };
  put("words/a.csv", "0,even", "1,odd", "2,even");
  const spark = await SparkSession.builder()
    .master("local[2]")
    .config("spark.sql.files.maxPartitionBytes", "200")
    .config("spark.sql.files.openCostInBytes", "1")
    .use(fileSource())
    .create();
  const words = spark.read.schema("n INT, word STRING").csv(join(folder, "words"));
  const stream = spark.readStream.schema("n INT").csv(join(folder, "in"));
  const batches: unknown[] = [];
  const perBatch = stream.join(words, "n").select("word");
  addBatch(0);
  const query = await perBatch.writeStream
    .option("checkpointLocation", join(folder, "checkpoint"))
    .foreachBatch(async (batch) => {
      const rows = await batch.groupBy("word").agg(count("*").as("c")).orderBy("word").collect();
      batches.push(rows.map((row) => `${row["word"]} ${row["c"]}`));
    })
    .start();
  await query.processAllAvailable();
  addBatch(1);
  await query.processAllAvailable();
  put("words/b.csv", "3,odd");
  addBatch(2);
  await query.processAllAvailable();
  put("words/a.csv", "0,zero");
  addBatch(3);
  await query.processAllAvailable();
  expect(query.explain()).toContain("on 2 workers");
  await spark.stop();
  // of 200 numbers there are 50 of each
  expect(batches).toEqual([
    ["even 100", "odd 50"],
    ["even 100", "odd 50"],
    ["even 100", "odd 100"],
    ["odd 50", "zero 50"],
  ]);
});
