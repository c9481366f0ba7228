import { batchFromRows } from "@ss/core";
import { expect, test } from "vitest";
import { Harness } from "./harness.js";

test("a batch is visible exactly when the manifest lists its files, in Spark's format", async () => {
  const harness = new Harness("a INT");
  const sink = await harness.stream("json");
  const write = await sink.begin(harness.sinkBatch(0));
  const writer = await write.writer(3);
  await writer.write(batchFromRows(harness.schema, [[1], [2]]));
  const message = await writer.finish();
  expect(await harness.paths()).toEqual(["part-00003-ID-c000.json"]);
  expect(await write.commit([message])).toEqual({ numOutputRows: -1 });
  const bytes = await harness.files.readAll("/out/_spark_metadata/0");
  const [version, line] = new TextDecoder().decode(bytes!).split("\n");
  expect(version).toBe("v1");
  const entry = JSON.parse(line!);
  expect(entry).toMatchObject({ size: 16, isDir: false, blockReplication: 1, action: "add" });
  expect(entry.path).toMatch(/^file:\/\/\/out\/part-00003-.*-c000\.json$/);
  expect(entry.modificationTime).toBe(harness.clock.ms);
});

test("a batch that is in the manifest is not written again", async () => {
  const harness = new Harness("a INT");
  expect(await harness.write(await harness.stream("json"), 0, [[1]])).toBe(true);
  expect(await harness.write(await harness.stream("json"), 0, [[1]])).toBe(false);
  expect(await harness.write(await harness.stream("json"), 1, [[2]])).toBe(true);
  expect((await harness.paths()).filter((path) => path.startsWith("part-")).length).toBe(2);
});

test("a commit that is repeated counts once", async () => {
  const harness = new Harness("a INT");
  const sink = await harness.stream("json");
  const write = await sink.begin(harness.sinkBatch(0));
  const writer = await write.writer(0);
  await writer.write(batchFromRows(harness.schema, [[1]]));
  const message = await writer.finish();
  await write.commit([message]);
  await write.commit([message]);
  expect(await harness.paths()).toContain("_spark_metadata/0");
});

test("of two runs that write one batch the second fails", async () => {
  const harness = new Harness("a INT");
  const rival = await (await harness.stream("json")).begin(harness.sinkBatch(0));
  await harness.write(await harness.stream("json"), 0, [[1]]);
  const writer = await rival.writer(0);
  await writer.write(batchFromRows(harness.schema, [[1]]));
  const message = await writer.finish();
  await expect(rival.commit([message])).rejects.toMatchObject({ condition: "CONCURRENT_STREAM_LOG_UPDATE" });
});

test("an aborted batch leaves no files", async () => {
  const harness = new Harness("a INT, k STRING");
  const sink = await harness.stream("json", {}, ["k"]);
  const write = await sink.begin(harness.sinkBatch(0));
  const writer = await write.writer(0);
  await writer.write(
    batchFromRows(harness.schema, [
      [1, "x"],
      [2, "y"],
    ]),
  );
  await writer.finish();
  await write.abort(new Error("stopped"));
  expect(await harness.paths()).toEqual([]);
});

test.each(["write", "close"] as const)(
  "a file of which the last %s fails is aborted with its batch",
  async (failing) => {
    const harness = new Harness("a INT, k STRING");
    const left = new Set<string>();
    const create = harness.files.create.bind(harness.files);
    harness.files.create = async (path) => {
      const writer = await create(path);
      left.add(path);
      const fails = path.includes("k=x");
      return {
        get size() {
          return writer.size;
        },
        write: (bytes) =>
          fails && failing === "write" ? Promise.reject(new Error("full")) : writer.write(bytes),
        close: async () => {
          if (fails && failing === "close") throw new Error("full");
          await writer.close();
          left.delete(path);
        },
        abort: async () => {
          await writer.abort();
          left.delete(path);
        },
      };
    };
    for (const options of [{}, { compression: "gzip" }]) {
      const sink = await harness.stream("json", options, ["k"]);
      const write = await sink.begin(harness.sinkBatch(0));
      const writer = await write.writer(0);
      const rows = ["w", "x", "y"].map((k) => [1, k]);
      await writer.write(batchFromRows(harness.schema, rows));
      expect(left.size).toBe(3);
      await expect(writer.finish()).rejects.toThrow("full");
      await write.abort(new Error("full"));
      expect(left).toEqual(new Set());
      expect(await harness.paths()).toEqual([]);
    }
  },
);

test("every tenth manifest file holds all entries, within their retention", async () => {
  const harness = new Harness("a INT");
  const sink = await harness.stream("json", { retention: "1h" });
  for (let batch = 0; batch < 20; batch++) {
    if (batch === 10) harness.clock.ms += 4_000_000;
    await harness.write(sink, batch, [[batch]]);
  }
  const lines = async (name: string): Promise<number> => {
    const bytes = await harness.files.readAll(`/out/_spark_metadata/${name}`);
    return new TextDecoder().decode(bytes!).split("\n").length - 1;
  };
  expect(await lines("9.compact")).toBe(10);
  expect(await lines("19.compact")).toBe(10);
  expect(await lines("12")).toBe(1);
});

