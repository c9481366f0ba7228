import {
  ArrayType,
  CalendarIntervalType,
  type DataType,
  DayTimeIntervalType,
  DecimalType,
  DoubleType,
  IntegerType,
  MapType,
  NullType,
  StringType,
  StructType,
  sameType,
  sqlText,
  TimestampType,
  TimeType,
  YearMonthIntervalType,
} from "@ss/core";
import {
  isAnsiInterval,
  isAnyTimestamp,
  isAtomic,
  isIntegral,
  isNumeric,
  isString,
} from "../type-predicates.js";

/** A family of types that a parameter takes. */
export type TypeFamily =
  | "any"
  | "atomic"
  | "numeric"
  | "integral"
  | "decimal"
  | "string"
  | "time"
  | "anyTimestamp"
  | "ansiInterval"
  | "dayTimeInterval"
  | "yearMonthInterval"
  | "array"
  | "map"
  | "struct";

/** What a parameter takes: one type, a family, arrays of something, or the first that fits of several. */
export type TypeExpectation =
  | DataType
  | TypeFamily
  | { readonly arrayOf: TypeExpectation }
  | readonly TypeExpectation[];

/** Numbers and intervals of every kind, what `+`, `-`, `sum` and `avg` take. */
export const NUMERIC_AND_INTERVAL: TypeExpectation = [
  "numeric",
  "dayTimeInterval",
  "yearMonthInterval",
  CalendarIntervalType,
];

/** Numbers and the interval types that order, what `sum` and `avg` take. */
export const NUMERIC_AND_ANSI_INTERVAL: TypeExpectation = ["numeric", "dayTimeInterval", "yearMonthInterval"];

/** Whether a value of `type` is taken as it is. */
export function accepts(expected: TypeExpectation, type: DataType): boolean {
  if (typeof expected === "string") return familyAccepts(expected, type);
  if (Array.isArray(expected)) return expected.some((one: TypeExpectation) => accepts(one, type));
  if ("arrayOf" in expected) return type.kind === "array" && accepts(expected.arrayOf, type.elementType);
  const target = expected as DataType;
  // a parameter of type STRING takes every collation and length
  if (target.kind === "string") return isString(type);
  return sameType(target, type, true) && !losesNullability(type, target);
}

/** Whether a value of type `from` may hold a null where `to` has no room for one. */
export function losesNullability(from: DataType, to: DataType): boolean {
  if (from.kind === "array" && to.kind === "array") {
    return (from.containsNull && !to.containsNull) || losesNullability(from.elementType, to.elementType);
  }
  if (from.kind === "map" && to.kind === "map") {
    return (
      (from.valueContainsNull && !to.valueContainsNull) ||
      losesNullability(from.keyType, to.keyType) ||
      losesNullability(from.valueType, to.valueType)
    );
  }
  if (from.kind === "struct" && to.kind === "struct") {
    return from.fields.some((field, i) => {
      const target = to.fields[i];
      return (
        target !== undefined &&
        ((field.nullable && !target.nullable) || losesNullability(field.type, target.type))
      );
    });
  }
  return false;
}

function familyAccepts(family: TypeFamily, type: DataType): boolean {
  switch (family) {
    case "any":
      return true;
    case "atomic":
      return isAtomic(type);
    case "numeric":
      return isNumeric(type);
    case "integral":
      return isIntegral(type);
    case "string":
      return isString(type);
    case "anyTimestamp":
      return isAnyTimestamp(type);
    case "ansiInterval":
      return isAnsiInterval(type);
    default:
      return type.kind === family;
  }
}

/** The type that a null gets where this is expected. */
export function defaultType(expected: TypeExpectation): DataType {
  if (typeof expected !== "string") {
    if (Array.isArray(expected)) return defaultType(expected[0]!);
    if ("arrayOf" in expected) return ArrayType(defaultType(expected.arrayOf));
    return expected as DataType;
  }
  return FAMILY_DEFAULT[expected];
}

const FAMILY_DEFAULT: Readonly<Record<TypeFamily, DataType>> = {
  any: NullType,
  atomic: StringType,
  numeric: DoubleType,
  integral: IntegerType,
  decimal: DecimalType(38, 18),
  string: StringType,
  time: TimeType(6),
  anyTimestamp: TimestampType,
  ansiInterval: DayTimeIntervalType(),
  dayTimeInterval: DayTimeIntervalType(),
  yearMonthInterval: YearMonthIntervalType(),
  array: ArrayType(NullType),
  map: MapType(NullType, NullType),
  struct: new StructType(),
};

const FAMILY_TEXT: Readonly<Record<TypeFamily, string>> = {
  any: "ANY",
  atomic: "ATOMIC",
  numeric: "NUMERIC",
  integral: "INTEGRAL",
  decimal: "DECIMAL",
  string: "STRING",
  time: "TIME",
  anyTimestamp: "(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)",
  ansiInterval: "ANSI INTERVAL",
  dayTimeInterval: "INTERVAL DAY TO SECOND",
  yearMonthInterval: "INTERVAL YEAR TO MONTH",
  array: "ARRAY",
  map: "MAP",
  struct: "STRUCT",
};

/** The text of an expectation in messages: `"INT"`, `("STRING" or "BINARY")`. */
export function expectationText(expected: TypeExpectation): string {
  if (Array.isArray(expected)) return `(${expected.map(expectationText).join(" or ")})`;
  return `"${bareText(expected)}"`;
}

function bareText(expected: TypeExpectation): string {
  if (typeof expected === "string") return FAMILY_TEXT[expected];
  if (Array.isArray(expected)) return expected.map(bareText).join(" OR ");
  if ("arrayOf" in expected) return `ARRAY<${bareText(expected.arrayOf)}>`;
  return sqlText(expected as DataType);
}
