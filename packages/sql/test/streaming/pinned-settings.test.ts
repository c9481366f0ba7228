import { MemorySource, memorySource } from "@ss/source-memory";
import { FaultyFileSystem } from "@ss/testkit";
import { expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

/** What Spark 4.3.0 writes beside the offsets of a query with the settings that it comes with, but for the class of the state store and the number of partitions. */
const SPARKS = {
  "spark.sql.dropDuplicates.deterministicKeyOrder.enabled": "true",
  "spark.sql.streaming.stateStore.rocksdb.mergeOperatorVersion": "2",
  "spark.sql.streaming.stateStore.rocksdb.formatVersion": "5",
  "spark.sql.streaming.queryEvolution.enableSourceEvolution": "false",
  "spark.sql.streaming.stateStore.encodingFormat": "unsaferow",
  "spark.sql.streaming.statefulOperator.useStrictDistribution": "true",
  "spark.sql.streaming.flatMapGroupsWithState.stateFormatVersion": "2",
  "spark.sql.streaming.multipleWatermarkPolicy": "min",
  "spark.sql.streaming.stateStore.rowChecksum.enabled": "false",
  "spark.sql.streaming.statefulOperator.alwaysNullableOutput.enabled": "true",
  "spark.sql.streaming.aggregation.stateFormatVersion": "2",
  "spark.sql.function.protobufExtensions.enabled": "false",
  "spark.sql.streaming.join.stateFormatVersion": "2",
  "spark.sql.streaming.stateStore.compression.codec": "lz4",
  "spark.sql.optimizer.pruneFiltersCanPruneStreamingSubplan": "false",
};

test("a checkpoint records the settings that Spark records, under their names", async () => {
  MemorySource.reset("pinned");
  const disk = new FaultyFileSystem();
  const spark = await SparkSession.builder()
    .use(memorySource(), { name: "disk", fileSystems: [disk] })
    .create();
  const query = await spark.readStream
    .format("memory")
    .option("name", "pinned")
    .schema("value INT")
    .load()
    .writeStream.format("noop")
    .option("checkpointLocation", "/checkpoint")
    .start();
  MemorySource.addData("pinned", 1);
  await query.processAllAvailable();
  await spark.stop();
  const [, header] = Buffer.from((await disk.readAll("/checkpoint/offsets/0"))!)
    .toString()
    .split("\n");
  expect(JSON.parse(header!).conf).toEqual({ ...SPARKS, "spark.sql.shuffle.partitions": "16" });
});
