import { fileSource } from "@ss/source-file";
import { MemorySource } from "@ss/source-memory";
import { FaultyFileSystem } from "@ss/testkit";
import { expect, test } from "vitest";
import { col } from "../../../src/index.js";
import { listedRecords } from "./files-of-output.js";
import { CHECKPOINT, Trial } from "./trial.js";

/** Texts that mean something to a program, a shell, a path or JavaScript's objects. */
const HOSTILE = [
  "__proto__",
  "constructor",
  "toString",
  "../../etc/passwd",
  "..",
  "a/b",
  "a=b",
  "%2e%2e%2f",
  "'; process.exit(1); //",
  "${process.exit(1)}",
  "`+process.exit(1)+`",
  '"quoted"',
  "back\\slash",
  "line\nbreak",
  "line\u2028separator",
  "nul\u0000byte",
  "*?[a]{b}",
  " space ",
  "ü💧",
];

const quote = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

test("column names stay names: in expressions, in state and in results", async () => {
  const disk = new FaultyFileSystem();
  for (const name of HOSTILE) {
    const trial = new Trial({ schema: "k STRING, n INT", inputs: [], query: (stream) => stream });
    const spark = await trial.session(disk);
    const named = trial.stream(spark).toDF(name, "n");
    const counted = named
      .filter(`${quote(name)} IS NOT NULL`)
      .groupBy(col(quote(name)))
      .sum("n")
      .toDF(name, "total");
    const writer = counted.writeStream.format("memory").queryName("result").outputMode("complete");
    const query = await writer.start();
    MemorySource.addData(trial.source, ["x", 1], ["x", 2]);
    await query.processAllAvailable();
    const [row] = await spark.table("result").collect();
    expect(Object.entries(row!), JSON.stringify(name)).toEqual([
      [name, "x"],
      ["total", 3],
    ]);
    await spark.stop();
  }
  expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
});

test("values stay values: as keys of groups, over a restart", async () => {
  const rows = HOSTILE.map((text, k) => [text, k]);
  const trial = new Trial({
    schema: "k STRING, n INT",
    inputs: [rows, rows],
    mode: "update",
    query: (stream) => stream.groupBy("k").sum("n"),
  });
  const disk = new FaultyFileSystem();
  await trial.runSome(disk, 1);
  await trial.run(disk);
  expect(new Map(trial.sink.rows(1) as [string, bigint][])).toEqual(
    new Map(HOSTILE.map((text, k) => [text, BigInt(2 * k)])),
  );
});

test("partition values stay within the output, and come back as they were", async () => {
  // NUL alone has no place in a path: the file sink refuses it by name
  const values = HOSTILE.filter((text) => !text.includes("\0"));
  const rows = values.map((text, k) => [text, k]);
  const trial = new Trial({ schema: "k STRING, n INT", inputs: [rows], query: (stream) => stream });
  const disk = new FaultyFileSystem();
  const spark = await trial.session(disk, fileSource());
  const writer = trial
    .stream(spark)
    .writeStream.format("json")
    .partitionBy("k")
    .option("checkpointLocation", CHECKPOINT);
  const query = await writer.start("/safe/out");
  trial.feed();
  await query.processAllAvailable();
  await query.stop();
  for (const path of disk.files().keys()) {
    expect(path.startsWith("/safe/out/") || path.startsWith("/checkpoint/"), path).toBe(true);
    expect(path.split("/"), path).not.toContain("..");
    // one folder for the value, whatever slashes it has
    if (path.includes("/part-")) expect(path.split("/").length, path).toBe(5);
  }
  expect(listedRecords(disk, "/safe/out").length).toBe(values.length);
  const back = await spark.read.format("json").schema("n INT, k STRING").load("/safe/out").collect();
  expect(new Map(back.map((row) => [row["k"], row["n"]]))).toEqual(new Map(rows as [string, number][]));
  await spark.stop();
});

test("names and values of options stay text", async () => {
  const disk = new FaultyFileSystem();
  const trial = new Trial({ schema: "k STRING", inputs: [[["x"]]], query: (stream) => stream });
  const spark = await trial.session(disk);
  const options = Object.fromEntries(HOSTILE.map((text) => [text, text]));
  const stream = spark.readStream
    .options(options)
    .format("memory")
    .option("name", trial.source)
    .schema("k STRING")
    .load();
  const writer = stream.writeStream.options(options).format("json").option("checkpointLocation", CHECKPOINT);
  const query = await writer.option("lineSep", "\n").start("/out");
  trial.feed();
  await query.processAllAvailable();
  await query.stop();
  expect(listedRecords(disk, "/out")).toEqual([{ k: "x" }]);
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
});
