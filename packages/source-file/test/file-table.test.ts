import { expect, test } from "vitest";
import { batchRows, Harness, tableRows } from "./harness.js";

test("partition columns are discovered, typed and pruned by predicates", async () => {
  const harness = new Harness();
  await harness.put("/in/k=1/a.csv", "a");
  await harness.put("/in/k=2/b.csv", "b");
  const table = await harness.table("csv", "/in", "v STRING");
  expect(table.schema.simpleString()).toBe("struct<v:string,k:int>");
  const predicate = { op: "=", column: "k", type: { kind: "integer" }, value: 2 } as const;
  expect(table.pushdown!(predicate)).toBe("exact");
  const scan = { columns: ["k", "v"], predicates: [predicate] };
  const partitions = await table.plan(scan);
  expect(partitions.length).toBe(1);
  expect(await batchRows(table.read(partitions[0]!, scan, new AbortController().signal))).toEqual([[2, "b"]]);
});

test("the program's type of a partition column holds", async () => {
  const harness = new Harness();
  await harness.put("/in/k=01/a.csv", "a");
  expect(await harness.rows("csv", "/in", "v STRING, k STRING")).toEqual([["a", "01"]]);
  harness.conf = { "spark.sql.sources.partitionColumnTypeInference.enabled": "false" };
  expect(await harness.rows("csv", "/in", "v STRING")).toEqual([["a", "01"]]);
});

test("a large file is read in parts, each line once", async () => {
  const harness = new Harness();
  const lines = Array.from({ length: 20_000 }, (_, i) => `${i},${"x".repeat(i % 37)}`);
  for (const separator of ["\n", "\r\n"]) {
    await harness.put("/in/a.csv", lines.join(separator));
    harness.conf = { "spark.sql.files.maxPartitionBytes": "10007", "spark.sql.files.openCostInBytes": "1" };
    const table = await harness.table("csv", "/in", "i INT, s STRING");
    const partitions = await table.plan({ columns: ["i"], predicates: [] });
    expect(partitions.length).toBeGreaterThan(20);
    const rows = await tableRows(table, ["i"]);
    expect(rows.map(([i]) => i)).toEqual(lines.map((_, i) => i));
  }
});

test("small files are read together", async () => {
  const harness = new Harness();
  for (let i = 0; i < 20; i++) await harness.put(`/in/${i}.txt`, String(i));
  const table = await harness.table("text", "/in");
  expect((await table.plan({ columns: ["value"], predicates: [] })).length).toBeLessThan(20);
});

test("recursiveFileLookup reads folders of any name", async () => {
  const harness = new Harness();
  await harness.put("/in/x/a.txt", "a");
  await harness.put("/in/b.txt", "b");
  expect(await harness.rows("text", "/in")).toEqual([["b"]]);
  expect((await harness.rows("text", "/in", undefined, { recursiveFileLookup: true })).length).toBe(2);
});

test("modifiedAfter and modifiedBefore choose files by their time of change", async () => {
  const harness = new Harness();
  harness.clock.ms = Date.parse("2024-01-01T00:00:00Z");
  await harness.put("/in/a.txt", "a");
  harness.clock.ms = Date.parse("2024-01-03T00:00:00Z");
  await harness.put("/in/b.txt", "b");
  expect(await harness.rows("text", "/in", undefined, { modifiedAfter: "2024-01-02T00:00:00" })).toEqual([
    ["b"],
  ]);
  expect(await harness.rows("text", "/in", undefined, { modifiedBefore: "2024-01-02T00:00:00" })).toEqual([
    ["a"],
  ]);
});

test("only the files that a streaming sink has listed are read from its folder", async () => {
  const harness = new Harness();
  await harness.put("/in/part-0.txt", "listed");
  await harness.put("/in/part-1.txt", "not listed");
  const entry = { path: "/in/part-0.txt", size: 6, isDir: false, modificationTime: 1, action: "add" };
  await harness.put("/in/_spark_metadata/0", `v1\n${JSON.stringify(entry)}`);
  expect(await harness.rows("text", "/in")).toEqual([["listed"]]);
  harness.conf = { "spark.sql.streaming.fileStreamSink.ignoreMetadata": "true" };
  expect((await harness.rows("text", "/in")).length).toBe(2);
});

test("wholetext gives a row per file", async () => {
  const harness = new Harness();
  await harness.put("/in/a.txt", "a\nb");
  expect(await harness.rows("text", "/in", undefined, { wholetext: true })).toEqual([["a\nb"]]);
});

test("a path that leads nowhere is an error", async () => {
  const harness = new Harness();
  await expect(harness.table("text", "/nowhere")).rejects.toMatchObject({ condition: "PATH_NOT_FOUND" });
});

test("corrupt files are passed over if told", async () => {
  const harness = new Harness();
  await harness.put("/in/a.txt.gz", "this is no gzip");
  await harness.put("/in/b.txt", "b");
  await expect(harness.rows("text", "/in")).rejects.toMatchObject({ condition: "FAILED_READ_FILE.NO_HINT" });
  expect(await harness.rows("text", "/in", undefined, { ignoreCorruptFiles: true })).toEqual([["b"]]);
});
