import { asciiBytes, latin1Text, writeAsciiText } from "../number/ascii-text.js";
import { civilDay, civilFromDays, civilMonth, civilYear, daysFromCivil, isCivilDate } from "./civil.js";
import { parseIsoDate } from "./parse-date.js";
import {
  DAY,
  dateTimeFields,
  HOUR,
  MICROS,
  MINUTE,
  MONTH,
  readDateTimeFields,
  SECOND,
  TIME_ONLY,
  YEAR,
  ZONE_END,
  ZONE_START,
} from "./parse-fields.js";
import type { TimeZone } from "./time-zone.js";
import { storeMicros } from "./timestamp.js";
import { timeZone, UTC } from "./zone-id.js";

const SPACE = 32;
const DASH = 45;
const DOT = 46;
const COLON = 58;
const LETTER_T = 84;
const LETTER_Z = 90;

/**
 * Parses timestamp text as casts accept it and writes its microseconds since the epoch as the int64 at `index`
 * of `out`. Returns false, with `out` as it was, when the text is no timestamp.
 *
 * `zone` holds for text without a zone of its own. A time without a date falls on the day of `nowSecond`, the
 * epoch second of the query's clock; without one such text is refused.
 */
export function parseTimestampInto(
  bytes: Uint8Array,
  start: number,
  end: number,
  zone: TimeZone,
  out: Int32Array,
  index: number,
  nowSecond: number = Number.NaN,
): boolean {
  const local = parseIsoSecond(bytes, start, end);
  if (local === local) {
    const utc = isoEndsInZ ? local : zone.secondOfLocal(local);
    return storeMicros(utc, isoMicros, out, index);
  }
  if (!readDateTimeFields(bytes, start, end)) return false;
  let ownZone: TimeZone | undefined = zone;
  if (dateTimeFields[ZONE_START] !== dateTimeFields[ZONE_END]) {
    ownZone = zoneOfFields(bytes);
    if (ownZone === undefined) return false;
  }
  if (dateTimeFields[TIME_ONLY] === 1) {
    if (nowSecond !== nowSecond) return false;
    const today = Math.floor((nowSecond + ownZone.offsetAt(nowSecond)) / 86400);
    const civil = civilFromDays(today);
    dateTimeFields[YEAR] = civilYear(civil);
    dateTimeFields[MONTH] = civilMonth(civil);
    dateTimeFields[DAY] = civilDay(civil);
  }
  const second = secondOfFields();
  if (second !== second) return false;
  return storeMicros(ownZone.secondOfLocal(second), dateTimeFields[MICROS] as number, out, index);
}

/**
 * Parses text as a TIMESTAMP_NTZ: like {@link parseTimestampInto}, but the local time is kept as it is written.
 *
 * A zone in the text is ignored, or makes the text invalid when `allowZone` is false; a time alone is invalid.
 */
export function parseTimestampNtzInto(
  bytes: Uint8Array,
  start: number,
  end: number,
  allowZone: boolean,
  out: Int32Array,
  index: number,
): boolean {
  const local = parseIsoSecond(bytes, start, end);
  if (local === local) {
    return isoEndsInZ && !allowZone ? false : storeMicros(local, isoMicros, out, index);
  }
  if (!readDateTimeFields(bytes, start, end) || dateTimeFields[TIME_ONLY] === 1) return false;
  if (dateTimeFields[ZONE_START] !== dateTimeFields[ZONE_END]) {
    if (!allowZone || zoneOfFields(bytes) === undefined) return false;
  }
  const second = secondOfFields();
  if (second !== second) return false;
  return storeMicros(second, dateTimeFields[MICROS] as number, out, index);
}

const single = new BigInt64Array(1);
const singleWords = new Int32Array(single.buffer);

/** {@link parseTimestampInto} for a JavaScript string: microseconds, or undefined. */
export function parseTimestampText(text: string, zone: TimeZone, nowSecond?: number): bigint | undefined {
  const length = writeAsciiText(text);
  if (length < 0 || !parseTimestampInto(asciiBytes, 0, length, zone, singleWords, 0, nowSecond)) {
    return undefined;
  }
  return single[0];
}

