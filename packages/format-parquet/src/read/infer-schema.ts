import {
  type FileEntry,
  type FormatContext,
  type Options,
  StructField,
  StructType,
  sameType,
} from "@ss/core";
import { cannotMerge } from "../errors.js";
import { openParquet, schemaOf } from "./open-file.js";

/** The schema of the files' footers: of one file, or, with `mergeSchema`, of all. */
export async function inferParquetSchema(
  files: readonly FileEntry[],
  options: Options,
  context: FormatContext,
): Promise<StructType | null> {
  const merges = options.boolean("mergeSchema", context.conf("spark.sql.parquet.mergeSchema") === "true");
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  let merged: StructType | null = null;
  for (const { path } of merges ? sorted : sorted.slice(0, 1)) {
    const open = await openParquet(context.fileSystem, path);
    try {
      const schema = schemaOf(open, path);
      merged = merged === null ? schema : mergeSchemas(merged, schema);
    } finally {
      await open.close();
    }
  }
  return merged;
}

function mergeSchemas(a: StructType, b: StructType): StructType {
  const fields: StructField[] = [...a.fields];
  for (const field of b.fields) {
    const at = fields.findIndex(({ name }) => name === field.name);
    if (at < 0) fields.push(field);
    else fields[at] = mergeFields(fields[at]!, field, a, b);
  }
  return new StructType(fields);
}

function mergeFields(left: StructField, right: StructField, a: StructType, b: StructType): StructField {
  if (sameType(left.type, right.type, true)) return left;
  if (left.type.kind === "struct" && right.type.kind === "struct") {
    return StructField(left.name, mergeSchemas(left.type, right.type), true, left.metadata);
  }
  throw cannotMerge(a.simpleString(), b.simpleString());
}
