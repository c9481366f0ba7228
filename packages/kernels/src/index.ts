export * from "./compression/index.js";
export { CsvFieldWriter, type CsvWriteOptions } from "./csv/csv-field-writer.js";
export {
  type CsvDialect,
  type CsvOptions,
  resolveCsvOptions,
  type UnescapedQuoteHandling,
} from "./csv/csv-options.js";
export { type CsvSettings, csvReadOptions, csvWriteOptions } from "./csv/csv-settings.js";
export { CsvTokenizer } from "./csv/csv-tokenizer.js";
export { CSV_KEEP_LINE_ENDS, CSV_NORMALIZE_CR, CSV_NORMALIZE_CRLF, unescapeCsv } from "./csv/unescape-csv.js";
export * from "./datetime/index.js";
export * from "./decimal/index.js";
export { DictionaryKernel, type KernelDictionaryTables } from "./dictionary/dictionary-kernel.js";
export * from "./format/index.js";
export * from "./interval/index.js";
export { JsonCompactor } from "./json/json-compactor.js";
export { JsonLookup, type JsonStep } from "./json/json-lookup.js";
export { JsonNested } from "./json/json-nested.js";
export type { JsonOptions } from "./json/json-options.js";
export { writeJsonString } from "./json/json-string-writer.js";
export { JsonTokenizer } from "./json/json-tokenizer.js";
export { unescapeJson, unescapeJsonInPlace } from "./json/unescape-json.js";
export * from "./locale/index.js";
export * from "./number/index.js";
export { ByteArena } from "./text/byte-arena.js";
export { compareBytes, equalBytes, indexOfBytes } from "./text/byte-compare.js";
export { ChunkBuffer } from "./text/chunk-buffer.js";
export { decodeBase64InPlace } from "./text/decode-base64.js";
export {
  type FieldKind,
  KIND_ARRAY,
  KIND_FALSE,
  KIND_FLOAT,
  KIND_INTEGER,
  KIND_MISSING,
  KIND_NON_NUMERIC,
  KIND_NULL,
  KIND_OBJECT,
  KIND_PLAIN,
  KIND_QUOTED,
  KIND_QUOTED_ESCAPED,
  KIND_QUOTED_TAIL,
  KIND_STRING,
  KIND_STRING_ESCAPED,
  KIND_TRUE,
} from "./text/field-kind.js";
export { type FieldColumn, FieldTable } from "./text/field-table.js";
export { hash32 } from "./text/hash-bytes.js";
export { LineEnds } from "./text/line-ends.js";
export { LineSplitter } from "./text/line-splitter.js";
export {
  describeRecordStatus,
  RECORD_CONTROL_CHARACTER,
  RECORD_FIELD_TOO_LONG,
  RECORD_INVALID_ESCAPE,
  RECORD_INVALID_NUMBER,
  RECORD_INVALID_UTF8,
  RECORD_NOT_AN_OBJECT,
  RECORD_OK,
  RECORD_TOO_DEEP,
  RECORD_TOO_MANY_COLUMNS,
  RECORD_UNESCAPED_QUOTE,
  RECORD_UNEXPECTED_BYTE,
  RECORD_UNEXPECTED_END,
  type RecordStatus,
} from "./text/record-status.js";
export { SpanCopies } from "./text/span-copies.js";
export { SpanList } from "./text/span-list.js";
export { splitWords } from "./text/split-words.js";
export {
  decodeUtf8,
  findInvalidUtf8,
  findInvalidUtf8Span,
  isValidUtf8,
  repairUtf8,
  skipByteOrderMark,
  utf8SequenceLength,
} from "./text/utf8.js";
export * from "./variant/index.js";
export { KernelArrays } from "./wasm/kernel-arrays.js";
export type { KernelMemory } from "./wasm/kernel-memory.js";
export { type KernelExports, type Kernels, kernelAddress, kernels } from "./wasm/kernel-module.js";
export {
  type FieldBatch,
  firstOtherKind,
  parseDateFields,
  parseDecimal64Fields,
  parseDoubleFields,
  parseInt32Fields,
  parseInt64Fields,
  parseTimestampFields,
  parseTimestampNtzFields,
} from "./wasm/parse-fields.js";
