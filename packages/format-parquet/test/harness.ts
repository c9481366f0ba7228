import {
  type Batch,
  batchFromRows,
  type FileSplit,
  type FormatContext,
  MemoryFileSystem,
  Options,
  rowsOf,
  type ScanRequest,
  StructType,
  type Value,
} from "@ss/core";
import { parquetFormat } from "@ss/format-parquet";

export const files: MemoryFileSystem = new MemoryFileSystem();
export const context: FormatContext = { fileSystem: files, timeZone: "UTC", conf: () => undefined };

/** Writes batches of rows as one file. */
export async function writeFile(
  path: string,
  schema: StructType,
  batches: readonly Value[][][],
  options: Record<string, unknown> = {},
): Promise<void> {
  const open = parquetFormat.writer!.open(schema, new Options(options), context);
  const file = await open(await files.create(path));
  for (const rows of batches) await file.write(batchFromRows(schema, rows));
  await file.close();
}

export async function wholeFile(path: string): Promise<FileSplit> {
  const size = (await files.stat(path))!.size;
  return { path, start: 0, end: size, fileSize: size };
}

export async function readBatches(
  split: FileSplit,
  schema: StructType,
  columns: readonly string[] = schema.fieldNames(),
): Promise<Batch[]> {
  const scan: ScanRequest = { columns, predicates: [] };
  const open = parquetFormat.reader!.open(schema, scan, new Options(), context);
  const batches: Batch[] = [];
  for await (const batch of open(split, new AbortController().signal)) {
    // batches are valid until the next one, so what a test keeps is copied
    batches.push(batchFromRows(batch.schema, rowsOf(batch)));
  }
  return batches;
}

export async function readRows(
  path: string,
  schema: StructType,
  columns?: readonly string[],
): Promise<Value[][]> {
  return (await readBatches(await wholeFile(path), schema, columns)).flatMap(rowsOf);
}

export async function inferred(
  paths: readonly string[],
  options: Record<string, unknown> = {},
): Promise<StructType> {
  const entries = await Promise.all(paths.map(async (path) => (await files.stat(path))!));
  return (await parquetFormat.reader!.inferSchema(entries, new Options(options), context))!;
}

export const ddl = (text: string): StructType => StructType.fromDDL(text);
