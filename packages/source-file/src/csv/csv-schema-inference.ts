import {
  BooleanType,
  type DataType,
  DateType,
  DecimalType,
  DoubleType,
  type FileEntry,
  type FormatContext,
  IntegerType,
  LongType,
  NullType,
  type Options,
  StringType,
  StructField,
  StructType,
  TimestampType,
} from "@ss/core";
import {
  CsvTokenizer,
  DatetimeParser,
  decimalSize,
  FieldTable,
  parseDoubleText,
  parseTimestampText,
  parseWholeNumber,
} from "@ss/kernels";
import { BufferPool } from "../reading/chunk-reader.js";
import { decimalTextOf, localeOf } from "../reading/locale.js";
import { openChunks } from "../reading/open-chunks.js";
import { passesOver, sampleRecords } from "../reading/sample-records.js";
import { encodingOf, lineSeparatorOf, zoneOf } from "../reading/text-options.js";
import { readFirstRecord, recordTexts } from "./csv-header.js";
import { csvGrammar, csvSpecial } from "./csv-options.js";

const COLUMNS_MAX = 20480;

/** The schema of CSV files: names from the header, or `_c0` and so on; types from the values if `inferSchema` is set. */
export async function inferCsvSchema(
  files: readonly FileEntry[],
  options: Options,
  context: FormatContext,
): Promise<StructType | null> {
  if (files.length === 0) return null;
  const first = await firstRecord(files, options, context);
  if (first === null) return new StructType();
  const hasHeader = options.boolean("header", false);
  const names = columnNames(first, hasHeader, context.conf("spark.sql.caseSensitive") === "true");
  if (!options.boolean("inferSchema", false)) {
    return new StructType(names.map((name) => StructField(name, StringType)));
  }
  const types = await inferTypes(files, names.length, hasHeader, options, context);
  return new StructType(names.map((name, i) => StructField(name, types[i]!)));
}

async function firstRecord(
  files: readonly FileEntry[],
  options: Options,
  context: FormatContext,
): Promise<(string | null)[] | null> {
  const pool = new BufferPool();
  const count = Math.min(options.integer("maxColumns", COLUMNS_MAX), COLUMNS_MAX);
  for (const { path, size } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const split = { path, start: 0, end: size, fileSize: size };
    const chunk = await openChunks(
      context.fileSystem,
      split,
      encodingOf(options),
      lineSeparatorOf(options),
      pool,
    );
    try {
      const record = await readFirstRecord(chunk, options, count);
      if (record !== null) return record;
    } catch (error) {
      if (!passesOver(error, options, context)) throw error;
    } finally {
      await chunk.close();
    }
  }
  return null;
}

/** Names that are distinct and not empty: a name that is missing is `_c<i>`, one that repeats gets its position. */
function columnNames(
  first: readonly (string | null)[],
  hasHeader: boolean,
  caseSensitive: boolean,
): string[] {
  if (!hasHeader) return first.map((_, i) => `_c${i}`);
  const form = (name: string): string => (caseSensitive ? name : name.toLowerCase());
  const counts = new Map<string, number>();
  for (const name of first) if (name) counts.set(form(name), (counts.get(form(name)) ?? 0) + 1);
  return first.map((name, i) => {
    if (name === null || name === "") return `_c${i}`;
    return counts.get(form(name))! > 1 ? `${name}${i}` : name;
  });
}

async function inferTypes(
  files: readonly FileEntry[],
  columnCount: number,
  hasHeader: boolean,
  options: Options,
  context: FormatContext,
): Promise<DataType[]> {
  const types = new Array<DataType>(columnCount).fill(NullType);
  const rules = new CsvTypeRules(options, context);
  const positions = types.map((_, i) => i);
  const tokenizer = new CsvTokenizer(positions, csvGrammar(options, true));
  const table = new FieldTable(columnCount, 64);
  await sampleRecords(
    files,
    () => {
      tokenizer.reset();
      return tokenizer;
    },
    table,
    encodingOf(options),
    options,
    context,
    (bytes, found, row, { index }) => {
      if (hasHeader && index === 0) return true;
      const texts = recordTexts(bytes, found, row, tokenizer);
      for (let i = 0; i < texts.length; i++) types[i] = rules.widen(types[i]!, texts[i]!);
      return types.some((type) => type !== StringType);
    },
  );
  return types.map((type) => (type === NullType ? StringType : type));
}

