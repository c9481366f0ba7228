import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Clock, StreamError, systemClock } from "@ss/core";
import { fileSink } from "@ss/sink-file";
import { fileSource } from "@ss/source-file";
import { MemorySource, memorySource } from "@ss/source-memory";
import { type DataFrame, SparkSession, type StreamingQuery, window } from "../../src/index.js";

/** Two values of a key, and what can be seen of them. */
export interface Effect {
  readonly values: readonly [string, string];
  observe(trial: Trial): Promise<unknown>;
}

/** A session with a value of a key, and a folder of its own. */
export class Trial {
  readonly folder: string;
  readonly spark: SparkSession;
  readonly slept: number[];

  private constructor(folder: string, spark: SparkSession, slept: number[]) {
    this.folder = folder;
    this.spark = spark;
    this.slept = slept;
  }

  static async with(conf: Readonly<Record<string, string>>): Promise<Trial> {
    MemorySource.reset("conf");
    MemorySource.reset("conf-too");
    const slept: number[] = [];
    const sleep: Clock["sleep"] = (ms, signal) => {
      slept.push(ms);
      // the time that a test gives to stop() is over at once
      return ms === 7 ? Promise.resolve() : systemClock.sleep(ms, signal);
    };
    const builder = SparkSession.builder().withClock({ ...systemClock, sleep });
    for (const [key, value] of Object.entries({ "spark.sql.session.timeZone": "UTC", ...conf }))
      builder.config(key, value);
    const spark = await builder
      .logTo(() => {})
      .use(fileSource(), fileSink(), memorySource())
      .create();
    return new Trial(mkdtempSync(join(tmpdir(), "conf-effects-")), spark, slept);
  }

  async close(): Promise<void> {
    await this.spark.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  file(name: string, text: string, second = 0): string {
    const path = this.path(name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, text);
    const time = new Date(Date.UTC(2024, 0, 1, 0, 0, second));
    utimesSync(path, time, time);
    return path;
  }

  /** The names in a folder, at any depth, without what differs from run to run. */
  names(folder: string): string[] {
    if (!existsSync(this.path(folder))) return [];
    return (readdirSync(this.path(folder), { recursive: true }) as string[])
      .map((name) => name.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "*"))
      .sort();
  }

  stream(name = "conf"): DataFrame {
    return this.spark.readStream.format("memory").option("name", name).schema("value INT").load();
  }

  counts(): DataFrame {
    return this.stream().groupBy("value").count();
  }

  times(name = "conf"): DataFrame {
    return this.stream(name).selectExpr("CAST(value AS TIMESTAMP) AS t").withWatermark("t", "0 seconds");
  }

  async start(rows: DataFrame, mode = "append", checkpoint = "checkpoint"): Promise<StreamingQuery> {
    const writer = rows.writeStream.format("noop").outputMode(mode);
    return writer.option("checkpointLocation", this.path(checkpoint)).start();
  }

  /** Runs a batch for each of the values. */
  async batches(query: StreamingQuery, ...values: readonly number[]): Promise<StreamingQuery> {
    for (const value of values) {
      MemorySource.addData("conf", value);
      await query.processAllAvailable();
    }
    return query;
  }

  /** Copies files to files, one a batch, and gives the names of the seen-file log and of the manifest. */
  async copyFiles(): Promise<{ readonly seen: string[]; readonly manifest: string[] }> {
    for (let k = 0; k < 7; k++) this.file(`in/${k}.txt`, `${k}\n`, k);
    const query = await this.spark.readStream
      .option("maxFilesPerTrigger", 1)
      .text(this.path("in"))
      .writeStream.format("text")
      .option("checkpointLocation", this.path("checkpoint"))
      .trigger({ availableNow: true })
      .start(this.path("out"));
    await query.awaitTermination();
    return { seen: this.names("checkpoint/sources/0"), manifest: this.names("out/_spark_metadata") };
  }
}

/** The answer of a promise, or the condition of its error. */
export async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (StreamError.is(error)) return error.condition;
    throw error;
  }
}

