import { formatDate, formatTime, formatTimestamp, formatTimestampNtz } from "../datetime/format-datetime.js";
import type { TimeZone } from "../datetime/time-zone.js";
import { UTC } from "../datetime/zone-id.js";
import { formatDecimal } from "../decimal/convert-decimal.js";
import {
  formatDayTimeInterval,
  formatYearMonthInterval,
  INTERVAL_DAY,
  INTERVAL_HOUR,
  INTERVAL_MINUTE,
  INTERVAL_MONTH,
  INTERVAL_SECOND,
  INTERVAL_YEAR,
} from "../interval/ansi-interval.js";
import { type CalendarInterval, formatCalendarInterval } from "../interval/calendar-interval.js";
import { formatDouble, formatFloat } from "../number/format-floating.js";
import { ByteArena } from "../text/byte-arena.js";
import { decodeUtf8 } from "../text/utf8.js";
import { VariantReader } from "../variant/variant-reader.js";
import { writeVariantJson } from "../variant/write-variant-json.js";

/** A data type as far as text needs it; the types of `@ss/core` have this shape. */
export interface CellType {
  readonly kind: string;
  readonly scale?: number;
  readonly start?: string;
  readonly end?: string;
  readonly elementType?: CellType;
  readonly keyType?: CellType;
  readonly valueType?: CellType;
  readonly fields?: readonly { readonly type: CellType }[];
}

/**
 * What is printed for the values of a type, as `show` and the console do it: `NULL`, `{a, b}`, `[a, b]`, `{k -> v}`,
 * `[61 62]` for bytes, timestamps in the zone. Values come in the units of the engine: bigints for 64-bit integers,
 * microseconds (nanoseconds for a TIME) and unscaled decimals, days for dates, arrays for structs, `{ keys, values }` for maps.
 *
 * Variants are JSON, with timestamps in UTC whatever the zone is.
 */
export function cellFormatter(type: CellType, zone: TimeZone): (value: unknown) => string {
  const present = presentFormatter(type, zone);
  return (value) => (value === null || value === undefined ? "NULL" : present(value as never));
}

function presentFormatter(type: CellType, zone: TimeZone): (value: never) => string {
  switch (type.kind) {
    case "float":
      return formatFloat;
    case "double":
      return formatDouble;
    case "decimal":
      return (unscaled: bigint) => formatDecimal(unscaled, type.scale ?? 0);
    case "binary":
      return hex;
    case "date":
      return formatDate;
    case "time":
      return (nanos: bigint) => formatTime(Number(nanos / 1000n));
    case "timestamp":
      return (micros: bigint) => formatTimestamp(micros, zone);
    case "timestamp_ntz":
      return formatTimestampNtz;
    case "interval":
      return (interval: CalendarInterval) => formatCalendarInterval(interval);
    case "yearMonthInterval":
      return (months: number) => formatYearMonthInterval(months, ...unitsOf(type));
    case "dayTimeInterval":
      return (micros: bigint) => formatDayTimeInterval(micros, ...unitsOf(type));
    case "array":
      return arrayFormatter(cellFormatter(type.elementType!, zone));
    case "map":
      return mapFormatter(cellFormatter(type.keyType!, zone), cellFormatter(type.valueType!, zone));
    case "struct":
      return structFormatter(type.fields!.map((field) => cellFormatter(field.type, zone)));
    case "variant":
      return variantText;
    default:
      return String;
  }
}

const UNITS: Readonly<Record<string, number>> = {
  year: INTERVAL_YEAR,
  month: INTERVAL_MONTH,
  day: INTERVAL_DAY,
  hour: INTERVAL_HOUR,
  minute: INTERVAL_MINUTE,
  second: INTERVAL_SECOND,
};

function unitsOf(type: CellType): [from: number, to: number] {
  return [UNITS[type.start!]!, UNITS[type.end!]!];
}

function hex(bytes: Uint8Array): string {
  return `[${Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ")}]`;
}

function variantText([metadata, value]: readonly [Uint8Array, Uint8Array]): string {
  const reader = new VariantReader();
  const out = new ByteArena(256);
  reader.openParts(metadata, value);
  writeVariantJson(reader, reader.root, { zone: UTC }, out);
  return decodeUtf8(out.bytes, 0, out.length);
}

type Formatter = (value: unknown) => string;

function arrayFormatter(element: Formatter): (value: readonly unknown[]) => string {
  return (values) => `[${values.map(element).join(", ")}]`;
}

function mapFormatter(
  key: Formatter,
  element: Formatter,
): (value: { readonly keys: readonly unknown[]; readonly values: readonly unknown[] }) => string {
  return ({ keys, values }) => `{${keys.map((k, i) => `${key(k)} -> ${element(values[i])}`).join(", ")}}`;
}

function structFormatter(fields: readonly Formatter[]): (value: readonly unknown[]) => string {
  return (values) => `{${fields.map((format, i) => format(values[i])).join(", ")}}`;
}
