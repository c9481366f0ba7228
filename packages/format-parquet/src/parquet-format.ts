import { type FileFormat, type Options, type Plugin, workerModule } from "@ss/core";
import { canPrune } from "./direct/row-group-pruning.js";
import { inferParquetSchema } from "./read/infer-schema.js";
import { readSplit } from "./read/parquet-scan.js";
import { checkParquetType } from "./write/arrow-writers.js";
import { codecOf } from "./write/codec.js";
import { parquetFiles } from "./write/open-parquet-file.js";

/** Parquet files: reading and writing. */
export const parquetFormat: FileFormat = {
  name: "parquet",
  get worker() {
    const module = workerModule(import.meta.url, "@ss/format-parquet", "worker.js");
    return module === undefined ? undefined : { module, export: "parquetFormat", options: null };
  },
  reader: {
    checkOptions: checkReadOptions,
    inferSchema: inferParquetSchema,
    splittable: () => true,
    // row groups without matches are passed over; rows are not looked at
    pushdown: (predicate) => (canPrune(predicate) ? "inexact" : "unsupported"),
    open: (schema, scan, _options, context) => (split, signal) =>
      readSplit(schema, scan, split, context, signal),
  },
  writer: {
    checkOptions: (options) => {
      codecOf(options, undefined);
      rowGroupBytes(options);
    },
    checkSchema: (schema) => {
      for (const { name, type } of schema.fields) checkParquetType(name, type);
    },
    extension: (options, { conf }) => `${codecOf(options, conf).ending}.parquet`,
    open: (schema, options, context) => {
      const start = parquetFiles(schema, codecOf(options, context.conf), rowGroupBytes(options));
      return async (file) => start(file);
    },
  },
};

/** As in Spark, whose readers want row groups of at most this size. */
const ROW_GROUP_BYTES = 128 << 20;

function rowGroupBytes(options: Options): number {
  return options.integer("parquet.block.size", ROW_GROUP_BYTES, 1024);
}

function checkReadOptions(options: Options): void {
  options.boolean("mergeSchema", false);
  // dates before 1582 and INT96 are read as they were written by Spark 3 and later
  for (const name of ["datetimeRebaseMode", "int96RebaseMode"]) {
    options.choice(name, ["EXCEPTION", "CORRECTED"], "CORRECTED");
  }
}

/**
 * Parquet files as tables and as streams, together with a file source; and as outputs, together with a file sink.
 *
 * @example
 * ```ts
 * const spark = await SparkSession.builder().use(fileSource(), parquet()).getOrCreate();
 * const events = spark.read.format("parquet").load("data/events");
 * ```
 */
export function parquet(): Plugin {
  return { name: "@ss/format-parquet", formats: [parquetFormat] };
}
