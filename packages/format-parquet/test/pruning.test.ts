import {
  type DataType,
  type FileReader,
  type FileSystem,
  Options,
  type Predicate,
  rowsOf,
  type StructType,
  type Value,
} from "@ss/core";
import { parquetFormat } from "@ss/format-parquet";
import * as wasm from "parquet-wasm";
import { expect, test } from "vitest";
import type { ColumnChunk, SchemaElement, Statistics } from "../src/direct/file-metadata.js";
import { boundsOf } from "../src/direct/row-group-bounds.js";
import { canPrune, mayMatch } from "../src/direct/row-group-pruning.js";
import { context, ddl, files, writeFile } from "./harness.js";

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The files of the harness, with a record of what is read of them. */
function recording(ranges: Range[]): FileSystem {
  const open = async (path: string): Promise<FileReader> => {
    const reader = await files.open(path);
    return {
      size: reader.size,
      read: (target, start, length, position) => {
        ranges.push({ from: position, to: position + length });
        return reader.read(target, start, length, position);
      },
      close: () => reader.close(),
    };
  };
  return new Proxy(files, { get: (on, name) => (name === "open" ? open : Reflect.get(on, name).bind(on)) });
}

const GROUP_ROWS = 20_000;
const schema: StructType = ddl("id BIGINT, noise BIGINT, name STRING");

/** Five row groups in which `id` rises. */
async function writeGroups(path: string): Promise<void> {
  const rows = Array.from({ length: 5 * GROUP_ROWS }, (_, i): Value[] => {
    const noise = BigInt.asIntN(64, BigInt(i) * 0x9e3779b97f4a7c15n);
    return [BigInt(i), noise, `${Math.floor(i / GROUP_ROWS)}`];
  });
  await writeFile(path, schema, [rows]);
  const table = wasm.readParquet((await files.readAll(path))!);
  const settings = new wasm.WriterPropertiesBuilder()
    .setCompression(wasm.Compression.SNAPPY)
    .setMaxRowGroupSize(GROUP_ROWS)
    .setStatisticsEnabled(wasm.EnabledStatistics.Chunk)
    .build();
  const file = await files.create(path);
  await file.write(wasm.writeParquet(table, settings));
  await file.close();
}

async function readWith(
  predicates: readonly Predicate[],
  conf: (key: string) => string | undefined = () => undefined,
): Promise<{ ids: Value[]; bytes: number }> {
  const path = "/pruning.parquet";
  if ((await files.stat(path)) === null) await writeGroups(path);
  const { size } = (await files.stat(path))!;
  const ranges: Range[] = [];
  const fileSystem = recording(ranges);
  const columns = ["id", "noise"];
  const open = parquetFormat.reader!.open(schema, { columns, predicates }, new Options(), {
    ...context,
    fileSystem,
    conf,
  });
  const ids: Value[] = [];
  const split = { path, start: 0, end: size, fileSize: size };
  for await (const batch of open(split, new AbortController().signal))
    ids.push(...rowsOf(batch).map(([id]) => id!));
  return { ids, bytes: ranges.reduce((sum, { from, to }) => sum + to - from, 0) };
}

const id = (op: "=" | "<" | "<=" | ">" | ">=", value: bigint): Predicate => {
  return { op, column: "id", type: { kind: "long" }, value };
};

test("row groups that cannot hold a wanted row are not read", async () => {
  const all = await readWith([]);
  expect(all.ids).toHaveLength(5 * GROUP_ROWS);
  const one = await readWith([id(">=", 45_000n), id("<", 46_000n)]);
  expect(one.ids).toHaveLength(GROUP_ROWS);
  expect(one.ids[0]).toBe(40_000n);
  // the footer is read in either case, with the last 64 KiB of the file
  expect(one.bytes - 65536).toBeLessThan((all.bytes - 65536) / 3);
  const none = await readWith([id("=", -1n)]);
  expect(none.ids).toEqual([]);
  expect(none.bytes).toBe(65536);
});

test("a predicate on a column that is not read prunes too, and so does one on texts", async () => {
  const name: Predicate = { op: "in", column: "name", type: { kind: "string" }, values: ["1", "3"] };
  expect((await readWith([name])).ids).toHaveLength(2 * GROUP_ROWS);
});

