/**
 * Unscaled decimals in columns: an int64 each up to 18 digits, beyond that an int128 as two int64, the low one
 * first.
 */

/** The int128 at `index`. */
export function loadDecimal128(values: BigInt64Array, index: number): bigint {
  return ((values[2 * index + 1] as bigint) << 64n) | BigInt.asUintN(64, values[2 * index] as bigint);
}

/** Writes an int128 at `index`. */
export function storeDecimal128(unscaled: bigint, values: BigInt64Array, index: number): void {
  values[2 * index] = BigInt.asIntN(64, unscaled);
  values[2 * index + 1] = BigInt.asIntN(64, unscaled >> 64n);
}
