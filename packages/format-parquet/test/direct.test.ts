import {
  Batch,
  BytesColumn,
  batchFromRows,
  type Column,
  type DictionaryColumn,
  Options,
  rowsOf,
  type StructType,
  type Value,
} from "@ss/core";
import { parquetFormat } from "@ss/format-parquet";
import * as wasm from "parquet-wasm";
import { expect, test } from "vitest";
import { directRows } from "./both-decoders.js";
import { context, ddl, files, inferred, readRows, wholeFile, writeFile } from "./harness.js";

async function put(path: string, bytes: Uint8Array): Promise<void> {
  const file = await files.create(path);
  await file.write(bytes);
  await file.close();
}

/** Writes a file again with other settings. */
async function rewrite(
  path: string,
  settings: (b: wasm.WriterPropertiesBuilder) => wasm.WriterPropertiesBuilder,
): Promise<void> {
  const table = wasm.readParquet((await files.readAll(path))!);
  const builder = settings(new wasm.WriterPropertiesBuilder().setCompression(wasm.Compression.SNAPPY));
  await put(path, wasm.writeParquet(table, builder.build()));
}

/** What `look` says of each batch of a file, while it is valid. */
async function eachBatch<T>(path: string, schema: StructType, look: (batch: Batch) => T): Promise<T[]> {
  const scan = { columns: schema.fieldNames(), predicates: [] };
  const open = parquetFormat.reader!.open(schema, scan, new Options(), context);
  const found: T[] = [];
  for await (const batch of open(await wholeFile(path), new AbortController().signal))
    found.push(look(batch));
  return found;
}

const TEXT = ddl("s STRING");

test("texts keep the dictionary of the file, one column object for a row group", async () => {
  const rows = Array.from({ length: 20_000 }, (_, i): Value[] => [i % 7 === 0 ? null : `name ${i % 13}`]);
  await writeFile("/coded.parquet", TEXT, [rows]);
  await rewrite("/coded.parquet", (b) =>
    b.setMaxRowGroupSize(10_000).setDataPageSizeLimit(1000).setWriteBatchSize(300),
  );
  const dictionaries = await eachBatch(
    "/coded.parquet",
    TEXT,
    ({ columns }) => (columns[0] as DictionaryColumn).dictionary,
  );
  expect(dictionaries.every((dictionary) => dictionary instanceof BytesColumn)).toBe(true);
  expect(new Set(dictionaries).size).toBe(2);
  expect(dictionaries[0]!.length).toBe(13);
  expect(await readRows("/coded.parquet", TEXT)).toEqual(rows);
});

test("the batch in which a dictionary is given up is plain as a whole", async () => {
  const rows = Array.from({ length: 9000 }, (_, i): Value[] => [i < 5000 ? `few ${i % 3}` : `many ${i}`]);
  await writeFile("/given-up.parquet", TEXT, [rows]);
  await rewrite("/given-up.parquet", (b) =>
    b.setDictionaryPageSizeLimit(500).setDataPageSizeLimit(900).setWriteBatchSize(50),
  );
  const layouts = await eachBatch("/given-up.parquet", TEXT, ({ columns }) => columns[0]!.layout);
  expect(layouts).toEqual(["dictionary", "bytes", "bytes"]);
  expect(await readRows("/given-up.parquet", TEXT)).toEqual(rows);
});

test("batches of all columns have the same rows, whatever their pages", async () => {
  const schema = ddl("i INT, l BIGINT, s STRING");
  const rows = Array.from({ length: 9000 }, (_, i): Value[] => [i, BigInt(i), `text ${i}`]);
  await writeFile("/pages.parquet", schema, [rows]);
  await rewrite("/pages.parquet", (b) =>
    b.setDictionaryEnabled(false).setDataPageSizeLimit(700).setWriteBatchSize(33),
  );
  const counts = await eachBatch("/pages.parquet", schema, ({ columns, rowCount }) => {
    expect(columns.map(({ length }: Column) => length)).toEqual([rowCount, rowCount, rowCount]);
    return rowCount;
  });
  expect(counts).toEqual([4096, 4096, 808]);
});

