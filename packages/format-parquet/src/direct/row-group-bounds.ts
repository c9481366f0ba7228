import type { DataType, Value } from "@ss/core";
import { scaleFactor } from "./column-values.js";
import { type ColumnChunk, type Meaning, PHYSICAL, type SchemaElement } from "./file-metadata.js";
import { floorDivide } from "./finishes.js";

/** What a row group is known to hold of a column. Bounds may be wider than its values, and say nothing of NaN. */
export interface Bounds {
  /** In the units of values of the type that is read, but texts as bytes; undefined where unknown. */
  readonly min: Value | undefined;
  readonly max: Value | undefined;
  readonly canBeNull: boolean;
  readonly canBeValue: boolean;
}

/** Of a column that a file lacks. */
export const ALL_NULL: Bounds = { min: undefined, max: undefined, canBeNull: true, canBeValue: false };

/** The bounds of a column chunk, in terms of the type as which the column is read. */
export function boundsOf(
  element: SchemaElement,
  chunk: ColumnChunk,
  type: DataType,
  hasTypeOrder: boolean,
): Bounds {
  const nullCount = element.repetition === 0 ? 0 : chunk.statistics?.nullCount;
  const counts = { canBeNull: nullCount !== 0, canBeValue: nullCount !== chunk.valueCount };
  const convert = converter(element, type);
  const [min, max] = rawBounds(element, chunk, hasTypeOrder).map((raw) => {
    return raw === undefined ? undefined : convert?.(raw);
  });
  return { min, max, ...counts };
}

/**
 * Bounds as bytes. The newer ones mean something only where the file tells their order, the older ones only where that of
 * signed numbers is right.
 */
function rawBounds(
  { physical }: SchemaElement,
  { statistics }: ColumnChunk,
  hasTypeOrder: boolean,
): [Uint8Array | undefined, Uint8Array | undefined] {
  if (statistics === undefined || physical === PHYSICAL.int96) return [undefined, undefined];
  const { min, max, oldMin, oldMax } = statistics;
  if (hasTypeOrder && (min !== undefined || max !== undefined)) return [min, max];
  const isBytes = physical === PHYSICAL.byteArray || physical === PHYSICAL.fixed;
  return isBytes ? [undefined, undefined] : [oldMin, oldMax];
}

type Convert = (raw: Uint8Array) => Value | undefined;

/** How bounds become values of a type; undefined where there is no safe way. */
function converter({ physical, meaning }: SchemaElement, type: DataType): Convert | undefined {
  switch (physical) {
    case PHYSICAL.boolean:
      return type.kind === "boolean" ? (raw) => (raw.length === 1 ? raw[0] === 1 : undefined) : undefined;
    case PHYSICAL.int32:
    case PHYSICAL.int64:
      return wholeConverter(physical === PHYSICAL.int32 ? 4 : 8, meaning, type);
    case PHYSICAL.float:
      return floatConverter(4, type);
    case PHYSICAL.double:
      return floatConverter(8, type);
    case PHYSICAL.byteArray:
    case PHYSICAL.fixed:
      if (meaning.kind === "decimal") return decimalConverter(meaning, type);
      return type.kind === "string" || type.kind === "binary" ? (raw) => raw : undefined;
    default:
      return undefined;
  }
}

function wholeConverter(size: 4 | 8, meaning: Meaning, type: DataType): Convert | undefined {
  const unit = unitOf(meaning, type);
  if (unit === undefined) return undefined;
  const { multiply, divide } = unit;
  const isNumber = NUMBER_KINDS.has(type.kind);
  return (raw) => {
    if (raw.length !== size) return undefined;
    const view = new DataView(raw.buffer, raw.byteOffset, size);
    const whole = size === 4 ? BigInt(view.getInt32(0, true)) : view.getBigInt64(0, true);
    const value = floorDivide(whole * multiply, divide);
    return isNumber ? Number(value) : value;
  };
}

const NUMBER_KINDS: ReadonlySet<string> = new Set([
  "byte",
  "short",
  "integer",
  "date",
  "yearMonthInterval",
  "double",
]);
const WHOLE_KINDS: ReadonlySet<string> = new Set([...NUMBER_KINDS, "long", "dayTimeInterval"]);

/** How many units of the type make one of the file. */
function unitOf(meaning: Meaning, type: DataType): { multiply: bigint; divide: bigint } | undefined {
  const isSigned = meaning.kind === "none" || (meaning.kind === "integer" && meaning.signed);
  if (isSigned) return WHOLE_KINDS.has(type.kind) ? { multiply: 1n, divide: 1n } : undefined;
  if (meaning.kind === "date") {
    if (type.kind === "date") return { multiply: 1n, divide: 1n };
    return type.kind === "timestamp_ntz" ? { multiply: 86_400_000_000n, divide: 1n } : undefined;
  }
  if (meaning.kind === "decimal") {
    const multiply = scaleFactor(meaning, type);
    return multiply === undefined ? undefined : { multiply, divide: 1n };
  }
  if (meaning.kind === "timestamp" && (type.kind === "timestamp" || type.kind === "timestamp_ntz"))
    return {
      multiply: meaning.unit === "millis" ? 1000n : 1n,
      divide: meaning.unit === "nanos" ? 1000n : 1n,
    };
  if (meaning.kind === "time" && type.kind === "time")
    return { multiply: { millis: 1_000_000n, micros: 1000n, nanos: 1n }[meaning.unit], divide: 1n };
  return undefined;
}

function floatConverter(size: 4 | 8, type: DataType): Convert | undefined {
  if (type.kind !== "double" && !(type.kind === "float" && size === 4)) return undefined;
  return (raw) => {
    if (raw.length !== size) return undefined;
    const view = new DataView(raw.buffer, raw.byteOffset, size);
    const value = size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
    return Number.isNaN(value) ? undefined : value;
  };
}

function decimalConverter(meaning: Meaning & { kind: "decimal" }, type: DataType): Convert | undefined {
  const factor = scaleFactor(meaning, type);
  if (factor === undefined) return undefined;
  return (raw) => {
    if (raw.length === 0 || raw.length > 16) return undefined;
    const hex = BigInt(`0x${Buffer.from(raw).toString("hex")}`);
    return BigInt.asIntN(raw.length * 8, hex) * factor;
  };
}