test("partitionBy puts rows into folders and takes the columns out of the files", async () => {
  const harness = new Harness("a INT, k STRING, d DATE");
  const sink = await harness.stream("json", {}, ["k", "d"]);
  await harness.write(sink, 0, [
    [1, "x/y", 19782],
    [2, null, null],
    [3, "x/y", 19782],
  ]);
  expect(await harness.paths()).toEqual([
    "_spark_metadata/0",
    "k=__HIVE_DEFAULT_PARTITION__/d=__HIVE_DEFAULT_PARTITION__/part-00000-ID-c001.json",
    "k=x%2Fy/d=2024-02-29/part-00000-ID-c000.json",
  ]);
  expect(await harness.text()).toBe('{"a":2}\n{"a":1}\n{"a":3}\n');
});

test("a NUL character in a partition value is refused by the column's name", async () => {
  const harness = new Harness("p STRING, a INT");
  const sink = await harness.stream("csv", {}, ["p"]);
  await expect(harness.write(sink, 0, [["a\0b", 1]])).rejects.toMatchObject({
    condition: "SS_PARTITION_VALUE_WITH_NUL",
    parameters: { column: "p", value: '"a\\u0000b"' },
  });
});

test("control characters in a partition value stand escaped in the folder's name", async () => {
  const harness = new Harness("p STRING, a INT");
  const sink = await harness.stream("csv", {}, ["p"]);
  await harness.write(sink, 0, [["\u0001\u001f\u007f", 1]]);
  expect((await harness.paths()).at(-1)).toContain("p=%01%1F%7F/part-");
});

test("partition columns have to exist, have simple types and leave a column", async () => {
  const harness = new Harness("a INT, l ARRAY<INT>");
  await expect(harness.stream("json", {}, ["z"])).rejects.toMatchObject({
    condition: "PARTITION_COLUMN_NOT_FOUND_IN_SCHEMA",
  });
  await expect(harness.stream("json", {}, ["l"])).rejects.toMatchObject({
    condition: "INVALID_PARTITION_COLUMN_DATA_TYPE",
  });
  await expect(harness.stream("json", {}, ["a", "l"])).rejects.toMatchObject({
    condition: "ALL_PARTITION_COLUMNS_NOT_ALLOWED",
  });
});

test("maxRecordsPerFile begins new files", async () => {
  const harness = new Harness("a INT");
  const sink = await harness.stream("json", { maxRecordsPerFile: 2 });
  await harness.write(sink, 0, [[1], [2], [3], [4], [5]]);
  expect((await harness.paths()).filter((path) => path.startsWith("part-"))).toEqual([
    "part-00000-ID-c000.json",
    "part-00000-ID-c001.json",
    "part-00000-ID-c002.json",
  ]);
  expect(await harness.text()).toBe('{"a":1}\n{"a":2}\n{"a":3}\n{"a":4}\n{"a":5}\n');
});

test("more folders than may be open at once all get their rows", async () => {
  const harness = new Harness("a INT, k INT");
  const sink = await harness.stream("json", {}, ["k"]);
  const rows = Array.from({ length: 400 }, (_, i) => [i, i % 100]);
  await harness.write(sink, 0, rows);
  const lines = (await harness.text()).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).a).sort((a, b) => a - b)).toEqual(rows.map(([a]) => a));
});

test("save modes", async () => {
  const harness = new Harness("a INT");
  await harness.write((await harness.table("json", "errorifexists"))!, 0, [[1]]);
  expect(await harness.paths()).toEqual(["_SUCCESS", "part-00000-ID-c000.json"]);
  await expect(harness.table("json", "errorifexists")).rejects.toMatchObject({
    condition: "PATH_ALREADY_EXISTS",
  });
  expect(await harness.table("json", "ignore")).toBeNull();
  await harness.write((await harness.table("json", "append"))!, 0, [[2]]);
  expect((await harness.text()).split("\n").sort()).toEqual(["", '{"a":1}', '{"a":2}']);
  await harness.write((await harness.table("json", "overwrite"))!, 0, [[3]]);
  expect(await harness.text()).toBe('{"a":3}\n');
});

test("a dynamic overwrite replaces only the partitions that get rows", async () => {
  const harness = new Harness("a INT, k INT");
  await harness.write((await harness.table("json", "append", {}, ["k"]))!, 0, [
    [1, 1],
    [2, 2],
  ]);
  harness.conf = { "spark.sql.sources.partitionOverwriteMode": "dynamic" };
  await harness.write((await harness.table("json", "overwrite", {}, ["k"]))!, 0, [[3, 2]]);
  expect(await harness.text()).toBe('{"a":1}\n{"a":3}\n');
});

test("a table without rows leaves a file, a batch of a stream does not", async () => {
  const harness = new Harness("a INT");
  await harness.write((await harness.table("csv", "append", { header: true }))!, 0, []);
  expect(await harness.text()).toBe("a\n");
  const other = new Harness("a INT");
  await other.write(await other.stream("csv"), 0, []);
  expect(await other.paths()).toEqual(["_spark_metadata/0"]);
});