test("spark.sql.parquet.filterPushdown turns pruning off", async () => {
  const { ids } = await readWith([id("=", -1n)], (key) =>
    key === "spark.sql.parquet.filterPushdown" ? "false" : undefined,
  );
  expect(ids).toHaveLength(5 * GROUP_ROWS);
});

test("a column that a file lacks holds nulls only", async () => {
  const wide = ddl("id BIGINT, noise BIGINT, name STRING, later INT");
  await readWith([]);
  const { size } = (await files.stat("/pruning.parquet"))!;
  const count = async (predicate: Predicate): Promise<number> => {
    const scan = { columns: ["id"], predicates: [predicate] };
    const open = parquetFormat.reader!.open(wide, scan, new Options(), context);
    const split = { path: "/pruning.parquet", start: 0, end: size, fileSize: size };
    let rows = 0;
    for await (const batch of open(split, new AbortController().signal)) rows += batch.rowCount;
    return rows;
  };
  const type: DataType = { kind: "integer" };
  expect(await count({ op: "=", column: "later", type, value: 1 })).toBe(0);
  expect(await count({ op: "isNotNull", column: "later", type })).toBe(0);
  expect(await count({ op: "isNull", column: "later", type })).toBe(5 * GROUP_ROWS);
});

// what follows takes the rules one by one

const PLAIN: SchemaElement = {
  name: "c",
  physical: 2,
  typeLength: 0,
  repetition: 1,
  childCount: 0,
  meaning: { kind: "none" },
};
const NO_STATISTICS: Statistics = {
  oldMin: undefined,
  oldMax: undefined,
  min: undefined,
  max: undefined,
  nullCount: undefined,
};

function chunkOf(statistics: Partial<Statistics>): ColumnChunk {
  return {
    path: ["c"],
    physical: 2,
    encodings: [],
    codec: 0,
    valueCount: 10,
    start: 4,
    size: 0,
    statistics: { ...NO_STATISTICS, ...statistics },
    isElsewhere: false,
  };
}

const int64 = (value: bigint): Uint8Array => new Uint8Array(BigInt64Array.of(value).buffer);
const double = (value: number): Uint8Array => new Uint8Array(Float64Array.of(value).buffer);
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Whether rows of a column with these statistics may pass. */
function may(
  element: Partial<SchemaElement>,
  statistics: Partial<Statistics>,
  type: DataType,
  op: Predicate["op"],
  value: Value = null,
  hasTypeOrder = true,
): boolean {
  const bounds = boundsOf({ ...PLAIN, ...element }, chunkOf(statistics), type, hasTypeOrder);
  return mayMatch({ op, column: "c", type, value, values: [value] } as Predicate, bounds);
}

const long: DataType = { kind: "long" };
const string: DataType = { kind: "string" };
const TEXT = { physical: 6, meaning: { kind: "string" } } as const;

test("comparisons with bounds on the edge", () => {
  const bounds = { min: int64(10n), max: int64(20n) };
  expect(may({}, bounds, long, "=", 9n)).toBe(false);
  expect(may({}, bounds, long, "=", 10n)).toBe(true);
  expect(may({}, bounds, long, "=", 21n)).toBe(false);
  expect(may({}, bounds, long, "<", 10n)).toBe(false);
  expect(may({}, bounds, long, "<=", 10n)).toBe(true);
  expect(may({}, bounds, long, ">", 20n)).toBe(false);
  expect(may({}, bounds, long, ">=", 20n)).toBe(true);
  expect(may({}, bounds, long, "in", 9n)).toBe(false);
});

test("one bound is enough, and none prunes nothing", () => {
  expect(may({}, { max: int64(5n) }, long, ">", 5n)).toBe(false);
  expect(may({}, { max: int64(5n) }, long, "<", 5n)).toBe(true);
  expect(may({}, {}, long, "=", 5n)).toBe(true);
});

test("bounds in no known order are not believed: unknown column order, unsigned numbers, bounds upside down", () => {
  const bounds = { min: int64(10n), max: int64(20n) };
  expect(may({}, bounds, long, "=", 9n, false)).toBe(true);
  expect(may({ meaning: { kind: "integer", bits: 64, signed: false } }, bounds, long, "=", 9n)).toBe(true);
  expect(may({}, { min: int64(20n), max: int64(10n) }, long, "=", 9n)).toBe(true);
  expect(may({}, { min: Uint8Array.of(1), max: Uint8Array.of(2) }, long, "=", 9n)).toBe(true);
});

