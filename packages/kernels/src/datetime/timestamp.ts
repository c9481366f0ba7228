/**
 * Timestamps as columns hold them and as the calendar needs them.
 *
 * A TIMESTAMP is an int64 count of microseconds. In a column it is an int32 pair (low word at `2 * index`, high
 * word after it); in calendar arithmetic it is an epoch second, which a double holds exactly over the whole
 * range, and a microsecond of that second, 0 to 999999. The functions here go from one to the other without a
 * bigint.
 */

const WORD = 4294967296;

/** The epoch second (rounded down) of an int64 microsecond count given as two words. */
export function secondOfMicros(low: number, high: number): number {
  // 2^32 = 4294 * 10^6 + 967296, so the quotient splits into exact parts.
  return high * 4294 + Math.floor((high * 967296 + (low >>> 0)) / 1e6);
}

/** The microsecond within its second, 0 to 999999, of an int64 microsecond count given as two words. */
export function microOfSecondOfMicros(low: number, high: number): number {
  const rest = high * 967296 + (low >>> 0);
  return rest - Math.floor(rest / 1e6) * 1e6;
}

/**
 * Writes `second * 10^6 + micro` as the int64 at `index` of a column.
 *
 * Returns false, and leaves the column as it is, when the value does not fit. `micro` may lie outside 0 to 999999
 * as long as it stays within the safe integers.
 */
export function storeMicros(second: number, micro: number, out: Int32Array, index: number): boolean {
  // With second = a * 2^16 + b every product and sum below stays under 2^53.
  const a = Math.floor(second / 65536);
  const scaled = a * 1e6;
  const scaledHigh = Math.floor(scaled / 65536);
  const lowPart = (scaled - scaledHigh * 65536) * 65536 + (second - a * 65536) * 1e6 + micro;
  const carry = Math.floor(lowPart / WORD);
  const high = scaledHigh + carry;
  if (high < -2147483648 || high > 2147483647) return false;
  out[2 * index] = lowPart - carry * WORD;
  out[2 * index + 1] = high;
  return true;
}

/** `second * 10^6 + micro` as a bigint; the caller checks that it fits 64 bits. */
export function microsToBigint(second: number, micro: number): bigint {
  const micros = second * 1e6 + micro;
  return Number.isSafeInteger(micros) ? BigInt(micros) : BigInt(second) * 1000000n + BigInt(micro);
}

/** The epoch second (rounded down) of a microsecond count given as a bigint. */
export function secondOfBigint(micros: bigint): number {
  return secondOfMicros(Number(micros & 0xffffffffn), Number(micros >> 32n));
}

/** The microsecond within its second of a microsecond count given as a bigint. */
export function microOfSecondOfBigint(micros: bigint): number {
  return microOfSecondOfMicros(Number(micros & 0xffffffffn), Number(micros >> 32n));
}
