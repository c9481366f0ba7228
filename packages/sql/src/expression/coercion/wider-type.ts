import {
  ArrayType,
  type DataType,
  DayTimeIntervalType,
  type DayTimeUnit,
  type DecimalType,
  DoubleType,
  LongType,
  MapType,
  NullType,
  StringType,
  StructField,
  StructType,
  sameType,
  TimestampType,
  TimeType,
  YearMonthIntervalType,
} from "@ss/core";
import {
  decimalFor,
  isAnsiInterval,
  isAtomic,
  isDatetime,
  isFractional,
  isIntegral,
  isNumeric,
  isString,
} from "../type-predicates.js";
import { boundedPreferIntegralDigits } from "./decimal-rules.js";

type Finder = (a: DataType, b: DataType) => DataType | undefined;

/** The smallest type that holds values of both without loss; no strings, and decimals only where one holds the other. */
export function findTightestCommonType(a: DataType, b: DataType, ansi: boolean): DataType | undefined {
  return ansi ? tightestAnsi(a, b) : tightestLegacy(a, b);
}

/** The type that two values of different types meet in (UNION, CASE, COALESCE, IN), or undefined. */
export function findWiderTypeForTwo(a: DataType, b: DataType, ansi: boolean): DataType | undefined {
  return ansi ? widerAnsi(a, b) : widerLegacy(a, b);
}

/** The type that all meet in, or undefined. */
export function findWiderType(types: readonly DataType[], ansi: boolean): DataType | undefined {
  if (ansi) return fold(types, widerAnsi);
  // strings go first: with them nearly everything meets, whatever the order it was written in
  const strings = types.filter(hasString);
  return fold(strings.length > 0 ? [...strings, ...types.filter((t) => !hasString(t))] : types, widerLegacy);
}

/** As `findWiderType`, but numbers and strings do not meet (`greatest`, `least`, `sequence`). */
export function findWiderTypeWithoutStringPromotion(
  types: readonly DataType[],
  ansi: boolean,
): DataType | undefined {
  return fold(types, ansi ? withoutStringsAnsi : withoutStringsLegacy);
}

/** The type that both sides of a comparison meet in when one is a string and ANSI mode is off. */
export function findLegacyComparisonType(a: DataType, b: DataType): DataType | undefined {
  if (isString(a) && isString(b)) return StringType;
  if (isString(b)) return findLegacyComparisonType(b, a);
  if (isString(a)) {
    if (b.kind === "void") return StringType;
    if (b.kind === "decimal") return DoubleType;
    return isAtomic(b) ? b : undefined;
  }
  if (a.kind === "date" && b.kind === "timestamp") return b;
  if (a.kind === "timestamp" && b.kind === "date") return a;
  return undefined;
}

/** The type that a string and a value of another type meet in, in ANSI mode. */
export function findAnsiStringType(a: DataType, b: DataType): DataType | undefined {
  if (isString(a)) {
    if (isString(b)) return undefined;
    if (isIntegral(b)) return LongType;
    if (isFractional(b)) return DoubleType;
    if (b.kind === "void") return a;
    if (isAnsiInterval(b)) return undefined;
    return isAtomic(b) ? b : undefined;
  }
  return isString(b) ? findAnsiStringType(b, a) : undefined;
}

function fold(types: readonly DataType[], finder: Finder): DataType | undefined {
  let common: DataType | undefined = NullType;
  for (const type of types) {
    common = finder(common, type);
    if (!common) return undefined;
  }
  return common;
}

function hasString(type: DataType): boolean {
  if (type.kind === "array") return hasString(type.elementType);
  return isString(type);
}

const tightestAnsi: Finder = (a, b) => tightest(a, b, true) ?? complexType(a, b, tightestAnsi);
const tightestLegacy: Finder = (a, b) => tightest(a, b, false) ?? complexType(a, b, tightestLegacy);
const widerAnsi: Finder = (a, b) =>
  tightestAnsi(a, b) ?? decimalType(a, b) ?? findAnsiStringType(a, b) ?? complexType(a, b, widerAnsi);
const widerLegacy: Finder = (a, b) =>
  tightestLegacy(a, b) ?? decimalType(a, b) ?? legacyStringType(a, b) ?? complexType(a, b, widerLegacy);
const withoutStringsAnsi: Finder = (a, b) =>
  tightestAnsi(a, b) ?? decimalType(a, b) ?? complexType(a, b, withoutStringsAnsi);
const withoutStringsLegacy: Finder = (a, b) =>
  tightestLegacy(a, b) ?? decimalType(a, b) ?? complexType(a, b, withoutStringsLegacy);

const NUMERIC_ORDER: readonly string[] = ["byte", "short", "integer", "long", "float", "double"];

function tightest(a: DataType, b: DataType, ansi: boolean): DataType | undefined {
  if (sameType(a, b)) return a;
  if (a.kind === "void") return b;
  if (b.kind === "void") return a;
  if (isString(a) && isString(b)) return a.kind === "string" && a.collation ? a : StringType;
  if (a.kind === "decimal" && isIntegral(b)) return holds(a, b) ? a : undefined;
  if (b.kind === "decimal" && isIntegral(a)) return holds(b, a) ? b : undefined;
  if (a.kind === "decimal" || b.kind === "decimal") return undefined;
  if (isNumeric(a) && isNumeric(b)) {
    const wider = NUMERIC_ORDER.indexOf(a.kind) > NUMERIC_ORDER.indexOf(b.kind) ? a : b;
    // an integer and a FLOAT meet in DOUBLE, since FLOAT would lose digits
    return ansi && wider.kind === "float" ? DoubleType : wider;
  }
  if (isDatetime(a) && isDatetime(b)) return datetimeType(a, b);
  if (a.kind === "dayTimeInterval" && b.kind === "dayTimeInterval") {
    return DayTimeIntervalType(first(DAY_TIME, a.start, b.start), last(DAY_TIME, a.end, b.end));
  }
  if (a.kind === "yearMonthInterval" && b.kind === "yearMonthInterval") return YearMonthIntervalType();
  return undefined;
}

