import { civilDay, civilFromDays, civilMonth, civilYear } from "../datetime/civil.js";
import type { TimeZone } from "../datetime/time-zone.js";
import { microOfSecondOfMicros, secondOfMicros } from "../datetime/timestamp.js";
import { formatZoneOffset } from "../datetime/zone-id.js";
import { writePadded, writeUnsigned } from "./write-int.js";

/**
 * Writers of dates and timestamps. Each writes ASCII at `at` and returns the position after it; the caller
 * guarantees room for {@link DATETIME_BYTES_MAX} bytes.
 */

/** The most bytes that one date, time or timestamp takes, its zone included. */
export const DATETIME_BYTES_MAX = 48;

/** Writes a date as `yyyy-MM-dd`; years beyond four digits have a sign, as have those before year 0. */
export function writeDate(bytes: Uint8Array, at: number, days: number): number {
  const civil = civilFromDays(days);
  const year = civilYear(civil);
  let next = at;
  if (year >= 0 && year <= 9999) next = writePadded(bytes, at, year, 4);
  else next = writeSignedYear(bytes, at, year);
  bytes[next] = 45;
  writeTwo(bytes, next + 1, civilMonth(civil));
  bytes[next + 3] = 45;
  writeTwo(bytes, next + 4, civilDay(civil));
  return next + 6;
}

function writeSignedYear(bytes: Uint8Array, at: number, year: number): number {
  bytes[at] = year < 0 ? 45 : 43;
  const absolute = Math.abs(year);
  return absolute > 9999 ? writeUnsigned(bytes, at + 1, absolute) : writePadded(bytes, at + 1, absolute, 4);
}

function writeTwo(bytes: Uint8Array, at: number, value: number): void {
  const tens = (value / 10) | 0;
  bytes[at] = 48 + tens;
  bytes[at + 1] = 48 + value - tens * 10;
}

/** Writes a second of the day as `HH:mm:ss`. */
export function writeSecondOfDay(bytes: Uint8Array, at: number, secondOfDay: number): number {
  const minutes = (secondOfDay / 60) | 0;
  const hours = (minutes / 60) | 0;
  writeTwo(bytes, at, hours);
  bytes[at + 2] = 58;
  writeTwo(bytes, at + 3, minutes - hours * 60);
  bytes[at + 5] = 58;
  writeTwo(bytes, at + 6, secondOfDay - minutes * 60);
  return at + 8;
}

/** Writes `.` and the microseconds without trailing zeros; nothing when they are zero. */
export function writeFraction(bytes: Uint8Array, at: number, micros: number): number {
  if (micros === 0) return at;
  bytes[at] = 46;
  let next = writePadded(bytes, at + 1, micros, 6);
  while (bytes[next - 1] === 48) next--;
  return next;
}

/** Writes microseconds since midnight as a TIME casts to text: `HH:mm:ss[.ffffff]`. */
export function writeTime(bytes: Uint8Array, at: number, microsOfDay: number): number {
  const second = Math.floor(microsOfDay / 1e6);
  return writeFraction(bytes, writeSecondOfDay(bytes, at, second), microsOfDay - second * 1e6);
}

/**
 * Writes the timestamp whose int64 microseconds have the words `low` and `high` as a cast to text does:
 * `yyyy-MM-dd HH:mm:ss[.ffffff]` in a zone. For a TIMESTAMP_NTZ pass `UTC`.
 */
export function writeTimestamp(
  bytes: Uint8Array,
  at: number,
  low: number,
  high: number,
  zone: TimeZone,
): number {
  const second = secondOfMicros(low, high);
  const local = second + zone.offsetAt(second);
  const next = writeLocalSecond(bytes, at, local, 32);
  return writeFraction(bytes, next, microOfSecondOfMicros(low, high));
}

/**
 * Writes a timestamp as JSON and CSV sinks do by default, `yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]`: always three
 * digits of the fraction (the rest is cut off) and the offset (`Z` when zero), which a TIMESTAMP_NTZ lacks.
 */
export function writeIsoTimestamp(
  bytes: Uint8Array,
  at: number,
  low: number,
  high: number,
  zone: TimeZone | undefined,
): number {
  const second = secondOfMicros(low, high);
  const offset = zone === undefined ? 0 : zone.offsetAt(second);
  let next = writeLocalSecond(bytes, at, second + offset, 84);
  bytes[next] = 46;
  next = writePadded(bytes, next + 1, (microOfSecondOfMicros(low, high) / 1000) | 0, 3);
  if (zone === undefined) return next;
  // XXX shows no seconds, and what is zero without them is Z.
  const minutes = offset - (offset % 60);
  if (minutes === 0) {
    bytes[next] = 90;
    return next + 1;
  }
  const text = formatZoneOffset(minutes);
  for (let i = 0; i < text.length; i++) bytes[next++] = text.charCodeAt(i);
  return next;
}

function writeLocalSecond(bytes: Uint8Array, at: number, local: number, separator: number): number {
  const days = Math.floor(local / 86400);
  const next = writeDate(bytes, at, days);
  bytes[next] = separator;
  return writeSecondOfDay(bytes, next + 1, local - days * 86400);
}
