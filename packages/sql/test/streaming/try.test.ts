import { FaultyFileSystem, collectingSink } from "@ss/testkit";
import { memorySource, MemorySource } from "@ss/source-memory";
import { test } from "vitest";
import { SparkSession } from "../../src/index.js";

test("try", async () => {
  const disk = new FaultyFileSystem({ schemes: ["sim"] });
  const sink = collectingSink();
  const spark = await SparkSession.builder().use(memorySource(), sink.plugin(), { name: "disk", fileSystems: [disk] }).create();
  MemorySource.addData("try", ["a", 1], ["b", 2], ["a", 3]);
  const df = spark.readStream.format("memory").option("name", "try").schema("k STRING, n INT").load();
  const q = await df.groupBy("k").count().writeStream.format("collecting").outputMode("update").option("checkpointLocation", "sim:/ckpt").start();
  await q.processAllAvailable();
  console.log(sink.rows(), [...disk.files().keys()]);
  await q.stop();
});