/** {@link parseTimestampNtzInto} for a JavaScript string: microseconds, or undefined. */
export function parseTimestampNtzText(text: string, allowZone: boolean): bigint | undefined {
  const length = writeAsciiText(text);
  if (length < 0 || !parseTimestampNtzInto(asciiBytes, 0, length, allowZone, singleWords, 0)) {
    return undefined;
  }
  return single[0];
}

/** Whether timestamp text (as casts accept it) names a zone of its own; false when it is no timestamp. */
export function hasZoneText(text: string): boolean {
  const length = writeAsciiText(text);
  if (length < 0 || !readDateTimeFields(asciiBytes, 0, length)) return false;
  return dateTimeFields[ZONE_START] !== dateTimeFields[ZONE_END];
}

// What parseIsoSecond found besides the second.
let isoMicros = 0;
let isoEndsInZ = false;

/**
 * The local second of `yyyy-MM-dd( |T)HH:mm:ss[.f{1,6}][Z]`, the form nearly all data has; NaN for every other
 * text, right or wrong.
 */
function parseIsoSecond(bytes: Uint8Array, start: number, end: number): number {
  if (
    end - start < 19 ||
    bytes[start + 4] !== DASH ||
    bytes[start + 7] !== DASH ||
    bytes[start + 13] !== COLON ||
    bytes[start + 16] !== COLON
  ) {
    return Number.NaN;
  }
  const separator = bytes[start + 10];
  if (separator !== LETTER_T && separator !== SPACE) return Number.NaN;
  const days = parseIsoDate(bytes, start);
  const h1 = (bytes[start + 11] as number) - 48;
  const h2 = (bytes[start + 12] as number) - 48;
  const m1 = (bytes[start + 14] as number) - 48;
  const m2 = (bytes[start + 15] as number) - 48;
  const s1 = (bytes[start + 17] as number) - 48;
  const s2 = (bytes[start + 18] as number) - 48;
  if (h1 >>> 0 > 2 || h2 >>> 0 > 9 || m1 >>> 0 > 5 || m2 >>> 0 > 9 || s1 >>> 0 > 5 || s2 >>> 0 > 9) {
    return Number.NaN;
  }
  const hour = h1 * 10 + h2;
  if (hour > 23) return Number.NaN;
  isoMicros = 0;
  isoEndsInZ = false;
  if (end - start > 19 && !readIsoTail(bytes, start + 19, end)) return Number.NaN;
  return days * 86400 + (hour * 3600 + (m1 * 10 + m2) * 60 + s1 * 10 + s2);
}

function readIsoTail(bytes: Uint8Array, start: number, end: number): boolean {
  let last = end;
  if (bytes[end - 1] === LETTER_Z) {
    isoEndsInZ = true;
    last--;
    if (last === start) return true;
  }
  const digits = last - start - 1;
  if (bytes[start] !== DOT || digits < 1 || digits > 6) return false;
  let micros = 0;
  for (let i = start + 1; i < last; i++) {
    const digit = (bytes[i] as number) - 48;
    if (digit >>> 0 > 9) return false;
    micros = micros * 10 + digit;
  }
  for (let i = digits; i < 6; i++) micros *= 10;
  isoMicros = micros;
  return true;
}

/** The local epoch second of the fields read last, or NaN when one is out of range. */
function secondOfFields(): number {
  const year = dateTimeFields[YEAR] as number;
  const month = dateTimeFields[MONTH] as number;
  const day = dateTimeFields[DAY] as number;
  const hour = dateTimeFields[HOUR] as number;
  const minute = dateTimeFields[MINUTE] as number;
  const second = dateTimeFields[SECOND] as number;
  if (hour > 23 || minute > 59 || second > 59 || !isCivilDate(year, month, day)) return Number.NaN;
  return daysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
}

/** The zone whose text the fields point to; runs of rows with the same zone meet the cache of `timeZone`. */
function zoneOfFields(bytes: Uint8Array): TimeZone | undefined {
  const from = dateTimeFields[ZONE_START] as number;
  const to = dateTimeFields[ZONE_END] as number;
  if (to - from === 1 && bytes[from] === LETTER_Z) return UTC;
  return timeZone(latin1Text(bytes, from, to).trim());
}