test("INT96 timestamps are read, also those that 64 bits of nanoseconds cannot hold", async () => {
  const file =
    "UEFSMRUEFXgVeEwVChUAEgAAAAAAAAAAAACMPSUAAMpbBwAAAACXiiUAAAAAAAAAAABSRBoAGPxOkZROAAAs/lEAGPxOkZROAACLPSUAFQAVFhUWLBUMFRAVBhUGHAAAAAIAAAADLwMDiEYAFQQZLDUAGAZzY2hlbWEVAgAVBiUCGAF0ABYMGRwZHCYAHBUGGTUABhAZGAF0FQAWDBbQARbQASacASYIKSwVBBUAFQIAFQAVEBUCADwpBhkmAgoAAAAW0AEWDCYIFtABACggcGFycXVldC1jcHAtYXJyb3cgdmVyc2lvbiAyNi4wLjEZHBwAAACJAAAAUEFSMQ==";
  await put("/int96.parquet", Buffer.from(file, "base64"));
  expect((await inferred(["/int96.parquet"])).simpleString()).toBe("struct<t:timestamp>");
  expect(await readRows("/int96.parquet", ddl("t TIMESTAMP"))).toEqual([
    [0n],
    [1704067200123456n],
    [-62135596800000000n],
    [253402300799999999n],
    [null],
    [-1n],
  ]);
});

test("what the direct decoder does not know is left to parquet-wasm: zstd before Node 22, nested columns", async () => {
  const schema = ddl("i INT, l ARRAY<INT>");
  await writeFile("/left.parquet", schema, [[[1, [2]]]]);
  expect(await directRows(files, "/left.parquet", schema)).toBeUndefined();
  expect(await directRows(files, "/left.parquet", ddl("i INT"))).toEqual([[1]]);
  expect(await readRows("/left.parquet", schema)).toEqual([[1, [2]]]);
});

test("a text that is no UTF-8 is refused by name when it is written", async () => {
  const schema = ddl("ok STRING, `bad one` STRING");
  const data = Uint8Array.of(0x61, 0xff, 0x62);
  const column = new BytesColumn({ kind: "string" }, 1, null, data, Int32Array.of(0), Int32Array.of(3));
  const fine = batchFromRows(TEXT, [["\u00e4"]]).columns[0]!;
  const open = parquetFormat.writer!.open(schema, new Options(), context);
  const file = await open(await files.create("/invalid.parquet"));
  await file.write(new Batch(schema, [fine, column], 1));
  await expect(file.close()).rejects.toMatchObject({
    condition: "INVALID_UTF8_STRING",
    parameters: { str: "a\\xffb" },
    message: expect.stringContaining("`bad one`"),
  });
  await file.abort();
});

test("texts that are valid only together are refused, and as BINARY anything is written", async () => {
  const data = Uint8Array.of(0xc3, 0xa4);
  const halves = (kind: "string" | "binary"): Column =>
    new BytesColumn({ kind }, 2, null, data, Int32Array.of(0, 1), Int32Array.of(1, 1));
  const write = async (kind: "string" | "binary"): Promise<void> => {
    const schema = ddl(`x ${kind}`);
    const open = parquetFormat.writer!.open(schema, new Options(), context);
    const file = await open(await files.create("/halves.parquet"));
    await file.write(new Batch(schema, [halves(kind)], 2));
    await file.close();
  };
  await expect(write("string")).rejects.toMatchObject({ condition: "INVALID_UTF8_STRING" });
  await write("binary");
  expect(await readRows("/halves.parquet", ddl("x BINARY"))).toEqual([
    [Uint8Array.of(0xc3)],
    [Uint8Array.of(0xa4)],
  ]);
});

// a file of one column, of which the tests below damage one thing each

const ROWS = Array.from({ length: 100 }, (_, i): Value[] => [`value ${i % 10}`]);

async function soundFile(): Promise<Uint8Array> {
  await writeFile("/whole.parquet", TEXT, [ROWS], { compression: "none" });
  return (await files.readAll("/whole.parquet"))!.slice();
}

async function refusal(bytes: Uint8Array): Promise<unknown> {
  await put("/damaged.parquet", bytes);
  return readRows("/damaged.parquet", TEXT).then(
    () => "no error",
    (error: unknown) => error,
  );
}

const footerFault = (reason: string): object => ({
  condition: "FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER",
  parameters: { path: "/damaged.parquet" },
  message: expect.stringContaining(reason),
});

