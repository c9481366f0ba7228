import { formatDouble, formatFloat } from "../number/format-floating.js";
import { writePadded, writeUnsigned } from "./write-int.js";

/** The most bytes that one DOUBLE or FLOAT takes. */
export const FLOATING_BYTES_MAX = 26;

const POWERS = Float64Array.from({ length: 16 }, (_, i) => Number(`1e${i}`));

/**
 * Writes a DOUBLE as Java prints it and returns the position after it; the caller guarantees room for
 * {@link FLOATING_BYTES_MAX} bytes.
 */
export function writeDouble(bytes: Uint8Array, at: number, value: number): number {
  const absolute = Math.abs(value);
  if (absolute >= 1e-3 && absolute < 1e7) {
    const next = writeShortDecimal(bytes, at, value, absolute);
    if (next > 0) return next;
  }
  return writeText(bytes, at, formatDouble(value));
}

/** {@link writeDouble} for a FLOAT, given as the double of the same value. */
export function writeFloat(bytes: Uint8Array, at: number, value: number): number {
  return writeText(bytes, at, formatFloat(value));
}

/**
 * Writes a number whose decimal has at most 15 digits and few of them after the point; returns 0, having written
 * nothing of account, when it has more.
 *
 * The first count of decimals that reads back as the number is the shortest text, and with at most 15 digits
 * scaling finds its digits without error.
 */
function writeShortDecimal(bytes: Uint8Array, at: number, value: number, absolute: number): number {
  for (let decimals = 1; decimals <= 8; decimals++) {
    const power = POWERS[decimals] as number;
    const scaled = Math.round(absolute * power);
    if (scaled / power !== absolute) continue;
    let next = at;
    if (value < 0) bytes[next++] = 45;
    const whole = Math.floor(scaled / power);
    next = writeUnsigned(bytes, next, whole);
    bytes[next] = 46;
    return writePadded(bytes, next + 1, scaled - whole * power, decimals);
  }
  return 0;
}

function writeText(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}
