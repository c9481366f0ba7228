import {
  ArrayType,
  BooleanType,
  type DataType,
  type DecimalType as Decimal,
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
  parseScaledInteger,
  parseTimestampText,
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
  private root: DataType = NullType;
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
    const type = this.typeOf(bytes, values, 0);
    this.root = merge(this.root, type.kind === "array" ? type.elementType : type);
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
    const found = this.finished(this.root, true);
    const fields = found?.kind === "struct" ? [...found.fields] : [];
    if (this.isCorrupt && !fields.some(({ name }) => name === this.corruptName)) {
      fields.push(StructField(this.corruptName, StringType));
    }
    return new StructType(fields.sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  private typeOf(bytes: Uint8Array, spans: SpanList, i: number): DataType {
    const start = spans.starts[i]!;
    const length = spans.lengths[i]!;
    switch (spans.kinds[i]) {
      case KIND_OBJECT:
        return this.structType(bytes, start, length);
      case KIND_ARRAY:
        return this.arrayType(bytes, start, length);
      case KIND_STRING:
      case KIND_STRING_ESCAPED:
        return this.textType(bytes, start, length, spans.kinds[i]!);
      case KIND_TRUE:
      case KIND_FALSE:
        return this.primitivesAsString ? StringType : BooleanType;
      case KIND_INTEGER:
      case KIND_FLOAT:
      case KIND_NON_NUMERIC:
        return this.primitivesAsString ? StringType : this.numberType(bytes, start, length, spans.kinds[i]!);
      default:
        return NullType;
    }
  }

  private structType(bytes: Uint8Array, start: number, length: number): DataType {
    const keys = new SpanList(16);
    const values = new SpanList(16);
    this.nested.appendEntries(bytes, start, length, keys, values);
    const types = new Map<string, DataType>();
    for (let i = 0; i < keys.count; i++) {
      types.set(
        this.text(bytes, keys.starts[i]!, keys.lengths[i]!, keys.kinds[i]!),
        this.typeOf(bytes, values, i),
      );
    }
    return structOf(types);
  }

  private arrayType(bytes: Uint8Array, start: number, length: number): DataType {
    const elements = new SpanList(16);
    this.nested.appendElements(bytes, start, length, elements);
    let type: DataType = NullType;
    for (let i = 0; i < elements.count; i++) type = merge(type, this.typeOf(bytes, elements, i));
    return ArrayType(type);
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
    if (kind === KIND_INTEGER) {
      const value = BigInt(text);
      if (value === BigInt.asIntN(64, value)) return LongType;
    }
    return decimalType(text) ?? DoubleType;
  }

  private text(bytes: Uint8Array, start: number, length: number, kind: number): string {
    if (kind !== KIND_STRING_ESCAPED) return decodeUtf8(bytes, start, length);
    this.arena.clear();
    return decodeUtf8(this.arena.bytes, 0, unescapeJson(bytes, start, length, this.arena));
  }

  /** The type without what cannot be read: no value at all becomes text, an object without keys is left out. */
  private finished(type: DataType, isRoot: boolean): DataType | undefined {
    switch (type.kind) {
      case "void":
        return this.dropsNulls && !isRoot ? undefined : StringType;
      case "array": {
        const element = this.finished(type.elementType, false);
        return element === undefined ? undefined : ArrayType(element);
      }
      case "struct": {
        const fields = type.fields.flatMap(({ name, type: inner }) => {
          const kept = this.finished(inner, false);
          return kept === undefined ? [] : [StructField(name, kept)];
        });
        return fields.length === 0 && !isRoot ? undefined : new StructType(fields);
      }
      default:
        return type;
    }
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
function decimalType(text: string): Decimal | undefined {
  const number = parseScaledInteger(text);
  if (number === undefined) return undefined;
  const scale = Math.max(number.scale, 0);
  const digits = String(number.unscaled).replace("-", "").length + Math.max(-number.scale, 0);
  const precision = Math.max(digits, scale);
  return precision <= DECIMAL_DIGITS ? DecimalType(precision, scale) : undefined;
}

function structOf(types: ReadonlyMap<string, DataType>): StructType {
  const names = [...types.keys()].sort((a, b) => (a < b ? -1 : 1));
  return new StructType(names.map((name) => StructField(name, types.get(name)!)));
}

/** The narrowest type that holds the values of both; text where there is no other. */
function merge(a: DataType, b: DataType): DataType {
  if (a === b || b.kind === "void") return a;
  if (a.kind === "void") return b;
  if (a.kind === "struct" && b.kind === "struct") return mergeStructs(a, b);
  if (a.kind === "array" && b.kind === "array") {
    const element = merge(a.elementType, b.elementType);
    return element === a.elementType ? a : ArrayType(element);
  }
  if (isNumber(a) && isNumber(b)) return mergeNumbers(a, b);
  return a.kind === b.kind ? a : StringType;
}

function isNumber(type: DataType): boolean {
  return type.kind === "long" || type.kind === "double" || type.kind === "decimal";
}

function mergeNumbers(a: DataType, b: DataType): DataType {
  if (a.kind === "double" || b.kind === "double") return DoubleType;
  if (a.kind === "long" && b.kind === "long") return LongType;
  const [left, right] = [asDecimal(a), asDecimal(b)];
  const scale = Math.max(left.scale, right.scale);
  const range = Math.max(left.precision - left.scale, right.precision - right.scale);
  return range + scale > DECIMAL_DIGITS ? DoubleType : DecimalType(range + scale, scale);
}

function asDecimal(type: DataType): Decimal {
  return type.kind === "decimal" ? type : DecimalType(20, 0);
}

function mergeStructs(a: StructType, b: StructType): DataType {
  // most records look like the one before: then nothing is built
  if (a.fields.length === b.fields.length) {
    const isSame = a.fields.every((field, i) => {
      const other = b.fields[i]!;
      return field.name === other.name && merge(field.type, other.type) === field.type;
    });
    if (isSame) return a;
  }
  const types = new Map(a.fields.map(({ name, type }) => [name, type]));
  for (const { name, type } of b.fields) types.set(name, merge(types.get(name) ?? NullType, type));
  return structOf(types);
}
