import {
  type Batch,
  type FileFormat,
  type FileSplit,
  type FormatContext,
  type FormatReader,
  type Options,
  type ScanRequest,
  StructField,
  StructType,
} from "@ss/core";
import { CsvTokenizer, decodeUtf8, describeRecordStatus, type FieldTable, RECORD_OK } from "@ss/kernels";
import { malformedCsvRecord, onlyCorruptColumn } from "../errors.js";
import type { BadRows } from "../reading/bad-rows.js";
import { BufferPool } from "../reading/chunk-reader.js";
import { formatWorker } from "../reading/format-worker.js";
import { openChunks } from "../reading/open-chunks.js";
import { type OutputColumn, RecordReader } from "../reading/record-reader.js";
import {
  corruptColumnName,
  corruptField,
  encodingOf,
  hasPlainLines,
  lineSeparatorOf,
  parseMode,
  valueText,
} from "../reading/text-options.js";
import { checkCsvType, csvDecoder } from "./csv-decoders.js";
import { CsvHeaderCheck } from "./csv-header.js";
import { CsvNulls } from "./csv-nulls.js";
import { checkCsvOptions, csvDateFormat, csvGrammar, csvSpecial } from "./csv-options.js";
import { inferCsvSchema } from "./csv-schema-inference.js";

/** CSV files. */
export const csvFormat: FileFormat = {
  name: "csv",
  get worker() {
    return formatWorker("csv");
  },
  reader: csvReader(),
};

function csvReader(): FormatReader {
  return {
    checkOptions: checkCsvOptions,
    inferSchema: inferCsvSchema,
    splittable: (options, path) => !options.boolean("multiLine", false) && hasPlainLines(options, path),
    open: openCsv,
  };
}

/** Which columns of the file a scan reads, and how strictly. */
interface CsvColumns {
  /** The columns that the file holds, in order: the schema without the corrupt record. */
  readonly data: StructType;
  /** Positions in `data` of the wanted columns, ascending. */
  readonly positions: readonly number[];
  /** Tokens that a record must have; -1 where their number does not matter. */
  readonly expectedTokens: number;
}

function csvColumns(
  schema: StructType,
  scan: ScanRequest,
  options: Options,
  context: FormatContext,
): CsvColumns {
  const corrupt = corruptField(schema, corruptColumnName(options, context));
  const data = new StructType(schema.fields.filter((field) => field !== corrupt));
  const wanted = scan.columns.filter((name) => name !== corrupt?.name);
  if (corrupt !== undefined && wanted.length === 0 && scan.columns.length > 0) throw onlyCorruptColumn();
  const positions = wanted.map((name) => data.indexOf(name)).sort((a, b) => a - b);
  // a scan of a part of the columns passes over missing and surplus tokens, unless it shows corrupt records
  const prunes =
    options.boolean(
      "columnPruning",
      context.conf("spark.sql.csv.parser.columnPruning.enabled") !== "false",
    ) && !options.boolean("multiLine", false);
  const isPruned = prunes && wanted.length < data.length && !scan.columns.includes(corrupt?.name ?? "");
  return { data, positions, expectedTokens: isPruned ? -1 : data.length };
}

function openCsv(
  schema: StructType,
  scan: ScanRequest,
  options: Options,
  context: FormatContext,
): (split: FileSplit, signal: AbortSignal) => AsyncIterable<Batch> {
  const columns = csvColumns(schema, scan, options, context);
  for (const field of columns.data.fields) checkCsvType(field.name, field.type);
  const encoding = encodingOf(options);
  const separator = lineSeparatorOf(options);
  const hasHeader = options.boolean("header", false);
  const header = hasHeader ? new CsvHeaderCheck(columns.data, options, context) : undefined;
  const pool = new BufferPool();
  const idle: PreparedScan[] = [];
  return async function* (split, signal) {
    const prepared = idle.pop() ?? prepare(schema, scan, columns, options, context);
    const chunk = await openChunks(context.fileSystem, split, encoding, separator, pool);
    prepared.tokenizer.reset();
    const isFirst = split.start === 0;
    try {
      if (isFirst && header?.isStrict) await header.check(split, encoding, separator, pool);
      yield* prepared.reader.read(chunk, prepared.tokenizer, split.path, isFirst && hasHeader, signal);
    } finally {
      await chunk.close();
      idle.push(prepared);
    }
  };
}

interface PreparedScan {
  readonly reader: RecordReader;
  readonly tokenizer: CsvTokenizer;
}

function prepare(
  schema: StructType,
  scan: ScanRequest,
  columns: CsvColumns,
  options: Options,
  context: FormatContext,
): PreparedScan {
  const { data, positions, expectedTokens } = columns;
  const tokenizer = new CsvTokenizer(positions, csvGrammar(options, expectedTokens >= 0));
  const text = valueText(options, context, csvSpecial(options), false, csvDateFormat(options));
  const emptyValue = options.text("emptyValue", "");
  const nulls = new CsvNulls(options.text("nullValue", ""), emptyValue, tokenizer);
  const outputs = scan.columns.map((name): OutputColumn => {
    const field = positions.indexOf(data.indexOf(name));
    if (field < 0) return { decoder: undefined, field };
    return { decoder: csvDecoder(schema.field(name).type, name, text, tokenizer, emptyValue), field };
  });
  const fields = scan.columns.map((name) => {
    const field = schema.field(name);
    return StructField(name, field.type, true, field.metadata);
  });
  const reader = new RecordReader({
    schema: new StructType(fields),
    outputs,
    fieldCount: positions.length,
    mode: parseMode(options),
    inspect: (bytes, table, bad) => {
      markMalformed(bytes, table, expectedTokens, bad);
      nulls.apply(bytes, table);
    },
    causeOf: ({ record, column }) =>
      column === ""
        ? malformedCsvRecord(record, "it has not as many values as the schema has columns")
        : undefined,
  });
  return { reader, tokenizer };
}

function markMalformed(bytes: Uint8Array, table: FieldTable, expectedTokens: number, bad: BadRows): void {
  const { statuses, tokenCounts, rowCount } = table;
  for (let i = 0; i < rowCount; i++) {
    if (statuses[i] !== RECORD_OK) throw beyondLimits(bytes, table, i);
    if (expectedTokens >= 0 && tokenCounts[i] !== expectedTokens) bad.mark(i, "");
  }
}

/** A record that breaks a limit, or has a quote that RAISE_ERROR refuses, ends the read in every mode. */
function beyondLimits(
  bytes: Uint8Array,
  { recordStarts, recordEnds, statuses }: FieldTable,
  row: number,
): Error {
  const start = recordStarts[row]!;
  const record = decodeUtf8(bytes, start, recordEnds[row]! - start);
  return malformedCsvRecord(record, describeRecordStatus(statuses[row]!));
}
