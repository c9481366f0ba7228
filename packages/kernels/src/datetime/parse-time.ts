import { asciiBytes, trimmedEnd, writeAsciiText } from "../number/ascii-text.js";
import {
  dateTimeFields,
  HOUR,
  MICROS,
  MINUTE,
  readDateTimeFields,
  SECOND,
  TIME_ONLY,
  ZONE_END,
  ZONE_START,
} from "./parse-fields.js";

/**
 * The microseconds since midnight of time text as casts accept it, or NaN: `[T][h]h:[m]m[:[s]s[.f*]]`, trimmed,
 * with `AM` or `PM` in any case after it for hours 1 to 12.
 */
export function parseTime(bytes: Uint8Array, start: number, end: number): number {
  let last = trimmedEnd(bytes, start, end);
  const half = dayHalf(bytes, start, last);
  if (half !== 0) last -= 2;
  if (!readDateTimeFields(bytes, start, last) || dateTimeFields[TIME_ONLY] !== 1) return Number.NaN;
  if (dateTimeFields[ZONE_START] !== dateTimeFields[ZONE_END]) return Number.NaN;
  let hour = dateTimeFields[HOUR] as number;
  const minute = dateTimeFields[MINUTE] as number;
  const second = dateTimeFields[SECOND] as number;
  if (half !== 0) {
    if (hour < 1 || hour > 12) return Number.NaN;
    hour = (hour % 12) + (half === 2 ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
  return (hour * 3600 + minute * 60 + second) * 1e6 + (dateTimeFields[MICROS] as number);
}

/** 1 when the text ends in AM, 2 when it ends in PM, 0 otherwise. */
function dayHalf(bytes: Uint8Array, start: number, end: number): number {
  if (end - start <= 2 || ((bytes[end - 1] as number) | 32) !== 109) return 0;
  const letter = (bytes[end - 2] as number) | 32;
  if (letter === 97) return 1;
  return letter === 112 ? 2 : 0;
}

/** {@link parseTime} for a JavaScript string. */
export function parseTimeText(text: string): number {
  const length = writeAsciiText(text);
  return length < 0 ? Number.NaN : parseTime(asciiBytes, 0, length);
}
