import { type Column, MemoryFileSystem, StreamError, type Value } from "@ss/core";
import * as wasm from "parquet-wasm";
import { expect, test } from "vitest";
import { DirectScan } from "../src/direct/direct-scan.js";
import { ParquetFault } from "../src/direct/parquet-fault.js";
import { openFooter } from "../src/read/parquet-footer.js";
import { columnNamed } from "../src/read/row-groups.js";
import { ddl, files, writeFile } from "./harness.js";
import { damaged, Random } from "./mutations.js";

// SS_FUZZ_CASES sets how many damaged files are read, SS_FUZZ_SEED which.
const CASES = Number(process.env.SS_FUZZ_CASES ?? 2000);
const SEED = Number(process.env.SS_FUZZ_SEED ?? 20260);
/** A damaged count of rows may be huge, and runs of nulls as long: that is slow, but no fault. */
const ROW_LIMIT = 20_000;

const schema = ddl(
  "b BOOLEAN, y TINYINT, i INT, l BIGINT, f FLOAT, d DOUBLE, m DECIMAL(9,2), w DECIMAL(38,4), few STRING, many STRING, ts TIMESTAMP",
);

function row(i: number): Value[] {
  const values: Value[] = [
    i % 2 === 0,
    i % 100,
    i * 3,
    BigInt(i) << 33n,
    i / 2,
    i / 3,
    BigInt(i * 7),
    BigInt(i) ** 9n,
    `v${i % 5}`,
    `some value ${i}`,
    BigInt(i) * 1_000_000n,
  ];
  return values.map((value, column) => ((i + column) % 11 === 0 ? null : value));
}

async function originals(): Promise<Uint8Array[]> {
  await writeFile("/sound.parquet", schema, [Array.from({ length: 300 }, (_, i) => row(i))]);
  const sound = (await files.readAll("/sound.parquet"))!;
  const settings = (): wasm.WriterPropertiesBuilder =>
    new wasm.WriterPropertiesBuilder().setDataPageSizeLimit(400).setWriteBatchSize(40);
  return [
    sound,
    settings().setCompression(wasm.Compression.UNCOMPRESSED).setDictionaryEnabled(false),
    settings()
      .setCompression(wasm.Compression.SNAPPY)
      .setDictionaryPageSizeLimit(200)
      .setMaxRowGroupSize(100),
    settings().setCompression(wasm.Compression.LZ4_RAW).setWriterVersion(wasm.WriterVersion.V2),
    settings().setCompression(wasm.Compression.GZIP),
  ].map((from) =>
    from instanceof Uint8Array ? from : wasm.writeParquet(wasm.readParquet(sound), from.build()),
  );
}

/** Reads a file and looks at every place that its columns refer to. */
async function readAll(bytes: Uint8Array): Promise<void> {
  const memory = new MemoryFileSystem();
  const file = await memory.create("/damaged.parquet");
  await file.write(bytes);
  await file.close();
  const footer = await openFooter(memory, "/damaged.parquet");
  try {
    const groups = footer.metadata.rowGroups;
    const columns = schema.fieldNames().map((name) => columnNamed(footer.columns, name));
    const scan = DirectScan.plan(footer, schema, columns, groups);
    let rows = 0;
    for (const [index, group] of groups.entries()) {
      if (scan === undefined) return;
      for await (const batch of scan.rows(group, index, new AbortController().signal)) {
        for (const column of batch.columns) checkColumn(column);
        rows += batch.rowCount;
        if (rows > ROW_LIMIT) return;
      }
    }
  } finally {
    await footer.file.close();
  }
}

function checkColumn(column: Column): void {
  for (let i = 0; i < column.length; i++) {
    if (column.isNull(i)) continue;
    if (column.layout === "dictionary") {
      if (column.codes[i]! >>> 0 >= column.dictionary.length)
        throw new Error("a code outside its dictionary");
    } else if (column.layout === "bytes") {
      const isInside = column.starts[i]! >= 0 && column.starts[i]! + column.lengths[i]! <= column.data.length;
      if (!isInside || column.lengths[i]! < 0) throw new Error("a value outside its bytes");
    }
  }
  if (column.layout === "dictionary") checkColumn(column.dictionary);
}

test(
  `${CASES} damaged files are read or refused by name, seed ${SEED}`,
  async () => {
    const sound = await originals();
    for (const bytes of sound) await readAll(bytes);
    let refused = 0;
    for (let k = 0; k < CASES; k++) {
      const random = new Random(SEED + k);
      const bytes = damaged(sound[k % sound.length]!, random);
      try {
        await readAll(bytes);
      } catch (error) {
        refused++;
        const isNamed = StreamError.is(error) && error.parameters.path === "/damaged.parquet";
        // anything else than a fault is a place that was not looked at before it was used
        if (!isNamed || !(error.cause instanceof ParquetFault))
          throw new Error(`case ${k} of seed ${SEED}: ${error}`, { cause: error });
      }
    }
    expect(refused).toBeGreaterThan(CASES / 4);
  },
  600_000 + CASES * 20,
);
