import { significantDigits } from "../decimal/significant-digits.js";
import { latin1Text } from "./ascii-text.js";

/**
 * DOUBLE and FLOAT from text, as casts read them: the grammar of Java's `parseDouble` (decimal or hexadecimal,
 * an optional `d` or `f` behind), trimmed, and `inf`, `infinity` and `nan` in any case. Every result is rounded
 * correctly and once.
 */

const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * Parses a DOUBLE and stores it at `index` of `out`. Returns false, and leaves `out` as it was, when the text is
 * no number.
 */
export function parseDoubleInto(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Float64Array,
  index: number,
): boolean {
  if (readShortDecimal(bytes, start, end)) {
    out[index] = shortValue;
    return true;
  }
  const value = parseDoubleText(latin1Text(bytes, start, end));
  if (value === undefined) return false;
  out[index] = value;
  return true;
}

/** {@link parseDoubleInto} for a FLOAT. */
export function parseFloatInto(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: Float32Array,
  index: number,
): boolean {
  if (readShortDecimal(bytes, start, end) && !isRoundingDoubtful(shortValue)) {
    out[index] = shortValue;
    return true;
  }
  const value = parseFloatText(latin1Text(bytes, start, end));
  if (value === undefined) return false;
  out[index] = value;
  return true;
}

let shortValue = 0;

/**
 * Reads `[-]digits[.digits][e[sign]digits]` of at most 15 digits and a power of ten up to 22 into `shortValue`:
 * both are exact doubles, so one multiplication or division rounds correctly. Returns false for all else.
 */
function readShortDecimal(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  const negative = bytes[at] === 45 && at < end;
  if (negative) at++;
  const first = at;
  let mantissa = 0;
  let point = -1;
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit >>> 0 <= 9) mantissa = mantissa * 10 + digit;
    else if (digit === -2 && point < 0) point = at;
    else break;
  }
  const digits = at - first - (point < 0 ? 0 : 1);
  if (digits === 0 || digits > 15) return false;
  let exponent = point < 0 ? 0 : point + 1 - at;
  if (at < end) {
    const explicit = readExponent(bytes, at, end);
    if (explicit !== explicit) return false;
    exponent += explicit;
  }
  if (exponent < -22 || exponent > 22) return false;
  const power = POWERS[exponent < 0 ? -exponent : exponent] as number;
  const value = exponent < 0 ? mantissa / power : mantissa * power;
  shortValue = negative ? -value : value;
  return true;
}

/** The value of `e[sign]digits` that fills [start, end), or NaN. */
function readExponent(bytes: Uint8Array, start: number, end: number): number {
  if (((bytes[start] as number) | 32) !== 101) return Number.NaN;
  let at = start + 1;
  const negative = bytes[at] === 45;
  if (negative || bytes[at] === 43) at++;
  if (at >= end || end - at > 4) return Number.NaN;
  let value = 0;
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit >>> 0 > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)$/;
const SPECIAL: ReadonlyMap<string, number> = new Map([
  ["inf", Number.POSITIVE_INFINITY],
  ["+inf", Number.POSITIVE_INFINITY],
  ["infinity", Number.POSITIVE_INFINITY],
  ["+infinity", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
  ["-infinity", Number.NEGATIVE_INFINITY],
  ["nan", Number.NaN],
]);

/** Drops what Java's trim drops: all characters up to the space. */
function trimControls(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 32) start++;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  return text.slice(start, end);
}

/** {@link parseDoubleInto} for a JavaScript string: the value, or undefined. */
export function parseDoubleText(text: string): number | undefined {
  const trimmed = trimControls(text);
  const body = withoutSuffix(trimmed);
  if (DECIMAL.test(body)) return Number(body);
  const hexadecimal = HEXADECIMAL.exec(body);
  if (hexadecimal !== null) return parseHexadecimal(hexadecimal, 53, -1074);
  // Java reads a NaN with a sign, too, but only in this spelling.
  if (trimmed === "+NaN" || trimmed === "-NaN") return Number.NaN;
  return SPECIAL.get(trimmed.toLowerCase());
}

/** {@link parseFloatInto} for a JavaScript string: the value, or undefined. */
export function parseFloatText(text: string): number | undefined {
  const body = withoutSuffix(trimControls(text));
  const hexadecimal = HEXADECIMAL.exec(body);
  if (hexadecimal !== null) return parseHexadecimal(hexadecimal, 24, -149);
  const value = parseDoubleText(text);
  if (value === undefined || !isRoundingDoubtful(value))
    return value === undefined ? value : Math.fround(value);
  return roundTie(body, value);
}

/** Drops one `d`, `D`, `f` or `F` after a digit or point; in hexadecimal they are digits until the exponent. */
function withoutSuffix(text: string): string {
  const last = text.charCodeAt(text.length - 1) | 32;
  if (last !== 100 && last !== 102) return text;
  if (/^[+-]?0[xX]/.test(text) && !/[pP]/.test(text)) return text;
  return /[\d.].$/.test(text) ? text.slice(0, -1) : text;
}

