import {
  type DataType,
  type MapValue,
  StreamError,
  type StructType,
  simpleString,
  type Value,
} from "@ss/core";

/**
 * The engine's value for a JavaScript value, exactly or not at all.
 *
 * | type | JavaScript |
 * |---|---|
 * | BOOLEAN | boolean |
 * | TINYINT, SMALLINT, INT, BIGINT | whole number or bigint, within the type's range |
 * | FLOAT, DOUBLE | number, bigint |
 * | DECIMAL | number, bigint or decimal text whose digits fit |
 * | STRING, CHAR, VARCHAR | string |
 * | BINARY | Uint8Array |
 * | DATE | Date (its day in UTC), `yyyy-MM-dd` |
 * | TIMESTAMP | Date, bigint of microseconds, ISO text with `Z` or an offset |
 * | TIMESTAMP_NTZ | Date (its fields in UTC), bigint of microseconds, ISO text without a zone |
 * | TIME | bigint of nanoseconds |
 * | ARRAY | array |
 * | MAP | Map, object |
 * | STRUCT | object, or array in the order of the fields |
 * | intervals | number of months, bigint of microseconds, `{ months, days, micros }` |
 *
 * `null` and `undefined` are null for every type. `where` names the place in messages.
 */
export function valueFromJs(type: DataType, value: unknown, where: string): Value {
  if (value === null || value === undefined) return null;
  const converted = convert(type, value, where);
  if (converted !== undefined) return converted;
  throw invalidValue(value, `is not a value of type ${simpleString(type)}`, where);
}

/** The values of a struct from an object (by field name) or an array (by position). */
export function structFromJs(type: StructType, value: unknown, where: string): Value[] {
  const cells = Array.isArray(value) ? cellsOfArray(type, value, where) : cellsOfObject(type, value, where);
  return type.fields.map((field, k) => {
    const cell = valueFromJs(field.type, cells[k], `${where}.${field.name}`);
    if (cell !== null || field.nullable) return cell;
    throw invalidValue(null, `stands in the column '${field.name}', which is NOT NULL`, where);
  });
}

const INTEGER_RANGES: Partial<Record<DataType["kind"], readonly [min: number, max: number]>> = {
  byte: [-128, 127],
  short: [-32768, 32767],
  integer: [-2147483648, 2147483647],
};

function convert(type: DataType, value: unknown, where: string): Value | undefined {
  switch (type.kind) {
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "byte":
    case "short":
    case "integer":
      return integer(value, ...INTEGER_RANGES[type.kind]!);
    case "long":
      return long(value);
    case "float":
    case "double":
      return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
    case "decimal":
      return unscaled(value, type.precision, type.scale);
    case "string":
      return typeof value === "string" ? value : undefined;
    case "char":
      return typeof value === "string" && lengthOf(value) <= type.length
        ? value.padEnd(type.length)
        : undefined;
    case "varchar":
      return typeof value === "string" && lengthOf(value) <= type.length ? value : undefined;
    case "binary":
      return value instanceof Uint8Array ? value : undefined;
    case "date":
      return epochDay(value);
    case "timestamp":
      return micros(value, true);
    case "timestamp_ntz":
      return micros(value, false);
    case "time":
    case "dayTimeInterval":
      return typeof value === "bigint" ? long(value) : undefined;
    case "yearMonthInterval":
      return integer(value, ...INTEGER_RANGES.integer!);
    case "interval":
      return calendarInterval(value);
    case "array":
      if (!Array.isArray(value)) return undefined;
      return value.map((element, i) => valueFromJs(type.elementType, element, `${where}[${i}]`));
    case "map":
      return map(type.keyType, type.valueType, value, where);
    case "struct":
      return structFromJs(type, value, where);
    default:
      return undefined;
  }
}

function integer(value: unknown, min: number, max: number): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= min && number <= max
    ? number
    : undefined;
}

function long(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return BigInt.asIntN(64, value) === value ? value : undefined;
  return Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
}

function lengthOf(text: string): number {
  return [...text].length;
}