test("bounds of older writers serve for numbers and not for texts, whose order was another", () => {
  expect(may({}, { oldMin: int64(10n), oldMax: int64(20n) }, long, "=", 9n, false)).toBe(false);
  expect(may(TEXT, { oldMin: text("b"), oldMax: text("c") }, string, "=", "a", false)).toBe(true);
});

test("texts are compared by their UTF-8 bytes, and bounds may be cut off", () => {
  const bounds = { min: text("ab"), max: text("ac") };
  expect(may(TEXT, bounds, string, "=", "aa")).toBe(false);
  expect(may(TEXT, bounds, string, "=", "abzzz")).toBe(true);
  // U+FFFD comes before U+1F600 in UTF-8, but after it in UTF-16
  expect(may(TEXT, { min: text("\u{1F600}"), max: text("\u{1F601}") }, string, "=", "\uFFFD")).toBe(false);
  expect(may(TEXT, { min: text("a"), max: text("\u{1F600}") }, string, "=", "\uFFFD")).toBe(true);
});

test("nulls: counts decide, and unknown counts prune nothing", () => {
  expect(may({}, { nullCount: 10 }, long, "=", 1n)).toBe(false);
  expect(may({}, { nullCount: 10 }, long, "isNotNull")).toBe(false);
  expect(may({}, { nullCount: 10 }, long, "isNull")).toBe(true);
  expect(may({}, { nullCount: 0 }, long, "isNull")).toBe(false);
  expect(may({}, {}, long, "isNull")).toBe(true);
  expect(may({ repetition: 0 }, {}, long, "isNull")).toBe(false);
});

test("NaN is above all numbers and not in the bounds", () => {
  const type: DataType = { kind: "double" };
  const bounds = { min: double(1), max: double(2) };
  expect(may({ physical: 5 }, bounds, type, ">", 5)).toBe(true);
  expect(may({ physical: 5 }, bounds, type, "<", 1)).toBe(false);
  expect(may({ physical: 5 }, bounds, type, "=", 5)).toBe(false);
  expect(may({ physical: 5 }, bounds, type, "=", Number.NaN)).toBe(true);
  expect(may({ physical: 5 }, { min: double(Number.NaN), max: double(2) }, type, "<", 1)).toBe(true);
  expect(may({ physical: 5 }, { min: double(0), max: double(0) }, type, "=", -0)).toBe(true);
});

test("bounds are in the units of the file: milliseconds, nanoseconds, decimals of another scale", () => {
  const timestamp: DataType = { kind: "timestamp" };
  const millis = { meaning: { kind: "timestamp", unit: "millis", isInstant: true } } as const;
  expect(may(millis, { min: int64(1n), max: int64(2n) }, timestamp, "=", 1500n)).toBe(true);
  expect(may(millis, { min: int64(1n), max: int64(2n) }, timestamp, "=", 2001n)).toBe(false);
  const nanos = { meaning: { kind: "timestamp", unit: "nanos", isInstant: true } } as const;
  expect(may(nanos, { min: int64(-1500n), max: int64(-1500n) }, timestamp, "=", -2n)).toBe(true);
  expect(may(nanos, { min: int64(-1500n), max: int64(-1500n) }, timestamp, "=", -1n)).toBe(false);
  const decimal: DataType = { kind: "decimal", precision: 20, scale: 3 };
  const cents = { physical: 7, typeLength: 2, meaning: { kind: "decimal", precision: 4, scale: 2 } } as const;
  const bounds = { min: Uint8Array.of(0xff, 0x9c), max: Uint8Array.of(0, 100) };
  expect(may(cents, bounds, decimal, "=", -1001n)).toBe(false);
  expect(may(cents, bounds, decimal, "=", -1000n)).toBe(true);
  expect(may(cents, bounds, decimal, ">", 1000n)).toBe(false);
});

test("predicates are taken where bounds can tell, and never as exact", () => {
  const answer = (type: DataType): string =>
    parquetFormat.reader!.pushdown!({ op: "=", column: "c", type, value: 1n }, new Options());
  expect(answer(long)).toBe("inexact");
  expect(answer({ kind: "string", collation: "UNICODE_CI" })).toBe("unsupported");
  expect(answer({ kind: "char", length: 3 })).toBe("unsupported");
  expect(
    canPrune({
      op: "isNull",
      column: "c",
      type: { kind: "array", elementType: long, containsNull: true },
    } as Predicate),
  ).toBe(false);
});
