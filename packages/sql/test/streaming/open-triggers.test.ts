import { defineSource, StreamError } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import { collectingSink, FaultyFileSystem, VirtualClock } from "@ss/testkit";
import { beforeEach, expect, test } from "vitest";
import {
  type DataFrame,
  expr,
  type ListState,
  SparkSession,
  StatefulProcessor,
  type StreamingQuery,
  TimeMode,
  Trigger,
  window,
} from "../../src/index.js";

/** A source that is read in batches only. */
const numbers = defineSource({ name: "numbers", schema: "value INT", latest: () => 0, read: () => [] });

let spark: SparkSession;
let clock: VirtualClock;
let disk: FaultyFileSystem;
const seen: string[] = [];

beforeEach(async () => {
  for (const name of ["open", "open-too"]) MemorySource.reset(name);
  seen.length = 0;
  clock = new VirtualClock();
  disk = new FaultyFileSystem();
  spark = await SparkSession.builder()
    .withClock(clock)
    .config("spark.sql.session.timeZone", "UTC")
    .logTo(() => {})
    .use(memorySource(), numbers, collectingSink().plugin())
    .use({ name: "disk", fileSystems: [disk] })
    .create();
});

const input = (name = "open"): DataFrame =>
  spark.readStream.format("memory").option("name", name).schema("k STRING, n INT").load();

const realTime = { realTime: "1 minute" } as const;
const continuous = { continuous: "1 second" } as const;

/** Starts a query whose rows are noted as they come. */
function noted(rows: DataFrame, trigger: Parameters<typeof Trigger.RealTime>[0] = "1 minute") {
  return rows.writeStream
    .foreach((row: object) => void seen.push(Object.values(row).join(" ")))
    .outputMode("update")
    .trigger({ realTime: trigger })
    .option("checkpointLocation", "/checkpoint")
    .start();
}

/** Adds rows, and what the query makes of them. */
async function step(query: StreamingQuery, ...rows: readonly unknown[]): Promise<string[]> {
  seen.length = 0;
  if (rows.length > 0) MemorySource.addData("open", ...rows);
  await query.processAllAvailable();
  return [...seen];
}

async function conditionOf(start: Promise<StreamingQuery>): Promise<string> {
  const error = await start.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return StreamError.is(error) ? error.condition : String(error);
}

const commits = (): Promise<readonly string[]> => names("commits");

async function names(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of disk.list(`/checkpoint/${folder}`)) found.push(path.split("/").at(-1)!);
  return found.sort();
}

test("in real-time mode rows are there as they come, and their batch is committed at its end", async () => {
  const query = await noted(input().filter("n > 1").selectExpr("k", "n * 10 AS n"));
  expect(await step(query, ["a", 1], ["b", 2])).toEqual(["b 20"]);
  expect(await step(query, ["c", 3])).toEqual(["c 30"]);
  expect(await commits()).toEqual([]);
  await clock.advance(60_000);
  await query.processAllAvailable();
  expect(await commits()).toEqual(["0"]);
  expect(query.lastProgress).toMatchObject({ batchId: 0, numInputRows: 3, sink: { numOutputRows: 2 } });
  await query.stop();
});

test("an aggregation tells each change as it comes, and its state is that of the committed batches", async () => {
  const counts = (): Promise<StreamingQuery> => noted(input().groupBy("k").count());
  const query = await counts();
  expect(await step(query, ["a", 1], ["b", 1])).toEqual(["a 1", "b 1"]);
  expect(await step(query, ["a", 1])).toEqual(["a 2"]);
  await clock.advance(60_000);
  expect(await step(query, ["a", 1])).toEqual(["a 3"]);
  expect(query.lastProgress?.stateOperators[0]).toMatchObject({ numRowsTotal: 2 });
  await query.stop();
  // the last row was in no committed batch: it comes again, and counts once
  const again = await counts();
  expect(await step(again)).toEqual(["a 3"]);
  await again.stop();
});

