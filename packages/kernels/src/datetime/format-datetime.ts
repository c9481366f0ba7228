import { civilDay, civilFromDays, civilMonth, civilYear } from "./civil.js";
import type { TimeZone } from "./time-zone.js";
import { microOfSecondOfBigint, secondOfBigint } from "./timestamp.js";
import { UTC } from "./zone-id.js";

/** A date as casts to text print it: `yyyy-MM-dd`, with a sign for years outside 0 to 9999. */
export function formatDate(days: number): string {
  const civil = civilFromDays(days);
  return `${formatYear(civilYear(civil), 4)}-${two(civilMonth(civil))}-${two(civilDay(civil))}`;
}

/** A proleptic year in at least `width` digits, with a `+` when it has more and a `-` before year 0. */
export function formatYear(year: number, width: number): string {
  const digits = String(Math.abs(year)).padStart(width, "0");
  if (year < 0) return `-${digits}`;
  return digits.length > width ? `+${digits}` : digits;
}

/** Microseconds since midnight as a TIME casts to text: `HH:mm:ss[.ffffff]`. */
export function formatTime(microsOfDay: number): string {
  const second = Math.floor(microsOfDay / 1e6);
  return formatSecondOfDay(second) + formatFraction(microsOfDay - second * 1e6);
}

/** Microseconds since the epoch as a TIMESTAMP casts to text in a zone: `yyyy-MM-dd HH:mm:ss[.ffffff]`. */
export function formatTimestamp(micros: bigint, zone: TimeZone): string {
  return formatTimestampParts(secondOfBigint(micros), microOfSecondOfBigint(micros), zone);
}

/** {@link formatTimestamp} for a TIMESTAMP_NTZ. */
export function formatTimestampNtz(micros: bigint): string {
  return formatTimestamp(micros, UTC);
}

/** {@link formatTimestamp} of an epoch second and a microsecond within it. */
export function formatTimestampParts(second: number, micro: number, zone: TimeZone): string {
  const local = second + zone.offsetAt(second);
  const days = Math.floor(local / 86400);
  return `${formatDate(days)} ${formatSecondOfDay(local - days * 86400)}${formatFraction(micro)}`;
}

/** `HH:mm:ss` of a second of the day. */
export function formatSecondOfDay(second: number): string {
  return `${two((second / 3600) | 0)}:${two(((second / 60) | 0) % 60)}:${two(second % 60)}`;
}

/** `.` and the microseconds without trailing zeros, or nothing. */
export function formatFraction(micros: number): string {
  if (micros === 0) return "";
  return `.${String(micros).padStart(6, "0").replace(/0+$/, "")}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
