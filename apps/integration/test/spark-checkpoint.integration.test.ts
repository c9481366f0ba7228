import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { StreamError } from "@ss/core";
import { beforeAll, describe, expect, test } from "vitest";
import { SparkFailure } from "./spark/spark-process.js";
import {
  describeWithSpark,
  sorted,
  TEXT_ROWS,
  type TextRows,
  textRows,
  type Workbench,
} from "./spark/workbench.js";

const PREPARE = `
def run_stateless(name):
    source, output, checkpoint = (os.path.join(name, part) for part in ("in", "out", "checkpoint"))
    rows = spark.readStream.schema("name STRING, n INT").option("maxFilesPerTrigger", 1).json(source)
    query = (
        rows.where("n >= 0").selectExpr("name", "n * 2 AS twice").writeStream.format("json")
        .option("checkpointLocation", checkpoint).trigger(availableNow=True).start(output)
    )
    query.awaitTermination()
    return [[p["batchId"], p["numInputRows"]] for p in query.recentProgress if p["numInputRows"] > 0]

def run_stateful(name):
    source, checkpoint = (os.path.join(name, part) for part in ("in", "checkpoint"))
    query = (
        spark.readStream.schema("name STRING, n INT").json(source).groupBy("name").count().writeStream
        .outputMode("complete").format("noop").option("checkpointLocation", checkpoint)
        .trigger(availableNow=True).start()
    )
    query.awaitTermination()

def read_output(name):
    return text_rows(spark.read.schema("name STRING, twice INT").json(os.path.join(name, "out")))
`;

/** The batches that had rows: their numbers and how many rows. */
type Batches = readonly (readonly [batchId: number, rows: number])[];

describeWithSpark("a checkpoint", (bench) => {
  beforeAll(() => bench.spark.run(`import os\n${TEXT_ROWS}${PREPARE}`));

  const bySpark = (folder: string): Promise<Batches> =>
    bench.spark.run(`result = run_stateless(args["folder"])`, { folder });

  describe("of a stateless query goes from one to the other and back", () => {
    test("begun by us", async () => {
      const folder = newFolder(bench, "begun here");
      addFile(folder, "a", 2);
      addFile(folder, "b", 1);
      expect(await runOurs(bench, folder)).toEqual([
        [0, 2],
        [1, 1],
      ]);
      addFile(folder, "c", 3);
      expect(await bySpark(folder)).toEqual([[2, 3]]);
      addFile(folder, "d", 1);
      expect(await runOurs(bench, folder)).toEqual([[3, 1]]);
      addFile(folder, "e", 2);
      expect(await bySpark(folder)).toEqual([[4, 2]]);
      await expectRows(bench, folder, { a: 2, b: 1, c: 3, d: 1, e: 2 });
    });

    test("begun by Spark, over the compactions of its logs", async () => {
      const folder = newFolder(bench, "begun there");
      const files = [..."abcdefghijklmnopqrstuvw"];
      for (const name of files.slice(0, 11)) addFile(folder, name, 1);
      expect((await bySpark(folder)).map(([batch]) => batch)).toEqual(numbers(0, 11));
      for (const name of files.slice(11, 21)) addFile(folder, name, 1);
      expect((await runOurs(bench, folder)).map(([batch]) => batch)).toEqual(numbers(11, 21));
      for (const name of files.slice(21)) addFile(folder, name, 1);
      expect((await bySpark(folder)).map(([batch]) => batch)).toEqual([21, 22]);
      expect(await runOurs(bench, folder)).toEqual([]);
      await expectRows(bench, folder, Object.fromEntries(files.map((name) => [name, 1])));
    });

    test("with a batch that one has planned and not written", async () => {
      const folder = newFolder(bench, "unfinished");
      addFile(folder, "a", 1);
      addFile(folder, "b", 2);
      await runOurs(bench, folder);
      forget(`${folder}/checkpoint/commits`, 1);
      forget(`${folder}/out/_spark_metadata`, 1);
      addFile(folder, "c", 3);
      expect(await bySpark(folder)).toEqual([
        [1, 2],
        [2, 3],
      ]);
      forget(`${folder}/checkpoint/commits`, 2);
      forget(`${folder}/out/_spark_metadata`, 2);
      expect(await runOurs(bench, folder)).toEqual([[2, 3]]);
      await expectRows(bench, folder, { a: 1, b: 2, c: 3 });
    });

    test("with a batch that one has written and not committed", async () => {
      const folder = newFolder(bench, "uncommitted");
      addFile(folder, "a", 1);
      await runOurs(bench, folder);
      forget(`${folder}/checkpoint/commits`, 0);
      addFile(folder, "b", 2);
      // the batch is in the manifest, so that nothing of it is read again
      expect(await bySpark(folder)).toEqual([[1, 2]]);
      forget(`${folder}/checkpoint/commits`, 1);
      await runOurs(bench, folder);
      expect(readdirSync(`${folder}/checkpoint/commits`).filter(isEntry).sort()).toEqual(["0", "1"]);
      await expectRows(bench, folder, { a: 1, b: 2 });
    });
  });

  describe("with state is refused by name", () => {
    test("by Spark, when it is ours", async () => {
      const folder = newFolder(bench, "our state");
      addFile(folder, "a", 2);
      await runStateful(bench, folder);
      addFile(folder, "b", 2);
      const failure = await bench.spark
        .run(`run_stateful(args["folder"])`, { folder })
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(SparkFailure);
      expect((failure as SparkFailure).message).toContain("@ss/core/MemoryStateStoreProvider");
    });

    test("by us, when it is Spark's", async () => {
      const folder = newFolder(bench, "their state");
      addFile(folder, "a", 2);
      await bench.spark.run(`run_stateful(args["folder"])`, { folder });
      addFile(folder, "b", 2);
      const failure = await runStateful(bench, folder).catch((error: unknown) => error);
      expect(causes(failure).find((cause) => StreamError.is(cause))).toMatchObject({
        message: expect.stringContaining("HDFSBackedStateStoreProvider"),
      });
    });
  });

  test("names files as Spark names them", async () => {
    const folder = newFolder(bench, "names of files, 100% ü");
    addFile(folder, "a #1", 1);
    await runOurs(bench, folder);
    const ours = entryPaths(folder, 0);
    addFile(folder, "b #2", 1);
    await bySpark(folder);
    const theirs = entryPaths(folder, 1);
    const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));
    expect(theirs.source.replace("b%20%232", "a%20%231")).toBe(ours.source);
    expect(folderOf(theirs.output)).toBe(folderOf(ours.output));
    await expectRows(bench, folder, { "a #1": 1, "b #2": 1 });
  });
});

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k);

