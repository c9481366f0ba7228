import { type DataType, Options, rowsOf, StructField, StructType, type Value } from "@ss/core";
import { parquetFormat } from "@ss/format-parquet";
import { readParquet } from "parquet-wasm";
import { expect, test } from "vitest";
import { context, ddl, files, inferred, readBatches, readRows, wholeFile, writeFile } from "./harness.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const everything = ddl(
  "b BOOLEAN, y TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, m DECIMAL(10,2), w DECIMAL(38,4), t STRING, x BINARY, dt DATE, ts TIMESTAMP, n TIMESTAMP_NTZ, tm TIME, ym INTERVAL YEAR TO MONTH, di INTERVAL DAY TO SECOND",
);
const values: Value[] = [
  true,
  -128,
  32767,
  -1,
  -9223372036854775808n,
  0.5,
  Number.NaN,
  -12345n,
  -(10n ** 37n),
  "h\u00e9",
  bytes("\u0000z"),
  -719162,
  1704067200123456n,
  -62135596800000000n,
  86399999999000n,
  -14,
  -1n,
];

test("every simple type comes back as it was written, and so does null", async () => {
  const nulls = values.map(() => null);
  await writeFile("/all.parquet", everything, [[values, nulls], [values]]);
  expect(await readRows("/all.parquet", everything)).toEqual([values, nulls, values]);
});

test("nested types come back as they were written", async () => {
  const schema = ddl(
    "l ARRAY<STRUCT<a: INT, b: ARRAY<STRING>>>, m MAP<STRING, ARRAY<INT>>, s STRUCT<x: MAP<INT, STRING>, y: DECIMAL(20,0)>",
  );
  const rows: Value[][] = [
    [
      [[1, ["p", null]], null],
      { keys: ["k", "j"], values: [[1, null], null] },
      [{ keys: [7], values: ["v"] }, 5n],
    ],
    [[], { keys: [], values: [] }, [null, null]],
    [null, null, null],
  ];
  await writeFile("/nested.parquet", schema, [rows, rows]);
  expect(await readRows("/nested.parquet", schema)).toEqual([...rows, ...rows]);
});

test("the file carries Spark's record of the schema, by which types and their metadata come back", async () => {
  const schema = new StructType([
    StructField("a", { kind: "integer" }, false, { comment: "id" }),
    StructField("v", { kind: "varchar", length: 5 }),
    StructField("i", { kind: "yearMonthInterval", start: "year", end: "year" }),
  ]);
  await writeFile("/meta.parquet", schema, [[[1, "x", 12]]]);
  expect(await inferred(["/meta.parquet"])).toEqual(schema.asNullable());
  const { ParquetFile } = await import("parquet-wasm");
  const file = await ParquetFile.fromFile(new Blob([(await files.readAll("/meta.parquet"))!]));
  const entries = file.metadata().fileMetadata().keyValueMetadata();
  expect(JSON.parse(entries.get("org.apache.spark.sql.parquet.row.metadata"))).toEqual(schema.toJSON());
  expect(entries.get("org.apache.spark.version")).toMatch(/^[4-9]/);
});

test("only the wanted columns are read, in the order of the scan", async () => {
  const schema = ddl("a INT, b STRING, `c.d` INT");
  await writeFile("/some.parquet", schema, [[[1, "x", 3]]]);
  expect(await readRows("/some.parquet", schema, ["c.d", "a"])).toEqual([[3, 1]]);
});

