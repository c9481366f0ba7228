import { type FileEntry, type ListOptions, MemoryFileSystem } from "@ss/core";
import { fileSource } from "@ss/source-file";
import { MemorySource, memorySource } from "@ss/source-memory";
import { expect, test } from "vitest";
import { col, SparkSession } from "../../src/index.js";

/** Counts how often a folder is listed. */
class CountingFiles extends MemoryFileSystem {
  override readonly schemes: readonly string[] = ["memory"];
  lists = 0;

  override list(folder: string, options?: ListOptions): AsyncGenerator<FileEntry> {
    if (folder.endsWith("/static")) this.lists++;
    return super.list(folder, options);
  }

  async add(path: string, text: string): Promise<void> {
    const writer = await this.create(path);
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  }
}

// Spark plans the static side anew for each batch, over the files that were there when the table was made
test("the files of a static table are listed once, when the query starts, and its batches keep to them", async () => {
  const files = new CountingFiles();
  await files.add("memory://static/a.csv", "1,one\n2,two\n");
  MemorySource.reset("beside");
  const spark = await SparkSession.builder()
    .use(memorySource(), fileSource(), { name: "files", fileSystems: [files] })
    .create();
  const words = spark.read.schema("n INT, word STRING").csv("memory://static");
  const numbers = spark.readStream.format("memory").option("name", "beside").schema("n INT").load();
  const results: string[] = [];
  const start = () =>
    numbers
      .join(words, "n")
      .select(col("word"))
      .writeStream.foreachBatch(async (batch) => {
        for (const row of await batch.collect()) results.push(row["word"]);
      })
      .start();
  const query = await start();
  for (let batch = 0; batch < 3; batch++) {
    MemorySource.addData("beside", 1, 3);
    await query.processAllAvailable();
    if (batch === 0) await files.add("memory://static/b.csv", "3,three\n");
  }
  expect(results).toEqual(["one", "one", "one"]);
  expect(files.lists).toBe(1);
  await query.stop();
  // a new start looks anew
  const next = await start();
  await next.processAllAvailable();
  expect(results.slice(3).sort()).toEqual(["one", "one", "one", "three", "three", "three"]);
  await spark.stop();
});
