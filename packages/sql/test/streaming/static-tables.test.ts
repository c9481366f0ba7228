import { mkdtemp, rename, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  batchFromRows,
  type FileEntry,
  type FileReader,
  type ListOptions,
  MemoryFileSystem,
  type Plugin,
  type Table,
} from "@ss/core";
import { fileSource } from "@ss/source-file";
import { MemorySource, memorySource } from "@ss/source-memory";
import { collectingSink } from "@ss/testkit";
import { expect, test } from "vitest";
import { type DataFrame, expr, SparkSession, StructType } from "../../src/index.js";

/** Counts how often the table's folder is listed, and its files are opened. */
class CountingFiles extends MemoryFileSystem {
  override readonly schemes: readonly string[] = ["memory"];
  lists = 0;
  reads = 0;

  override list(folder: string, options?: ListOptions): AsyncGenerator<FileEntry> {
    if (folder.endsWith("/static")) this.lists++;
    return super.list(folder, options);
  }

  override open(path: string): Promise<FileReader> {
    if (path.includes("/static/")) this.reads++;
    return super.open(path);
  }

  async add(path: string, text: string): Promise<void> {
    const writer = await this.create(path);
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  }
}

/** Where the checkpoints are. */
class LogFiles extends MemoryFileSystem {
  override readonly schemes: readonly string[] = ["log"];
}

/** A stream of numbers `n`, and what a query makes of each batch of them. */
interface Numbers {
  readonly spark: SparkSession;
  readonly stream: DataFrame;
  /** Starts a query. From then on each call of `batch` gives it numbers, and gets its rows as texts, sorted. */
  start(result: DataFrame): Promise<(...given: readonly number[]) => Promise<string[]>>;
}

let names = 0;

async function numbers(...plugins: readonly Plugin[]): Promise<Numbers> {
  const name = `beside-${names++}`;
  const sink = collectingSink();
  const logs = { name: "logs", fileSystems: [new LogFiles()] };
  const spark = await SparkSession.builder()
    .use(memorySource(), fileSource(), sink.plugin(), logs, ...plugins)
    .create();
  const stream = spark.readStream.format("memory").option("name", name).schema("n INT").load();
  return {
    spark,
    stream,
    start: async (result) => {
      const writer = result.writeStream.format("collecting").option("checkpointLocation", `log://${name}`);
      const query = await writer.start();
      return async (...given) => {
        MemorySource.addData(name, ...given);
        await query.processAllAvailable();
        const rows = sink.rows(query.lastProgress!.batchId);
        return rows.map((row) => row.map(String).join(" ")).sort();
      };
    },
  };
}

const onFiles = (files: MemoryFileSystem): Plugin => ({ name: "files", fileSystems: [files] });

test.each([
  { type: "inner", left: "stream", before: ["1 1 one"], after: ["1 1 one", "3 3 three"] },
  { type: "inner", left: "table", before: ["1 one 1"], after: ["1 one 1", "3 three 3"] },
  { type: "left", left: "stream", before: ["1 1 one", "3 null null"], after: ["1 1 one", "3 3 three"] },
  { type: "right", left: "table", before: ["1 one 1", "null null 3"], after: ["1 one 1", "3 three 3"] },
  { type: "left_semi", left: "stream", before: ["1"], after: ["1", "3"] },
  { type: "left_anti", left: "stream", before: ["3"], after: [] },
] as const)("a $type join, $left first, sees the rows that its table has in each batch", async (of) => {
  const files = new CountingFiles();
  await files.add("memory://static/a.csv", "1,one\n2,two\n");
  const { spark, stream, start } = await numbers(onFiles(files));
  const words = spark.read.schema("number INT, word STRING").csv("memory://static");
  const [left, right] = of.left === "stream" ? [stream, words] : [words, stream];
  const batch = await start(left.join(right, expr("n = number"), of.type));
  expect(await batch(1, 3)).toEqual(of.before);
  await files.add("memory://static/b.csv", "3,three\n");
  expect(await batch(1, 3)).toEqual(of.after);
  await files.delete("memory://static/b.csv");
  expect(await batch(1, 3)).toEqual(of.before);
  await spark.stop();
});

// the messages of Spark's checker, rules U28 to U32
test.each([
  {
    type: "full_outer",
    left: "stream",
    says: "FullOuter joins with streaming DataFrames/Datasets on the left",
  },
  {
    type: "full_outer",
    left: "table",
    says: "FullOuter joins with streaming DataFrames/Datasets on the right",
  },
  { type: "right", left: "stream", says: "RightOuter join with a streaming DataFrame/Dataset on the left" },
  { type: "left", left: "table", says: "LeftOuter join with a streaming DataFrame/Dataset on the right" },
  { type: "left_semi", left: "table", says: "LeftSemi join with a streaming DataFrame/Dataset on the right" },
  {
    type: "left_anti",
    left: "table",
    says: "LeftAnti joins with a streaming DataFrame/Dataset on the right",
  },
] as const)("a $type join, $left first, is refused", async ({ type, left, says }) => {
  const { spark, stream, start } = await numbers();
  const words = spark.createDataFrame([[1, "one"]], "number INT, word STRING");
  const [one, other] = left === "stream" ? [stream, words] : [words, stream];
  await expect(start(one.join(other, expr("n = number"), type))).rejects.toThrow(says);
  await spark.stop();
});

test("a table that has not changed is listed and read once", async () => {
  const files = new CountingFiles();
  await files.add("memory://static/a.csv", "1,one\n");
  const { spark, stream, start } = await numbers(onFiles(files));
  const words = spark.read.schema("n INT, word STRING").csv("memory://static");
  const batch = await start(stream.join(words, "n"));
  await batch(1);
  const { lists, reads } = files;
  for (let k = 0; k < 5; k++) expect(await batch(1, 2)).toEqual(["1 one"]);
  expect([files.lists, files.reads]).toEqual([lists, reads]);
  await spark.stop();
});

