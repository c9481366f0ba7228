import { type FileReader, type FileSystem, StreamError, type StructType } from "@ss/core";
import type { ParquetFile } from "parquet-wasm";
import { type ArrowField, readArrowField } from "../arrow/arrow-schema.js";
import { structOf } from "../arrow/arrow-type.js";
import { badFooter } from "../errors.js";
import { type ParquetWasm, parquetWasm } from "../wasm.js";
import { RangeBlob } from "./range-blob.js";

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

/** The schema of a file by the types of its columns. */
export function schemaOf({ fields }: OpenParquet, path: string): StructType {
  const found = structOf(fields);
  if (found !== undefined) return found;
  const formats = fields.map(({ name, format }) => `${name}: ${format}`).join(", ");
  throw badFooter(path, new Error(`a column has a type that cannot be read (${formats})`));
}
