import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Batch, DoubleType, Float64Column, Int32Column, IntegerType, Options, StructType } from "@ss/core";
import { parquetFormat } from "@ss/format-parquet";
import { expect, test } from "vitest";
import { context, files, wholeFile } from "./harness.js";

const schema = new StructType().add("id", IntegerType).add("amount", DoubleType);
const ROWS = 20_000;

/** A file of row groups of about 200 kB. */
async function write(path: string, batches: number): Promise<void> {
  const options = new Options({ "parquet.block.size": 200_000, compression: "none" });
  const open = parquetFormat.writer!.open(schema, options, context);
  const file = await open(await files.create(path));
  for (let k = 0; k < batches; k++) {
    const ids = Int32Array.from({ length: ROWS }, (_, i) => k * ROWS + i);
    const amounts = Float64Array.from(ids, (id) => Math.sin(id));
    const columns = [
      new Int32Column(IntegerType, ROWS, null, ids),
      new Float64Column(DoubleType, ROWS, null, amounts),
    ];
    await file.write(new Batch(schema, columns, ROWS));
  }
  await file.close();
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function usedBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Memory that is in use while the file is read, at most, beyond what was in use before. */
async function heldBytes(path: string, rows: number): Promise<number> {
  const scan = { columns: schema.fieldNames(), predicates: [] };
  const open = parquetFormat.reader!.open(schema, scan, new Options(), context);
  const split = await wholeFile(path);
  const before = usedBytes();
  let held = 0;
  let seen = 0;
  let nextLook = rows / 12;
  for await (const batch of open(split, new AbortController().signal)) {
    seen += batch.rowCount;
    if (seen < nextLook) continue;
    nextLook += rows / 6;
    held = Math.max(held, usedBytes() - before);
  }
  expect(seen).toBe(rows);
  return held;
}

test("a Parquet file 16 times as large is read in the same memory", async () => {
  await write("/small.parquet", 4);
  await write("/large.parquet", 64);
  // kernels keep their memory from one file to the next
  await heldBytes("/small.parquet", 4 * ROWS);
  const small = await heldBytes("/small.parquet", 4 * ROWS);
  const large = await heldBytes("/large.parquet", 64 * ROWS);
  // the large file has 15 MB; its footer, which is held, has more row groups
  expect(large - small, `${small} in the small one`).toBeLessThan(3_000_000);
});
