import { type FileReader, type FileSystem, StreamError, StructType } from "@ss/core";
import type { ParquetFile } from "parquet-wasm";
import { type ArrowField, readArrowField } from "../arrow/arrow-schema.js";
import { structOf } from "../arrow/arrow-type.js";
import { badFooter } from "../errors.js";
import { type ParquetWasm, parquetWasm } from "../wasm.js";
import { RangeBlob } from "./range-blob.js";

/** The key under which Spark keeps the exact schema. */
export const ROW_METADATA = "org.apache.spark.sql.parquet.row.metadata";

/** A Parquet file whose footer has been read. */
export interface OpenParquet {
  readonly wasm: ParquetWasm;
  readonly file: ParquetFile;
  readonly fields: readonly ArrowField[];
  close(): Promise<void>;
}

/** Opens a file and reads its footer. */
export async function openParquet(fileSystem: FileSystem, path: string): Promise<OpenParquet> {
  const wasm = await parquetWasm();
  const reader = await fileSystem.open(path);
  try {
    const file = await wasm.ParquetFile.fromFile(new RangeBlob(reader));
    return { wasm, file, fields: fieldsOf(wasm, file), close: () => closeBoth(file, reader) };
  } catch (cause) {
    await reader.close();
    if (StreamError.is(cause)) throw cause;
    throw badFooter(path, cause);
  }
}

async function closeBoth(file: ParquetFile, reader: FileReader): Promise<void> {
  file.free();
  await reader.close();
}

function fieldsOf(wasm: ParquetWasm, file: ParquetFile): readonly ArrowField[] {
  const schema = file.schema();
  const exported = schema.toFFI();
  try {
    return readArrowField(wasm.wasmMemory().buffer, exported.addr()).children;
  } finally {
    exported.free();
    schema.free();
  }
}

/** The schema of a file: Spark's own record of it, or else that of its columns. */
export function schemaOf({ file, fields }: OpenParquet, path: string): StructType {
  const metadata = file.metadata();
  const entries = metadata.fileMetadata().keyValueMetadata() as Map<string, string>;
  metadata.free();
  const recorded = entries.get(ROW_METADATA);
  if (recorded !== undefined) return StructType.fromJSON(recorded).asNullable();
  const found = structOf(fields);
  if (found !== undefined) return found;
  const formats = fields.map(({ name, format }) => `${name}: ${format}`).join(", ");
  throw badFooter(path, new Error(`a column has a type that cannot be read (${formats})`));
}