function sql(values: readonly [string, string], text: string): Effect {
  return { values, observe: ({ spark }) => outcome(async () => spark.sql(text).collect()) };
}

function starts(
  values: readonly [string, string],
  rows: (trial: Trial) => DataFrame,
  mode = "append",
): Effect {
  return { values, observe: (trial) => outcome(async () => (await trial.start(rows(trial), mode)).isActive) };
}

/** Starts a query in real-time mode; the option has a place only where the logs are written beside the batches. */
function realTime(
  values: readonly [string, string],
  rows: (trial: Trial) => DataFrame,
  options: Readonly<Record<string, number>> = {},
): Effect {
  const start = (trial: Trial): Promise<StreamingQuery> =>
    rows(trial)
      .writeStream.foreach(() => {})
      .outputMode("update")
      .options({ checkpointLocation: trial.path("checkpoint"), ...options })
      .trigger({ realTime: "6 seconds" })
      .start();
  return { values, observe: (trial) => outcome(async () => (await start(trial)).isActive) };
}

const DELAY: readonly [string, string] = ["0ms", "600000ms"];
const LEVELS =
  "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 10) SELECT max(n) AS n FROM t";

/** The keys that logs of file sources and sinks have in common, beside what makes them visible. */
function logEffects(log: "fileSource" | "fileSink", part: "seen" | "manifest"): Record<string, LogEffect> {
  const prefix = `spark.sql.streaming.${log}.log`;
  const observe = async (trial: Trial): Promise<unknown> => (await trial.copyFiles())[part];
  const often = { [`${prefix}.compactInterval`]: "2", "spark.sql.streaming.minBatchesToRetain": "2" };
  return {
    [`${prefix}.compactInterval`]: { values: ["2", "3"], observe },
    [`${prefix}.deletion`]: {
      values: ["true", "false"],
      observe,
      beside: { ...often, [`${prefix}.cleanupDelay`]: "0ms" },
    },
    [`${prefix}.cleanupDelay`]: { values: DELAY, observe, beside: often },
  };
}

/** An effect that other keys have to make visible. */
export interface LogEffect extends Effect {
  readonly beside?: Readonly<Record<string, string>>;
}

