import { fileSource } from "@ss/source-file";
import { MemorySource } from "@ss/source-memory";
import { FaultyFileSystem } from "@ss/testkit";
import { expect, test } from "vitest";
import { type DataFrame, StructType, window } from "../../../src/index.js";
import { listedRecords } from "./files-of-output.js";
import { CHECKPOINT, Trial, type TrialOptions } from "./trial.js";

const at = (seconds: number): Date => new Date(seconds * 1000);
const BASE: TrialOptions = {
  schema: "k STRING, n INT, t TIMESTAMP",
  inputs: [
    [
      ["a", 1, at(1)],
      ["b", 2, at(2)],
    ],
    [
      ["a", 3, at(3)],
      ["b", 4, at(4)],
    ],
  ],
  mode: "update",
  query: (stream) => stream.groupBy("k").sum("n"),
};

/** A query that has processed its first addition, and its disk. */
async function begun(
  options: TrialOptions,
): Promise<{ readonly trial: Trial; readonly disk: FaultyFileSystem }> {
  const trial = new Trial(options);
  const disk = new FaultyFileSystem();
  await trial.runSome(disk, 1);
  return { trial, disk };
}

/** What the changed query gives for the second addition. */
async function goesOn(before: TrialOptions, changes: Partial<TrialOptions>): Promise<string[]> {
  const { trial, disk } = await begun(before);
  const changed = trial.copy(changes);
  await changed.run(disk);
  return changed.sink
    .rows(1)
    .map((row) => row.map(String).join(" "))
    .sort();
}

/** The error that the changed query ends with. */
async function isRefused(
  before: TrialOptions,
  changes: Partial<TrialOptions>,
): Promise<Error & { condition?: string }> {
  const { trial, disk } = await begun(before);
  return trial.copy(changes).failure(disk);
}

test("a filter may come, and its state goes on", async () => {
  const query = (stream: DataFrame): DataFrame => stream.filter("k = 'a'").groupBy("k").sum("n");
  expect(await goesOn(BASE, { query })).toEqual(["a 4"]);
});

test("what is selected of the result may change", async () => {
  const query = (stream: DataFrame): DataFrame =>
    stream.groupBy("k").sum("n").selectExpr("`sum(n)` * 10 AS tenfold");
  expect(await goesOn(BASE, { query })).toEqual(["40", "60"]);
});

test("columns of the state may be called otherwise", async () => {
  const query = (stream: DataFrame): DataFrame =>
    stream.selectExpr("k AS word", "n AS number").groupBy("word").sum("number");
  expect(await goesOn(BASE, { query })).toEqual(["a 4", "b 6"]);
});

test("the projection and the filter of a stateless query may change", async () => {
  const stateless: TrialOptions = { ...BASE, mode: "append", query: (stream) => stream.selectExpr("k") };
  const query = (stream: DataFrame): DataFrame => stream.filter("n > 3").selectExpr("n * 2 AS twice");
  expect(await goesOn(stateless, { query })).toEqual(["8"]);
});

test("the delay of a watermark may change", async () => {
  const delayed =
    (delay: string) =>
    (stream: DataFrame): DataFrame => {
      return stream.withWatermark("t", delay).groupBy(window("t", "10 seconds")).count().selectExpr("count");
    };
  expect(await goesOn({ ...BASE, query: delayed("1 minute") }, { query: delayed("2 minutes") })).toEqual([
    "4",
  ]);
});

test("a rate limit may come, and the trigger may change", async () => {
  const disk = new FaultyFileSystem();
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const trial = new Trial({ ...BASE, inputs: [] });
  const run = async (
    options: Readonly<Record<string, string>>,
    trigger: { readonly availableNow: true } | { readonly once: true },
  ) => {
    const spark = await trial.session(disk, fileSource());
    const stream = spark.readStream.format("csv").schema("n INT").options(options).load("/in");
    const writer = stream.writeStream
      .format("collecting")
      .option("checkpointLocation", CHECKPOINT)
      .trigger(trigger);
    await (await writer.start()).awaitTermination();
  };
  await disk.createExclusive("/in/1.csv", bytes("1\n"));
  await run({}, { once: true });
  for (const k of [2, 3, 4]) await disk.createExclusive(`/in/${k}.csv`, bytes(`${k}\n`));
  await run({ maxFilesPerTrigger: "1" }, { availableNow: true });
  expect(trial.sink.batches.map(({ rows }) => rows)).toEqual([[[1]], [[2]], [[3]], [[4]]]);
});

test("options of the sink may change", async () => {
  const disk = new FaultyFileSystem();
  const trial = new Trial({
    ...BASE,
    query: (stream) => stream.selectExpr("k", "CAST(NULL AS INT) AS nothing"),
  });
  const run = async (keepsNulls: boolean): Promise<void> => {
    const spark = await trial.session(disk);
    const writer = trial.options
      .query(trial.stream(spark))
      .writeStream.option("checkpointLocation", CHECKPOINT);
    const query = await writer.format("json").option("ignoreNullFields", !keepsNulls).start("/out");
    trial.feed();
    await query.processAllAvailable();
    await spark.stop();
  };
  await run(false);
  await run(true);
  expect(listedRecords(disk, "/out")).toEqual([
    { k: "a" },
    { k: "b" },
    { k: "a", nothing: null },
    { k: "b", nothing: null },
  ]);
});

