import type { DataType, DecimalType } from "@ss/core";

/** TINYINT, SMALLINT, INT, BIGINT. */
export function isIntegral(type: DataType): boolean {
  return type.kind === "integer" || type.kind === "long" || type.kind === "short" || type.kind === "byte";
}

/** FLOAT, DOUBLE, DECIMAL. */
export function isFractional(type: DataType): boolean {
  return type.kind === "double" || type.kind === "float" || type.kind === "decimal";
}

/** Any number. */
export function isNumeric(type: DataType): boolean {
  return isIntegral(type) || isFractional(type);
}

/** STRING, CHAR(n), VARCHAR(n): after analysis all of them are read as STRING. */
export function isString(type: DataType): boolean {
  return type.kind === "string" || type.kind === "char" || type.kind === "varchar";
}

/** TIMESTAMP or TIMESTAMP_NTZ. */
export function isAnyTimestamp(type: DataType): boolean {
  return type.kind === "timestamp" || type.kind === "timestamp_ntz";
}

/** DATE, TIMESTAMP, TIMESTAMP_NTZ, TIME. */
export function isDatetime(type: DataType): boolean {
  return type.kind === "date" || type.kind === "time" || isAnyTimestamp(type);
}

/** A year-month or day-time interval. */
export function isAnsiInterval(type: DataType): boolean {
  return type.kind === "dayTimeInterval" || type.kind === "yearMonthInterval";
}

/** An interval of any kind. */
export function isInterval(type: DataType): boolean {
  return type.kind === "interval" || isAnsiInterval(type);
}

/** A type without parts, other than VOID and the calendar interval. */
export function isAtomic(type: DataType): boolean {
  switch (type.kind) {
    case "void":
    case "interval":
    case "array":
    case "map":
    case "struct":
      return false;
    default:
      return true;
  }
}

/** Whether values of the type have an order (ORDER BY, <, min). */
export function isOrderable(type: DataType): boolean {
  switch (type.kind) {
    case "map":
    case "variant":
    case "interval":
      return false;
    case "array":
      return isOrderable(type.elementType);
    case "struct":
      return type.fields.every((field) => isOrderable(field.type));
    default:
      return true;
  }
}

/** Whether `test` holds for the type or for any part of it. */
export function existsInType(type: DataType, test: (part: DataType) => boolean): boolean {
  if (test(type)) return true;
  switch (type.kind) {
    case "array":
      return existsInType(type.elementType, test);
    case "map":
      return existsInType(type.keyType, test) || existsInType(type.valueType, test);
    case "struct":
      return type.fields.some((field) => existsInType(field.type, test));
    default:
      return false;
  }
}

/** Whether values of the type can be compared for equality (GROUP BY, DISTINCT, joins on it). */
export function isGroupable(type: DataType): boolean {
  return !existsInType(type, (part) => part.kind === "variant");
}

const DECIMAL_FOR: Readonly<Record<string, DecimalType>> = {
  byte: { kind: "decimal", precision: 3, scale: 0 },
  short: { kind: "decimal", precision: 5, scale: 0 },
  integer: { kind: "decimal", precision: 10, scale: 0 },
  long: { kind: "decimal", precision: 20, scale: 0 },
  float: { kind: "decimal", precision: 14, scale: 7 },
  double: { kind: "decimal", precision: 30, scale: 15 },
};

/** The decimal type that holds every value of a numeric type (nearly every one, for FLOAT and DOUBLE). */
export function decimalFor(type: DataType): DecimalType {
  return type.kind === "decimal" ? type : DECIMAL_FOR[type.kind]!;
}