test("a count reads no column", async () => {
  const schema = ddl("a INT");
  await writeFile("/count.parquet", schema, [Array.from({ length: 10_000 }, (_, i) => [i])]);
  const batches = await readBatches(await wholeFile("/count.parquet"), schema, []);
  expect(batches.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(10_000);
});

test("columns that a file lacks are null, and names match without regard to case", async () => {
  await writeFile("/old.parquet", ddl("A INT, s STRUCT<x: INT>"), [[[1, [2]]]]);
  expect(await readRows("/old.parquet", ddl("a INT, z STRING, s STRUCT<y: STRING, X: INT>"))).toEqual([
    [1, null, [null, 2]],
  ]);
});

test("numbers widen, and other changes of type are named", async () => {
  await writeFile("/narrow.parquet", ddl("i INT, f FLOAT, m DECIMAL(5,2), d DATE"), [[[7, 0.5, 150n, 1]]]);
  expect(
    await readRows("/narrow.parquet", ddl("i BIGINT, f DOUBLE, m DECIMAL(20,4), d TIMESTAMP_NTZ")),
  ).toEqual([[7n, 0.5, 15000n, 86_400_000_000n]]);
  expect(await readRows("/narrow.parquet", ddl("i DOUBLE"))).toEqual([[7]]);
  await expect(readRows("/narrow.parquet", ddl("f INT"))).rejects.toMatchObject({
    condition: "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH",
    parameters: { path: "/narrow.parquet", column: "[f]" },
  });
});

test.each(["none", "snappy", "gzip", "zstd", "brotli", "lz4_raw"])("compression %s", async (compression) => {
  const schema = ddl("s STRING");
  const rows = Array.from({ length: 1000 }, (_, i) => [`row ${i % 10}`]);
  await writeFile(`/${compression}.parquet`, schema, [rows], { compression });
  expect(await readRows(`/${compression}.parquet`, schema)).toEqual(rows);
});

test("file names tell the compression, snappy by default", () => {
  const extension = (compression?: string, codec?: string): string =>
    parquetFormat.writer!.extension(new Options(compression === undefined ? {} : { compression }), {
      ...context,
      conf: (key) => (key === "spark.sql.parquet.compression.codec" ? codec : undefined),
    });
  expect(extension()).toBe(".snappy.parquet");
  expect(extension("gzip")).toBe(".gz.parquet");
  expect(extension("uncompressed")).toBe(".parquet");
  expect(extension(undefined, "zstd")).toBe(".zstd.parquet");
  expect(extension("gzip", "zstd")).toBe(".gz.parquet");
  expect(() => extension("lzo")).toThrow("Available codecs");
});

test("many rows are written piece by piece, and read split by split, each once", async () => {
  const schema = ddl("i INT, s STRING");
  const all = Array.from({ length: 70_000 }, (_, i) => [i, i % 7 === 0 ? null : `value ${i}`] as Value[]);
  const batches = Array.from({ length: 10 }, (_, k) => all.slice(k * 7000, (k + 1) * 7000));
  await writeFile("/large.parquet", schema, batches, { "parquet.block.size": 100_000 });
  const { fileSize } = await wholeFile("/large.parquet");
  const step = Math.ceil(fileSize / 3);
  const rows: number[][] = [];
  for (let start = 0; start < fileSize; start += step) {
    const split = { path: "/large.parquet", start, end: Math.min(fileSize, start + step), fileSize };
    const found = await readBatches(split, schema, ["i"]);
    rows.push(found.flatMap((batch) => rowsOf(batch).map(([i]) => i as number)));
  }
  expect(rows.every((part) => part.length > 0)).toBe(true);
  expect(rows.flat()).toEqual(all.map(([i]) => i));
  expect((await readRows("/large.parquet", schema)).slice(-3)).toEqual(all.slice(-3));
});

test("a file without rows keeps its schema", async () => {
  const schema = ddl("a INT, l ARRAY<STRING>");
  await writeFile("/empty.parquet", schema, []);
  expect(await inferred(["/empty.parquet"])).toEqual(schema);
  expect(await readRows("/empty.parquet", schema)).toEqual([]);
});

test("dictionary-encoded columns are written", async () => {
  const { batchFromRows, DictionaryColumn, Batch } = await import("@ss/core");
  const schema = ddl("s STRING");
  const dictionary = batchFromRows(schema, [["a"], ["b"]]).columns[0] as never;
  const column = new DictionaryColumn(
    { kind: "string" },
    3,
    Uint8Array.of(0b101),
    Int32Array.of(1, 0, 0),
    dictionary,
  );
  const file = await parquetFormat.writer!.open(
    schema,
    new Options(),
    context,
  )(await files.create("/dict.parquet"));
  await file.write(new Batch(schema, [column], 3));
  await file.close();
  expect(await readRows("/dict.parquet", schema)).toEqual([["b"], [null], ["a"]]);
});

test("mergeSchema puts the columns of all files together", async () => {
  await writeFile("/m1.parquet", ddl("a INT"), [[[1]]]);
  await writeFile("/m2.parquet", ddl("a INT, b STRING"), [[[1, "x"]]]);
  await writeFile("/m3.parquet", ddl("a STRING"), [[["x"]]]);
  expect((await inferred(["/m1.parquet", "/m2.parquet"])).simpleString()).toBe("struct<a:int>");
  expect((await inferred(["/m1.parquet", "/m2.parquet"], { mergeSchema: true })).simpleString()).toBe(
    "struct<a:int,b:string>",
  );
  await expect(inferred(["/m1.parquet", "/m3.parquet"], { mergeSchema: true })).rejects.toMatchObject({
    condition: "CANNOT_MERGE_SCHEMAS",
  });
});

test("a file that is no Parquet file is named", async () => {
  const writer = await files.create("/bad.parquet");
  await writer.write(bytes("this is no parquet file at all"));
  await writer.close();
  await expect(readRows("/bad.parquet", ddl("a INT"))).rejects.toMatchObject({
    condition: "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER",
    parameters: { path: "/bad.parquet" },
  });
});

test("types that Parquet cannot hold are refused", () => {
  const check = (type: DataType): void =>
    parquetFormat.writer!.checkSchema(new StructType([StructField("a", type)]), new Options());
  expect(() => check({ kind: "interval" })).toThrow("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE");
  expect(() => check({ kind: "void" })).toThrow("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE");
});

test("timestamps are instants in microseconds to other readers", async () => {
  await writeFile("/ts.parquet", ddl("ts TIMESTAMP, n TIMESTAMP_NTZ"), [[[1n, 1n]]]);
  const table = readParquet((await files.readAll("/ts.parquet"))!);
  const { tableFromIPC } = await import("@uwdata/flechette");
  const [instant, local] = tableFromIPC(table.intoIPCStream()).schema.fields.map(({ type }) => type);
  expect(instant).toMatchObject({ unit: 2, timezone: "UTC" });
  expect(local).toMatchObject({ unit: 2, timezone: null });
});