/** A way to see each key that is honoured: what is seen with one value differs from what is seen with the other. */
export const EFFECTS: Readonly<Record<string, LogEffect>> = {
  ...logEffects("fileSource", "seen"),
  ...logEffects("fileSink", "manifest"),
  "spark.sql.ansi.doubleQuotedIdentifiers": sql(["true", "false"], 'SELECT "a" AS b FROM VALUES (1) AS t(a)'),
  "spark.sql.ansi.enabled": sql(["true", "false"], "SELECT 1 / a AS b FROM VALUES (0) AS t(a)"),
  "spark.sql.ansi.enforceReservedKeywords": {
    values: ["true", "false"],
    observe: ({ spark }) => outcome(async () => spark.sql("SELECT 1 AS table").collect()),
  },
  "spark.sql.caseSensitive": sql(["true", "false"], "SELECT A FROM VALUES (1) AS t(a)"),
  "spark.sql.cteRecursionLevelLimit": sql(["100", "3"], LEVELS),
  "spark.sql.cteRecursionRowLimit": sql(["1000000", "3"], LEVELS),
  "spark.sql.streaming.flatMapGroupsWithState.skipEmittingInitialStateKeys": {
    values: ["false", "true"],
    observe: async ({ spark }) => {
      const initialState = spark.createDataFrame([["b", 1]], "k STRING, n INT").groupByKey("k");
      const rows = spark.createDataFrame([["a"]], "k STRING").groupByKey("k");
      const options = { state: "int", output: { k: "string" }, initialState } as const;
      return rows.mapGroupsWithState(options, (k) => ({ k })).collect();
    },
  },
  "spark.sql.decimalOperations.allowPrecisionLoss": sql(
    ["true", "false"],
    "SELECT typeof(CAST(1 AS DECIMAL(38, 10)) * CAST(1 AS DECIMAL(38, 10))) AS t",
  ),
  "spark.sql.groupByAliases": sql(
    ["true", "false"],
    "SELECT a AS b, count(1) AS n FROM VALUES (1) AS t(a) GROUP BY b",
  ),
  "spark.sql.groupByOrdinal": sql(
    ["true", "false"],
    "SELECT a, count(1) AS n FROM VALUES (1) AS t(a) GROUP BY 1",
  ),
  "spark.sql.mapKeyDedupPolicy": sql(
    ["EXCEPTION", "LAST_WIN"],
    "SELECT map(a, 2, a, 3)[1] AS m FROM VALUES (1) AS t(a)",
  ),
  "spark.sql.orderByOrdinal": sql(["true", "false"], "SELECT a FROM VALUES (2), (1) AS t(a) ORDER BY 1"),
  "spark.sql.session.timeZone": sql(
    ["UTC", "Asia/Tokyo"],
    "SELECT CAST(TIMESTAMP '2024-01-01 00:00:00' AS BIGINT) AS t",
  ),
  "spark.sql.timestampType": sql(
    ["TIMESTAMP_LTZ", "TIMESTAMP_NTZ"],
    "SELECT typeof(TIMESTAMP '2024-01-01') AS t",
  ),
  "ss.collect.longs": sql(["number", "bigint"], "SELECT 1L AS a"),
  "ss.collect.timestamps": sql(["date", "micros"], "SELECT TIMESTAMP '2024-01-01' AS a"),
  "spark.sql.columnNameOfCorruptRecord": {
    values: ["_corrupt_record", "bad"],
    observe: (trial) =>
      trial.spark.read.schema("a INT, bad STRING").json(trial.file("a.json", "{\n")).collect(),
  },
  "spark.sql.files.maxRecordsPerFile": {
    values: ["0", "1"],
    observe: async (trial) => {
      await trial.spark.range(4).write.csv(trial.path("out"));
      return trial.names("out").filter((name) => name.endsWith(".csv")).length;
    },
  },
  "spark.sql.sources.default": {
    values: ["text", "json"],
    observe: (trial) =>
      trial.spark.read.schema("value STRING").load(trial.file("a", '{"value": "x"}\n')).collect(),
  },
  "spark.sql.sources.partitionColumnTypeInference.enabled": {
    values: ["true", "false"],
    observe: async (trial) => {
      trial.file("t/k=1/a.txt", "x\n");
      return (await trial.spark.read.text(trial.path("t")).schema()).treeString();
    },
  },
  "spark.sql.shuffle.partitions": {
    values: ["16", "4"],
    observe: async (trial) => {
      const query = await trial.batches(await trial.start(trial.counts(), "update"), 1);
      return query.lastProgress!.stateOperators[0]!.numShufflePartitions;
    },
  },
  "spark.sql.streaming.checkpoint.verifyMetadataExists.enabled": {
    values: ["true", "false"],
    observe: async (trial) => {
      const query = await trial.batches(await trial.start(trial.stream()), 1);
      await query.stop();
      rmSync(trial.path("checkpoint/metadata"));
      return outcome(async () => (await trial.start(trial.stream())).isActive);
    },
  },
  "spark.sql.streaming.checkpointLocation": {
    values: ["", join(tmpdir(), "conf-effects-root")],
    observe: async (trial) => {
      await trial.stream().writeStream.format("noop").queryName("conf").start();
      const root = join(tmpdir(), "conf-effects-root");
      const isThere = existsSync(root);
      await trial.spark.stop();
      rmSync(root, { recursive: true, force: true });
      return isThere;
    },
  },
  "spark.sql.streaming.fileSource.cleaner.numThreads": {
    values: ["1", "0"],
    observe: async (trial) => {
      for (let k = 0; k < 3; k++) trial.file(`in/${k}.txt`, `${k}\n`, k);
      const query = await trial.spark.readStream
        .option("maxFilesPerTrigger", 1)
        .option("cleanSource", "delete")
        .text(trial.path("in"))
        .writeStream.format("noop")
        .trigger({ availableNow: true })
        .start();
      return outcome(() => query.awaitTermination());
    },
  },
  "spark.sql.streaming.fileStreamSink.ignoreMetadata": {
    values: ["true", "false"],
    observe: async (trial) => {
      await trial.copyFiles();
      trial.file("out/more.txt", "not in the manifest\n");
      return trial.spark.read.text(trial.path("out")).count();
    },
  },
  "spark.sql.streaming.forceDeleteTempCheckpointLocation": {
    values: ["true", "false"],
    observe: async (trial) => {
      const before = process.env["TMPDIR"];
      process.env["TMPDIR"] = trial.path("");
      try {
        const failing = trial.stream().selectExpr("assert_true(value > 1) AS v");
        const query = await failing.writeStream.format("noop").start();
        MemorySource.addData("conf", 1);
        await outcome(() => query.awaitTermination());
      } finally {
        if (before === undefined) delete process.env["TMPDIR"];
        else process.env["TMPDIR"] = before;
      }
      return readdirSync(trial.folder).length;
    },
  },
  "spark.sql.streaming.minBatchesToRetain": {
    values: ["2", "100"],
    observe: async (trial) => {
      const query = await trial.batches(await trial.start(trial.stream()), 1, 2, 3, 4, 5, 6);
      await query.stop();
      return trial.names("checkpoint/offsets");
    },
  },
  "spark.sql.streaming.multipleWatermarkPolicy": {
    values: ["min", "max"],
    observe: async (trial) => {
      const query = await trial.start(trial.times().union(trial.times("conf-too")));
      MemorySource.addData("conf-too", 100);
      await trial.batches(query, 50, 51);
      return query.lastProgress!.eventTime!["watermark"];
    },
  },
  "ss.streaming.idleInputTimeout": {
    values: ["1 us", "1 day"],
    observe: async (trial) => {
      const query = await trial.start(trial.times().union(trial.times("conf-too")));
      return (await trial.batches(query, 50, 51)).explainWatermark().watermarkMs > 0;
    },
  },
  "spark.sql.streaming.checkUnfinishedRepartitionOnRestart": {
    values: ["true", "false"],
    observe: async (trial) => {
      await (await trial.batches(await trial.start(trial.counts(), "update"), 1)).stop();
      await trial.spark.streams.repartition(trial.path("checkpoint"), 5);
      // as after a crash before its last write
      rmSync(trial.path("checkpoint/commits/1"));
      const query = await trial.start(trial.counts(), "update");
      await query.processAllAvailable().catch(() => {});
      return query.exception?.message.includes("STREAMING_UNFINISHED_REPARTITION_DETECTED") ?? false;
    },
  },
  "ss.streaming.replayOnChangedTables": {
    values: ["true", "false"],
    observe: async (trial) => {
      const start = (): Promise<StreamingQuery> => {
        const words = trial.spark.read.schema("value INT, word STRING").csv(trial.path("words"));
        const distinct = trial.stream().join(words, "value").select("word").distinct();
        const writer = distinct.writeStream.format("json").option("checkpointLocation", trial.path("c"));
        return writer.start(trial.path("out"));
      };
      trial.file("words/a.csv", "1,one\n");
      await (await trial.batches(await start(), 1)).stop();
      // as after a crash between the sink's commit and the query's
      rmSync(trial.path("c/commits/0"));
      trial.file("words/a.csv", "1,uno\n", 1);
      const query = await start();
      await query.processAllAvailable().catch(() => {});
      return query.exception?.message.includes("SS_TABLE_CHANGED") ?? false;
    },
  },
  "spark.sql.streaming.noDataMicroBatches.enabled": {
    values: ["true", "false"],
    observe: async (trial) => {
      const windows = trial.times().groupBy(window("t", "5 seconds")).count();
      return (await trial.batches(await trial.start(windows), 1, 50)).lastProgress!.batchId;
    },
  },
  "spark.sql.streaming.noDataProgressEventInterval": {
    values: ["0ms", "100000000ms"],
    observe: async (trial) => {
      let idle = false;
      trial.spark.streams.addListener({ onQueryIdle: () => void (idle = true) });
      await trial.batches(await trial.start(trial.stream()), 1);
      return idle;
    },
  },
  "spark.sql.streaming.numRecentProgressUpdates": {
    values: ["1", "100"],
    observe: async (trial) =>
      (await trial.batches(await trial.start(trial.stream()), 1, 2)).recentProgress.length,
  },
  "spark.sql.streaming.pollingDelay": {
    values: ["11ms", "12ms"],
    observe: async (trial) => {
      trial.file("in/a.txt", "a\n");
      const query = await trial.start(trial.spark.readStream.text(trial.path("in")));
      await query.processAllAvailable();
      while (trial.slept.length === 0) await nextTurn();
      return trial.slept[0];
    },
  },
  "spark.sql.streaming.realTimeMode.allowlistCheck": realTime(["true", "false"], (trial) => trial.times()),
  "spark.sql.streaming.realTimeMode.asyncProgressTrackingByDefault.enabled": realTime(
    ["true", "false"],
    (trial) => trial.stream(),
    { asyncProgressTrackingCheckpointIntervalMs: 500 },
  ),
  "spark.sql.streaming.realTimeMode.dangerouslyAllowCheckpointV1.enabled": {
    ...realTime(["true", "false"], (trial) => trial.stream()),
    beside: { "spark.sql.streaming.stateStore.checkpointFormatVersion": "1" },
  },
  "spark.sql.streaming.stateStore.checkpointFormatVersion": realTime(["1", "2"], (trial) => trial.stream()),
  "spark.sql.execution.sortBeforeRepartition": realTime(["true", "false"], (trial) => trial.stream()),
  "spark.sql.streaming.realTimeMode.minBatchDuration": realTime(["5000ms", "7 seconds"], (trial) =>
    trial.stream(),
  ),
  "spark.sql.streaming.schemaInference": {
    values: ["true", "false"],
    observe: async (trial) => {
      trial.file("in/a.json", '{"a": 1}\n');
      return outcome(async () => (await trial.spark.readStream.json(trial.path("in")).schema()).treeString());
    },
  },
  "spark.sql.streaming.stateStore.encodingFormat": starts(
    ["unsaferow", "avro"],
    (trial) => trial.counts(),
    "update",
  ),
  "spark.sql.streaming.stateStore.minDeltasForSnapshot": {
    values: ["1", "10"],
    observe: async (trial) => {
      const query = await trial.batches(await trial.start(trial.counts(), "update"), 1, 2, 3, 4, 5);
      await query.stop();
      return trial.names("checkpoint/state");
    },
  },
  "spark.sql.streaming.stateStore.providerClass": {
    values: [
      "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider",
      "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider",
    ],
    observe: async (trial) => {
      const query = await trial.start(trial.counts(), "update");
      return outcome(() => query.processAllAvailable());
    },
  },
  "spark.sql.streaming.statefulOperator.allowMultiple": starts(["true", "false"], (trial) =>
    trial.times().selectExpr("t", "t AS u").withWatermark("u", "1 second"),
  ),
  "spark.sql.streaming.statefulOperator.checkCorrectness.enabled": starts(
    ["true", "false"],
    (trial) => trial.counts().groupBy("count").count(),
    "update",
  ),
  "spark.sql.streaming.stopActiveRunOnRestart": {
    values: ["true", "false"],
    observe: async (trial) => {
      await trial.start(trial.stream());
      return outcome(async () => (await trial.start(trial.stream())).isActive);
    },
  },
  "spark.sql.streaming.stopTimeout": {
    values: ["0", "7ms"],
    observe: async (trial) => {
      let release = (): void => {};
      const released = new Promise<void>((resolve) => {
        release = resolve;
      });
      const begun = new Promise<void>((resolve) => {
        void trial
          .stream()
          .writeStream.foreachBatch(async () => {
            resolve();
            await released;
          })
          .start();
      });
      MemorySource.addData("conf", 1);
      await begun;
      const stopping = outcome(async () => trial.spark.streams.active[0]!.stop());
      await nextTurn();
      release();
      const answer = await stopping;
      await trial.spark.streams.awaitAnyTermination();
      return answer;
    },
  },
  "spark.sql.streaming.unsupportedOperationCheck": starts(["true", "false"], (trial) =>
    trial.stream().orderBy("value"),
  ),
};
