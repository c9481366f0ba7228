import type { StructType } from "./struct-type.js";

/** Unit fields of a year-month interval type, in order. */
export type YearMonthUnit = "year" | "month";
/** Unit fields of a day-time interval type, in order. */
export type DayTimeUnit = "day" | "hour" | "minute" | "second";

type Simple<K extends string> = { readonly kind: K };

/** TRUE or FALSE. */
export type BooleanType = Simple<"boolean">;
/** TINYINT: a whole number of 8 bits. */
export type ByteType = Simple<"byte">;
/** SMALLINT: a whole number of 16 bits. */
export type ShortType = Simple<"short">;
/** INT: a whole number of 32 bits. */
export type IntegerType = Simple<"integer">;
/** BIGINT: a whole number of 64 bits. */
export type LongType = Simple<"long">;
/** A floating-point number of 32 bits. */
export type FloatType = Simple<"float">;
/** A floating-point number of 64 bits. */
export type DoubleType = Simple<"double">;
/** Bytes. */
export type BinaryType = Simple<"binary">;
/** A day: days since 1970-01-01. */
export type DateType = Simple<"date">;
/** An instant: microseconds since 1970-01-01T00:00:00Z, shown in the session's time zone. */
export type TimestampType = Simple<"timestamp">;
/** A wall-clock time without a zone: microseconds since 1970-01-01T00:00:00 of that clock. */
export type TimestampNTZType = Simple<"timestamp_ntz">;
/** Months, days and microseconds, each for itself. */
export type CalendarIntervalType = Simple<"interval">;
/** A value that brings its own type along. */
export type VariantType = Simple<"variant">;
/** The type of NULL where nothing else is known. */
export type NullType = Simple<"void">;
/** `collation` is absent for the default, UTF8_BINARY. */
export interface StringType extends Simple<"string"> {
  readonly collation?: string;
}
/** Text of a fixed length, padded with spaces. */
export interface CharType extends Simple<"char"> {
  readonly length: number;
}
/** Text of at most `length` characters. */
export interface VarcharType extends Simple<"varchar"> {
  readonly length: number;
}
/** A time of day without a date. */
export interface TimeType extends Simple<"time"> {
  /** Digits of the fraction of a second, 0 to 6. */
  readonly precision: number;
}
/** An exact number with a fixed number of digits after the point. */
export interface DecimalType extends Simple<"decimal"> {
  /** Digits in all, 1 to 38. */
  readonly precision: number;
  /** Digits after the point. */
  readonly scale: number;
}
/** A span of years and months. */
export interface YearMonthIntervalType extends Simple<"yearMonthInterval"> {
  readonly start: YearMonthUnit;
  readonly end: YearMonthUnit;
}
/** A span of days, hours, minutes and seconds. */
export interface DayTimeIntervalType extends Simple<"dayTimeInterval"> {
  readonly start: DayTimeUnit;
  readonly end: DayTimeUnit;
}
/** A list of elements of one type. */
export interface ArrayType extends Simple<"array"> {
  readonly elementType: DataType;
  readonly containsNull: boolean;
}
/** Values by key. */
export interface MapType extends Simple<"map"> {
  readonly keyType: DataType;
  readonly valueType: DataType;
  readonly valueContainsNull: boolean;
}

/** A type of Spark's: plain data, told apart by `kind`. Compare with {@link sameType}. */
export type DataType =
  | BooleanType
  | ByteType
  | ShortType
  | IntegerType
  | LongType
  | FloatType
  | DoubleType
  | DecimalType
  | StringType
  | CharType
  | VarcharType
  | BinaryType
  | DateType
  | TimeType
  | TimestampType
  | TimestampNTZType
  | CalendarIntervalType
  | YearMonthIntervalType
  | DayTimeIntervalType
  | ArrayType
  | MapType
  | StructType
  | VariantType
  | NullType;

