import type { FileWriter, FormatFile, StructType } from "@ss/core";
import { ROW_METADATA } from "../read/parquet-footer.js";
import type { ParquetCodec } from "./codec.js";
import { type ColumnForm, columnForm } from "./direct/column-form.js";
import { compressorOf } from "./direct/compressor.js";
import { DirectParquetFile } from "./direct/direct-file.js";
import { ParquetFormatFile } from "./parquet-file.js";

/** Readers take the dates and timestamps of files with this mark as they stand, in the calendar of today. */
const CALENDAR_MARK = "4.0.0";
const CREATED_BY = "@ss/format-parquet";

/** Gives what starts files of a schema: encoded here, or by parquet-wasm if a column or the codec asks for it. */
export function parquetFiles(
  schema: StructType,
  codec: ParquetCodec,
  rowGroupBytes: number,
): (file: FileWriter) => FormatFile {
  const keyValues = new Map([
    [ROW_METADATA, JSON.stringify(schema)],
    ["org.apache.spark.version", CALENDAR_MARK],
  ]);
  const forms = flatForms(schema);
  const compressor = compressorOf(codec);
  if (forms === undefined || compressor === undefined)
    return (file) => new ParquetFormatFile(schema, codec, rowGroupBytes, keyValues, CREATED_BY, file);
  const settings = { schema, forms, compressor, rowGroupBytes, keyValues, createdBy: CREATED_BY };
  return (file) => new DirectParquetFile(settings, file);
}

/** The forms of all columns; undefined if one of them has none, or there are none. */
function flatForms(schema: StructType): ColumnForm[] | undefined {
  const forms: ColumnForm[] = [];
  for (const { type } of schema.fields) {
    const form = columnForm(type);
    if (form === undefined) return undefined;
    forms.push(form);
  }
  return forms.length === 0 ? undefined : forms;
}