const isEntry = (name: string): boolean => /^\d+(\.compact)?$/.test(name);

function newFolder(bench: Workbench, name: string): string {
  const folder = bench.path(name);
  mkdirSync(`${folder}/in`, { recursive: true });
  return folder;
}

/** A file with `rows` rows that bear its name. The file appears at once, as a source of files wants it. */
function addFile(folder: string, name: string, rows: number): void {
  const lines = numbers(0, rows).map((n) => `${JSON.stringify({ name, n })}\n`);
  writeFileSync(`${folder}/${name}.tmp`, lines.join(""));
  renameSync(`${folder}/${name}.tmp`, `${folder}/in/${name}.json`);
}

async function runOurs(bench: Workbench, folder: string): Promise<Batches> {
  const query = await bench.ours.readStream
    .format("json")
    .schema("name STRING, n INT")
    .option("maxFilesPerTrigger", 1)
    .load(`${folder}/in`)
    .where("n >= 0")
    .selectExpr("name", "n * 2 AS twice")
    .writeStream.format("json")
    .option("checkpointLocation", `${folder}/checkpoint`)
    .trigger({ availableNow: true })
    .start(`${folder}/out`);
  await query.awaitTermination();
  return query.recentProgress
    .filter(({ numInputRows }) => numInputRows > 0)
    .map(({ batchId, numInputRows }) => [batchId, numInputRows] as const);
}

async function runStateful(bench: Workbench, folder: string): Promise<void> {
  const query = await bench.ours.readStream
    .format("json")
    .schema("name STRING, n INT")
    .load(`${folder}/in`)
    .groupBy("name")
    .count()
    .writeStream.outputMode("complete")
    .format("noop")
    .option("checkpointLocation", `${folder}/checkpoint`)
    .trigger({ availableNow: true })
    .start();
  await query.awaitTermination();
}

/** Takes the entry of the newest batch out of a log, as if the run had ended before it. */
function forget(log: string, batch: number): void {
  rmSync(`${log}/${batch}`);
  // the checksum that Spark's file system keeps beside a file of its own
  rmSync(`${log}/.${batch}.crc`, { force: true });
}

async function expectRows(
  bench: Workbench,
  folder: string,
  files: Readonly<Record<string, number>>,
): Promise<void> {
  const rows = Object.entries(files).flatMap(([name, count]) =>
    numbers(0, count).map((n) => [name, String(2 * n)]),
  );
  const ours = await textRows(
    bench.ours.read.format("json").schema("name STRING, twice INT").load(`${folder}/out`),
  );
  expect(sorted(ours)).toEqual(sorted(rows));
  const sparks = await bench.spark.run<TextRows>(`result = read_output(args["folder"])`, { folder });
  expect(sorted(sparks)).toEqual(sorted(rows));
}

/** The paths that a batch left in the log of the source and in the manifest. */
function entryPaths(folder: string, batch: number): { readonly source: string; readonly output: string } {
  const pathIn = (file: string): string => JSON.parse(readFileSync(file, "utf8").split("\n")[1]!).path;
  return {
    source: pathIn(`${folder}/checkpoint/sources/0/${batch}`),
    output: pathIn(`${folder}/out/_spark_metadata/${batch}`),
  };
}

function causes(error: unknown): unknown[] {
  const found: unknown[] = [];
  for (let cause = error; cause !== undefined && cause !== null; cause = (cause as Error).cause)
    found.push(cause);
  return found;
}
