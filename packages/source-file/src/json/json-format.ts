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
  type FieldTable,
  firstOtherKind,
  JsonTokenizer,
  KIND_ARRAY,
  KIND_FALSE,
  KIND_FLOAT,
  KIND_INTEGER,
  KIND_NON_NUMERIC,
  KIND_OBJECT,
  KIND_TRUE,
  RECORD_OK,
} from "@ss/kernels";
import { onlyCorruptColumn, unparsableField } from "../errors.js";
import type { BadRows } from "../reading/bad-rows.js";
import { BufferPool } from "../reading/chunk-reader.js";
import { formatWorker } from "../reading/format-worker.js";
import { openChunks } from "../reading/open-chunks.js";
import {
  type OutputColumn,
  RecordReader,
  type RecordScan,
  type Tokenizer,
} from "../reading/record-reader.js";
import {
  corruptColumnName,
  corruptField,
  hasPlainLines,
  jsonEncodingOf,
  lineSeparatorOf,
  parseMode,
  valueText,
} from "../reading/text-options.js";
import { WholeInputTokenizer } from "../reading/whole-input.js";
import { JsonRecordDecoder } from "../variant/json-variant-decoder.js";
import { RecordLines, wholeRecord } from "../variant/record-lines.js";
import { checkSingleVariant, singleVariantColumn, singleVariantSchema } from "../variant/single-variant.js";
import { checkJsonType, jsonDecoder } from "./json-decoders.js";
import { checkJsonOptions, JSON_SPECIAL, jsonGrammar } from "./json-options.js";
import { inferJsonSchema } from "./json-schema-inference.js";

const encoder = new TextEncoder();

/** JSON files: a record a line, or, with `multiLine`, a document a file. */
export const jsonFormat: FileFormat = {
  name: "json",
  get worker() {
    return formatWorker("json");
  },
  reader: jsonReader(),
};

function jsonReader(): FormatReader {
  return {
    checkOptions: checkJsonOptions,
    fixedSchema: singleVariantSchema,
    inferSchema: inferJsonSchema,
    splittable: (options, path) => !options.boolean("multiLine", false) && hasPlainLines(options, path),
    open: openJson,
  };
}

function openJson(
  schema: StructType,
  scan: ScanRequest,
  options: Options,
  context: FormatContext,
): (split: FileSplit, signal: AbortSignal) => AsyncIterable<Batch> {
  const corruptName = corruptColumnName(options, context);
  const corrupt = corruptField(schema, corruptName);
  const wanted = scan.columns.filter((name) => name !== corrupt?.name);
  if (corrupt !== undefined && wanted.length === 0 && scan.columns.length > 0) throw onlyCorruptColumn();
  const single = singleVariantColumn(options);
  if (single !== undefined) checkSingleVariant(schema, single, options, context);
  for (const field of schema.fields) checkJsonType(field.name, field.type);
  const grammar = jsonGrammar(options);
  const keys = wanted.map((name) => encoder.encode(name));
  const multiLine = options.boolean("multiLine", false);
  const encoding = jsonEncodingOf(options);
  const separator = lineSeparatorOf(options);
  const pool = new BufferPool();
  const prepare = (): { readonly reader: RecordReader; readonly tokenizer: Tokenizer } => {
    const scanned = recordScan(schema, scan, wanted, options, context);
    if (single !== undefined) {
      return {
        reader: new RecordReader(scanned),
        tokenizer: multiLine ? wholeRecord() : new RecordLines(separator),
      };
    }
    const lines = new JsonTokenizer(keys, grammar);
    return { reader: new RecordReader(scanned), tokenizer: multiLine ? wholeDocument(lines) : lines };
  };
  const idle: ReturnType<typeof prepare>[] = [];
  return async function* (split, signal) {
    const prepared = idle.pop() ?? prepare();
    const chunk = await openChunks(context.fileSystem, split, encoding, separator, pool);
    try {
      yield* prepared.reader.read(chunk, prepared.tokenizer, split.path, undefined, signal);
    } finally {
      await chunk.close();
      idle.push(prepared);
    }
  };
}

function recordScan(
  schema: StructType,
  scan: ScanRequest,
  wanted: readonly string[],
  options: Options,
  context: FormatContext,
): RecordScan {
  const values = { text: valueText(options, context, JSON_SPECIAL, true), options: jsonGrammar(options) };
  const isSingle = singleVariantColumn(options) !== undefined;
  const places = new Map(wanted.map((name, place) => [name, place]));
  const outputs = scan.columns.map((name): OutputColumn => {
    const field = places.get(name) ?? -1;
    if (field < 0) return { decoder: undefined, field };
    if (isSingle) return { decoder: new JsonRecordDecoder(jsonGrammar(options)), field };
    return { decoder: jsonDecoder(schema.field(name).type, name, values), field };
  });
  const fields = scan.columns.map((name) => {
    const field = schema.field(name);
    return StructField(name, field.type, true, field.metadata);
  });
  return {
    schema: new StructType(fields),
    outputs,
    fieldCount: wanted.length,
    mode: parseMode(options),
    inspect: markMalformed,
    causeOf: ({ column, value, kind }) =>
      column === ""
        ? undefined
        : unparsableField(column, value, jsonTokenName(kind), schema.field(column).type),
  };
}

function markMalformed(_bytes: Uint8Array, table: FieldTable, bad: BadRows): void {
  const { statuses, rowCount } = table;
  const goodRows = firstOtherKind(statuses, rowCount, RECORD_OK);
  for (let i = goodRows; i < rowCount; i++) if (statuses[i] !== RECORD_OK) bad.mark(i, "");
}

/** The kind of a value, in the words of the error that Spark has for it. */
function jsonTokenName(kind: number): string {
  switch (kind) {
    case KIND_INTEGER:
      return "VALUE_NUMBER_INT";
    case KIND_FLOAT:
    case KIND_NON_NUMERIC:
      return "VALUE_NUMBER_FLOAT";
    case KIND_TRUE:
      return "VALUE_TRUE";
    case KIND_FALSE:
      return "VALUE_FALSE";
    case KIND_OBJECT:
      return "START_OBJECT";
    case KIND_ARRAY:
      return "START_ARRAY";
    default:
      return "VALUE_STRING";
  }
}

function wholeDocument(tokenizer: JsonTokenizer): Tokenizer {
  return new WholeInputTokenizer((bytes, start, end, table) =>
    tokenizer.tokenizeDocument(bytes, start, end, table),
  );
}
