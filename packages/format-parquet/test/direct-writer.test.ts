import {
  Batch,
  batchFromRows,
  type DataType,
  DictionaryColumn,
  type FileWriter,
  MemoryFileSystem,
  Options,
  StructField,
  StructType,
  type Value,
} from "@ss/core";
import { parquetFormat } from "@ss/format-parquet";
import { expect, test } from "vitest";
import type { RowGroupMetadata } from "../src/direct/file-metadata.js";
import { openFooter } from "../src/read/parquet-footer.js";
import { contextOf, directRows, wasmRows } from "./both-decoders.js";
import { randomNumbers, valueOf } from "./random-values.js";

const SEED = 20_261;
const files = new MemoryFileSystem();
const ddl = (text: string): StructType => StructType.fromDDL(text);

async function write(
  path: string,
  schema: StructType,
  batches: readonly Batch[],
  options: Record<string, unknown> = {},
): Promise<void> {
  const open = parquetFormat.writer!.open(schema, new Options(options), contextOf(files));
  const file = await open(await files.create(path));
  for (const batch of batches) await file.write(batch);
  await file.close();
}

async function rowGroupsOf(path: string): Promise<readonly RowGroupMetadata[]> {
  const footer = await openFooter(files, path);
  await footer.file.close();
  return footer.metadata.rowGroups;
}

/** Writes rows in batches of a size, and expects both decoders to give them back. */
async function expectBack(
  path: string,
  schema: StructType,
  rows: Value[][],
  batchRows: number,
  options: Record<string, unknown> = {},
): Promise<void> {
  const batches: Batch[] = [];
  for (let i = 0; i < rows.length; i += batchRows)
    batches.push(batchFromRows(schema, rows.slice(i, i + batchRows)));
  await write(path, schema, batches, options);
  expect(await directRows(files, path, schema)).toEqual(rows);
  expect(await wasmRows(files, path, schema)).toEqual(rows);
}

const EVERYTHING = ddl(
  "b BOOLEAN, y TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, m9 DECIMAL(9,2), m18 DECIMAL(18,3), m19 DECIMAL(19,0), m38 DECIMAL(38,10), t STRING, x BINARY, dt DATE, ts TIMESTAMP, n TIMESTAMP_NTZ, tm TIME, ym INTERVAL YEAR TO MONTH, di INTERVAL DAY TO SECOND",
);

test.each([
  { nulls: 0, different: 3, compression: "snappy", block: 1 << 27 },
  { nulls: 0.02, different: 1e9, compression: "none", block: 1 << 27 },
  { nulls: 0.5, different: 40, compression: "snappy", block: 30_000 },
  { nulls: 0.98, different: 1e9, compression: "gzip", block: 5000 },
  { nulls: 1, different: 1, compression: "snappy", block: 1 << 27 },
])(`every flat type comes back from both decoders: %j, seed ${SEED}`, async (how) => {
  const random = randomNumbers(SEED);
  const rows = Array.from({ length: 2500 }, () =>
    EVERYTHING.fields.map(({ type }) =>
      random() < how.nulls ? null : valueOf(type, Math.floor(random() * how.different)),
    ),
  );
  const path = `/all-${how.nulls}-${how.different}.parquet`;
  await expectBack(path, EVERYTHING, rows, 700, {
    compression: how.compression,
    "parquet.block.size": how.block,
  });
});

test.each([0, 1, 7, 8, 9, 19_999, 20_000, 20_001])(
  "pages end where they are full: %i rows",
  async (count) => {
    const schema = ddl("a INT, b STRING, c BOOLEAN");
    const rows = Array.from({ length: count }, (_, i) => [
      i % 300,
      i % 3 === 0 ? null : `v${i % 5}`,
      i % 2 === 0,
    ]);
    await expectBack(`/rows-${count}.parquet`, schema, rows, 8192);
  },
);

test("a dictionary that grows too large is given up for the pages after it", async () => {
  const schema = ddl("t STRING, l BIGINT");
  // each value twice in a row, so that the first page speaks for a dictionary
  const rows = Array.from({ length: 300_000 }, (_, i) => [`value number ${i >> 1}`, BigInt(i >> 1) * 7n]);
  await expectBack("/outgrown.parquet", schema, rows, 50_000);
  const [group] = await rowGroupsOf("/outgrown.parquet");
  for (const { encodings } of group!.columns) expect(encodings).toEqual(expect.arrayContaining([0, 8]));
});

