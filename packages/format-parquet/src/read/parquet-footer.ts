import { type FileSystem, StreamError, StructType } from "@ss/core";
import { type FileMetadata, readFileMetadata } from "../direct/file-metadata.js";
import { ParquetFault } from "../direct/parquet-fault.js";
import { type FileColumn, fileColumns } from "../direct/parquet-schema.js";
import { RangedFile } from "../direct/ranged-file.js";
import { badFooter } from "../errors.js";

/** The key under which Spark keeps the exact schema. */
export const ROW_METADATA = "org.apache.spark.sql.parquet.row.metadata";

/** A Parquet file that is open, and what its footer says. */
export interface ParquetFooter {
  readonly path: string;
  readonly file: RangedFile;
  readonly metadata: FileMetadata;
  readonly columns: readonly FileColumn[];
  /** Where the data ends. */
  readonly dataEnd: number;
}

/** Of most files the footer is smaller; small files are read as a whole by it. */
const TAIL_BYTES = 64 << 10;
/** The length of the footer and the mark, at the end. */
const TRAILER_BYTES = 8;

/** Opens a file and reads its footer; the caller closes the file. */
export async function openFooter(fileSystem: FileSystem, path: string): Promise<ParquetFooter> {
  const reader = await fileSystem.open(path);
  try {
    return await readFooter(path, new RangedFile(reader));
  } catch (cause) {
    await reader.close();
    throw StreamError.is(cause) ? cause : badFooter(path, cause);
  }
}

async function readFooter(path: string, file: RangedFile): Promise<ParquetFooter> {
  if (file.size < TRAILER_BYTES + 4)
    throw new ParquetFault(`a file of ${file.size} bytes cannot be a Parquet file`);
  const tail = await tailOf(file, TAIL_BYTES);
  const mark = tail.toString("latin1", tail.length - 4);
  if (mark === "PARE") throw new ParquetFault("the file is encrypted");
  if (mark !== "PAR1") throw new ParquetFault("it does not end with the mark of Parquet files, PAR1");
  const length = tail.readUInt32LE(tail.length - TRAILER_BYTES);
  if (length > file.size - TRAILER_BYTES - 4)
    throw new ParquetFault(`a footer of ${length} bytes does not fit into a file of ${file.size}`);
  const footer = await file.end(length + TRAILER_BYTES);
  const end = footer.length - TRAILER_BYTES;
  const metadata = readFileMetadata(footer.subarray(end - length, end));
  const dataEnd = file.size - TRAILER_BYTES - length;
  return { path, file, metadata, columns: fileColumns(metadata.schema), dataEnd };
}

async function tailOf(file: RangedFile, length: number): Promise<Buffer> {
  const { buffer, byteOffset, length: found } = await file.end(length);
  return Buffer.from(buffer, byteOffset, found);
}

/** Spark's own record of the schema, if the file has one. */
export function recordedSchema({ metadata }: ParquetFooter): StructType | undefined {
  const recorded = metadata.keyValues.get(ROW_METADATA);
  return recorded === undefined ? undefined : StructType.fromJSON(recorded).asNullable();
}