test("windows and duplicates run in real-time mode", async () => {
  const query = await noted(
    input()
      .dropDuplicates(["n"])
      .selectExpr("CAST(n AS TIMESTAMP) AS t")
      .groupBy(window("t", "10 seconds"))
      .count()
      .selectExpr("count"),
  );
  expect(await step(query, ["a", 1], ["b", 2])).toEqual(["2"]);
  expect(await step(query, ["a", 2])).toEqual([]);
  expect(await step(query, ["a", 3], ["a", 12])).toEqual(["3", "1"]);
  await query.stop();
});

test("a table beside the stream is that of the batch", async () => {
  const sizes = spark.sql("SELECT * FROM VALUES ('a', 100), ('b', 200) AS sizes(k, size)");
  const query = await noted(input().join(sizes, "k").selectExpr("k", "n + size"));
  expect(await step(query, ["a", 1])).toEqual(["a 101"]);
  expect(await step(query, ["b", 1], ["c", 1])).toEqual(["b 201"]);
  await query.stop();
});

test("a union takes from each stream as its rows come", async () => {
  const query = await noted(input().union(input("open-too")));
  expect(await step(query, ["a", 1])).toEqual(["a 1"]);
  MemorySource.addData("open-too", ["x", 7]);
  expect(await step(query)).toEqual(["x 7"]);
  expect(await step(query, ["b", 2])).toEqual(["b 2"]);
  await query.stop();
});

test("what observe finds is that of the whole batch", async () => {
  const query = await noted(input().observe("seen", expr("count(*)").as("rows"), expr("max(n)").as("most")));
  await step(query, ["a", 1], ["b", 9]);
  await step(query, ["c", 3]);
  await clock.advance(60_000);
  await query.processAllAvailable();
  expect(query.lastProgress?.observedMetrics?.["seen"]).toEqual({ rows: 3, most: 9 });
  await query.stop();
});

test("without the allow-list other operators run too", async () => {
  spark.conf.set("spark.sql.streaming.realTimeMode.allowlistCheck", false);
  const left = input().selectExpr("k", "n", "CAST(n AS TIMESTAMP) AS t").withWatermark("t", "5 seconds");
  const right = input("open-too").selectExpr("k AS k2", "n AS m");
  const query = await noted(left.join(right, expr("k = k2")).selectExpr("k", "n", "m"));
  expect(await step(query, ["a", 1])).toEqual([]);
  MemorySource.addData("open-too", ["a", 7]);
  expect(await step(query)).toEqual(["a 1 7"]);
  expect(await step(query, ["a", 2])).toEqual(["a 2 7"]);
  // rows of several parts of one batch are all kept
  MemorySource.addData("open-too", ["a", 8]);
  expect((await step(query)).sort()).toEqual(["a 1 8", "a 2 8"]);
  await clock.advance(60_000);
  expect((await step(query, ["a", 3])).sort()).toEqual(["a 3 7", "a 3 8"]);
  await query.stop();
});

/** Keeps all numbers of a key in a list, and gives them out with each row. */
class Numbers extends StatefulProcessor<string, Record<string, unknown>, { k: string; all: string }> {
  private list!: ListState<number>;

  override init(): void {
    this.list = this.getHandle().getListState("numbers", "int");
  }

  override *handleInputRows(
    k: string,
    rows: Iterable<Record<string, unknown>>,
  ): Iterable<{ k: string; all: string }> {
    for (const row of rows) this.list.appendValue(Number(row["n"]));
    yield { k, all: [...this.list.get()].join("+") };
  }
}

test("a processor of the program's own keeps what all parts of a batch gave it", async () => {
  spark.conf.set("spark.sql.streaming.realTimeMode.allowlistCheck", false);
  const rows = input()
    .groupByKey("k")
    .transformWithState(() => new Numbers(), {
      output: { k: "string", all: "string" },
      outputMode: "update",
      timeMode: TimeMode.None,
    });
  const query = await noted(rows as DataFrame);
  expect(await step(query, ["a", 1], ["a", 2])).toEqual(["a 1+2"]);
  expect(await step(query, ["a", 3])).toEqual(["a 1+2+3"]);
  await clock.advance(60_000);
  expect(await step(query, ["a", 4])).toEqual(["a 1+2+3+4"]);
  await query.stop();
});

