import type { DataType, IntervalValue, MapValue, Value } from "@ss/core";
import {
  decodeUtf8,
  formatCalendarInterval,
  formatDate,
  formatDayTimeInterval,
  formatDecimal,
  formatDecimalScientific,
  formatDouble,
  formatFloat,
  formatTime,
  formatTimestamp,
  formatTimestampNtz,
  formatYearMonthInterval,
} from "@ss/kernels";
import { dayTimeFields, yearMonthFields } from "../interval/interval-units.js";
import { variantJson } from "../variant/variant-value.js";
import { type Caster, type CastOptions, zoneOf } from "./cast-options.js";

/** Casts to STRING of one type's values. */
export function toStringCaster(from: DataType, options: CastOptions): Caster {
  switch (from.kind) {
    case "float":
      return (value: number) => formatFloat(value);
    case "double":
      return (value: number) => formatDouble(value);
    case "decimal": {
      const format = options.ansi || options.mode === "try" ? formatDecimal : formatDecimalScientific;
      return (value: bigint) => format(value, from.scale);
    }
    case "binary":
      return (value: Uint8Array) => decodeUtf8(value, 0, value.length);
    case "date":
      return (value: number) => formatDate(value);
    case "timestamp": {
      const zone = zoneOf(options);
      return (value: bigint) => formatTimestamp(value, zone);
    }
    case "timestamp_ntz":
      return (value: bigint) => formatTimestampNtz(value);
    case "time":
      return (value: bigint) => formatTime(Number(value) / 1000);
    case "variant":
      return (value: Value) => variantJson(value);
    case "interval":
      return (value: IntervalValue) => formatCalendarInterval(value);
    case "yearMonthInterval":
      return (value: number) => formatYearMonthInterval(value, ...yearMonthFields(from));
    case "dayTimeInterval":
      return (value: bigint) => formatDayTimeInterval(value, ...dayTimeFields(from));
    case "array": {
      const element = nested(from.elementType, options);
      return (value: readonly Value[]) => `[${value.map(element).join(", ")}]`;
    }
    case "map": {
      const key = nested(from.keyType, options);
      const element = nested(from.valueType, options);
      return (value: MapValue) =>
        `{${value.keys.map((one, k) => `${key(one)} -> ${element(value.values[k]!)}`).join(", ")}}`;
    }
    case "struct": {
      const fields = from.fields.map((field) => nested(field.type, options));
      return (value: readonly Value[]) => `{${fields.map((field, k) => field(value[k]!)).join(", ")}}`;
    }
    default:
      return (value: Value) => String(value);
  }
}

function nested(type: DataType, options: CastOptions): (value: Value) => string {
  const caster = toStringCaster(type, options) as (value: Value) => string;
  return (value) => (value === null ? "null" : caster(value));
}
