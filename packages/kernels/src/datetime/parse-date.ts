import { asciiBytes, trimmedEnd, trimmedStart, writeAsciiText } from "../number/ascii-text.js";
import { daysFromCivil, isCivilDate } from "./civil.js";

const SPACE = 32;
const PLUS = 43;
const MINUS = 45;
const LETTER_T = 84;

/**
 * The days since the epoch of date text as casts accept it, or NaN:
 * `[+-]yyyy[y][y][y][-[m]m[-[d]d[( |T)*]]]`, trimmed; what follows a space or T after the day is ignored.
 */
export function parseDate(bytes: Uint8Array, start: number, end: number): number {
  if (end - start === 10 && bytes[start + 4] === MINUS && bytes[start + 7] === MINUS) {
    const days = parseIsoDate(bytes, start);
    if (days === days) return days;
  }
  return parseAnyDate(bytes, start, end);
}

/** The days of `yyyy-MM-dd` at `at`, whose dashes are known to be there; NaN when it is no date after year 0. */
export function parseIsoDate(bytes: Uint8Array, at: number): number {
  const y1 = (bytes[at] as number) - 48;
  const y2 = (bytes[at + 1] as number) - 48;
  const y3 = (bytes[at + 2] as number) - 48;
  const y4 = (bytes[at + 3] as number) - 48;
  const m1 = (bytes[at + 5] as number) - 48;
  const m2 = (bytes[at + 6] as number) - 48;
  const d1 = (bytes[at + 8] as number) - 48;
  const d2 = (bytes[at + 9] as number) - 48;
  if (
    y1 >>> 0 > 9 ||
    y2 >>> 0 > 9 ||
    y3 >>> 0 > 9 ||
    y4 >>> 0 > 9 ||
    m1 >>> 0 > 1 ||
    m2 >>> 0 > 9 ||
    d1 >>> 0 > 3 ||
    d2 >>> 0 > 9
  ) {
    return Number.NaN;
  }
  const month = m1 * 10 + m2;
  const day = d1 * 10 + d2;
  const year = y1 * 1000 + y2 * 100 + y3 * 10 + y4;
  if (year === 0 || !isCivilDate(year, month, day)) return Number.NaN;
  // daysFromCivil for positive years, in int32 arithmetic.
  const y = month <= 2 ? year - 1 : year;
  const century = (y / 100) | 0;
  const dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) | 0) + day - 1;
  return y * 365 + (y >> 2) - century + (century >> 2) + dayOfYear - 719468;
}

function parseAnyDate(bytes: Uint8Array, start: number, end: number): number {
  let at = trimmedStart(bytes, start, end);
  const last = trimmedEnd(bytes, at, end);
  if (at === last) return Number.NaN;
  const negative = bytes[at] === MINUS;
  if (negative || bytes[at] === PLUS) at++;
  let year = 1;
  let month = 1;
  let field = 0;
  let value = 0;
  let digits = 0;
  for (; at < last; at++) {
    const byte = bytes[at] as number;
    if (byte === SPACE || byte === LETTER_T) break;
    if (byte === MINUS && field < 2) {
      if (!hasDateDigits(field, digits)) return Number.NaN;
      if (field === 0) year = value;
      else month = value;
      field++;
      value = 0;
      digits = 0;
    } else {
      const digit = byte - 48;
      if (digit >>> 0 > 9 || digits > 7) return Number.NaN;
      value = value * 10 + digit;
      digits++;
    }
  }
  // Only a whole date may be followed by more text.
  if (!hasDateDigits(field, digits) || (field < 2 && at < last)) return Number.NaN;
  if (field === 0) year = value;
  if (field === 1) month = value;
  const day = field === 2 ? value : 1;
  if (!isCivilDate(year, month, day)) return Number.NaN;
  const days = daysFromCivil(negative ? -year : year, month, day);
  return days === (days | 0) ? days : Number.NaN;
}

function hasDateDigits(field: number, digits: number): boolean {
  return field === 0 ? digits >= 4 && digits <= 7 : digits >= 1 && digits <= 2;
}

/** {@link parseDate} for a JavaScript string. */
export function parseDateText(text: string): number {
  const length = writeAsciiText(text);
  return length < 0 ? Number.NaN : parseDate(asciiBytes, 0, length);
}
