import {
  BooleanType,
  type DataType,
  DecimalType,
  DoubleType,
  type FileEntry,
  type FormatContext,
  LongType,
  NullType,
  type Options,
  StringType,
  StructField,
  StructType,
  TimestampType,
} from "@ss/core";
import {
  ByteArena,
  DatetimeParser,
  decimalSize,
  decodeUtf8,
  FieldTable,
  JsonNested,
  JsonTokenizer,
  KIND_ARRAY,
  KIND_FALSE,
  KIND_FLOAT,
  KIND_INTEGER,
  KIND_NON_NUMERIC,
  KIND_OBJECT,
  KIND_STRING,
  KIND_STRING_ESCAPED,
  KIND_TRUE,
  parseTimestampText,
  parseWholeNumber,
  RECORD_OK,
  SpanList,
  unescapeJson,
} from "@ss/kernels";
import { malformedRecord } from "../errors.js";
import { decimalTextOf, localeOf } from "../reading/locale.js";
import { type SamplePlace, sampleRecords } from "../reading/sample-records.js";
import {
  corruptColumnName,
  jsonEncodingOf,
  type ParseMode,
  parseMode,
  zoneOf,
} from "../reading/text-options.js";
import { WholeInputTokenizer } from "../reading/whole-input.js";
import { FoundType } from "./found-type.js";
import { jsonGrammar } from "./json-options.js";

const DECIMAL_DIGITS = 38;

/** The schema of JSON files: for each key the narrowest type that holds all its values, keys in alphabetical order. */
export async function inferJsonSchema(
  files: readonly FileEntry[],
  options: Options,
  context: FormatContext,
): Promise<StructType | null> {
  if (files.length === 0) return null;
  const inference = new JsonInference(options, context);
  const table = new FieldTable(0, 64);
  const grammar = jsonGrammar(options);
  const multiLine = options.boolean("multiLine", false);
  await sampleRecords(
    files,
    () => {
      const lines = new JsonTokenizer([], grammar);
      if (!multiLine) return lines;
      return new WholeInputTokenizer((bytes, start, end, into) =>
        lines.tokenizeDocument(bytes, start, end, into),
      );
    },
    table,
    jsonEncodingOf(options),
    options,
    context,
    (bytes, found, row, place) => {
      inference.record(bytes, found, row, place);
      return true;
    },
  );
  return inference.schema();
}

class JsonInference {
  private readonly nested: JsonNested;
  private readonly mode: ParseMode;
  private readonly corruptName: string;
  private readonly primitivesAsString: boolean;
  private readonly prefersDecimal: boolean;
  private readonly dropsNulls: boolean;
  private readonly isTimestamp: (text: string) => boolean;
  private readonly decimalText: (text: string) => string;
  private readonly arena = new ByteArena(256);
  private readonly root = new FoundType();
  private isCorrupt = false;
  private previousStart = -1;

  constructor(options: Options, context: FormatContext) {
    this.nested = new JsonNested(jsonGrammar(options));
    this.mode = parseMode(options);
    this.corruptName = corruptColumnName(options, context);
    this.primitivesAsString = options.boolean("primitivesAsString", false);
    this.prefersDecimal = options.boolean("prefersDecimal", false);
    this.dropsNulls = options.boolean("dropFieldIfAllNull", false);
    this.isTimestamp = timestampTest(options, context);
    this.decimalText = decimalTextOf(localeOf(options));
  }

  /** Takes in one record; a line with an array stands in several rows, of which the first brings all. */
  record(bytes: Uint8Array, table: FieldTable, row: number, place: SamplePlace): void {
    const start = table.recordStarts[row]!;
    const end = table.recordEnds[row]!;
    if (table.statuses[row] !== RECORD_OK) return this.malformed(bytes, table, row, place);
    if (row > 0 && start === this.previousStart) return;
    this.previousStart = start;
    const values = new SpanList(1);
    this.nested.appendValue(bytes, start, end, values);
    if (values.kinds[0] === KIND_ARRAY)
      this.addElements(this.root, bytes, values.starts[0]!, values.lengths[0]!);
    else this.add(this.root, bytes, values, 0);
  }

  private malformed(bytes: Uint8Array, table: FieldTable, row: number, { path, line }: SamplePlace): void {
    if (this.mode === "FAILFAST") {
      const start = table.recordStarts[row]!;
      const record = decodeUtf8(bytes, start, table.recordEnds[row]! - start);
      const where = `${path} line ${line + table.lineOffsets[row]!}, found while the schema was inferred`;
      throw malformedRecord(record, where, "");
    }
    this.isCorrupt ||= this.mode === "PERMISSIVE";
  }

