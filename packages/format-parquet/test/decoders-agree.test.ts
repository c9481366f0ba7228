import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { localFileSystem, type StructType, type Value } from "@ss/core";
import type { WriterPropertiesBuilder } from "parquet-wasm";
import * as wasm from "parquet-wasm";
import { describe, expect, test } from "vitest";
import { directRows, schemaIn, wasmRows } from "./both-decoders.js";
import { ddl, files, writeFile } from "./harness.js";

// Rows are made by arithmetic on their number; each decoder has to give exactly them back.

const schema: StructType = ddl(
  "b BOOLEAN, y TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, m DECIMAL(7,2), n DECIMAL(15,3), w DECIMAL(38,4), few STRING, many STRING, x BINARY, dt DATE, ts TIMESTAMP, tn TIMESTAMP_NTZ, tm TIME, ym INTERVAL YEAR TO MONTH, di INTERVAL DAY TO SECOND",
);

function row(i: number, hasNull: (i: number, column: number) => boolean): Value[] {
  const big = (BigInt(i) * 2_654_435_761n) % 1_000_003n;
  const values: Value[] = [
    i % 3 === 0,
    (i % 256) - 128,
    ((i * 7) % 65536) - 32768,
    (i * 2_654_435_761) | 0,
    BigInt.asIntN(64, BigInt(i) * 0x9e3779b97f4a7c15n),
    i / 4,
    -i / 3,
    big - 500_000n,
    big * -1_000_003n,
    big * 10n ** 30n - 10n ** 35n,
    ["alpha", "", "gämma"][i % 3]!,
    `value ${i} of many`,
    Uint8Array.of(i & 255, (i >> 8) & 255),
    i - 5000,
    BigInt(i) * 1_000_001n - 10n ** 12n,
    BigInt(-i) * 60_000_000n,
    BigInt(i % 86_400) * 1_000_000_000n,
    i - 100,
    BigInt(i) * -1000n,
  ];
  return values.map((value, column) => (hasNull(i, column) ? null : value));
}

const DENSITIES: Record<string, (i: number, column: number) => boolean> = {
  "no nulls": () => false,
  "a null now and then": (i, column) => (i + column) % 97 === 0,
  "half nulls, in no order": (i, column) => ((i * 31 + column * 7) ^ (i >> 3)) % 5 < 2,
  "runs of nulls": (i, column) => (i >> 6) % (column + 2) === 0,
  "nulls only": () => true,
};

type Settings = (builder: WriterPropertiesBuilder) => WriterPropertiesBuilder;

const SETTINGS: Record<string, Settings> = {
  defaults: (b) => b,
  "no dictionary": (b) => b.setDictionaryEnabled(false),
  "a dictionary that is given up midway": (b) =>
    b.setDictionaryPageSizeLimit(3000).setDataPageSizeLimit(500).setWriteBatchSize(64),
  "small pages": (b) => b.setDataPageSizeLimit(300).setWriteBatchSize(50),
  "small row groups": (b) => b.setMaxRowGroupSize(700),
  "gzip, no dictionary": (b) => b.setCompression(wasm.Compression.GZIP).setDictionaryEnabled(false),
  brotli: (b) => b.setCompression(wasm.Compression.BROTLI),
  "LZ4, no dictionary": (b) => b.setCompression(wasm.Compression.LZ4_RAW).setDictionaryEnabled(false),
  uncompressed: (b) => b.setCompression(wasm.Compression.UNCOMPRESSED),
  "uncompressed, no dictionary, small pages": (b) =>
    b
      .setCompression(wasm.Compression.UNCOMPRESSED)
      .setDictionaryEnabled(false)
      .setDataPageSizeLimit(300)
      .setWriteBatchSize(50),
  "pages of version 2": (b) => b.setWriterVersion(wasm.WriterVersion.V2),
  "pages of version 2, differences": (b) => {
    const settings = b.setWriterVersion(wasm.WriterVersion.V2).setDictionaryEnabled(false);
    return ["few", "many", "x"].reduce(
      (all, name) => all.setColumnEncoding(name, wasm.Encoding.DELTA_LENGTH_BYTE_ARRAY),
      settings.setColumnEncoding("w", wasm.Encoding.PLAIN),
    );
  },
};

/** Writes a file again, as parquet-wasm does with other settings. */
async function rewrite(from: string, to: string, settings: Settings): Promise<void> {
  const table = wasm.readParquet((await files.readAll(from))!);
  const builder = new wasm.WriterPropertiesBuilder().setCompression(wasm.Compression.SNAPPY);
  const bytes = wasm.writeParquet(table, settings(builder).build());
  const file = await files.create(to);
  await file.write(bytes);
  await file.close();
}

describe.each(Object.keys(DENSITIES))("%s", (density) => {
  const rows = Array.from({ length: 5000 }, (_, i) => row(i, DENSITIES[density]!));

  // every setting with nulls in no order, and some with each other density
  const names = Object.keys(SETTINGS).filter((_, k) => density.startsWith("half") || k % 4 === 0);
  test.each(names)("%s", async (name) => {
    const original = `/agree/${density}.parquet`;
    if ((await files.stat(original)) === null) await writeFile(original, schema, [rows]);
    await rewrite(original, "/agree/again.parquet", SETTINGS[name]!);
    const found = await directRows(files, "/agree/again.parquet", schema);
    // the quick comparison first: the other tells where the difference is
    if (!isDeepStrictEqual(found, rows)) expect(found).toEqual(rows);
  });

  test("parquet-wasm reads the same", async () => {
    const found = await wasmRows(files, `/agree/${density}.parquet`, schema);
    if (!isDeepStrictEqual(found, rows)) expect(found).toEqual(rows);
  });
});

const folder: string | undefined = process.env.SS_PARQUET_FILES;

describe.skipIf(folder === undefined)("the files of SS_PARQUET_FILES", () => {
  const disk = localFileSystem();
  const names = folder === undefined ? [] : readdirSync(folder).filter((name) => name.endsWith(".parquet"));
  test.each(names)("%s", async (name) => {
    const path = join(folder!, name);
    const found = await schemaIn(disk, path);
    const direct = await directRows(disk, path, found);
    const expected = await wasmRows(disk, path, found);
    if (direct === undefined) console.log(`${name} is left to parquet-wasm`);
    else expect(direct).toEqual(expected);
  });
});