test("files that end too early or are of another kind are named", async () => {
  const sound = await soundFile();
  expect(await refusal(new Uint8Array(0))).toMatchObject(footerFault("a file of 0 bytes"));
  expect(await refusal(sound.subarray(0, sound.length - 1))).toMatchObject(footerFault("PAR1"));
  expect(await refusal(sound.subarray(0, 200))).toMatchObject(footerFault("PAR1"));
  const encrypted = sound.slice();
  encrypted.set(Buffer.from("PARE"), encrypted.length - 4);
  expect(await refusal(encrypted)).toMatchObject(footerFault("encrypted"));
});

test("footers that are too long, or are no footers, are named", async () => {
  const sound = await soundFile();
  const long = sound.slice();
  new DataView(long.buffer).setUint32(long.length - 8, 0x7fffffff, true);
  expect(await refusal(long)).toMatchObject(footerFault("a footer of 2147483647 bytes does not fit"));
  const none = sound.slice();
  const length = new DataView(none.buffer).getUint32(none.length - 8, true);
  none.fill(0xff, none.length - 8 - length, none.length - 8);
  expect(await refusal(none)).toMatchObject(footerFault("metadata"));
});

test("texts that are no UTF-8 are handed on as they stand", async () => {
  const file = await soundFile();
  file[Buffer.from(file).indexOf("value 0")] = 0xff;
  await put("/bytes.parquet", file);
  const [first] = await eachBatch("/bytes.parquet", TEXT, ({ columns }) => {
    const { dictionary, codes } = columns[0] as DictionaryColumn;
    const { data, starts, lengths } = dictionary as BytesColumn;
    const start = starts[codes[0]!]!;
    return [...data.subarray(start, start + lengths[codes[0]!]!)];
  });
  expect(first).toEqual([0xff, ...Buffer.from("alue 0")]);
});

test("damaged pages are named with column and row group", async () => {
  const sound = await soundFile();
  // the header of the dictionary page comes first
  const header = sound.slice();
  header.fill(0xff, 4, 12);
  const fault = (reason: string): object => ({
    condition: "FAILED_READ_FILE.NO_HINT",
    parameters: { path: "/damaged.parquet", column: "s" },
    message: expect.stringMatching(new RegExp(`column \`s\`, row group 0: .*${reason}`)),
  });
  expect(await refusal(header)).toMatchObject(fault("metadata"));
  const value = sound.slice();
  const at = Buffer.from(value).indexOf("value 0") - 4;
  new DataView(value.buffer).setUint32(at, 0x7fffffff, true);
  expect(await refusal(value)).toMatchObject(fault("end too early"));
});

test("a page that claims to be huge is refused before anything is allocated", async () => {
  await writeFile("/huge.parquet", TEXT, [ROWS], { compression: "snappy" });
  const sound = (await files.readAll("/huge.parquet"))!.slice();
  const length = new DataView(sound.buffer).getUint32(sound.length - 8, true);
  // field 2 of the header, a zigzag number of one or two bytes, becomes one of five; what follows it in the file moves
  const fields = Buffer.from([0x15, 0x04, 0x15]);
  expect(Buffer.from(sound.subarray(4, 7))).toEqual(fields);
  const rest = sound[7]! >= 128 ? 9 : 8;
  const huge = Buffer.concat([
    sound.subarray(0, 7),
    Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f]),
    sound.subarray(rest),
  ]);
  expect(huge.readUInt32LE(huge.length - 8)).toBe(length);
  expect(await refusal(huge)).toMatchObject({ message: expect.stringContaining("cannot hold 2147483647") });
});

test("rows are the same for any cut into splits, each in one split", async () => {
  const schema = ddl("i INT");
  const rows = Array.from({ length: 10_000 }, (_, i): Value[] => [i]);
  await writeFile("/cut.parquet", schema, [rows]);
  await rewrite("/cut.parquet", (b) => b.setMaxRowGroupSize(900));
  const { fileSize } = await wholeFile("/cut.parquet");
  const open = parquetFormat.reader!.open(schema, { columns: ["i"], predicates: [] }, new Options(), context);
  for (const parts of [1, 2, 3, 7, 50]) {
    const found: Value[][] = [];
    for (let k = 0; k < parts; k++) {
      const [start, end] = [k, k + 1].map((n) => Math.floor((fileSize * n) / parts)) as [number, number];
      const split = { path: "/cut.parquet", start, end, fileSize };
      for await (const batch of open(split, new AbortController().signal)) found.push(...rowsOf(batch));
    }
    expect(found).toEqual(rows);
  }
});
