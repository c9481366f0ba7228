import { asciiBytes, trimmedEnd, trimmedStart, writeAsciiText } from "./ascii-text.js";

/**
 * Integers from text, as casts read them: ASCII white space and control characters around it are dropped, then
 * comes an optional sign and digits.
 *
 * With `allowFraction`, as casts outside ANSI mode have it, `.` and digits may follow; they are cut off.
 * Integers of at most 32 bits are returned, NaN for a failure. 64-bit ones are written to a column.
 */

/** Parses an INT, or NaN. */
export function parseInt32(bytes: Uint8Array, start: number, end: number, allowFraction = false): number {
  // Up to nine digits need neither trimming nor an overflow check.
  const length = end - start;
  if (length > 0 && length <= 9) {
    let value = 0;
    let at = start;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - 48;
      if (digit >>> 0 > 9) break;
      value = value * 10 + digit;
    }
    if (at === end) return value;
  }
  return parseBounded(bytes, start, end, allowFraction, -2147483648, 2147483647);
}

/** Parses a SMALLINT, or NaN. */
export function parseInt16(bytes: Uint8Array, start: number, end: number, allowFraction = false): number {
  return parseBounded(bytes, start, end, allowFraction, -32768, 32767);
}

/** Parses a TINYINT, or NaN. */
export function parseInt8(bytes: Uint8Array, start: number, end: number, allowFraction = false): number {
  return parseBounded(bytes, start, end, allowFraction, -128, 127);
}

function parseBounded(
  bytes: Uint8Array,
  start: number,
  end: number,
  allowFraction: boolean,
  min: number,
  max: number,
): number {
  if (!readSigned(bytes, start, end, allowFraction)) return Number.NaN;
  const magnitude = magnitudeHigh * 1e9 + magnitudeLow;
  const value = isNegative && magnitude !== 0 ? -magnitude : magnitude;
  return value >= min && value <= max ? value : Number.NaN;
}

/**
 * Parses a BIGINT and writes it as the int64 at `index` of `out`. Returns false, and leaves `out` as it was,
 * when the text is no integer or does not fit.
 */
export function parseInt64Into(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Int32Array,
  index: number,
  allowFraction = false,
): boolean {
  // Up to fifteen digits are exact in a double and cannot overflow.
  const first = bytes[start] === 45 ? start + 1 : start;
  if (end > first && end - first <= 15) {
    let value = 0;
    let at = first;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - 48;
      if (digit >>> 0 > 9) break;
      value = value * 10 + digit;
    }
    if (at === end) {
      if (first !== start) value = -value;
      const high = Math.floor(value / 4294967296);
      out[2 * index] = value - high * 4294967296;
      out[2 * index + 1] = high;
      return true;
    }
  }
  return readSigned(bytes, start, end, allowFraction) && storeMagnitude(out, index);
}

/** Writes the number read last, `high * 10^9 + low`, as two words. */
function storeMagnitude(out: Int32Array, index: number): boolean {
  // high < 10^10, so its product is split into 16-bit steps that a double holds exactly.
  const a = Math.floor(magnitudeHigh / 65536);
  const scaled = a * 1e9;
  const scaledHigh = Math.floor(scaled / 65536);
  const lowPart = (scaled - scaledHigh * 65536) * 65536 + (magnitudeHigh - a * 65536) * 1e9 + magnitudeLow;
  const carry = Math.floor(lowPart / 4294967296);
  const low = lowPart - carry * 4294967296;
  const high = scaledHigh + carry;
  if (high > 2147483647 && !(isNegative && high === 2147483648 && low === 0)) return false;
  out[2 * index] = isNegative ? -low : low;
  out[2 * index + 1] = isNegative ? (low === 0 ? -high : ~high) : high;
  return true;
}

// What readSigned found: sign * (magnitudeHigh * 10^9 + magnitudeLow).
let isNegative = false;
let magnitudeHigh = 0;
let magnitudeLow = 0;

/** Reads a signed integer below 10^19 into the variables above. */
function readSigned(bytes: Uint8Array, start: number, end: number, allowFraction: boolean): boolean {
  let at = trimmedStart(bytes, start, end);
  const last = trimmedEnd(bytes, at, end);
  const sign = at < last ? (bytes[at] as number) : 0;
  isNegative = sign === 45;
  if (isNegative || sign === 43) at++;
  if (at === last) return false;
  let low = 0;
  let high = 0;
  let digits = 0;
  for (; at < last; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit >>> 0 > 9) break;
    if (digits === 0 && digit === 0) continue;
    // Nineteen digits: the first ten collect in `high`, as the nine before the end move through `low`.
    if (++digits > 19) return false;
    if (digits <= 9) low = low * 10 + digit;
    else {
      const top = Math.floor(low / 1e8);
      high = high * 10 + top;
      low = (low - top * 1e8) * 10 + digit;
    }
  }
  magnitudeHigh = high;
  magnitudeLow = low;
  if (at === last) return true;
  if (!allowFraction || bytes[at] !== 46) return false;
  for (at++; at < last; at++) {
    if (((bytes[at] as number) - 48) >>> 0 > 9) return false;
  }
  return true;
}

/** {@link parseInt32} for a JavaScript string. */
export function parseInt32Text(text: string, allowFraction = false): number {
  const length = writeAsciiText(text);
  return length < 0 ? Number.NaN : parseInt32(asciiBytes, 0, length, allowFraction);
}

/** {@link parseInt16} for a JavaScript string. */
export function parseInt16Text(text: string, allowFraction = false): number {
  const length = writeAsciiText(text);
  return length < 0 ? Number.NaN : parseInt16(asciiBytes, 0, length, allowFraction);
}

/** {@link parseInt8} for a JavaScript string. */
export function parseInt8Text(text: string, allowFraction = false): number {
  const length = writeAsciiText(text);
  return length < 0 ? Number.NaN : parseInt8(asciiBytes, 0, length, allowFraction);
}

const single = new BigInt64Array(1);
const singleWords = new Int32Array(single.buffer);

/** {@link parseInt64Into} for a JavaScript string: the value, or undefined. */
export function parseInt64Text(text: string, allowFraction = false): bigint | undefined {
  const length = writeAsciiText(text);
  if (length < 0 || !parseInt64Into(asciiBytes, 0, length, singleWords, 0, allowFraction)) return undefined;
  return single[0];
}