test("a storage that tells of no changes is listed for each batch", async () => {
  const files = new CountingFiles();
  const silent = new Proxy(files, {
    get: (target, key) => {
      if (key === "watch") return undefined;
      const value = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await files.add("memory://static/a.csv", "1,one\n");
  const { spark, stream, start } = await numbers(onFiles(silent));
  const words = spark.read.schema("n INT, word STRING").csv("memory://static");
  const batch = await start(stream.join(words, "n"));
  expect(await batch(1, 3)).toEqual(["1 one"]);
  const { lists } = files;
  expect(await batch(1, 3)).toEqual(["1 one"]);
  expect(files.lists).toBe(lists + 1);
  await files.add("memory://static/b.csv", "3,three\n");
  expect(await batch(1, 3)).toEqual(["1 one", "3 three"]);
  await spark.stop();
});

test("files of a disk that are written over, added, moved and deleted are seen by the next batch", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ss-static-"));
  await writeFile(join(folder, "a.csv"), "1,one\n");
  const { spark, stream, start } = await numbers();
  const batch = await start(stream.join(spark.read.schema("n INT, word STRING").csv(folder), "n"));
  expect(await batch(1, 2)).toEqual(["1 one"]);
  await writeFile(join(folder, "a.csv"), "1,uno\n");
  expect(await batch(1, 2)).toEqual(["1 uno"]);
  await writeFile(join(folder, ".b.csv.part"), "2,dos\n");
  expect(await batch(1, 2)).toEqual(["1 uno"]);
  await rename(join(folder, ".b.csv.part"), join(folder, "b.csv"));
  expect(await batch(1, 2)).toEqual(["1 uno", "2 dos"]);
  await unlink(join(folder, "a.csv"));
  expect(await batch(1, 2)).toEqual(["2 dos"]);
  await spark.stop();
  await rm(folder, { recursive: true });
});

test("a table whose folder is gone ends the query, instead of matching nothing", async () => {
  const files = new CountingFiles();
  await files.add("memory://static/a.csv", "1,one\n");
  const { spark, stream, start } = await numbers(onFiles(files));
  const words = spark.read.schema("n INT, word STRING").csv("memory://static");
  const batch = await start(stream.join(words, "n"));
  await batch(1);
  await files.delete("memory://static");
  await expect(batch(1)).rejects.toThrow("PATH_NOT_FOUND");
  await spark.stop();
});

test("what is made of a table is made of all of it when a part has changed", async () => {
  const files = new CountingFiles();
  await files.add("memory://static/a.csv", "1,10\n2,20\n");
  const { spark, stream, start } = await numbers(onFiles(files));
  const sums = spark.read.schema("k INT, v INT").csv("memory://static").groupBy("k").sum("v");
  const batch = await start(stream.join(sums, expr("n = k")).selectExpr("n", "`sum(v)`"));
  expect(await batch(1, 2)).toEqual(["1 10", "2 20"]);
  expect(await batch(1, 2)).toEqual(["1 10", "2 20"]);
  await files.add("memory://static/b.csv", "1,5\n");
  expect(await batch(1, 2)).toEqual(["1 15", "2 20"]);
  await spark.stop();
});

test("a table in memory that another query writes is seen as it is in each batch", async () => {
  const { spark, stream, start } = await numbers();
  const words = spark.readStream
    .format("memory")
    .option("name", "words-beside")
    .schema("number INT, word STRING")
    .load();
  const writing = await words.writeStream.format("memory").queryName("kept_words").start();
  MemorySource.addData("words-beside", [1, "one"]);
  await writing.processAllAvailable();
  const batch = await start(stream.join(spark.table("kept_words"), expr("n = number")).select("n", "word"));
  expect(await batch(1, 2)).toEqual(["1 one"]);
  expect(await batch(1, 2)).toEqual(["1 one"]);
  MemorySource.addData("words-beside", [2, "two"]);
  await writing.processAllAvailable();
  expect(await batch(1, 2)).toEqual(["1 one", "2 two"]);
  await spark.stop();
});

test("a side that depends on the time, or on chance, is made anew for each batch", async () => {
  const { spark, stream, start } = await numbers();
  let now = 0;
  const words = spark
    .createDataFrame([[1, "one"]], "number INT, word STRING")
    .selectExpr("number", "uuid() AS u", "CAST(current_timestamp() AS DOUBLE) AS at");
  const batch = await start(stream.join(words, expr("n = number")).selectExpr("u", "at"));
  const seen = new Set<string>();
  for (let k = 0; k < 3; k++) {
    const [row] = await batch(1);
    const [u, at] = row!.split(" ");
    seen.add(u!);
    expect(Number(at)).toBeGreaterThanOrEqual(now);
    now = Number(at);
  }
  expect(seen.size).toBe(3);
  await spark.stop();
});

test("a table that tells no versions is read for each batch", async () => {
  let reads = 0;
  const schema = new StructType().add("number", "int");
  const table: Table = {
    description: "counted",
    schema,
    plan: async () => [0],
    async *read() {
      reads++;
      yield batchFromRows(schema, [[reads]]);
    },
  };
  const counted = { names: ["counted"], fixedSchema: true, table: async () => table };
  const { spark, stream, start } = await numbers({ name: "counted", sources: [counted] });
  const batch = await start(stream.join(spark.read.format("counted").load(), expr("n = number")));
  expect(await batch(1)).toEqual(["1 1"]);
  expect(await batch(1, 2)).toEqual(["2 2"]);
  expect(await batch(1, 2)).toEqual([]);
  await spark.stop();
});
