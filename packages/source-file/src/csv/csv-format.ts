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
import {
  CsvTokenizer,
  decodeUtf8,
  describeRecordStatus,
  type FieldTable,
  KIND_MISSING,
  RECORD_OK,
} from "@ss/kernels";
import { malformedCsvRecord, onlyCorruptColumn } from "../errors.js";
import type { BadRows } from "../reading/bad-rows.js";
import { BufferPool } from "../reading/chunk-reader.js";
import { formatWorker } from "../reading/format-worker.js";
import { openChunks } from "../reading/open-chunks.js";
import { type OutputColumn, RecordReader, type Tokenizer } from "../reading/record-reader.js";
import {
  corruptColumnName,
  corruptField,
  encodingOf,
  hasPlainLines,
  lineSeparatorOf,
  parseMode,
  valueText,
} from "../reading/text-options.js";
import { CsvRecordDecoder, CsvVariantDecoder, CsvVariantFields } from "../variant/csv-variant-decoders.js";
import { CsvVariantRecords } from "../variant/csv-variant-records.js";
import { CsvVariantValues } from "../variant/csv-variant-value.js";
import { checkSingleVariant, singleVariantColumn, singleVariantSchema } from "../variant/single-variant.js";
import { checkCsvType, csvDecoder } from "./csv-decoders.js";
import { CsvHeaderCheck, readFirstRecord } from "./csv-header.js";
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
    fixedSchema: singleVariantSchema,
    inferSchema: inferCsvSchema,
    splittable: (options, path) =>
      !options.boolean("multiLine", false) && !namesVariants(options) && hasPlainLines(options, path),
    open: openCsv,
  };
}

/** Whether the header of each file names the values in its records, whatever part of it is read. */
function namesVariants(options: Options): boolean {
  return singleVariantColumn(options) !== undefined && options.boolean("header", false);
}

/** Which columns of the file a scan reads, and how strictly. */
interface CsvColumns {
  /** The columns that the file holds, in order: the schema without the corrupt record. */
  readonly data: StructType;
  /** Positions in `data` of the wanted columns, ascending. */
  readonly positions: readonly number[];
  /** Whether the scan looks at those columns alone. */
  readonly isPruned: boolean;
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
  return { data, positions, isPruned };
}

function openCsv(
  schema: StructType,
  scan: ScanRequest,
  options: Options,
  context: FormatContext,
): (split: FileSplit, signal: AbortSignal) => AsyncIterable<Batch> {
  const columns = csvColumns(schema, scan, options, context);
  const single = singleVariantColumn(options);
  if (single !== undefined) checkSingleVariant(schema, single, options, context);
  for (const field of columns.data.fields) checkCsvType(field.name, field.type);
  const encoding = encodingOf(options);
  const separator = lineSeparatorOf(options);
  const hasHeader = options.boolean("header", false);
  const header = hasHeader && single === undefined ? headerCheck(columns, options, context) : undefined;
  const pool = new BufferPool();
  const idle: PreparedScan[] = [];
  return async function* (split, signal) {
    const prepared = idle.pop() ?? prepare(schema, scan, columns, options, context);
    const isFirst = split.start === 0;
    if (single !== undefined && hasHeader) {
      prepared.begin(await fileHeader(split, encoding, separator, pool, options, context));
    } else prepared.begin(undefined);
    const chunk = await openChunks(context.fileSystem, split, encoding, separator, pool);
    try {
      const onHeader = (bytes: Uint8Array, start: number, end: number): void =>
        header?.check(bytes, start, end, split.path);
      const firstRecord = isFirst && hasHeader ? onHeader : undefined;
      yield* prepared.reader.read(chunk, prepared.tokenizer, split.path, firstRecord, signal);
    } finally {
      await chunk.close();
      idle.push(prepared);
    }
  };
}

/** The check of the columns that the scan looks at. */
function headerCheck(
  { data, positions, isPruned }: CsvColumns,
  options: Options,
  context: FormatContext,
): CsvHeaderCheck {
  return new CsvHeaderCheck(data.fieldNames(), isPruned ? positions : undefined, options, context);
}

interface PreparedScan {
  readonly reader: RecordReader;
  readonly tokenizer: Tokenizer;
  /** Begins a file; `header` has the names of its header where those of whole records are wanted. */
  begin(header: readonly (string | null)[] | undefined): void;
}

