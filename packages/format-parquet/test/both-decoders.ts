import { type FileSystem, type FormatContext, Options, rowsOf, type StructType, type Value } from "@ss/core";
import { DirectScan } from "../src/direct/direct-scan.js";
import { inferParquetSchema } from "../src/read/infer-schema.js";
import { openFooter } from "../src/read/parquet-footer.js";
import { columnNamed } from "../src/read/row-groups.js";
import { wasmScan } from "../src/read/wasm-scan.js";

const signal: AbortSignal = new AbortController().signal;

export function contextOf(fileSystem: FileSystem): FormatContext {
  return { fileSystem, timeZone: "UTC", conf: () => undefined };
}

export async function schemaIn(fileSystem: FileSystem, path: string): Promise<StructType> {
  const entry = await fileSystem.stat(path);
  return (await inferParquetSchema([entry!], new Options(), contextOf(fileSystem)))!;
}

/** All rows by the direct decoder; undefined where it leaves the file to parquet-wasm. */
export async function directRows(
  fileSystem: FileSystem,
  path: string,
  schema: StructType,
  rowLimit: number = Infinity,
): Promise<Value[][] | undefined> {
  const footer = await openFooter(fileSystem, path);
  try {
    const groups = footer.metadata.rowGroups;
    const columns = schema.fieldNames().map((name) => columnNamed(footer.columns, name));
    const scan = DirectScan.plan(footer, schema, columns, groups);
    if (scan === undefined) return undefined;
    const rows: Value[][] = [];
    for (const [index, group] of groups.entries()) {
      for await (const batch of scan.rows(group, index, signal)) {
        rows.push(...rowsOf(batch));
        if (rows.length >= rowLimit) return rows;
      }
    }
    return rows;
  } finally {
    await footer.file.close();
  }
}

/** All rows by parquet-wasm. */
export async function wasmRows(fileSystem: FileSystem, path: string, schema: StructType): Promise<Value[][]> {
  const footer = await openFooter(fileSystem, path);
  await footer.file.close();
  const groups = footer.metadata.rowGroups.map((group, index) => ({ group, index }));
  const rows: Value[][] = [];
  for await (const batch of wasmScan(schema, groups, path, contextOf(fileSystem), signal))
    rows.push(...rowsOf(batch));
  return rows;
}
