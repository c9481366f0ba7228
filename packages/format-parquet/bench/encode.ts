import {
  Batch,
  copyColumn,
  type FileWriter,
  type FormatContext,
  type FormatFile,
  localFileSystem,
  Options,
  StructType,
} from "@ss/core";
import { inferParquetSchema } from "../src/read/infer-schema.js";
import { readSplit } from "../src/read/parquet-scan.js";
import { codecOf } from "../src/write/codec.js";
import { parquetFiles } from "../src/write/open-parquet-file.js";
import { ParquetFormatFile } from "../src/write/parquet-file.js";

const ROUNDS = 5;
const ROW_GROUP_BYTES = 128 << 20;
const context: FormatContext = { fileSystem: localFileSystem(), timeZone: "UTC", conf: () => undefined };

/** A file that nobody keeps. */
function nowhere(): FileWriter & { size: number } {
  const file = {
    size: 0,
    write: async (bytes: Uint8Array) => {
      file.size += bytes.length;
    },
    close: async () => {},
    abort: async () => {},
  };
  return file;
}

async function measure(
  name: string,
  start: (file: FileWriter) => FormatFile,
  batches: Batch[],
): Promise<void> {
  let best = Number.POSITIVE_INFINITY;
  let size = 0;
  const rows = batches.reduce((sum, { rowCount }) => sum + rowCount, 0);
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    const target = nowhere();
    const file = start(target);
    for (const batch of batches) await file.write(batch);
    await file.close();
    size = target.size;
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  const perMillion = ((best / rows) * 1e6).toFixed(3);
  console.log(`${name.padEnd(14)} ${rows} rows, ${size} bytes, ${perMillion} CPU-s per million rows`);
}

const [path = "", wanted, compression = "snappy"] = process.argv.slice(2);
const entry = await context.fileSystem.stat(path);
if (entry === null) throw new Error(`there is no file ${path}`);
const found = (await inferParquetSchema([entry], new Options(), context))!;
const names = wanted === undefined ? found.fieldNames() : wanted.split(",");
const schema = new StructType(names.map((name) => found.field(name)));
const split = { path, start: 0, end: entry.size, fileSize: entry.size };
const batches: Batch[] = [];
const scan = { columns: names, predicates: [] };
for await (const batch of readSplit(schema, scan, split, context, new AbortController().signal)) {
  batches.push(
    new Batch(
      schema,
      batch.columns.map((column) => copyColumn(column)),
      batch.rowCount,
    ),
  );
}
const codec = codecOf(new Options({ compression }), undefined);
await measure("direct", parquetFiles(schema, codec, ROW_GROUP_BYTES), batches);
await measure(
  "parquet-wasm",
  (file) => new ParquetFormatFile(schema, codec, ROW_GROUP_BYTES, new Map(), "bench", file),
  batches,
);
