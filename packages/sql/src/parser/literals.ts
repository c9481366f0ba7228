import {
  BooleanType,
  ByteType,
  type DataType,
  DecimalType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  NullType,
  ShortType,
  type StreamError,
  StringType,
  type Value,
} from "@ss/core";
import type { Literal } from "../expression/expression.js";
import { parseError } from "./parse-error.js";
import { parseString } from "./string-literal.js";
import type { TokenCursor } from "./token-cursor.js";

/** A literal that ends where the cursor stands. */
export function literalFrom(
  cursor: TokenCursor,
  start: number,
  value: Value,
  type: DataType,
  text?: string,
): Literal {
  const origin = cursor.originFrom(start);
  return { kind: "literal", value, type, ...(text === undefined ? {} : { text }), origin };
}

/** `NULL`, `TRUE`, `FALSE`. */
export function parseConstantWord(cursor: TokenCursor): Literal {
  const start = cursor.index;
  const word = cursor.next().word;
  if (word === "NULL") return literalFrom(cursor, start, null, NullType);
  return literalFrom(cursor, start, word === "TRUE", BooleanType);
}

/** `'a' 'b'`. */
export function parseStringLiteral(cursor: TokenCursor): Literal {
  const start = cursor.index;
  return literalFrom(cursor, start, parseString(cursor), StringType);
}

const SUFFIX_LENGTH: Readonly<Record<string, number>> = {
  bigint: 1,
  smallint: 1,
  tinyint: 1,
  float: 1,
  double: 1,
  bigdecimal: 2,
};

/** A number, with the minus before it if there is one: `-128Y` is a TINYINT, though `128Y` is none. */
export function parseNumber(cursor: TokenCursor): Literal {
  const start = cursor.index;
  const sign = cursor.accept("-") ? "-" : "";
  const token = cursor.next();
  const text = sign + cursor.textOf(token).slice(0, (SUFFIX_LENGTH[token.type] ?? 0) * -1 || undefined);
  switch (token.type) {
    case "integer":
      return wholeNumber(cursor, start, text);
    case "tinyint":
      return smallNumber(cursor, start, text, ByteType, 128);
    case "smallint":
      return smallNumber(cursor, start, text, ShortType, 32768);
    case "bigint":
      return bigNumber(cursor, start, text);
    case "float":
      return floating(cursor, start, text, FloatType, Math.fround(3.4028234663852886e38));
    case "double":
      return floating(cursor, start, text, DoubleType, Number.MAX_VALUE);
    case "exponent":
      if (cursor.conf.exponentLiteralAsDecimal === true) return decimal(cursor, start, text);
      return floating(cursor, start, text, DoubleType, Number.MAX_VALUE);
    default:
      return decimal(cursor, start, text);
  }
}

const INT64_LIMIT = 9223372036854775808n;

/** Digits alone are an INT, a BIGINT or a DECIMAL, the first that holds them. */
function wholeNumber(cursor: TokenCursor, start: number, text: string): Literal {
  const value = Number(text);
  if (value >= -2147483648 && value <= 2147483647) return literalFrom(cursor, start, value + 0, IntegerType);
  const exact = BigInt(text);
  if (exact >= -INT64_LIMIT && exact < INT64_LIMIT) return literalFrom(cursor, start, exact, LongType);
  return decimal(cursor, start, text);
}

function smallNumber(
  cursor: TokenCursor,
  start: number,
  text: string,
  type: DataType,
  limit: number,
): Literal {
  const value = Number(text);
  if (value >= -limit && value < limit) return literalFrom(cursor, start, value + 0, type);
  const name = type.kind === "byte" ? "tinyint" : "smallint";
  throw outOfRange(cursor, start, text, name, String(-limit), String(limit - 1));
}

function bigNumber(cursor: TokenCursor, start: number, text: string): Literal {
  const value = BigInt(text);
  if (value >= -INT64_LIMIT && value < INT64_LIMIT) return literalFrom(cursor, start, value, LongType);
  throw outOfRange(cursor, start, text, "bigint", String(-INT64_LIMIT), String(INT64_LIMIT - 1n));
}

function floating(cursor: TokenCursor, start: number, text: string, type: DataType, max: number): Literal {
  const parsed = Number(text);
  if (Math.abs(parsed) <= max) {
    return literalFrom(cursor, start, type.kind === "float" ? Math.fround(parsed) : parsed, type);
  }
  const limit = type.kind === "float" ? "3.4028234663852886E+38" : "1.7976931348623157E+308";
  throw outOfRange(cursor, start, text, type.kind, `-${limit}`, limit);
}

/** The exact value: `123.0E-28` has 29 digits after the point, `1E2` none. */
function decimal(cursor: TokenCursor, start: number, text: string): Literal {
  const [mantissa, exponent = "0"] = text.toLowerCase().split("e") as [string, string | undefined];
  const [whole, fraction = ""] = mantissa.split(".") as [string, string | undefined];
  let unscaled = BigInt(whole + fraction === "-" ? "0" : whole + fraction);
  let scale = fraction.length - Number(exponent);
  if (scale < 0 && scale >= -38) {
    unscaled *= 10n ** BigInt(-scale);
    scale = 0;
  }
  const digits = String(unscaled < 0n ? -unscaled : unscaled).length;
  const precision = Math.max(digits, scale);
  if (precision > 38 || scale < 0) throw tooPrecise(cursor, start, scale < 0 ? digits - scale : precision);
  const shown = scientific(unscaled, scale, digits);
  return literalFrom(cursor, start, unscaled, DecimalType(precision, scale), shown);
}

/** Decimals with many zeros after the point are shown with an exponent, as Java shows them. */
function scientific(unscaled: bigint, scale: number, digits: number): string | undefined {
  const exponent = digits - 1 - scale;
  if (exponent >= -6) return undefined;
  const text = String(unscaled < 0n ? -unscaled : unscaled);
  const mantissa = digits === 1 ? text : `${text.slice(0, 1)}.${text.slice(1)}`;
  return `${unscaled < 0n ? "-" : ""}${mantissa}E${exponent}`;
}

function tooPrecise(cursor: TokenCursor, start: number, precision: number): StreamError {
  // Spark shows where only for numbers that end in BD.
  const token = cursor.tokens[cursor.index - 1];
  return parseError(
    "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
    "22003",
    { precision: String(precision), maxPrecision: "38" },
    token?.type === "bigdecimal" ? cursor.originFrom(start) : undefined,
    `The number ${cursor.originFrom(start).text} needs ${precision} digits, but a decimal has 38 at most.`,
  );
}

function outOfRange(
  cursor: TokenCursor,
  start: number,
  text: string,
  typeName: string,
  minValue: string,
  maxValue: string,
): StreamError {
  return parseError(
    "INVALID_NUMERIC_LITERAL_RANGE",
    "22003",
    { rawStrippedQualifier: text, minValue, maxValue, typeName },
    cursor.originFrom(start),
    `The number ${text} is no ${typeName}: it goes from ${minValue} to ${maxValue}.`,
  );
}