test("the number of partitions comes from the checkpoint, whatever the session says", async () => {
  const { trial, disk } = await begun({ ...BASE, conf: { "spark.sql.shuffle.partitions": "3" } });
  const changed = trial.copy({ conf: { "spark.sql.shuffle.partitions": "7" } });
  const query = await changed.start(await changed.session(disk));
  changed.feed();
  await query.processAllAvailable();
  expect(query.lastProgress?.stateOperators[0]?.numShufflePartitions).toBe(3);
  expect(changed.sink.rows(1).length).toBe(2);
  await query.stop();
});

test("another number of sources is refused, with both numbers", async () => {
  const { trial, disk } = await begun(BASE);
  const other = `${trial.source}-other`;
  const changed = trial.copy();
  const spark = await changed.session(disk);
  const second = spark.readStream.format("memory").option("name", other).schema(BASE.schema).load();
  const union = changed.stream(spark).union(second).groupBy("k").sum("n");
  const writer = union.writeStream
    .format("collecting")
    .outputMode("update")
    .option("checkpointLocation", CHECKPOINT);
  const query = await writer.start();
  await expect(query.awaitTermination()).rejects.toThrow(
    "There are [1] sources in the checkpoint offsets and now there are [2]",
  );
  expect(query.exception?.cause).toMatchObject({ condition: "SS_SOURCES_CHANGED" });
  MemorySource.reset(other);
});

test("a source of another kind is refused", async () => {
  const { trial, disk } = await begun({ ...BASE, mode: "append", query: (stream) => stream.selectExpr("n") });
  await disk.createExclusive("/in/1.csv", new TextEncoder().encode("1\n"));
  const spark = await trial.copy().session(disk, fileSource());
  const files = spark.readStream.format("csv").schema("n INT").load("/in");
  const query = await files.writeStream.format("collecting").option("checkpointLocation", CHECKPOINT).start();
  await expect(query.processAllAvailable()).rejects.toMatchObject({
    cause: { condition: "SS_LOG_BATCH_MISSING" },
  });
});

test("a memory source in the place of files is refused", async () => {
  const disk = new FaultyFileSystem();
  await disk.createExclusive("/in/1.csv", new TextEncoder().encode("1\n"));
  const trial = new Trial({ ...BASE, mode: "append", query: (stream) => stream.selectExpr("n") });
  const spark = await trial.session(disk, fileSource());
  const files = spark.readStream.format("csv").schema("n INT").load("/in");
  const query = await files.writeStream.format("collecting").option("checkpointLocation", CHECKPOINT).start();
  await query.processAllAvailable();
  await spark.stop();
  trial.feed();
  expect((await trial.failure(disk)).condition).toBe("SS_FOREIGN_OFFSET");
});

test("keys of another type are refused, with both schemas", async () => {
  const error = await isRefused(BASE, { query: (stream) => stream.groupBy("n").sum("n") });
  expect(error.condition).toBe("STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE");
  expect(error.message).toContain("string");
  expect(error.message).toContain("int");
});

test("one more key is refused", async () => {
  const error = await isRefused(BASE, { query: (stream) => stream.groupBy("k", "t").sum("n") });
  expect(error.condition).toBe("STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE");
});

test("values of another type are refused, with both schemas", async () => {
  const error = await isRefused(BASE, { query: (stream) => stream.groupBy("k").max("t") });
  expect(error.condition).toBe("STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE");
  expect(error.message).toContain("timestamp");
});

test("one more aggregate is refused", async () => {
  const query = (stream: DataFrame): DataFrame =>
    stream.withColumn("m", stream.col("n")).groupBy("k").sum("n", "m");
  const more = await isRefused(BASE, { query });
  expect(more.condition).toBe("STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE");
});

/** Counts rows in windows of a length, which overlap where they slide by less. */
function windowed(length: string, slide?: string, mode: TrialOptions["mode"] = "update"): TrialOptions {
  const query = (stream: DataFrame): DataFrame =>
    stream
      .withWatermark("t", "1 minute")
      .groupBy(window("t", length, slide))
      .count()
      .selectExpr("unix_seconds(window.start) AS start", "unix_seconds(window.end) AS end", "count");
  return { ...BASE, mode, query };
}

test.each([
  ["append", "10 minutes", "5 minutes", undefined],
  ["update", "10 minutes", "5 minutes", undefined],
  ["complete", "10 minutes", "5 minutes", undefined],
  ["update", "5 minutes", "10 minutes", undefined],
  ["update", "5 minutes", "10 minutes", "5 minutes"],
] as const)(
  "in mode %s windows of %s that become windows of %s are refused",
  async (mode, had, has, slide) => {
    const error = await isRefused(windowed(had, undefined, mode), windowed(has, slide, mode));
    expect(error.condition).toBe("STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE");
    expect(error).toMatchObject({
      parameters: {
        storedKeySchema: `struct<window:window of ${had}>`,
        newKeySchema: `struct<window:window of ${has}>`,
      },
    });
    expect(error.message).toContain(`existing struct<window:window of ${had}>`);
    expect(error.message).toContain(`provided struct<window:window of ${has}>`);
    expect(error.message).toContain(
      "such as another length in window(...), or start it with a new checkpoint location",
    );
  },
);