test("an initial state counts once, whatever the parts of the first batch", async () => {
  spark.conf.set("spark.sql.streaming.realTimeMode.allowlistCheck", false);
  const initialState = spark.createDataFrame([["a", 100]], "k STRING, v INT").groupByKey("k");
  const options = { state: { v: "int" }, output: { k: "string", sum: "int" }, initialState } as const;
  const sums = input()
    .groupByKey("k")
    .mapGroupsWithState(options, (k, rows, state) => {
      let sum = state.getOption()?.v ?? 0;
      for (const row of rows) sum += Number((row as { n: number }).n);
      state.update({ v: sum });
      return { k: String(k), sum };
    });
  const query = await noted(sums as DataFrame);
  expect((await step(query, ["b", 1])).sort()).toEqual(["a 100", "b 1"]);
  expect(await step(query, ["a", 5])).toEqual(["a 105"]);
  expect(await step(query, ["a", 5], ["b", 2])).toEqual(["a 110", "b 3"]);
  await query.stop();
});

test("the memory sink shows rows within a batch, and each of them once", async () => {
  const query = await input()
    .writeStream.format("memory")
    .queryName("shown")
    .outputMode("update")
    .trigger(realTime)
    .start();
  const shown = async (): Promise<number> => (await spark.sql("SELECT * FROM shown").collect()).length;
  await step(query, ["a", 1]);
  expect(await shown()).toBe(1);
  await step(query, ["b", 2]);
  expect(await shown()).toBe(2);
  await clock.advance(60_000);
  await step(query, ["c", 3]);
  expect(await shown()).toBe(3);
  await query.stop();
  expect(await shown()).toBe(3);
});

test("real-time batches last five minutes by default", () => {
  expect(Trigger.RealTime()).toEqual({ kind: "realTime", durationMs: 300_000 });
  expect(() => Trigger.RealTime("soon")).toThrow(/not an interval/);
  expect(() => Trigger.Continuous(0)).toThrow(/not an interval/);
});

test("real-time mode refuses what Spark refuses, by Spark's conditions", async () => {
  const start = (rows: DataFrame, mode = "update", format = "memory") =>
    conditionOf(
      rows.writeStream
        .format(format)
        .queryName("any")
        .outputMode(mode)
        .trigger(realTime)
        .option("checkpointLocation", "/c")
        .start(),
    );
  const mode = "STREAMING_REAL_TIME_MODE";
  expect(await start(input(), "append")).toBe(`${mode}.OUTPUT_MODE_NOT_SUPPORTED`);
  expect(await start(spark.readStream.format("numbers").load())).toBe(`${mode}.INPUT_STREAM_NOT_SUPPORTED`);
  expect(await start(input(), "update", "collecting")).toBe(`${mode}.OPERATOR_OR_SINK_NOT_IN_ALLOWLIST`);
  expect(await start(input(), "update", "noop")).toBe(`${mode}.OPERATOR_OR_SINK_NOT_IN_ALLOWLIST`);
  const timed = input().selectExpr("k", "CAST(n AS TIMESTAMP) AS t").withWatermark("t", "1 second");
  expect(await start(timed)).toBe(`${mode}.OPERATOR_OR_SINK_NOT_IN_ALLOWLIST`);
  expect(await start(timed.dropDuplicatesWithinWatermark(["k"]))).toBe(
    `${mode}.OPERATOR_OR_SINK_NOT_IN_ALLOWLIST`,
  );
  const same = input();
  expect(await start(same.union(same))).toBe(`${mode}.IDENTICAL_SOURCES_IN_UNION_NOT_SUPPORTED`);
  expect(await start(input().union(input()))).toBe(`${mode}.IDENTICAL_SOURCES_IN_UNION_NOT_SUPPORTED`);
  expect(await start(input().dropDuplicates(["k"]).union(input("open-too")))).toBe(
    `${mode}.STATEFUL_OPERATORS_BEFORE_UNION_NOT_SUPPORTED`,
  );
  const short = input()
    .writeStream.format("memory")
    .queryName("any")
    .outputMode("update")
    .trigger({ realTime: "1 second" });
  expect(await conditionOf(short.start())).toBe("INVALID_STREAMING_REAL_TIME_MODE_TRIGGER_INTERVAL");
  const batches = input()
    .writeStream.foreachBatch(() => {})
    .outputMode("update")
    .trigger(realTime);
  expect(await conditionOf(batches.start())).toBe(`${mode}.OPERATOR_OR_SINK_NOT_IN_ALLOWLIST`);
  spark.conf.set("spark.sql.streaming.realTimeMode.allowlistCheck", false);
  expect(await conditionOf(batches.start())).toBe(`${mode}.SINK_NOT_SUPPORTED`);
  expect(await start(input(), "update", "collecting")).toBe(`${mode}.SINK_NOT_SUPPORTED`);
  const interval = input()
    .writeStream.format("memory")
    .queryName("any")
    .outputMode("update")
    .trigger(realTime);
  expect(await conditionOf(interval.option("asyncProgressTrackingCheckpointIntervalMs", 500).start())).toBe(
    `${mode}.ASYNC_PROGRESS_TRACKING_CHECKPOINTING_INTERVAL_NON_ZERO`,
  );
});

