/** The largest precision of a DECIMAL. */
export const DECIMAL_PRECISION_MAX = 38;
/** The largest precision whose unscaled values are int64. */
export const DECIMAL64_PRECISION_MAX = 18;

const powers: bigint[] = [1n];

/** 10 to a non-negative power. */
export function powerOfTen(exponent: number): bigint {
  if (exponent > 400) return 10n ** BigInt(exponent);
  while (powers.length <= exponent) powers.push((powers[powers.length - 1] as bigint) * 10n);
  return powers[exponent] as bigint;
}

/** Whether an unscaled value has at most `precision` digits. */
export function fitsPrecision(unscaled: bigint, precision: number): boolean {
  const bound = powerOfTen(precision);
  return unscaled < bound && unscaled > -bound;
}

/** The quotient of two integers, rounded half away from zero. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  if (rest === 0n) return quotient;
  const doubled = (rest < 0n ? -rest : rest) * 2n;
  if (doubled < (divisor < 0n ? -divisor : divisor)) return quotient;
  return dividend < 0n === divisor < 0n ? quotient + 1n : quotient - 1n;
}

/** An unscaled value at another scale, rounded half away from zero. */
export function rescale(unscaled: bigint, fromScale: number, toScale: number): bigint {
  if (toScale >= fromScale) return unscaled * powerOfTen(toScale - fromScale);
  return divideHalfUp(unscaled, powerOfTen(fromScale - toScale));
}
