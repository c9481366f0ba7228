import {
  ArrayType,
  BinaryType,
  BooleanType,
  ByteType,
  CalendarIntervalType,
  CharType,
  type DataType,
  DateType,
  DayTimeIntervalType,
  type DayTimeUnit,
  DecimalType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  MapType,
  NullType,
  ShortType,
  StringType,
  StructField,
  StructType,
  TimestampNTZType,
  TimestampType,
  TimeType,
  VarcharType,
  VariantType,
  YearMonthIntervalType,
  type YearMonthUnit,
} from "@ss/core";
import { parseIdentifier, parseMultipart } from "./identifiers.js";
import { parseError } from "./parse-error.js";
import { parseString } from "./string-literal.js";
import type { TokenCursor } from "./token-cursor.js";

const SIMPLE: ReadonlyMap<string, DataType> = new Map<string, DataType>([
  ["BOOLEAN", BooleanType],
  ["TINYINT", ByteType],
  ["BYTE", ByteType],
  ["SMALLINT", ShortType],
  ["SHORT", ShortType],
  ["INT", IntegerType],
  ["INTEGER", IntegerType],
  ["BIGINT", LongType],
  ["LONG", LongType],
  ["FLOAT", FloatType],
  ["REAL", FloatType],
  ["DOUBLE", DoubleType],
  ["DATE", DateType],
  ["TIMESTAMP_LTZ", TimestampType],
  ["TIMESTAMP_NTZ", TimestampNTZType],
  ["BINARY", BinaryType],
  ["VOID", NullType],
  ["NULL", NullType],
  ["VARIANT", VariantType],
]);

const NESTED: ReadonlyMap<string, (cursor: TokenCursor, start: number) => DataType> = new Map([
  ["ARRAY", arrayType],
  ["MAP", mapType],
  ["STRUCT", structType],
  ["STRING", stringType],
  ["CHAR", lengthType],
  ["CHARACTER", lengthType],
  ["VARCHAR", lengthType],
  ["DECIMAL", decimalType],
  ["DEC", decimalType],
  ["NUMERIC", decimalType],
  ["INTERVAL", intervalType],
  ["TIMESTAMP", timestampType],
  ["TIME", timeType],
]);