test("settings that real-time mode does not run with are refused, all of them at once", async () => {
  const format = "spark.sql.streaming.stateStore.checkpointFormatVersion";
  const provider = "spark.sql.streaming.stateStore.providerClass";
  const sort = "spark.sql.execution.sortBeforeRepartition";
  const stores = "org.apache.spark.sql.execution.streaming.state";
  spark.conf.set(format, 1);
  spark.conf.set(provider, `${stores}.HDFSBackedStateStoreProvider`);
  spark.conf.set(sort, true);
  await expect(noted(input())).rejects.toMatchObject({
    condition: "STREAMING_REAL_TIME_MODE.SQL_CONFIGURATION_NOT_SUPPORTED",
    parameters: {
      invalidReasons: `1. ${format} must be 2 or above; 2. ${provider} must be ${stores}.RocksDBStateStoreProvider; 3. ${sort} must be false`,
    },
  });
  for (const [key, value] of [
    [format, 2],
    [provider, "@ss/core/MemoryStateStoreProvider"],
    [sort, false],
  ] as const)
    spark.conf.set(key, value);
  const query = await noted(input());
  expect(await step(query, ["a", 1])).toEqual(["a 1"]);
  await query.stop();
  // other triggers run with all of them
  spark.conf.set(sort, true);
  spark.conf.set(format, 1);
  const other = await input()
    .writeStream.foreach(() => {})
    .start();
  await other.stop();
});

test("a checkpoint that Spark has committed is refused in real-time mode, unless that is allowed", async () => {
  const text = (...lines: readonly string[]): Uint8Array => new TextEncoder().encode(lines.join("\n"));
  await disk.createExclusive("/checkpoint/metadata", text('{"id":"f0a0c1f4-6f3c-4e7e-9d5e-1b8a52a1a001"}'));
  const fields = '{"batchWatermarkMs":0,"batchTimestampMs":1,"conf":{}}';
  await disk.createExclusive("/checkpoint/offsets/0", text("v1", fields, "0"));
  await disk.createExclusive("/checkpoint/commits/0", text("v1", '{"nextBatchWatermarkMs":0}'));
  MemorySource.addData("open", ["a", 1]);
  const query = await noted(input());
  const error = await query.processAllAvailable().catch((e: Error) => e.cause);
  expect(error).toMatchObject({
    condition: "STREAMING_REAL_TIME_MODE.CHECKPOINT_FORMAT_V1_NOT_SUPPORTED",
    parameters: { config: "spark.sql.streaming.realTimeMode.dangerouslyAllowCheckpointV1.enabled" },
  });
  spark.conf.set("spark.sql.streaming.realTimeMode.dangerouslyAllowCheckpointV1.enabled", true);
  const allowed = await noted(input());
  expect(await step(allowed, ["b", 2])).toEqual(["b 2"]);
  await allowed.stop();
});

