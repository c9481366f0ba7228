import { formatDecimal } from "../decimal/convert-decimal.js";
import { writePadded, writeUnsigned } from "./write-int.js";

/** The most bytes that one decimal takes. */
export const DECIMAL_BYTES_MAX = 41;

const POWERS = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`));

/**
 * Writes the decimal whose unscaled int64 has the words `low` and `high`, and returns the position after it; the
 * caller guarantees room for {@link DECIMAL_BYTES_MAX} bytes.
 */
export function writeDecimal64(
  bytes: Uint8Array,
  at: number,
  low: number,
  high: number,
  scale: number,
): number {
  if (scale > 9 || high >= 2097152 || high < -2097152) {
    return writeDecimal(bytes, at, (BigInt(high) << 32n) | BigInt(low >>> 0), scale);
  }
  const value = high * 4294967296 + (low >>> 0);
  const absolute = Math.abs(value);
  let next = at;
  if (value < 0) bytes[next++] = 45;
  const power = POWERS[scale] as number;
  const whole = Math.floor(absolute / power);
  next = writeUnsigned(bytes, next, whole);
  if (scale === 0) return next;
  bytes[next] = 46;
  return writePadded(bytes, next + 1, absolute - whole * power, scale);
}

/** {@link writeDecimal64} for an unscaled value of any size. */
export function writeDecimal(bytes: Uint8Array, at: number, unscaled: bigint, scale: number): number {
  const text = formatDecimal(unscaled, scale);
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}
