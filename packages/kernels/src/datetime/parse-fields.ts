import { trimmedEnd, trimmedStart } from "../number/ascii-text.js";

/**
 * The general reader of date-time text, as casts accept it:
 * `[+-]yyyy[y][y][-[m]m[-[d]d[( |T)[h]h[:[m]m[:[s]s[.f*][zone]]]]]]`, or `[T][h]h:[m]m...` for a time alone,
 * with white space and control characters around it.
 *
 * It allocates nothing: what it read stands in {@link dateTimeFields} until the next call.
 */

/** Places in {@link dateTimeFields}. */
export const YEAR = 0;
export const MONTH = 1;
export const DAY = 2;
export const HOUR = 3;
export const MINUTE = 4;
export const SECOND = 5;
export const MICROS = 6;
/** Where in the input the zone starts and ends; both are equal when there is none. */
export const ZONE_START = 7;
export const ZONE_END = 8;
/** 1 when the text holds a time without a date. */
export const TIME_ONLY = 9;

/** What {@link readDateTimeFields} read last. */
export const dateTimeFields: Int32Array = new Int32Array(10);

const SPACE = 32;
const PLUS = 43;
const MINUS = 45;
const DOT = 46;
const COLON = 58;
const LETTER_T = 84;

/** Set by {@link readNumber}: the position after the digits. */
let position = 0;

/** The number at `at` of at most `digitsMax` digits and at least `digitsMin`, or -1. */
function readNumber(
  bytes: Uint8Array,
  at: number,
  end: number,
  digitsMin: number,
  digitsMax: number,
): number {
  let value = 0;
  let i = at;
  while (i < end) {
    const digit = (bytes[i] as number) - 48;
    if (digit >>> 0 > 9) break;
    if (i - at >= digitsMax) return -1;
    value = value * 10 + digit;
    i++;
  }
  position = i;
  return i - at < digitsMin ? -1 : value;
}

/**
 * Reads the fields of [start, end) into {@link dateTimeFields} and returns whether the text has the right form.
 *
 * Fields that are absent are 1 (date) or 0 (time). Ranges are not checked here, nor is the zone's text.
 */
export function readDateTimeFields(bytes: Uint8Array, start: number, end: number): boolean {
  const fields = dateTimeFields;
  fields.fill(1, YEAR, HOUR);
  fields.fill(0, HOUR);
  let at = trimmedStart(bytes, start, end);
  const last = trimmedEnd(bytes, at, end);
  if (at === last) return false;
  // Only a T in the very first place starts a time; trimmed text before it does not.
  if (at === start && bytes[at] === LETTER_T) return readTimeOnly(bytes, at + 1, last);
  let sign = 0;
  if (bytes[at] === MINUS) sign = -1;
  else if (bytes[at] === PLUS) sign = 1;
  if (sign !== 0) at++;
  const year = readNumber(bytes, at, last, 1, 6);
  if (year < 0) return false;
  if (sign === 0 && position < last && bytes[position] === COLON) return readTimeOnly(bytes, at, last);
  if (position - at < 4) return false;
  fields[YEAR] = sign < 0 ? -year : year;
  return readMonthAndLater(bytes, position, last);
}

function readTimeOnly(bytes: Uint8Array, at: number, last: number): boolean {
  dateTimeFields[TIME_ONLY] = 1;
  return readTime(bytes, at, last);
}

function readMonthAndLater(bytes: Uint8Array, at: number, last: number): boolean {
  for (let field = MONTH; field <= DAY; field++) {
    if (at === last) return true;
    if (bytes[at] !== MINUS) return false;
    const value = readNumber(bytes, at + 1, last, 1, 2);
    if (value < 0) return false;
    dateTimeFields[field] = value;
    at = position;
  }
  if (at === last) return true;
  if (bytes[at] !== SPACE && bytes[at] !== LETTER_T) return false;
  return readTime(bytes, at + 1, last);
}

/** Reads `[h]h[:[m]m[:[s]s[.f*][zone]]]`. */
function readTime(bytes: Uint8Array, start: number, last: number): boolean {
  let at = start;
  for (let field = HOUR; field <= SECOND; field++) {
    const value = readNumber(bytes, at, last, 1, 2);
    if (value < 0) return false;
    dateTimeFields[field] = value;
    at = position;
    if (at === last) return true;
    if (field === SECOND) break;
    if (bytes[at] !== COLON) return false;
    at++;
  }
  return readFractionAndZone(bytes, at, last);
}

function readFractionAndZone(bytes: Uint8Array, start: number, last: number): boolean {
  let at = start;
  if (bytes[at] === DOT) {
    let micros = 0;
    let digits = 0;
    for (at++; at < last; at++) {
      const digit = (bytes[at] as number) - 48;
      if (digit >>> 0 > 9) break;
      // Digits past the sixth are cut off.
      if (digits < 6) micros = micros * 10 + digit;
      digits++;
    }
    for (; digits < 6; digits++) micros *= 10;
    dateTimeFields[MICROS] = micros;
  }
  dateTimeFields[ZONE_START] = at;
  dateTimeFields[ZONE_END] = last;
  return true;
}
