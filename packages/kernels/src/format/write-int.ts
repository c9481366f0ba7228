/**
 * Writers of decimal integers. Each writes ASCII at `at` and returns the position after it; the caller
 * guarantees room: 11 bytes for an int32, 20 for an int64.
 */

/** Writes an integer between -2^53 and 2^53. */
export function writeInteger(bytes: Uint8Array, at: number, value: number): number {
  if (value < 0) {
    bytes[at] = 45;
    return writeUnsigned(bytes, at + 1, -value);
  }
  return writeUnsigned(bytes, at, value);
}

/** Writes a non-negative integer below 2^53. */
export function writeUnsigned(bytes: Uint8Array, at: number, value: number): number {
  if (value < 10) {
    bytes[at] = 48 + value;
    return at + 1;
  }
  if (value > 0x7fffffff) {
    const high = Math.floor(value / 1e9);
    const next = writeUnsigned(bytes, at, high);
    return writePadded(bytes, next, value - high * 1e9, 9);
  }
  return writePadded(bytes, at, value, digitCount(value));
}

/** Writes a non-negative int32 with leading zeros to exactly `width` digits. */
export function writePadded(bytes: Uint8Array, at: number, value: number, width: number): number {
  let rest = value | 0;
  for (let i = at + width - 1; i >= at; i--) {
    const quotient = (rest / 10) | 0;
    bytes[i] = 48 + rest - quotient * 10;
    rest = quotient;
  }
  return at + width;
}

function digitCount(value: number): number {
  if (value < 100000) {
    if (value < 100) return value < 10 ? 1 : 2;
    if (value < 10000) return value < 1000 ? 3 : 4;
    return 5;
  }
  if (value < 10000000) return value < 1000000 ? 6 : 7;
  if (value < 1000000000) return value < 100000000 ? 8 : 9;
  return 10;
}

/** Writes the int64 whose words are `low` and `high`. */
export function writeInt64(bytes: Uint8Array, at: number, low: number, high: number): number {
  if (high >= 0) return writeUnsigned64(bytes, at, low >>> 0, high);
  bytes[at] = 45;
  const negatedLow = -low >>> 0;
  // The carry of the negation goes into the high word when the low one is zero.
  const negatedHigh = (~high + (negatedLow === 0 ? 1 : 0)) >>> 0;
  return writeUnsigned64(bytes, at + 1, negatedLow, negatedHigh);
}

function writeUnsigned64(bytes: Uint8Array, at: number, low: number, high: number): number {
  if (high < 2097152) return writeUnsigned(bytes, at, high * 4294967296 + low);
  // Long division by 10^9, sixteen bits at a time, so that every step is exact.
  const q2 = Math.floor(high / 1e9);
  const r2 = (high - q2 * 1e9) * 65536 + (low >>> 16);
  const q1 = Math.floor(r2 / 1e9);
  const r1 = (r2 - q1 * 1e9) * 65536 + (low & 65535);
  const q0 = Math.floor(r1 / 1e9);
  const next = writeUnsigned(bytes, at, (q2 * 65536 + q1) * 65536 + q0);
  return writePadded(bytes, next, r1 - q0 * 1e9, 9);
}
