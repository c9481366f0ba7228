import { type FormatContext, type FormatReader, type Options, StructField, StructType } from "@ss/core";
import type { Listing, PartitionValueParser } from "@ss/files";
import { unableToInfer } from "../errors.js";
import type { FileIndex } from "./file-index.js";
import type { FileSchema } from "./file-scan.js";

/** The schema of a table: the program's, or that of its files; partition columns by the names of folders. */
export async function resolveSchema(
  format: string,
  reader: FormatReader,
  userSchema: StructType | undefined,
  index: FileIndex,
  listing: Listing,
  options: Options,
  context: FormatContext,
  parser: PartitionValueParser,
): Promise<FileSchema> {
  const partition = index.partitionSchema(listing, parser, userSchema);
  const isPartition = (name: string): boolean =>
    partition.fields.some((field) => field.name.toLowerCase() === name.toLowerCase());
  const files = index.partitionedFiles(listing, partition).map(({ file }) => file);
  const found =
    userSchema ?? reader.fixedSchema?.(options) ?? (await reader.inferSchema(files, options, context));
  if (found === null) throw unableToInfer(format);
  const fields = found.fields
    .filter(({ name }) => !isPartition(name))
    .map(({ name, type, metadata }) => StructField(name, type, true, metadata));
  return { data: new StructType(fields), partition };
}
