import { type Batch, type FormatContext, localFileSystem, Options, StructType } from "@ss/core";
import { DirectScan } from "../src/direct/direct-scan.js";
import { inferParquetSchema } from "../src/read/infer-schema.js";
import { openFooter } from "../src/read/parquet-footer.js";
import { columnNamed } from "../src/read/row-groups.js";
import { wasmScan } from "../src/read/wasm-scan.js";

const ROUNDS = 7;
const context: FormatContext = { fileSystem: localFileSystem(), timeZone: "UTC", conf: () => undefined };

/** All batches of a file by one of the decoders. */
type Decoder = (path: string, schema: StructType) => AsyncGenerator<Batch>;

async function* direct(path: string, schema: StructType): AsyncGenerator<Batch> {
  const footer = await openFooter(context.fileSystem, path);
  const groups = footer.metadata.rowGroups;
  const columns = schema.fieldNames().map((name) => columnNamed(footer.columns, name));
  const scan = DirectScan.plan(footer, schema, columns, groups);
  if (scan === undefined) throw new Error("the direct decoder cannot read these columns");
  for (const [index, group] of groups.entries()) yield* scan.rows(group, index, new AbortController().signal);
  await footer.file.close();
}

async function* byWasm(path: string, schema: StructType): AsyncGenerator<Batch> {
  const footer = await openFooter(context.fileSystem, path);
  await footer.file.close();
  const groups = footer.metadata.rowGroups.map((group, index) => ({ group, index }));
  yield* wasmScan(schema, groups, path, context, new AbortController().signal);
}

async function measure(name: string, decoder: Decoder, path: string, schema: StructType): Promise<void> {
  let best = Infinity;
  let rows = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    rows = 0;
    for await (const { rowCount } of decoder(path, schema)) rows += rowCount;
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  const rate = (rows / best / 1e6).toFixed(1);
  console.log(`${name.padEnd(14)} ${rows} rows, ${best.toFixed(3)} CPU-s, ${rate}M rows per CPU-second`);
}

const [path = "", wanted] = process.argv.slice(2);
const entry = await context.fileSystem.stat(path);
if (entry === null) throw new Error(`there is no file ${path}`);
const schema = (await inferParquetSchema([entry], new Options(), context))!;
const names = wanted === undefined ? schema.fieldNames() : wanted.split(",");
const columns = new StructType(names.map((name) => schema.field(name)));
await measure("direct", direct, path, columns);
await measure("parquet-wasm", byWasm, path, columns);
