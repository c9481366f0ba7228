import { latin1Text, trimText } from "../number/ascii-text.js";
import { storeDecimal128 } from "./decimal-words.js";
import { DECIMAL_PRECISION_MAX, fitsPrecision, rescale } from "./powers.js";
import { significantDigits } from "./significant-digits.js";

/** What came of parsing a decimal: it fits, */
export const DECIMAL_OK = 0;
/** or the text is no number, */
export const DECIMAL_INVALID = 1;
/** or the number does not fit the precision and scale, */
export const DECIMAL_OVERFLOW = 2;
/** or it has more than 38 digits before the point, so that no DECIMAL holds it. */
export const DECIMAL_UNSUPPORTED = 3;

/** A decimal number of any size: `unscaled / 10^scale`. */
export interface ScaledInteger {
  readonly unscaled: bigint;
  /** May be negative. */
  readonly scale: number;
}

const NUMBER = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,10}))?$/;

/** More digits than a DECIMAL has on both sides of its point, with those that its rounding looks at. */
const DIGITS_READ = 80;

/** A number as its text has it. */
interface NumberText {
  readonly negative: boolean;
  readonly digits: string;
  readonly scale: number;
}

function readNumber(text: string): NumberText | undefined {
  const match = NUMBER.exec(trimText(text));
  if (match === null) return undefined;
  const fraction = match[3] ?? match[4] ?? "";
  const scale = fraction.length - Number(match[5] ?? 0);
  return { negative: match[1] === "-", digits: (match[2] ?? "") + fraction, scale };
}

/** Reads a decimal number with all its digits, or undefined when the text is none. Blanks around it are dropped. */
export function parseScaledInteger(text: string): ScaledInteger | undefined {
  const number = readNumber(text);
  if (number === undefined) return undefined;
  const magnitude = BigInt(number.digits);
  return { unscaled: number.negative ? -magnitude : magnitude, scale: number.scale };
}

/** How many digits a decimal number has. */
export interface DecimalSize {
  /** Those of its unscaled number, at least one. */
  readonly digits: number;
  /** May be negative. */
  readonly scale: number;
}

/** How many digits {@link parseScaledInteger} reads in a text, without what a bigint of them costs; undefined when the text is no number. */
export function decimalSize(text: string): DecimalSize | undefined {
  const number = readNumber(text);
  if (number === undefined) return undefined;
  const { digits, scale } = number;
  let zeros = 0;
  while (zeros < digits.length - 1 && digits.charCodeAt(zeros) === 48) zeros++;
  return { digits: digits.length - zeros, scale };
}

/** The result of {@link parseDecimalText}: `unscaled` holds when `status` is {@link DECIMAL_OK}. */
export interface ParsedDecimal {
  readonly status: number;
  readonly unscaled: bigint;
}

/** Parses text as a DECIMAL(precision, scale), rounding half up. */
export function parseDecimalText(text: string, precision: number, scale: number): ParsedDecimal {
  const number = readNumber(text);
  if (number === undefined) return { status: DECIMAL_INVALID, unscaled: 0n };
  const read = significantDigits(number.digits, number.scale, DIGITS_READ);
  if (read.digits === "") return { status: DECIMAL_OK, unscaled: 0n };
  const whole = read.digits.length - read.scale;
  // Powers of ten in the millions are refused before they are multiplied out.
  if (whole > DECIMAL_PRECISION_MAX) return { status: DECIMAL_UNSUPPORTED, unscaled: 0n };
  if (whole < -scale) return { status: DECIMAL_OK, unscaled: 0n };
  const magnitude = rescale(BigInt(read.digits), read.scale, scale);
  const unscaled = number.negative ? -magnitude : magnitude;
  return { status: fitsPrecision(unscaled, precision) ? DECIMAL_OK : DECIMAL_OVERFLOW, unscaled };
}

/**
 * Parses bytes as a DECIMAL(precision, scale) of at most 18 digits and writes the unscaled value as the int64 at
 * `index` of `out`. Returns a status; `out` is written only for {@link DECIMAL_OK}.
 */
export function parseDecimal64Into(
  bytes: Uint8Array,
  start: number,
  end: number,
  precision: number,
  scale: number,
  out: Int32Array,
  index: number,
): number {
  const value = readShortDecimal(bytes, start, end, scale);
  if (value === value) {
    if (precision < 16 && Math.abs(value) >= 10 ** precision) return DECIMAL_OVERFLOW;
    const high = Math.floor(value / 4294967296);
    out[2 * index] = value - high * 4294967296;
    out[2 * index + 1] = high;
    return DECIMAL_OK;
  }
  const parsed = parseDecimalText(latin1Text(bytes, start, end), precision, scale);
  if (parsed.status === DECIMAL_OK) {
    out[2 * index] = Number(BigInt.asIntN(32, parsed.unscaled));
    out[2 * index + 1] = Number(BigInt.asIntN(32, parsed.unscaled >> 32n));
  }
  return parsed.status;
}

/** {@link parseDecimal64Into} for decimals of up to 38 digits in a column of int128. */
export function parseDecimal128Into(
  bytes: Uint8Array,
  start: number,
  end: number,
  precision: number,
  scale: number,
  out: BigInt64Array,
  index: number,
): number {
  const value = readShortDecimal(bytes, start, end, scale);
  if (value === value && precision >= 16) {
    storeDecimal128(BigInt(value), out, index);
    return DECIMAL_OK;
  }
  const parsed = parseDecimalText(latin1Text(bytes, start, end), precision, scale);
  if (parsed.status === DECIMAL_OK) storeDecimal128(parsed.unscaled, out, index);
  return parsed.status;
}

/**
 * The unscaled value of `[-]digits[.digits]`, when all of its digits and it at the wanted scale stay below 10^15,
 * where doubles are exact; NaN for all else.
 */
function readShortDecimal(bytes: Uint8Array, start: number, end: number, scale: number): number {
  let at = start;
  const negative = at < end && bytes[at] === 45;
  if (negative) at++;
  const first = at;
  let mantissa = 0;
  let point = -1;
  for (; at < end; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit >>> 0 <= 9) mantissa = mantissa * 10 + digit;
    else if (digit === -2 && point < 0) point = at;
    else return Number.NaN;
  }
  const digits = at - first - (point < 0 ? 0 : 1);
  if (digits === 0 || digits > 15) return Number.NaN;
  const shift = scale - (point < 0 ? 0 : at - point - 1);
  if (shift < -15 || shift > 15) return Number.NaN;
  let value = mantissa;
  if (shift >= 0) {
    value = mantissa * 10 ** shift;
    if (value >= 1e15) return Number.NaN;
  } else {
    const power = 10 ** -shift;
    value = Math.floor(mantissa / power);
    if ((mantissa - value * power) * 2 >= power) value++;
  }
  return negative && value !== 0 ? -value : value;
}