test("values that are all different are written without a dictionary", async () => {
  const schema = ddl("t STRING, l BIGINT");
  const rows = Array.from({ length: 1000 }, (_, i) => [`value ${i}`, BigInt(i)]);
  await expectBack("/different.parquet", schema, rows, 1000);
  const [group] = await rowGroupsOf("/different.parquet");
  for (const { encodings } of group!.columns) expect(encodings).not.toContain(8);
});

test("values larger than a page and than a row group", async () => {
  const schema = ddl("x BINARY, i INT");
  const values = [1_500_000, 0, 70_000, 1_500_000].map((size, i) => new Uint8Array(size).fill(i + 1));
  const batches = values.map((value, i) => batchFromRows(schema, [[value, i]]));
  await write("/huge.parquet", schema, batches);
  await write("/huge-groups.parquet", schema, batches, { "parquet.block.size": 100_000 });
  expect((await rowGroupsOf("/huge-groups.parquet")).length).toBeGreaterThan(1);
  for (const path of ["/huge.parquet", "/huge-groups.parquet"]) {
    for (const rows of [await directRows(files, path, schema), await wasmRows(files, path, schema)]) {
      expect(rows!.map(([, i]) => i)).toEqual([0, 1, 2, 3]);
      expect(rows!.map(([x], i) => Buffer.compare(x as Uint8Array, values[i]!))).toEqual([0, 0, 0, 0]);
    }
  }
});

test("dictionary-encoded columns keep their values over batches, dictionaries and row groups", async () => {
  const schema = ddl("t STRING, i INT, b BOOLEAN, w DECIMAL(30,0), tm TIME");
  const entries = (shift: number): Value[][] =>
    [0, 1, 2].map((k) => [`e${k + shift}`, k - shift, k === 1, BigInt(k * shift), BigInt(k) * 1000n]);
  const dictionaries = [0, 5].map((shift) => batchFromRows(schema, entries(shift)));
  const expected: Value[][] = [];
  const batches = Array.from({ length: 40 }, (_, k) => {
    const length = 50;
    const which = k % 4 < 2 ? 0 : 1;
    const codes = Int32Array.from({ length }, (_, i) => (i * (k + 1)) % 3);
    const validity = Uint8Array.from({ length: 7 }, (_, i) => (k * 37 + i * 11) & 255);
    for (let i = 0; i < length; i++) {
      const present = ((validity[i >> 3]! >> (i & 7)) & 1) === 1;
      expected.push(present ? entries(which * 5)[codes[i]!]! : schema.fields.map(() => null));
    }
    const columns = dictionaries[which]!.columns.map(
      (column) => new DictionaryColumn(column.type, length, validity, codes, column as never),
    );
    return new Batch(schema, columns, length);
  });
  await write("/coded.parquet", schema, batches, { "parquet.block.size": 2000 });
  expect((await rowGroupsOf("/coded.parquet")).length).toBeGreaterThan(1);
  expect(await directRows(files, "/coded.parquet", schema)).toEqual(expected);
  expect(await wasmRows(files, "/coded.parquet", schema)).toEqual(expected);
});

test.each<[string, DataType, Value[], unknown, unknown]>([
  ["signed bytes", { kind: "byte" }, [5, -3, null], [0xfd, 0xff, 0xff, 0xff], [5, 0, 0, 0]],
  [
    "64 bits",
    { kind: "long" },
    [1n << 40n, -1n, 2n],
    [255, 255, 255, 255, 255, 255, 255, 255],
    [0, 0, 0, 0, 0, 1, 0, 0],
  ],
  [
    "low words without a sign",
    { kind: "long" },
    [0xffff_ffffn, 1n],
    [1, 0, 0, 0, 0, 0, 0, 0],
    [255, 255, 255, 255, 0, 0, 0, 0],
  ],
  ["both zeros", { kind: "float" }, [0], [0, 0, 0, 0x80], [0, 0, 0, 0]],
  ["no bounds with a NaN", { kind: "double" }, [1, Number.NaN], undefined, undefined],
  ["no bounds of nulls", { kind: "integer" }, [null, null], undefined, undefined],
  [
    "code points of texts",
    { kind: "string" },
    ["\uff5e", "\u{1f600}", "~"],
    [0x7e],
    [0xf0, 0x9f, 0x98, 0x80],
  ],
  ["prefixes and empty texts", { kind: "string" }, ["ab", "", "a"], [], [0x61, 0x62]],
  ["booleans", { kind: "boolean" }, [true, true], [1], [1]],
  [
    "signs of wide decimals",
    { kind: "decimal", precision: 19, scale: 0 },
    [-1n, 1n, -2n],
    [255, 255, 255, 255, 255, 255, 255, 255, 254],
    [0, 0, 0, 0, 0, 0, 0, 0, 1],
  ],
  ["no bounds beyond 4096 bytes", { kind: "string" }, ["a", "b".repeat(4097)], undefined, undefined],
])(
  "statistics tell the least and the greatest value and the nulls: %s",
  async (name, type, values, min, max) => {
    const schema = new StructType([StructField("a", type)]);
    const path = `/bounds ${name}.parquet`;
    await write(path, schema, [
      batchFromRows(
        schema,
        values.map((value) => [value]),
      ),
    ]);
    const { statistics } = (await rowGroupsOf(path))[0]!.columns[0]!;
    expect(statistics!.min && [...statistics!.min]).toEqual(min);
    expect(statistics!.max && [...statistics!.max]).toEqual(max);
    expect(statistics!.nullCount).toBe(values.filter((value) => value === null).length);
  },
);

