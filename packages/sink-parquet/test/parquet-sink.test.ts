import {
  batchFromRows,
  type Clock,
  MemoryFileSystem,
  Options,
  rowsOf,
  type SessionContext,
  type SinkBatch,
  StructType,
  type Value,
} from "@ss/core";
import { parquetSink } from "@ss/sink-parquet";
import { expect, test } from "vitest";

const clock: Clock = { now: () => 1000, monotonicMs: () => 0, sleep: async () => {} };

function session(files: MemoryFileSystem): SessionContext {
  const formats = parquetSink().formats!;
  return {
    clock,
    fileSystem: () => files,
    format: (name) => formats.find((format) => format.name === name),
    conf: () => undefined,
    timeZone: "UTC",
  };
}

async function partFiles(files: MemoryFileSystem): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of files.list("/out", { recursive: true }))
    if (path.includes("/part-")) paths.push(path);
  return paths.sort();
}

async function rowsIn(files: MemoryFileSystem, path: string, schema: StructType): Promise<Value[][]> {
  const size = (await files.stat(path))!.size;
  const context = { fileSystem: files, timeZone: "UTC", conf: () => undefined };
  const scan = { columns: schema.fieldNames(), predicates: [] };
  const open = parquetSink().formats![0]!.reader!.open(schema, scan, new Options(), context);
  const rows: Value[][] = [];
  for await (const batch of open(
    { path, start: 0, end: size, fileSize: size },
    new AbortController().signal,
  )) {
    rows.push(...rowsOf(batch));
  }
  return rows;
}

test("a stream writes each batch once, partitioned, with the columns of the files alone in them", async () => {
  const files = new MemoryFileSystem(clock);
  const schema = StructType.fromDDL("id BIGINT, day DATE");
  const request = {
    format: "parquet",
    options: new Options(),
    path: "/out",
    partitionBy: ["day"],
    schema,
    session: session(files),
  };
  const batch: SinkBatch = {
    queryId: "q",
    runId: "r",
    outputId: 0,
    batchId: 0,
    schema,
    mode: "append",
    signal: new AbortController().signal,
  };
  const rows: Value[][] = [
    [1n, 19782],
    [2n, 19783],
    [3n, 19782],
  ];
  for (const expected of [false, true]) {
    const sink = await parquetSink().sinks![0]!.stream!(request);
    const write = await sink.begin(batch);
    expect(write.alreadyCommitted).toBe(expected);
    if (write.alreadyCommitted) break;
    const writer = await write.writer(0);
    await writer.write(batchFromRows(schema, rows));
    await write.commit([await writer.finish()]);
  }
  const [first, second] = await partFiles(files);
  expect(first).toMatch(/^\/out\/day=2024-02-29\/part-00000-.*-c000\.snappy\.parquet$/);
  const data = StructType.fromDDL("id BIGINT");
  expect(await rowsIn(files, first!, data)).toEqual([[1n], [3n]]);
  expect(await rowsIn(files, second!, data)).toEqual([[2n]]);
});

test("a table is written without rows, so that its schema stays", async () => {
  const files = new MemoryFileSystem(clock);
  const schema = StructType.fromDDL("id BIGINT");
  const sink = await parquetSink().sinks![0]!.batch!({
    format: "parquet",
    options: new Options({ compression: "zstd" }),
    path: "/out",
    partitionBy: [],
    schema,
    session: session(files),
    mode: "errorifexists",
  });
  const signal = new AbortController().signal;
  const write = await sink!.begin({
    queryId: "q",
    runId: "r",
    outputId: 0,
    batchId: 0,
    schema,
    mode: "append",
    signal,
  });
  await write.commit([await (await write.writer(0)).finish()]);
  const [path] = await partFiles(files);
  expect(path).toMatch(/\.zstd\.parquet$/);
  expect(await rowsIn(files, path!, schema)).toEqual([]);
});