  schema(): StructType {
    const fields = this.root.finishedFields(this.dropsNulls);
    if (this.isCorrupt && !fields.some(({ name }) => name === this.corruptName)) {
      fields.push(StructField(this.corruptName, StringType));
    }
    return new StructType(fields.sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  /** Takes one of the values of a list in. */
  private add(found: FoundType, bytes: Uint8Array, spans: SpanList, i: number): void {
    const start = spans.starts[i]!;
    const length = spans.lengths[i]!;
    const kind = spans.kinds[i]!;
    if (kind === KIND_OBJECT) this.addFields(found, bytes, start, length);
    else if (kind === KIND_ARRAY) {
      const element = found.addArray();
      if (element !== undefined) this.addElements(element, bytes, start, length);
    } else found.addPlain(this.plainType(bytes, start, length, kind));
  }

  private plainType(bytes: Uint8Array, start: number, length: number, kind: number): DataType {
    switch (kind) {
      case KIND_STRING:
      case KIND_STRING_ESCAPED:
        return this.textType(bytes, start, length, kind);
      case KIND_TRUE:
      case KIND_FALSE:
        return this.primitivesAsString ? StringType : BooleanType;
      case KIND_INTEGER:
      case KIND_FLOAT:
      case KIND_NON_NUMERIC:
        return this.primitivesAsString ? StringType : this.numberType(bytes, start, length, kind);
      default:
        return NullType;
    }
  }

  private addFields(found: FoundType, bytes: Uint8Array, start: number, length: number): void {
    const object = found.addObject();
    if (object === undefined) return;
    const keys = new SpanList(16);
    const values = new SpanList(16);
    this.nested.appendEntries(bytes, start, length, keys, values);
    // of a key that comes twice the last value counts
    for (let i = keys.count - 1; i >= 0; i--) {
      const field = object.field(this.text(bytes, keys.starts[i]!, keys.lengths[i]!, keys.kinds[i]!));
      if (field !== undefined) this.add(field, bytes, values, i);
    }
  }

  private addElements(element: FoundType, bytes: Uint8Array, start: number, length: number): void {
    const elements = new SpanList(16);
    this.nested.appendElements(bytes, start, length, elements);
    for (let i = 0; i < elements.count; i++) this.add(element, bytes, elements, i);
  }

  private textType(bytes: Uint8Array, start: number, length: number, kind: number): DataType {
    if (length === 0) return NullType;
    if (!this.prefersDecimal && this.isTimestamp === never) return StringType;
    const text = this.text(bytes, start, length, kind);
    if (this.prefersDecimal) {
      const decimal = decimalType(this.decimalText(text));
      if (decimal !== undefined) return decimal;
    }
    return this.isTimestamp(text) ? TimestampType : StringType;
  }

  private numberType(bytes: Uint8Array, start: number, length: number, kind: number): DataType {
    if (kind === KIND_NON_NUMERIC) return DoubleType;
    if (kind === KIND_FLOAT && !this.prefersDecimal) return DoubleType;
    if (kind === KIND_INTEGER && length <= 18) return LongType;
    const text = decodeUtf8(bytes, start, length);
    if (kind === KIND_INTEGER && parseWholeNumber(text) !== undefined) return LongType;
    return decimalType(text) ?? DoubleType;
  }

  private text(bytes: Uint8Array, start: number, length: number, kind: number): string {
    if (kind !== KIND_STRING_ESCAPED) return decodeUtf8(bytes, start, length);
    this.arena.clear();
    return decodeUtf8(this.arena.bytes, 0, unescapeJson(bytes, start, length, this.arena));
  }
}

const never = (): boolean => false;

function timestampTest(options: Options, context: FormatContext): (text: string) => boolean {
  if (!options.boolean("inferTimestamp", false)) return never;
  const zone = zoneOf(options, context);
  const pattern = options.get("timestampFormat");
  if (pattern === undefined) return (text) => parseTimestampText(text, zone) !== undefined;
  const parser = new DatetimeParser(pattern, true, localeOf(options));
  return (text) => parser.parseTimestamp(text, zone) !== undefined;
}

/** The type of exactly this number, if a decimal holds it. */
function decimalType(text: string): DataType | undefined {
  const number = decimalSize(text);
  if (number === undefined) return undefined;
  const scale = Math.max(number.scale, 0);
  const precision = Math.max(number.digits + Math.max(-number.scale, 0), scale);
  return precision <= DECIMAL_DIGITS ? DecimalType(precision, scale) : undefined;
}