const HEADER_NAMES_MAX = 20480;

async function fileHeader(
  split: FileSplit,
  encoding: string,
  separator: Uint8Array | undefined,
  pool: BufferPool,
  options: Options,
  context: FormatContext,
): Promise<readonly (string | null)[]> {
  const chunk = await openChunks(context.fileSystem, split, encoding, separator, pool);
  try {
    const count = Math.min(options.integer("maxColumns", HEADER_NAMES_MAX), HEADER_NAMES_MAX);
    return (await readFirstRecord(chunk, options, count)) ?? [];
  } finally {
    await chunk.close();
  }
}

/** How values become variants, by the options. */
function variantValues(options: Options, context: FormatContext): CsvVariantValues {
  const text = valueText(options, context, csvSpecial(options), false, csvDateFormat(options));
  const isNtz = context.conf("spark.sql.timestampType")?.toUpperCase() === "TIMESTAMP_NTZ";
  return new CsvVariantValues({
    date: csvDateFormat(options) === undefined ? undefined : text.date,
    timestamp: text.timestamp,
    timestampNtz: isNtz ? text.timestampNtz : undefined,
  });
}

/** A scan of whole records as variants. */
function prepareRecords(
  schema: StructType,
  scan: ScanRequest,
  name: string,
  options: Options,
  context: FormatContext,
): PreparedScan {
  const records = new CsvVariantRecords(
    {
      grammar: csvGrammar(options, true),
      nullValue: options.text("nullValue", ""),
      emptyValue: options.text("emptyValue", ""),
    },
    variantValues(options, context),
  );
  const outputs = scan.columns.map(
    (column): OutputColumn =>
      column === name
        ? { decoder: new CsvRecordDecoder(records), field: 0 }
        : { decoder: undefined, field: -1 },
  );
  const isWanted = scan.columns.length > 0;
  const reader = new RecordReader({
    schema: scannedSchema(schema, scan),
    outputs,
    fieldCount: isWanted ? 1 : 0,
    mode: parseMode(options),
    inspect: (bytes, table, bad) => {
      markMalformed(bytes, table, -1, bad);
      if (isWanted) records.markMalformed(table, bad);
    },
    causeOf: ({ record }) =>
      malformedCsvRecord(record, "it has not as many values as the header has names, or a name comes twice"),
  });
  return { reader, tokenizer: records, begin: (header) => records.begin(header) };
}

function scannedSchema(schema: StructType, scan: ScanRequest): StructType {
  return new StructType(
    scan.columns.map((name) => {
      const field = schema.field(name);
      return StructField(name, field.type, true, field.metadata);
    }),
  );
}

function prepare(
  schema: StructType,
  scan: ScanRequest,
  columns: CsvColumns,
  options: Options,
  context: FormatContext,
): PreparedScan {
  const single = singleVariantColumn(options);
  if (single !== undefined) return prepareRecords(schema, scan, single, options, context);
  const { data, positions, isPruned } = columns;
  // tokens that a record must have; -1 where their number does not matter
  const expectedTokens = isPruned ? -1 : data.length;
  const tokenizer = new CsvTokenizer(positions, csvGrammar(options, expectedTokens >= 0));
  const text = valueText(options, context, csvSpecial(options), false, csvDateFormat(options));
  const emptyValue = options.text("emptyValue", "");
  const nulls = new CsvNulls(options.text("nullValue", ""), emptyValue, tokenizer);
  const variants: CsvVariantFields[] = [];
  const places = new Map(positions.map((position, place) => [position, place]));
  const outputs = scan.columns.map((name): OutputColumn => {
    const field = places.get(data.indexOf(name)) ?? -1;
    if (field < 0) return { decoder: undefined, field };
    const { type } = schema.field(name);
    if (type.kind === "variant") {
      const values = new CsvVariantFields(variantValues(options, context), tokenizer, emptyValue);
      variants.push(values);
      return { decoder: new CsvVariantDecoder(values, KIND_MISSING), field };
    }
    return { decoder: csvDecoder(type, name, text, tokenizer, emptyValue), field };
  });
  const reader = new RecordReader({
    schema: scannedSchema(schema, scan),
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
  const begin = (): void => {
    tokenizer.reset();
    for (const fields of variants) fields.reset();
  };
  return { reader, tokenizer, begin };
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