function unscaled(value: unknown, precision: number, scale: number): bigint | undefined {
  if (typeof value !== "number" && typeof value !== "bigint" && typeof value !== "string") return undefined;
  const match = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(String(value).trim());
  if (!match || `${match[2]}${match[3]}` === "") return undefined;
  const digits = `${match[2]}${match[3]}`;
  const shift = scale - match[3]!.length + Number(match[4] ?? 0);
  if (Math.abs(shift) > 400) return undefined;
  let magnitude = BigInt(digits);
  if (shift >= 0) magnitude *= 10n ** BigInt(shift);
  else {
    const divisor = 10n ** BigInt(-shift);
    if (magnitude % divisor !== 0n) return undefined;
    magnitude /= divisor;
  }
  if (magnitude >= 10n ** BigInt(precision)) return undefined;
  return match[1] === "-" ? -magnitude : magnitude;
}

const DAY_MS = 86_400_000;

function epochDay(value: unknown): number | undefined {
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? undefined : Math.floor(value.getTime() / DAY_MS);
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d$/.test(value)) return undefined;
  const ms = Date.parse(value);
  return isRealDay(value, ms) ? ms / DAY_MS : undefined;
}

/** Date.parse moves days that do not exist (February 30) into the next month. */
function isRealDay(text: string, ms: number): boolean {
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text.slice(0, 10));
}

const ISO_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)?$/;

function micros(value: unknown, zoned: boolean): bigint | undefined {
  if (typeof value === "bigint") return long(value);
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? undefined : BigInt(value.getTime()) * 1000n;
  }
  const match = typeof value === "string" ? ISO_TIME.exec(value) : null;
  if (!match || (match[4] !== undefined) !== zoned) return undefined;
  if (!isRealDay(match[1]!, Date.parse(match[1]!))) return undefined;
  const ms = Date.parse(`${match[1]}T${match[2]}${match[4] ?? "Z"}`);
  if (Number.isNaN(ms)) return undefined;
  return BigInt(ms) * 1000n + BigInt((match[3] ?? "").padEnd(6, "0"));
}

function calendarInterval(value: unknown): Value | undefined {
  const { months, days, micros: rest } = value as { months?: unknown; days?: unknown; micros?: unknown };
  const wholeMonths = integer(months ?? 0, ...INTEGER_RANGES.integer!);
  const wholeDays = integer(days ?? 0, ...INTEGER_RANGES.integer!);
  const wholeMicros = long(rest ?? 0n);
  if (wholeMonths === undefined || wholeDays === undefined || wholeMicros === undefined) return undefined;
  return { months: wholeMonths, days: wholeDays, micros: wholeMicros };
}

function map(keyType: DataType, valueType: DataType, value: unknown, where: string): MapValue | undefined {
  if (!(value instanceof Map) && !isPlainObject(value)) return undefined;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return {
    keys: entries.map(([key]) => {
      if (key === null || key === undefined) throw invalidValue(null, "cannot be the key of a map", where);
      return valueFromJs(keyType, key, `${where}.key`);
    }),
    values: entries.map(([key, element]) => valueFromJs(valueType, element, `${where}[${String(key)}]`)),
  };
}

function cellsOfArray(type: StructType, value: readonly unknown[], where: string): readonly unknown[] {
  if (value.length === type.fields.length) return value;
  throw invalidValue(
    value,
    `has ${value.length} cells where ${simpleString(type)} has ${type.length}`,
    where,
  );
}

function cellsOfObject(type: StructType, value: unknown, where: string): readonly unknown[] {
  if (!isPlainObject(value)) throw invalidValue(value, `is not a value of type ${simpleString(type)}`, where);
  const unknown = Object.keys(value).filter((name) => type.indexOf(name) < 0);
  if (unknown.length > 0) {
    const names = type.fieldNames().join(", ");
    throw invalidValue(value, `has the property '${unknown[0]}', but the columns are ${names}`, where);
  }
  return type.fields.map((field) => (Object.hasOwn(value, field.name) ? value[field.name] : null));
}

/** Whether a value is an object that stands for named values, rather than one of JavaScript's own kinds. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  return (
    !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Map) && !ArrayBuffer.isView(value)
  );
}

function invalidValue(value: unknown, what: string, where: string): StreamError {
  const text = shortText(value);
  return new StreamError({
    condition: "SS_INVALID_VALUE",
    sqlState: "22023",
    parameters: { value: text, where },
    message: `The value ${text} at ${where} ${what}.`,
  });
}

function shortText(value: unknown): string {
  const plain = (_: string, part: unknown): unknown => (typeof part === "bigint" ? `${part}n` : part);
  const text = typeof value === "bigint" ? `${value}n` : (JSON.stringify(value, plain) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
