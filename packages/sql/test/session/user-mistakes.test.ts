import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSink } from "@ss/sink-file";
import { fileSource } from "@ss/source-file";
import { MemorySource, memorySource } from "@ss/source-memory";
import { afterAll, beforeEach, expect, test } from "vitest";
import { col, SparkSession, type StreamingQuery, udf } from "../../src/index.js";

const folder = mkdtempSync(join(tmpdir(), "user-mistakes-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let spark: SparkSession;
beforeEach(async () => {
  MemorySource.reset("mistakes");
  spark = await SparkSession.builder().use(memorySource(), fileSource()).create();
});

function stream() {
  return spark.readStream.format("memory").option("name", "mistakes").schema("value INT").load();
}

test("bytes of a CSV file that are no UTF-8 become the replacement character", async () => {
  const path = join(folder, "latin1.csv");
  writeFileSync(path, Buffer.from([0x61, 0xe9, 0x2c, 0x31, 0x0a, 0x62, 0x2c, 0x32, 0x0a]));
  const rows = await spark.read.schema("n STRING, v INT").csv(path).selectExpr("hex(n) AS n", "v").collect();
  expect(rows).toEqual([
    { n: "61EFBFBD", v: 1 },
    { n: "62", v: 2 },
  ]);
});

test("a function of foreachBatch may stop its own query", async () => {
  let query: StreamingQuery | undefined;
  const started = new Promise<void>((resolve) => {
    void stream()
      .writeStream.foreachBatch(async () => {
        await running;
        resolve();
        await query!.stop();
      })
      .start()
      .then((it) => {
        query = it;
        release();
      });
  });
  let release = (): void => {};
  const running = new Promise<void>((resolve) => {
    release = resolve;
  });
  MemorySource.addData("mistakes", 1);
  await started;
  await query!.awaitTermination();
  expect(query!.isActive).toBe(false);
});

test("the close of a foreach writer gets the error that its process threw", async () => {
  const seen: unknown[] = [];
  const boom = new Error("boom");
  MemorySource.addData("mistakes", 1);
  const query = await stream()
    .writeStream.foreach({
      process: () => {
        throw boom;
      },
      close: (error) => void seen.push(error),
    })
    .start();
  await expect(query.awaitTermination()).rejects.toThrow(/FOREACH_USER_FUNCTION_ERROR.*boom/s);
  expect(seen).toEqual([boom]);
});

test("what is no column is refused where only a column will do, with what makes one", async () => {
  const table = spark.range(3);
  // as a program without types may call them
  const text = "count(*)" as never;
  const refusal =
    /SS_NOT_A_COLUMN.*takes columns, not a string: expr\("count\(\*\)"\) makes a column of a text/s;
  expect(() => table.observe("o", text)).toThrow(refusal);
  expect(() => table.withColumn("n", text)).toThrow(refusal);
  expect(() => table.withColumns({ n: text })).toThrow(refusal);
  expect(() => table.groupBy("id").agg(text)).toThrow(refusal);
  expect(() => table.filter(1 as never)).toThrow(/SS_NOT_A_COLUMN.*filter takes columns, not a number/s);
  expect(() => table.observe("o", null as never)).toThrow(/observe takes columns, not null/);
});

test("agg takes functions by the name of their column", async () => {
  const table = spark.createDataFrame(
    [
      [1, "a"],
      [2, "a"],
    ],
    "v INT, k STRING",
  );
  expect(await table.groupBy("k").agg({ v: "sum" }).collect()).toEqual([{ k: "a", "sum(v)": 3 }]);
});

test("a trigger that is none is refused", () => {
  const trigger = { procesingTime: "1 second" } as unknown as { once: true };
  expect(() => stream().writeStream.trigger(trigger)).toThrow(/no trigger 'procesingTime'/);
});

test("an unknown sink is named before a missing checkpoint", async () => {
  await expect(stream().writeStream.format("delta").start()).rejects.toThrow(/DATA_SOURCE_NOT_FOUND.*delta/s);
});

test("an unknown format is told with those that the session has", async () => {
  await expect(spark.read.format("cvs").load("a").collect()).rejects.toThrow(
    /'cvs'.*This session reads: csv, json, memory, .*statestore, text/s,
  );
  await expect(stream().writeStream.format("consol").start()).rejects.toThrow(
    /'consol'.*This session writes: memory \(streams\), noop\./s,
  );
});

test("a statement that is nested too deep has a condition of its own", () => {
  const deep = `${"(".repeat(50_000)}1${")".repeat(50_000)}`;
  expect(() => spark.sql(`SELECT ${deep}`)).toThrow(/FAILED_TO_PARSE_TOO_COMPLEX/);
});

test("an error of a user function names the function", async () => {
  const broken = udf(
    () => {
      throw new Error("no luck");
    },
    "INT",
    "broken",
  );
  const rows = spark
    .range(1)
    .select(broken(col("id")))
    .collect();
  await expect(rows).rejects.toThrow(/FAILED_EXECUTE_UDF.*`broken` \(bigint\) => int failed: no luck/s);
});

test("columns come one after the other or as a list", async () => {
  const table = spark.createDataFrame(
    [
      [2, "a"],
      [1, "a"],
      [1, "a"],
    ],
    "v INT, k STRING",
  );
  expect(await table.select(["k", "v"]).columns()).toEqual(["k", "v"]);
  expect(await table.select([col("v")]).columns()).toEqual(["v"]);
  expect(await table.drop(["k"]).columns()).toEqual(["v"]);
  const sorted = [
    { v: 1, k: "a" },
    { v: 2, k: "a" },
  ];
  for (const distinct of [
    table.dropDuplicates(),
    table.dropDuplicates("v"),
    table.dropDuplicates("v", "k"),
    table.dropDuplicates(["v", "k"]),
  ]) {
    expect(await distinct.orderBy(["k", "v"]).collect()).toEqual(sorted);
    expect(await distinct.sort([col("v").asc()]).collect()).toEqual(sorted);
  }
  expect(await table.dropDuplicates(["k"]).count()).toBe(1);
  expect(() => table.select(1 as never)).toThrow(
    /SS_NOT_A_COLUMN.*A column or the name of one was expected, not a number/s,
  );
  expect(() => table.orderBy({} as never)).toThrow(/SS_NOT_A_COLUMN.*not an object/s);
});

test("what is no trigger, and what is more than one, is refused", () => {
  const trigger = (given: unknown) => () => stream().writeStream.trigger(given as { once: true });
  expect(trigger(null)).toThrow(/SS_UNKNOWN_TRIGGER.*'null'/);
  expect(trigger({ once: false })).toThrow(/VALUE_NOT_TRUE.*'once'.*false/);
  expect(trigger({ availableNow: false })).toThrow(/VALUE_NOT_TRUE.*'availableNow'/);
  expect(trigger({ once: true, availableNow: true })).toThrow(/ONLY_ALLOW_SINGLE_TRIGGER/);
});

test.each([null, 5, "", undefined])("%o as the place of a checkpoint, or as a path, is refused", (value) => {
  const { writeStream } = stream();
  expect(() => writeStream.option("checkpointLocation", value as string)).toThrow(/INVALID_OPTION/);
  expect(() => writeStream.options({ CheckpointLocation: value as string })).toThrow(/INVALID_OPTION/);
  expect(() => spark.read.option("path", value as string)).toThrow(/INVALID_OPTION/);
});

test.each([5, "", " ", {}, ["a", "b"]])(
  "%o as the path of a reader or writer is refused by the method's name",
  async (value) => {
    const path = value as string;
    const table = spark.range(1);
    const refusal = (method: string) => new RegExp(`SS_INVALID_ARGUMENT.*path of ${method}\\(`);
    for (const method of ["load", "csv", "json", "text", "textFile", "parquet", "orc"] as const) {
      expect(() => spark.read[method](path)).toThrow(refusal(method));
      expect(() => spark.readStream[method]("in", path)).toThrow(refusal(method));
    }
    await expect(stream().writeStream.format("noop").start(path)).rejects.toThrow(refusal("start"));
    await expect(table.write.format("noop").save(path)).rejects.toThrow(refusal("save"));
    await expect(table.write.csv(path)).rejects.toThrow(refusal("csv"));
  },
);

test("a path that is missing is refused where one was meant", async () => {
  const none = undefined as unknown as string;
  expect(() => spark.read.csv(none)).toThrow(
    /path of csv\(\.\.\.\) is undefined, .*a text that names a place/,
  );
  expect(() => spark.readStream.load(null as unknown as string)).toThrow(/path of load\(\.\.\.\) is null/);
  expect(() => spark.read.json(["a", "b"] as unknown as string)).toThrow(/one by one: json\(\.\.\.paths\)/);
  await expect(spark.read.csv().collect()).rejects.toThrow(/SS_MISSING_OPTION.*'path' is not specified/);
});

test.each([undefined, null, 5, ""])("%o as the name of a format is refused", (name) => {
  const format = name as string;
  const refusal = /SS_INVALID_ARGUMENT.*name of format\(/;
  expect(() => spark.read.format(format)).toThrow(refusal);
  expect(() => stream().writeStream.format(format)).toThrow(refusal);
  expect(() => spark.range(1).write.format(format)).toThrow(refusal);
});

test("a setting that is no text, no number, and not true or false is refused", () => {
  for (const value of [null, undefined, {}, []]) {
    const given = value as unknown as string;
    expect(() => spark.conf.set("spark.app.title", given)).toThrow(/INVALID_CONF_VALUE\.REQUIREMENT/);
    expect(() => SparkSession.builder().config("spark.app.title", given)).toThrow(/INVALID_CONF_VALUE/);
  }
});

test.each([null, 5, ["a"]])("%o as the place of all checkpoints is refused", (value) => {
  const key = "spark.sql.streaming.checkpointLocation";
  expect(() => spark.conf.set(key, value as unknown as string)).toThrow(
    /INVALID_CONF_VALUE\.REQUIREMENT.*names a place/,
  );
  expect(spark.conf.get(key, "none")).toBe("none");
});

test.each<[string, (none: never) => unknown]>([
  ["option", (none) => spark.read.option(none, "x")],
  ["options", (none) => spark.range(1).write.options(none)],
  ["schema", (none) => spark.read.schema(none)],
  ["from", (none) => spark.readStream.from(none)],
  ["table", (none) => spark.table(none)],
  ["table", (none) => spark.readStream.table(none)],
  ["sql", (none) => spark.sql(none)],
  ["createTempView", (none) => spark.range(1).createTempView(none)],
  ["createOrReplaceTempView", (none) => spark.range(1).createOrReplaceTempView(none)],
  ["partitionBy", (none) => spark.range(1).write.partitionBy(none)],
  ["partitionBy", (none) => stream().writeStream.partitionBy("a", none)],
  ["queryName", (none) => stream().writeStream.queryName(none)],
  ["foreach", (none) => stream().writeStream.foreach(none)],
  ["foreachBatch", (none) => stream().writeStream.foreachBatch(none)],
  ["lateRowsTo", (none) => stream().writeStream.lateRowsTo(none)],
  ["malformedRowsTo", (none) => stream().writeStream.malformedRowsTo(none)],
])("what is missing where %s needs an argument is refused by that name", (method, call) => {
  for (const none of [undefined, null, 5])
    expect(() => call(none as never)).toThrow(new RegExp(`SS_INVALID_ARGUMENT.* of ${method}\\(`));
});

test("a writer of foreach without a process, and a trigger without an interval, are refused", () => {
  expect(() => stream().writeStream.foreach({} as never)).toThrow(/SS_INVALID_ARGUMENT.*writer of foreach\(/);
  const trigger = { processingTime: null } as never;
  expect(() => stream().writeStream.trigger(trigger)).toThrow(/CANNOT_PARSE_INTERVAL.*'null'/);
});

test("columns to partition by come one by one or as a list", async () => {
  spark.use(fileSink());
  const table = spark.sql("SELECT 1 AS a, 'x' AS b, 2 AS c");
  for (const write of [table.write.partitionBy("a", "b"), table.write.partitionBy(["a", "b"])]) {
    const place = mkdtempSync(join(folder, "partitioned-"));
    await write.mode("append").json(place);
    expect(existsSync(join(place, "a=1", "b=x"))).toBe(true);
  }
});

test("arguments that are no counts, intervals or modes are refused by name", () => {
  for (const count of [Number.NaN, 1.5, "x", 2 ** 31]) {
    expect(() => stream().limit(count as number)).toThrow(/SS_NO_ROW_COUNT.*limit/);
    expect(() => stream().offset(count as number)).toThrow(/SS_NO_ROW_COUNT.*offset/);
  }
  for (const delay of [5, null]) {
    expect(() => stream().withWatermark("value", delay as never)).toThrow(/CANNOT_PARSE_INTERVAL/);
  }
  for (const mode of [5, null]) {
    expect(() => stream().writeStream.outputMode(mode as never)).toThrow(/no output mode/);
  }
});
