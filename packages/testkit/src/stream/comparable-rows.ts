import type { DataType, MapValue, StructType, Value } from "@ss/core";

/**
 * A row of the engine as text that {@link expectedText} gives for the same row as a test writes it. The text ignores what
 * JavaScript tells apart and SQL does not: numbers and bigints, trailing zeros of decimals, the order of a map's entries.
 */
export function actualText(schema: StructType, row: readonly Value[]): string {
  return `(${schema.fields.map(({ type }, k) => cellText(type, row[k] ?? null)).join(", ")})`;
}

/** A row as a test writes it: an array, an object, or for a single column the value itself. */
export function expectedText(schema: StructType, row: unknown): string {
  const isTuple =
    Array.isArray(row) &&
    !(schema.length === 1 && isNested(schema.fields[0]!.type) && !Array.isArray(row[0]));
  let cells: readonly unknown[];
  if (isTuple) cells = row;
  else if (isNamed(row) && schema.fields.every(({ name }) => Object.hasOwn(row, name))) {
    cells = schema.fields.map(({ name }) => row[name]);
  } else cells = [row];
  if (cells.length !== schema.length) {
    throw new Error(
      `the expected row ${JSON.stringify(cells)} has ${cells.length} cells, the result has ${schema.length}`,
    );
  }
  return `(${schema.fields.map(({ type }, k) => cellText(type, cells[k] ?? null)).join(", ")})`;
}

function isNested(type: DataType): boolean {
  return type.kind === "array" || type.kind === "struct";
}

function isNamed(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function cellText(type: DataType, value: unknown): string {
  if (value === null || value === undefined) return "NULL";
  switch (type.kind) {
    case "decimal":
      return decimalText(value, type.scale);
    case "binary":
      return `0x${Buffer.from(value as Uint8Array).toString("hex")}`;
    case "date":
      return dateText(value);
    case "timestamp":
    case "timestamp_ntz":
      return timestampText(value);
    case "string":
    case "char":
    case "varchar":
      return JSON.stringify(value);
    case "array":
      return `[${(value as readonly unknown[]).map((element) => cellText(type.elementType, element)).join(", ")}]`;
    case "struct":
      return structText(type, value);
    case "map":
      return mapText(type.keyType, type.valueType, value);
    case "interval":
      return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part));
    default:
      return String(value);
  }
}

/** A bigint is unscaled, as the engine holds it; a test writes a number or a text. */
function decimalText(value: unknown, scale: number): string {
  if (typeof value !== "bigint") return trimZeros(String(value));
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, "0");
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return trimZeros(value < 0n ? `-${text}` : text);
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

const DAY_MS = 86_400_000;

function dateText(value: unknown): string {
  if (typeof value === "number") return new Date(value * DAY_MS).toISOString().slice(0, 10);
  return value instanceof Date ? value.toISOString().slice(0, 10) : String(value);
}

/** A bigint counts microseconds; a test writes that, a Date, or ISO text in UTC. */
function timestampText(value: unknown): string {
  if (typeof value === "bigint") return `${value} us`;
  const ms =
    value instanceof Date
      ? value.getTime()
      : Date.parse(`${String(value).replace(" ", "T").replace(/Z?$/, "Z")}`);
  return `${BigInt(ms) * 1000n} us`;
}

function structText(type: StructType, value: unknown): string {
  const cells = Array.isArray(value)
    ? value
    : type.fields.map(({ name }) => (value as Record<string, unknown>)[name]);
  return `{${type.fields.map((field, k) => cellText(field.type, cells[k])).join(", ")}}`;
}

function mapText(keyType: DataType, valueType: DataType, value: unknown): string {
  const entries = mapEntries(value).map(
    ([key, element]) => `${cellText(keyType, key)}: ${cellText(valueType, element)}`,
  );
  return `{${entries.sort().join(", ")}}`;
}

function mapEntries(value: unknown): (readonly [unknown, unknown])[] {
  if (value instanceof Map) return [...value];
  const { keys, values } = value as MapValue;
  return Array.isArray(keys) && Array.isArray(values)
    ? keys.map((key, i) => [key, values[i]])
    : Object.entries(value as object);
}