export const BooleanType: BooleanType = { kind: "boolean" };
export const ByteType: ByteType = { kind: "byte" };
export const ShortType: ShortType = { kind: "short" };
export const IntegerType: IntegerType = { kind: "integer" };
export const LongType: LongType = { kind: "long" };
export const FloatType: FloatType = { kind: "float" };
export const DoubleType: DoubleType = { kind: "double" };
export const StringType: StringType = { kind: "string" };
export const BinaryType: BinaryType = { kind: "binary" };
export const DateType: DateType = { kind: "date" };
export const TimestampType: TimestampType = { kind: "timestamp" };
export const TimestampNTZType: TimestampNTZType = { kind: "timestamp_ntz" };
export const CalendarIntervalType: CalendarIntervalType = { kind: "interval" };
export const VariantType: VariantType = { kind: "variant" };
export const NullType: NullType = { kind: "void" };

/** CHAR(length): padded with spaces when written. */
export function CharType(length: number): CharType {
  return { kind: "char", length };
}
/** VARCHAR(length): longer values are refused when written. */
export function VarcharType(length: number): VarcharType {
  return { kind: "varchar", length };
}
/** TIME(precision), default 6. */
export function TimeType(precision = 6): TimeType {
  return { kind: "time", precision };
}
/** DECIMAL(precision, scale), default (10, 0) as in Spark. */
export function DecimalType(precision = 10, scale = 0): DecimalType {
  return { kind: "decimal", precision, scale };
}
/** INTERVAL start TO end over years and months, default YEAR TO MONTH. */
export function YearMonthIntervalType(
  start: YearMonthUnit = "year",
  end: YearMonthUnit = "month",
): YearMonthIntervalType {
  return { kind: "yearMonthInterval", start, end };
}
/** INTERVAL start TO end over days to seconds, default DAY TO SECOND. */
export function DayTimeIntervalType(
  start: DayTimeUnit = "day",
  end: DayTimeUnit = "second",
): DayTimeIntervalType {
  return { kind: "dayTimeInterval", start, end };
}
/** ARRAY<elementType>; elements may be null unless told otherwise. */
export function ArrayType(elementType: DataType, containsNull = true): ArrayType {
  return { kind: "array", elementType, containsNull };
}
/** MAP<keyType, valueType>; values may be null unless told otherwise. */
export function MapType(keyType: DataType, valueType: DataType, valueContainsNull = true): MapType {
  return { kind: "map", keyType, valueType, valueContainsNull };
}

/** Whether two types are equal. With `ignoreNullability` the nullability of fields, elements and values does not count. */
export function sameType(a: DataType, b: DataType, ignoreNullability = false): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "string":
      return (a.collation ?? "UTF8_BINARY") === ((b as StringType).collation ?? "UTF8_BINARY");
    case "char":
    case "varchar":
      return a.length === (b as CharType).length;
    case "time":
      return a.precision === (b as TimeType).precision;
    case "decimal":
      return a.precision === (b as DecimalType).precision && a.scale === (b as DecimalType).scale;
    case "yearMonthInterval":
    case "dayTimeInterval":
      return a.start === (b as typeof a).start && a.end === (b as typeof a).end;
    case "array": {
      const other = b as ArrayType;
      if (!ignoreNullability && a.containsNull !== other.containsNull) return false;
      return sameType(a.elementType, other.elementType, ignoreNullability);
    }
    case "map": {
      const other = b as MapType;
      if (!ignoreNullability && a.valueContainsNull !== other.valueContainsNull) return false;
      return (
        sameType(a.keyType, other.keyType, ignoreNullability) &&
        sameType(a.valueType, other.valueType, ignoreNullability)
      );
    }
    case "struct": {
      const other = (b as StructType).fields;
      return (
        a.fields.length === other.length &&
        a.fields.every((field, i) => {
          const twin = other[i]!;
          return (
            field.name === twin.name &&
            (ignoreNullability || field.nullable === twin.nullable) &&
            sameType(field.type, twin.type, ignoreNullability)
          );
        })
      );
    }
    default:
      return true;
  }
}