test("windows that were refused another length go on with their own", async () => {
  const { trial, disk } = await begun(windowed("10 minutes"));
  await trial.copy(windowed("5 minutes")).failure(disk);
  const again = trial.copy();
  await again.run(disk);
  expect(again.sink.rows(1).map(String)).toEqual(["0,600,4"]);
});

test("windows of the same length go on, however it is written", async () => {
  expect(await goesOn(windowed("10 minutes"), windowed("600 seconds"))).toEqual(["0 600 4"]);
});

test("windows of the same length may begin to overlap: those that were there go on", async () => {
  const changed = await goesOn(windowed("10 minutes"), windowed("10 minutes", "5 minutes"));
  expect(changed).toEqual(["-300 300 2", "0 600 4"]);
});

test("a time in the place of the windows is refused, and windows in the place of a time", async () => {
  const times: TrialOptions = { ...BASE, query: (stream) => stream.groupBy("t").count() };
  const gone = await isRefused(windowed("10 minutes"), times);
  expect(gone.condition).toBe("STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE");
  expect(gone.message).toContain(
    "existing struct<window:window of 10 minutes>, provided struct<t:timestamp>",
  );
  const come = await isRefused(times, windowed("10 minutes"));
  expect(come.condition).toBe("STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE");
  expect(come.message).toContain(
    "existing struct<t:timestamp>, provided struct<window:window of 10 minutes>",
  );
});

test("windows that nothing was counted in yet may get another length", async () => {
  const disk = new FaultyFileSystem();
  const trial = new Trial(windowed("10 minutes"));
  await trial.runSome(disk, 0);
  const changed = trial.copy(windowed("5 minutes"));
  await changed.runSome(disk, 1);
  expect(changed.sink.rows(0).map(String)).toEqual(["0,300,2"]);
});

test("a checkpoint that does not tell of the length of its windows goes on", async () => {
  const { trial, disk } = await begun(windowed("10 minutes"));
  await disk.delete("/checkpoint/state/0/_metadata/metadata");
  const changed = trial.copy();
  await changed.run(disk);
  expect(changed.sink.rows(1).map(String)).toEqual(["0,600,4"]);
});

test("a stateful operator that is new is refused", async () => {
  const stateless: TrialOptions = { ...BASE, mode: "append", query: (stream) => stream.selectExpr("k") };
  const error = await isRefused(stateless, { query: (stream) => stream.limit(3).selectExpr("k") });
  expect(error.condition).toBe("STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA");
  expect(error.message).toContain("has no state, but the query now keeps some");
});

test("a stateful operator that is gone is refused", async () => {
  const error = await isRefused(BASE, { mode: "append", query: (stream) => stream.selectExpr("k") });
  expect(error.condition).toBe("STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA");
  expect(error.message).toContain("has state, but the query keeps none");
});

test("a stateful operator of another kind is refused, also where its state has the same columns", async () => {
  const count: TrialOptions = { ...BASE, query: (stream) => stream.groupBy().count() };
  const error = await isRefused(count, {
    mode: "append",
    query: (stream) => stream.limit(10).selectExpr("n"),
  });
  expect(error.condition).toBe("STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA");
  expect(error.message).toContain("stateStoreSave");
  expect(error.message).toContain("globalLimit");
});

/** Counts rows by key in a state of some type. */
function remembered(state: StructType): TrialOptions {
  const query = (stream: DataFrame): DataFrame =>
    stream.groupByKey("k").mapGroupsWithState({ state, output: { text: "string" } }, (_k, rows, group) => {
      const before = group.getOption();
      group.update({ n: ((before?.["n"] as number | undefined) ?? 0) + [...rows].length });
      return { text: JSON.stringify(before) ?? "nothing" };
    });
  return { ...BASE, query };
}

test("the state of groups may have more fields, null in what was remembered before", async () => {
  const before = remembered(StructType.fromDDL("n INT"));
  const after = remembered(StructType.fromDDL("n INT, more STRUCT<a: INT>, tags ARRAY<STRING>"));
  const text = '{"n":1,"more":null,"tags":null}';
  expect(await goesOn(before, after)).toEqual([text, text]);
});

test.each(["n BIGINT", "n STRING, m INT", "m STRUCT<n: INT>"])(
  "a state of groups of (n INT) that becomes (%s) is refused",
  async (ddl) => {
    const before = remembered(StructType.fromDDL("n INT"));
    const error = await isRefused(before, remembered(StructType.fromDDL(ddl)));
    expect(error.condition).toBe("STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE");
  },
);

test("fields of the state of groups that are gone are refused", async () => {
  const before = remembered(StructType.fromDDL("n INT, m INT"));
  const error = await isRefused(before, remembered(StructType.fromDDL("n INT")));
  expect(error.condition).toBe("STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE");
});