test("with the continuous trigger rows flow at once, and an epoch ends at each multiple of the interval", async () => {
  const query = await input()
    .alias("rows")
    .selectExpr("k", "n + 1 AS n")
    .where("n > 2")
    .writeStream.foreach((row: object) => void seen.push(Object.values(row).join(" ")))
    .trigger(continuous)
    .option("checkpointLocation", "/checkpoint")
    // means nothing here, as in Spark
    .option("asyncProgressTrackingEnabled", true)
    .start();
  expect(await step(query, ["a", 1], ["b", 2])).toEqual(["b 3"]);
  expect(await commits()).toEqual([]);
  await clock.advance(1000);
  expect(await step(query, ["c", 3])).toEqual(["c 4"]);
  expect(await commits()).toEqual(["0"]);
  await clock.advance(1000);
  await query.processAllAvailable();
  expect(await commits()).toEqual(["0", "1"]);
  await query.stop();
});

test.each<[string, (rows: DataFrame) => DataFrame]>([
  ["Aggregate", (rows) => rows.groupBy("k").count()],
  ["Deduplicate", (rows) => rows.dropDuplicates(["k"])],
  ["Union", (rows) => rows.union(input("open-too"))],
  ["LocalLimit", (rows) => rows.limit(1)],
  [
    "EventTimeWatermark",
    (rows) => rows.selectExpr("CAST(n AS TIMESTAMP) AS t").withWatermark("t", "1 second"),
  ],
  ["CollectMetrics", (rows) => rows.observe("seen", expr("count(1)").as("n"))],
  ["Range", (rows) => rows.join(spark.range(3), expr("n = id"))],
  ["Generate", (rows) => rows.selectExpr("explode(array(n, n))")],
  ["current time", (rows) => rows.selectExpr("current_timestamp()")],
])("continuous processing does not support %s operations", async (name, make) => {
  const rows = make(input());
  const mode = name === "Aggregate" ? "update" : "append";
  const start = rows.writeStream.format("noop").outputMode(mode).trigger(continuous).start();
  await expect(start).rejects.toThrow(`Continuous processing does not support ${name} operations.`);
});

// FB-04
test("foreachBatch is refused with the continuous trigger, and with partitionBy", async () => {
  const writer = input().writeStream.foreachBatch(() => {});
  await expect(writer.trigger(continuous).start()).rejects.toThrow(
    "'foreachBatch' is not supported with continuous trigger",
  );
  await expect(writer.partitionBy("k").start()).rejects.toThrow(
    "'foreachBatch' does not support partitioning",
  );
});

test("sinks and sources that know only batches are refused with the continuous trigger", async () => {
  const start = input().writeStream.format("collecting").trigger(continuous);
  await expect(start.option("checkpointLocation", "/c").start()).rejects.toThrow(
    /CollectingSink.* does not support continuous processing/,
  );
  const rows = spark.readStream.format("numbers").load();
  await expect(rows.writeStream.format("noop").trigger(continuous).start()).rejects.toThrow(
    /does not support continuous processing/,
  );
});

test.each([realTime, continuous])("malformed rows are reported as they come, with %o", async (trigger) => {
  const query = await input()
    .selectExpr("from_csv(k, 'n INT').n AS n")
    .writeStream.foreach((row: object) => void seen.push(Object.values(row).join(" ")))
    .malformedRowsTo("memory", { queryName: "malformed" })
    .outputMode("realTime" in trigger ? "update" : "append")
    .trigger(trigger)
    .option("checkpointLocation", "/checkpoint")
    .start();
  expect(await step(query, ["1", 1], ["x", 2])).toEqual(["1"]);
  expect(await step(query, ["y", 3], ["2", 4])).toEqual(["2"]);
  await clock.advance(60_000);
  await query.processAllAvailable();
  const reports = await spark.table("malformed").select("k", "n").collect();
  expect(reports).toEqual([
    { k: "x", n: 2 },
    { k: "y", n: 3 },
  ]);
  await query.stop();
});

test.each([realTime, continuous])(
  "malformed rows are refused a sink that takes no open batches, with %o",
  async (trigger) => {
    const writer = input()
      .selectExpr("from_csv(k, 'n INT').n AS n")
      .writeStream.foreach(() => {})
      .outputMode("realTime" in trigger ? "update" : "append")
      .malformedRowsTo(() => {})
      .trigger(trigger);
    expect(await conditionOf(writer.start())).toBe(
      "realTime" in trigger ? "STREAMING_REAL_TIME_MODE.SINK_NOT_SUPPORTED" : "_LEGACY_ERROR_TEMP_2253",
    );
  },
);