test("statistics hold for what stands in the dictionary and for what comes after it", async () => {
  const schema = ddl("t STRING, l BIGINT");
  const rows = Array.from({ length: 300_000 }, (_, i) => [`value number ${i >> 1}`, BigInt(i >> 1)]);
  rows.push(["a", -1n], ["z", 10n ** 15n]);
  await write("/both.parquet", schema, [batchFromRows(schema, rows)]);
  const [text, long] = (await rowGroupsOf("/both.parquet"))[0]!.columns.map(({ statistics }) => statistics!);
  expect([Buffer.from(text!.min!).toString(), Buffer.from(text!.max!).toString()]).toEqual(["a", "z"]);
  expect(Buffer.from(long!.min!).readBigInt64LE()).toBe(-1n);
  expect(Buffer.from(long!.max!).readBigInt64LE()).toBe(10n ** 15n);
});

test.each([false, true])("a text that is no UTF-8 is refused by the name of its column", async (repeated) => {
  const binary = ddl("a INT, t BINARY");
  const schema = ddl("a INT, t STRING");
  const good = Uint8Array.of(0xc3, 0xa9);
  const rows = Array.from({ length: 100 }, (_, i) => [i, repeated ? good : Uint8Array.of(0x61, i)]);
  const { columns, rowCount } = batchFromRows(binary, [...rows, [7, Uint8Array.of(0x61, 0xc3)]]);
  await expect(write("/invalid.parquet", schema, [new Batch(schema, columns, rowCount)])).rejects.toThrow(
    /INVALID_UTF8_STRING.*`t`.*a\\xc3/s,
  );
});

test("no more than a row group is held, and a slow output holds the writer up", async () => {
  const schema = ddl("x BINARY");
  const blockBytes = 100_000;
  const random = randomNumbers(SEED);
  let written = 0;
  let release: (() => void) | undefined;
  let slow = false;
  const output: FileWriter = {
    size: 0,
    write: async (bytes) => {
      written += bytes.length;
      if (slow)
        await new Promise<void>((resolve) => {
          release = resolve;
        });
    },
    close: async () => {},
    abort: async () => {},
  };
  const options = new Options({ "parquet.block.size": blockBytes });
  const file = await parquetFormat.writer!.open(schema, options, contextOf(files))(output);
  const value = (): Value[] => [Uint8Array.from({ length: 400 }, () => random() * 256)];
  const batch = (): Batch => batchFromRows(schema, Array.from({ length: 100 }, value));
  let given = 0;
  for (let k = 0; k < 20; k++) {
    await file.write(batch());
    given += 100 * 404;
    // at most the row group, the rows that were over it, and what is put together before it is written
    expect(given - written).toBeLessThan(blockBytes + 128 * 404 + (1 << 18));
  }
  slow = true;
  let returned = 0;
  const rest = (async () => {
    for (let k = 0; k < 20; k++, returned++) await file.write(batch());
  })();
  while (release === undefined) await new Promise((resolve) => setImmediate(resolve));
  for (let k = 0; k < 5; k++) await new Promise((resolve) => setImmediate(resolve));
  expect(returned).toBeLessThan(19);
  slow = false;
  release();
  await rest;
  await file.close();
});
