import {
  type FileEntry,
  type FormatContext,
  type Options,
  StructField,
  StructType,
  sameType,
} from "@ss/core";
import { typeOfElement } from "../direct/parquet-schema.js";
import { cannotMerge } from "../errors.js";
import { openParquet, schemaOf } from "./open-file.js";
import { openFooter, type ParquetFooter, recordedSchema } from "./parquet-footer.js";

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
    const schema = await schemaOfFile(path, context);
    merged = merged === null ? schema : mergeSchemas(merged, schema);
  }
  return merged;
}

/** Spark's own record of the schema; or else that of the columns, for which nested ones and others are left to parquet-wasm. */
async function schemaOfFile(path: string, context: FormatContext): Promise<StructType> {
  const footer = await openFooter(context.fileSystem, path);
  try {
    const known = recordedSchema(footer) ?? simpleSchema(footer);
    if (known !== undefined) return known;
  } finally {
    await footer.file.close();
  }
  const open = await openParquet(context.fileSystem, path);
  try {
    return schemaOf(open, path);
  } finally {
    await open.close();
  }
}

/** Undefined where a column is nested or of a type that is not known here, or where Arrow has types of its own to tell. */
function simpleSchema({ columns, metadata }: ParquetFooter): StructType | undefined {
  if (metadata.keyValues.has("ARROW:schema")) return undefined;
  const fields: StructField[] = [];
  for (const { name, element, leaf } of columns) {
    const type = leaf === undefined ? undefined : typeOfElement(element);
    if (type === undefined) return undefined;
    fields.push(StructField(name, type));
  }
  return new StructType(fields);
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