/** A type: `INT`, `decimal(10, 2)`, `ARRAY<STRUCT<a: INT>>`. */
export function parseDataType(cursor: TokenCursor): DataType {
  const start = cursor.index;
  const token = cursor.current;
  if (!cursor.isName(token)) throw cursor.error();
  cursor.next();
  const simple = SIMPLE.get(token.word);
  if (simple !== undefined) return simple;
  const nested = NESTED.get(token.word);
  if (nested !== undefined) return nested(cursor, start);
  const name = cursor.textOf(token);
  if (cursor.accept("(")) {
    cursor.list(integerArgument);
    cursor.expect(")");
  }
  const typeName = `"${cursor.originFrom(start).text.replaceAll("`", "").toUpperCase()}"`;
  const message = `There is no data type ${name}.`;
  throw parseError("UNSUPPORTED_DATATYPE", "0A000", { typeName }, cursor.originFrom(start), message);
}

/** `a INT NOT NULL COMMENT 'x', b STRING`: the columns of a table. */
export function parseColumns(cursor: TokenCursor): StructType {
  return new StructType(cursor.list(parseField));
}

function parseField(cursor: TokenCursor): StructField {
  const name = parseIdentifier(cursor);
  cursor.accept(":");
  const type = parseDataType(cursor);
  const nullable = !cursor.accept("NOT", "NULL");
  const comment = cursor.accept("COMMENT") ? parseString(cursor) : undefined;
  return StructField(name, type, nullable, comment === undefined ? undefined : { comment });
}

function arrayType(cursor: TokenCursor, start: number): DataType {
  if (!cursor.accept("<")) throw incomplete(cursor, start, "ARRAY", "ARRAY<INT>");
  const element = parseDataType(cursor);
  cursor.expect(">");
  return ArrayType(element);
}

function mapType(cursor: TokenCursor, start: number): DataType {
  if (!cursor.accept("<")) throw incomplete(cursor, start, "MAP", "MAP<STRING, INT>");
  const key = parseDataType(cursor);
  cursor.expect(",");
  const value = parseDataType(cursor);
  cursor.expect(">");
  return MapType(key, value);
}

function structType(cursor: TokenCursor, start: number): DataType {
  if (cursor.accept("<>")) return new StructType();
  if (!cursor.accept("<")) throw incomplete(cursor, start, "STRUCT", "STRUCT<a: INT>");
  if (cursor.accept(">")) return new StructType();
  const type = parseColumns(cursor);
  cursor.expect(">");
  return type;
}

function incomplete(cursor: TokenCursor, start: number, name: string, example: string): Error {
  const condition = `INCOMPLETE_TYPE_DEFINITION.${name}`;
  const message = `The type ${name} needs the types in it, as in ${example}.`;
  const parameters: Record<string, string> = name === "ARRAY" ? { elementType: "<INT>" } : {};
  return parseError(condition, "42K01", parameters, cursor.originFrom(start), message);
}

function stringType(cursor: TokenCursor): DataType {
  if (!cursor.accept("COLLATE")) return StringType;
  const collation = parseMultipart(cursor).join(".").toUpperCase();
  return collation === "UTF8_BINARY" ? StringType : { kind: "string", collation };
}

function lengthType(cursor: TokenCursor, start: number): DataType {
  const name = cursor.tokens[start]?.word === "VARCHAR" ? "VARCHAR" : "CHAR";
  if (!cursor.accept("(")) {
    const message = `The type ${name} needs a length, as in ${name}(10).`;
    const type = `"${cursor.originFrom(start).text.toUpperCase()}"`;
    throw parseError("DATATYPE_MISSING_SIZE", "42K01", { type }, cursor.originFrom(start), message);
  }
  const length = integerArgument(cursor);
  cursor.expect(")");
  return name === "VARCHAR" ? VarcharType(length) : CharType(length);
}

function decimalType(cursor: TokenCursor, start: number): DataType {
  if (!cursor.accept("(")) return DecimalType();
  const precision = integerArgument(cursor);
  const scale = cursor.accept(",") ? integerArgument(cursor) : 0;
  cursor.expect(")");
  if (precision > 38) {
    const parameters = { precision: String(precision), maxPrecision: "38" };
    const message = `A decimal has 38 digits at most, not ${precision}.`;
    throw parseError(
      "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
      "22003",
      parameters,
      cursor.originFrom(start),
      message,
    );
  }
  if (scale > precision) {
    const message = `The scale ${scale} of a decimal is beyond its precision ${precision}.`;
    throw parseError(
      "DECIMAL_SCALE_EXCEEDS_PRECISION",
      "22003",
      { scale: String(scale), precision: String(precision) },
      cursor.originFrom(start),
      message,
    );
  }
  return DecimalType(precision, scale);
}

function timestampType(cursor: TokenCursor): DataType {
  if (cursor.accept("WITHOUT", "TIME", "ZONE")) return TimestampNTZType;
  if (cursor.at("WITH", "LOCAL")) {
    cursor.expect("WITH", "LOCAL", "TIME", "ZONE");
    return TimestampType;
  }
  return cursor.conf.timestampType === "timestamp_ntz" ? TimestampNTZType : TimestampType;
}

function timeType(cursor: TokenCursor): DataType {
  let precision = 6;
  const start = cursor.index;
  if (cursor.accept("(")) {
    precision = integerArgument(cursor);
    cursor.expect(")");
  }
  cursor.accept("WITHOUT", "TIME", "ZONE");
  if (precision <= 6) return TimeType(precision);
  const message = `A TIME has 6 digits of the second at most, not ${precision}.`;
  const parameters = { precision: String(precision) };
  throw parseError("UNSUPPORTED_TIME_PRECISION", "0A001", parameters, cursor.originFrom(start), message);
}

const YEAR_MONTH: readonly string[] = ["YEAR", "MONTH"];
const DAY_TIME: readonly string[] = ["DAY", "HOUR", "MINUTE", "SECOND"];

function intervalType(cursor: TokenCursor, begin: number): DataType {
  const start = cursor.acceptAny(...YEAR_MONTH, ...DAY_TIME);
  if (start === undefined) return CalendarIntervalType;
  const end = cursor.accept("TO") ? cursor.next().word : start;
  const units = YEAR_MONTH.includes(start) ? YEAR_MONTH : DAY_TIME;
  if (!units.includes(end)) throw cursor.error();
  if (units.indexOf(end) < units.indexOf(start)) {
    const type = `${start} TO ${end}`;
    const message = `An interval goes from a greater unit to a smaller one, not ${type}.`;
    const parameters = { intervalInput: type };
    throw parseError("SS_INVALID_INTERVAL_TYPE", "42K0N", parameters, cursor.originFrom(begin), message);
  }
  if (units === YEAR_MONTH) {
    return YearMonthIntervalType(start.toLowerCase() as YearMonthUnit, end.toLowerCase() as YearMonthUnit);
  }
  return DayTimeIntervalType(start.toLowerCase() as DayTimeUnit, end.toLowerCase() as DayTimeUnit);
}

/** A whole number among the arguments of a type or a clause. */
export function integerArgument(cursor: TokenCursor): number {
  const token = cursor.current;
  if (token.type !== "integer") throw cursor.error();
  cursor.next();
  return Number(cursor.textOf(token));
}