/** Spark's order of guesses: a value is tried as the type so far, then as the next wider one. */
class CsvTypeRules {
  private readonly nullValue: string;
  private readonly numberWords: ReadonlySet<string>;
  private readonly isDate: (text: string) => boolean;
  private readonly isTimestamp: (text: string) => boolean;
  private readonly datesAreTimestamps: boolean;
  private readonly decimalText: (text: string) => string;

  constructor(options: Options, context: FormatContext) {
    this.nullValue = options.text("nullValue", "");
    const { nan, positiveInfinities, negativeInfinities } = csvSpecial(options);
    this.numberWords = new Set([nan, ...positiveInfinities, ...negativeInfinities]);
    const zone = zoneOf(options, context);
    const locale = localeOf(options);
    this.decimalText = decimalTextOf(locale);
    const dates = new DatetimeParser(options.text("dateFormat", "yyyy-MM-dd"), true, locale);
    const prefersDate = options.boolean("preferDate", true);
    this.isDate = (text) => prefersDate && !Number.isNaN(dates.parseDate(text));
    const pattern = options.get("timestampFormat");
    const timestamps = pattern === undefined ? undefined : new DatetimeParser(pattern, true, locale);
    this.isTimestamp = (text) =>
      (timestamps === undefined ? parseTimestampText(text, zone) : timestamps.parseTimestamp(text, zone)) !==
      undefined;
    this.datesAreTimestamps = pattern === undefined;
  }

  widen(soFar: DataType, text: string | null): DataType {
    if (soFar === StringType || text === null || text === "" || text === this.nullValue) return soFar;
    return this.merge(soFar, this.typeOf(soFar, text));
  }

  private typeOf(soFar: DataType, text: string): DataType {
    switch (soFar.kind) {
      case "double":
        return this.fromDouble(text);
      case "date":
        return this.fromDate(text);
      case "timestamp":
        return this.fromTimestamp(text);
      case "boolean":
        return this.fromBoolean(text);
      default:
        return this.fromNumber(text);
    }
  }

  private fromNumber(text: string): DataType {
    const whole = parseWholeNumber(text);
    if (whole !== undefined) return whole === BigInt.asIntN(32, whole) ? IntegerType : LongType;
    const number = decimalSize(this.decimalText(text));
    if (number !== undefined && number.scale <= 0) {
      const digits = number.digits - number.scale;
      if (digits <= 38) return DecimalType(digits, 0);
    }
    return this.fromDouble(text);
  }

  private fromDouble(text: string): DataType {
    if (this.numberWords.has(text)) return DoubleType;
    if (!/^[+-]?[A-Za-z]/.test(text) && parseDoubleText(text) !== undefined) return DoubleType;
    return this.fromDate(text);
  }

  private fromDate(text: string): DataType {
    return this.isDate(text) ? DateType : this.fromTimestamp(text);
  }

  private fromTimestamp(text: string): DataType {
    return this.isTimestamp(text) ? TimestampType : this.fromBoolean(text);
  }

  private fromBoolean(text: string): DataType {
    return /^(true|false)$/i.test(text) ? BooleanType : StringType;
  }

  private merge(a: DataType, b: DataType): DataType {
    if (a === NullType) return b;
    if (a.kind === "decimal" || b.kind === "decimal") return mergeDecimals(a, b);
    if (a.kind === b.kind) return a;
    const order = ["integer", "long", "double"];
    const [left, right] = [order.indexOf(a.kind), order.indexOf(b.kind)];
    if (left >= 0 && right >= 0) return left > right ? a : b;
    const times = ["date", "timestamp"];
    if (times.includes(a.kind) && times.includes(b.kind))
      return this.datesAreTimestamps ? TimestampType : StringType;
    return StringType;
  }
}

function mergeDecimals(a: DataType, b: DataType): DataType {
  const digits = [a, b].map((type) => {
    if (type.kind === "decimal") return type.precision;
    return type.kind === "long" ? 20 : type.kind === "integer" ? 10 : undefined;
  });
  if (digits[0] !== undefined && digits[1] !== undefined)
    return DecimalType(Math.max(digits[0], digits[1]), 0);
  return a.kind === "double" || b.kind === "double" ? DoubleType : StringType;
}
