import {
  type DataType,
  DateType,
  DecimalType,
  DoubleType,
  IntegerType,
  LongType,
  NullType,
  StreamError,
  StringType,
  simpleString,
  TimestampType,
  type Value,
} from "@ss/core";
import { parseWholeNumber } from "@ss/kernels";

/** Reads dates and timestamps as casts do; the caller brings the session's time zone with it. */
export interface PartitionValueParser {
  date(text: string): number | undefined;
  timestamp(text: string): bigint | undefined;
}

/** The narrowest type that Spark gives to the text of a partition value; null stands for the default partition. */
export function inferPartitionType(text: string | null, parser: PartitionValueParser): DataType {
  if (text === null) return NullType;
  if (/^[+-]?\d+$/.test(text)) return wholeNumberType(text);
  if (isFloating(text)) return DoubleType;
  if (parser.date(text) !== undefined && /^[+-]?\d{4,}-\d{1,2}-\d{1,2}$/.test(text)) return DateType;
  if (/[ T]\d/.test(text) && parser.timestamp(text) !== undefined) return TimestampType;
  return StringType;
}

function wholeNumberType(text: string): DataType {
  if (parseWholeNumber(text, 32) !== undefined) return IntegerType;
  if (parseWholeNumber(text) !== undefined) return LongType;
  const digits = text.replace(/^[+-]?0*/, "").length;
  return digits <= 38 ? DecimalType(38, 0) : DoubleType;
}

function isFloating(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text);
}

/** The type that holds the values of both types. */
export function widerPartitionType(a: DataType, b: DataType): DataType {
  if (a.kind === "void" || a.kind === b.kind) return b.kind === "void" ? a : b;
  if (b.kind === "void") return a;
  const order = ["integer", "long", "decimal", "double"];
  const [left, right] = [order.indexOf(a.kind), order.indexOf(b.kind)];
  if (left >= 0 && right >= 0) return left > right ? a : b;
  const dates = ["date", "timestamp"];
  if (dates.includes(a.kind) && dates.includes(b.kind)) return TimestampType;
  return StringType;
}

/** The value of a partition column of a type; INVALID_PARTITION_VALUE where the text is none of that type. */
export function partitionValue(
  column: string,
  text: string | null,
  type: DataType,
  parser: PartitionValueParser,
): Value {
  if (text === null) return null;
  const value = readValue(text, type, parser);
  if (value !== undefined) return value;
  throw new StreamError({
    condition: "INVALID_PARTITION_VALUE",
    sqlState: "42846",
    parameters: {
      columnName: `\`${column}\``,
      dataType: `"${simpleString(type).toUpperCase()}"`,
      value: text,
    },
    message: `The folder name ${column}=${text} holds no value of type ${simpleString(type)}. Rename the folder, or give the column another type.`,
  });
}

function readValue(text: string, type: DataType, parser: PartitionValueParser): Value | undefined {
  switch (type.kind) {
    case "string":
    case "char":
    case "varchar":
      return text;
    case "byte":
      return smallInteger(text, 8);
    case "short":
      return smallInteger(text, 16);
    case "integer":
      return smallInteger(text, 32);
    case "long":
      return parseWholeNumber(text);
    case "float":
      return isFloating(text) || isNamedNumber(text) ? Math.fround(Number(text)) : undefined;
    case "double":
      return isFloating(text) || isNamedNumber(text) ? Number(text) : undefined;
    case "boolean":
      return /^(true|false)$/i.test(text) ? text.toLowerCase() === "true" : undefined;
    case "decimal":
      return decimalValue(text, type.precision, type.scale);
    case "date":
      return parser.date(text);
    case "timestamp":
    case "timestamp_ntz":
      return parser.timestamp(text);
    case "binary":
      return new TextEncoder().encode(text);
    default:
      return undefined;
  }
}

function isNamedNumber(text: string): boolean {
  return /^(NaN|[+-]?Infinity)$/.test(text);
}

function smallInteger(text: string, bits: number): number | undefined {
  const value = parseWholeNumber(text, bits);
  return value === undefined ? undefined : Number(value);
}

function decimalValue(text: string, precision: number, scale: number): bigint | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(text);
  if (match === null || (match[2] === "" && !match[3])) return undefined;
  const fraction = (match[3] ?? "").padEnd(scale, "0");
  if (fraction.length > scale && /[1-9]/.test(fraction.slice(scale))) return undefined;
  const digits = `${match[2]}${fraction.slice(0, scale)}`.replace(/^0+/, "");
  if (digits.length > precision) return undefined;
  const unscaled = BigInt(digits);
  return match[1] === "-" ? -unscaled : unscaled;
}