const doubleBits = new Float64Array(1);
const doubleWords = new Int32Array(doubleBits.buffer);

/**
 * Whether a double lies exactly between two floats. Only then may rounding the decimal to a double first, and
 * the double to a float after, differ from rounding once.
 */
function isRoundingDoubtful(value: number): boolean {
  const float = Math.fround(value);
  if (float === value || value !== value) return false;
  if (!Number.isFinite(float)) return Math.abs(value) === FLOAT_OVERFLOW;
  const other = floatBeside(float, value > float);
  return (float + other) / 2 === value || Math.abs(value) === FLOAT_OVERFLOW;
}

/** Halfway between the largest float and what the next one would be. */
const FLOAT_OVERFLOW = 2 ** 128 - 2 ** 103;

/** The float next to another one, above it or below it. */
function floatBeside(float: number, above: boolean): number {
  if (float === 0) return above ? 2 ** -149 : -(2 ** -149);
  doubleBits[0] = float;
  const exponent = ((doubleWords[1] as number) >>> 20) & 0x7ff;
  const awayFromZero = above === float > 0;
  // The step below a power of two is half the step above it.
  const isPowerOfTwo = doubleWords[0] === 0 && ((doubleWords[1] as number) & 0xfffff) === 0;
  const binary = Math.max(exponent - 1023 - 23 - (isPowerOfTwo && !awayFromZero ? 1 : 0), -149);
  return above ? float + 2 ** binary : float - 2 ** binary;
}

/** Rounds a decimal whose nearest double `middle` lies between two floats: the exact decimal decides. */
function roundTie(text: string, middle: number): number {
  const order = compareMagnitudes(text, middle);
  if (order === 0) return Math.fround(middle);
  const float = Math.fround(middle);
  const isAbove = order > 0 === middle > 0;
  if (!Number.isFinite(float) || Math.abs(middle) === FLOAT_OVERFLOW) {
    const largest = 2 ** 128 - 2 ** 104;
    const magnitude = order > 0 ? Number.POSITIVE_INFINITY : largest;
    return middle < 0 ? -magnitude : magnitude;
  }
  if (isAbove) return float > middle ? float : floatBeside(float, true);
  return float < middle ? float : floatBeside(float, false);
}

/** More digits than any double has in full, which are at most 767. */
const DOUBLE_DIGITS = 800;

/** Compares |decimal text| with |value| exactly: -1, 0 or 1. */
function compareMagnitudes(text: string, value: number): number {
  const match = /^[+-]?(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) as RegExpExecArray;
  const fraction = match[2] ?? "";
  const { digits, scale } = significantDigits(
    (match[1] ?? "") + fraction,
    fraction.length - Number(match[3] ?? 0),
    DOUBLE_DIGITS,
  );
  let left = BigInt(digits);
  const exponent = -scale;
  doubleBits[0] = Math.abs(value);
  const words = new BigUint64Array(doubleBits.buffer);
  const bits = words[0] as bigint;
  const biased = Number(bits >> 52n);
  let right = (bits & 0xfffffffffffffn) | (biased === 0 ? 0n : 0x10000000000000n);
  const binary = Math.max(biased, 1) - 1075;
  if (exponent >= 0) left *= 10n ** BigInt(exponent);
  else right *= 10n ** BigInt(-exponent);
  if (binary >= 0) right <<= BigInt(binary);
  else left <<= BigInt(-binary);
  return left === right ? 0 : left > right ? 1 : -1;
}

/** The value of a hexadecimal literal, rounded to even at `precision` bits, or fewer below the normal range. */
function parseHexadecimal(
  match: RegExpExecArray,
  precision: number,
  minExponent: number,
): number | undefined {
  const whole = match[2] ?? "";
  const fraction = match[3] ?? "";
  if (whole === "" && fraction === "") return undefined;
  const sign = match[1] === "-" ? -1 : 1;
  let mantissa = BigInt(`0x${whole}${fraction}`);
  if (mantissa === 0n) return sign * 0;
  let exponent = Number(match[4]) - 4 * fraction.length;
  const length = mantissa.toString(2).length;
  if (exponent + length > 1100) return sign * Number.POSITIVE_INFINITY;
  if (exponent + length < -1100) return sign * 0;
  const drop = Math.max(length - precision, minExponent - exponent);
  if (drop > 0) {
    const half = 1n << BigInt(drop - 1);
    const rest = mantissa & ((1n << BigInt(drop)) - 1n);
    mantissa >>= BigInt(drop);
    exponent += drop;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
  }
  // Both factors are exact, and so is the product, but for overflow.
  const value = scaleByPowerOfTwo(Number(mantissa), exponent);
  if (precision === 24 && value >= 2 ** 128) return sign * Number.POSITIVE_INFINITY;
  return sign * value;
}

function scaleByPowerOfTwo(value: number, exponent: number): number {
  if (exponent < -1000) return value * 2 ** -1000 * 2 ** (exponent + 1000);
  if (exponent > 1000) return value * 2 ** 1000 * 2 ** (exponent - 1000);
  return value * 2 ** exponent;
}