const DAY_TIME: readonly DayTimeUnit[] = ["day", "hour", "minute", "second"];

function first(order: readonly DayTimeUnit[], a: DayTimeUnit, b: DayTimeUnit): DayTimeUnit {
  return order.indexOf(a) < order.indexOf(b) ? a : b;
}

function last(order: readonly DayTimeUnit[], a: DayTimeUnit, b: DayTimeUnit): DayTimeUnit {
  return order.indexOf(a) > order.indexOf(b) ? a : b;
}

function holds(decimal: DecimalType, integral: DataType): boolean {
  const other = decimalFor(integral);
  return decimal.precision - decimal.scale >= other.precision;
}

function datetimeType(a: DataType, b: DataType): DataType | undefined {
  if (a.kind === "time" || b.kind === "time") {
    return a.kind === "time" && b.kind === "time" ? TimeType(Math.max(a.precision, b.precision)) : undefined;
  }
  return a.kind === "timestamp" || b.kind === "timestamp" ? TimestampType : a.kind === "date" ? b : a;
}

/** The decimal type that holds the integral digits and the fraction of both. */
export function widerDecimal(a: DecimalType, b: DecimalType): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  const range = Math.max(a.precision - a.scale, b.precision - b.scale);
  return boundedPreferIntegralDigits(range + scale, scale);
}

function decimalType(a: DataType, b: DataType): DataType | undefined {
  if (a.kind !== "decimal" && b.kind !== "decimal") return undefined;
  if (!isNumeric(a) || !isNumeric(b)) return undefined;
  if (a.kind === "float" || a.kind === "double" || b.kind === "float" || b.kind === "double")
    return DoubleType;
  return widerDecimal(decimalFor(a), decimalFor(b));
}

function legacyStringType(a: DataType, b: DataType): DataType | undefined {
  if (isString(a)) return isAtomic(b) && b.kind !== "binary" && b.kind !== "boolean" ? StringType : undefined;
  return isString(b) ? legacyStringType(b, a) : undefined;
}

function complexType(a: DataType, b: DataType, finder: Finder): DataType | undefined {
  if (a.kind === "array" && b.kind === "array") {
    const element = finder(a.elementType, b.elementType);
    if (!element) return undefined;
    const forced = castMayGiveNull(a.elementType, element) || castMayGiveNull(b.elementType, element);
    return ArrayType(element, a.containsNull || b.containsNull || forced);
  }
  if (a.kind === "map" && b.kind === "map") {
    const key = finder(a.keyType, b.keyType);
    const value = key && finder(a.valueType, b.valueType);
    if (!key || !value || castMayGiveNull(a.keyType, key) || castMayGiveNull(b.keyType, key))
      return undefined;
    const forced = castMayGiveNull(a.valueType, value) || castMayGiveNull(b.valueType, value);
    return MapType(key, value, a.valueContainsNull || b.valueContainsNull || forced);
  }
  if (a.kind === "struct" && b.kind === "struct") return structType(a, b, finder);
  return undefined;
}

function structType(a: StructType, b: StructType, finder: Finder): DataType | undefined {
  if (a.fields.length !== b.fields.length) return undefined;
  const fields: StructField[] = [];
  for (let i = 0; i < a.fields.length; i++) {
    const left = a.fields[i]!;
    const right = b.fields[i]!;
    if (left.name.toLowerCase() !== right.name.toLowerCase()) return undefined;
    const type = finder(left.type, right.type);
    if (!type) return undefined;
    const forced = castMayGiveNull(left.type, type) || castMayGiveNull(right.type, type);
    fields.push(StructField(left.name, type, left.nullable || right.nullable || forced));
  }
  return new StructType(fields);
}

/**
 * Whether the result of a cast counts as nullable although its input is not: text that may be no number, decimals that
 * may overflow. The same with and without ANSI mode, since schemas are.
 */
export function castMayGiveNull(from: DataType, to: DataType): boolean {
  if (from.kind === "void" || sameType(from, to)) return false;
  if (from.kind === "variant") return true;
  if (isString(from)) return !isString(to) && to.kind !== "binary";
  if (isString(to)) return false;
  if (to.kind === "timestamp" && (from.kind === "float" || from.kind === "double")) return true;
  if (to.kind === "date") return from.kind !== "timestamp";
  if (from.kind === "date") return to.kind !== "timestamp";
  if (to.kind === "interval") return true;
  if (to.kind === "decimal") return !fitsDecimal(from, to);
  return isFractional(from) && isIntegral(to);
}

function fitsDecimal(from: DataType, to: DecimalType): boolean {
  if (from.kind === "boolean") return to.precision - to.scale >= 1;
  if (isIntegral(from)) return holds(to, from);
  if (from.kind !== "decimal") return false;
  const digits = to.precision - to.scale - (from.precision - from.scale);
  return digits > 0 || (digits === 0 && to.scale >= from.scale);
}
