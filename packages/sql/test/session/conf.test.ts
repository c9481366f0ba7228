import { expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";
import { confDefault, knownKeys, withoutEffect } from "../../src/session/conf-entries.js";

/** Where a key that is honoured shows its effect. */
const HONOURED: Readonly<Record<string, string>> = {
  "spark.sql.streaming.checkpoint.verifyMetadataExists.enabled": "a checkpoint without metadata",
  "spark.sql.streaming.checkpointLocation": "the root of checkpoints without a location of their own",
  "spark.sql.streaming.fileSink.log.cleanupDelay": "how long the manifest keeps expired entries",
  "spark.sql.streaming.fileSink.log.compactInterval": "every how many batches the manifest is compacted",
  "spark.sql.streaming.fileSink.log.deletion": "whether compacted entries are deleted",
  "spark.sql.streaming.fileSource.cleaner.numThreads": "whether cleanSource runs",
  "spark.sql.streaming.fileSource.log.cleanupDelay": "how long the seen-file log keeps expired entries",
  "spark.sql.streaming.fileSource.log.compactInterval":
    "every how many batches the seen-file log is compacted",
  "spark.sql.streaming.fileSource.log.deletion": "whether compacted entries are deleted",
  "spark.sql.streaming.fileStreamSink.ignoreMetadata": "whether readers heed _spark_metadata",
  "spark.sql.streaming.forceDeleteTempCheckpointLocation":
    "whether a failed query's temporary checkpoint goes",
  "spark.sql.streaming.minBatchesToRetain": "how many log entries and state versions stay",
  "spark.sql.streaming.multipleWatermarkPolicy": "min or max of several watermarks",
  "spark.sql.streaming.noDataMicroBatches.enabled": "batches without data",
  "spark.sql.streaming.noDataProgressEventInterval": "how often an idle query says so",
  "spark.sql.streaming.numRecentProgressUpdates": "how many progress reports stay",
  "spark.sql.streaming.pollingDelay": "how often sources without a signal are asked",
  "spark.sql.streaming.schemaInference": "streams of files without a schema",
  "spark.sql.streaming.stateStore.encodingFormat": "avro is refused",
  "spark.sql.streaming.stateStore.minDeltasForSnapshot": "how many deltas a snapshot replaces",
  "spark.sql.streaming.stateStore.providerClass": "the class that a stateful checkpoint pins",
  "spark.sql.streaming.statefulOperator.allowMultiple": "a second watermark",
  "spark.sql.streaming.statefulOperator.checkCorrectness.enabled": "an aggregation over another",
  "spark.sql.streaming.stopActiveRunOnRestart": "a second start of a query",
  "spark.sql.streaming.stopTimeout": "how long stop() waits",
  "spark.sql.streaming.unsupportedOperationCheck": "the checks of streaming plans",
  "spark.sql.ansi.doubleQuotedIdentifiers": "what double quotes mean",
  "spark.sql.ansi.enabled": "errors instead of nulls",
  "spark.sql.ansi.enforceReservedKeywords": "reserved words as names",
  "spark.sql.caseSensitive": "names of columns",
  "spark.sql.columnNameOfCorruptRecord": "the column of malformed records",
  "spark.sql.decimalOperations.allowPrecisionLoss": "precision of decimal results",
  "spark.sql.files.maxRecordsPerFile": "how many rows a part file takes",
  "spark.sql.groupByAliases": "GROUP BY an alias",
  "spark.sql.groupByOrdinal": "GROUP BY 1",
  "spark.sql.mapKeyDedupPolicy": "equal keys of a map",
  "spark.sql.orderByOrdinal": "ORDER BY 1",
  "spark.sql.session.timeZone": "how timestamps are read and shown",
  "spark.sql.shuffle.partitions": "the number that a checkpoint pins and progress reports show",
  "spark.sql.sources.default": "load() without a format",
  "spark.sql.sources.partitionColumnTypeInference.enabled": "types of partition columns",
  "spark.sql.timestampType": "what TIMESTAMP means",
  "ss.collect.longs": "what collect() makes of a LONG",
  "ss.collect.timestamps": "what collect() makes of a TIMESTAMP",
};

for (const key of knownKeys()) {
  const reason = withoutEffect(key);
  if (reason !== undefined) {
    test(`${key} is accepted without effect: ${reason}`, () => expect(HONOURED[key]).toBeUndefined());
  } else {
    test(`${key} is honoured: ${HONOURED[key]}`, () => expect(HONOURED[key]).toBeTypeOf("string"));
  }
}

test("conf answers a key that was not set with Spark's default", async () => {
  const spark = await SparkSession.builder().create();
  expect(spark.conf.get("spark.sql.streaming.minBatchesToRetain")).toBe("100");
  expect(spark.conf.get("spark.sql.streaming.multipleWatermarkPolicy")).toBe("min");
  expect(confDefault("spark.sql.streaming.checkpointLocation")).toBeUndefined();
});

test("conf refuses a key that nobody knows and that was not set", async () => {
  const spark = await SparkSession.builder().create();
  expect(() => spark.conf.get("spark.sql.nosuch")).toThrow(/SQL_CONF_NOT_FOUND.*spark\.sql\.nosuch/s);
  expect(spark.conf.get("spark.sql.nosuch", "fallback")).toBe("fallback");
});

test("a key without effect is told about when a session is built with it", async () => {
  const warnings: string[] = [];
  await SparkSession.builder()
    .logTo((_level, message) => warnings.push(message))
    .config("spark.sql.streaming.metricsEnabled", true)
    .create();
  expect(warnings.join()).toContain("spark.sql.streaming.metricsEnabled");
});
