import { DECIMAL_PRECISION_MAX, divideHalfUp, fitsPrecision, powerOfTen, rescale } from "./powers.js";

/**
 * Arithmetic over unscaled values. Operands come with their scales; results are brought to the given precision
 * and scale, rounding half up. A result that does not fit is undefined, and so is a division by zero, which the
 * caller tells apart beforehand.
 */

/** The scale that quotients are first rounded to, before the scale of the result. */
const QUOTIENT_SCALE = DECIMAL_PRECISION_MAX + 1;

/** A value at another precision and scale. */
export function changeDecimalPrecision(
  unscaled: bigint,
  fromScale: number,
  precision: number,
  scale: number,
): bigint | undefined {
  const result = rescale(unscaled, fromScale, scale);
  return fitsPrecision(result, precision) ? result : undefined;
}

/** The sum of two decimals. */
export function addDecimals(
  left: bigint,
  leftScale: number,
  right: bigint,
  rightScale: number,
  precision: number,
  scale: number,
): bigint | undefined {
  const common = Math.max(leftScale, rightScale);
  const sum = rescale(left, leftScale, common) + rescale(right, rightScale, common);
  return changeDecimalPrecision(sum, common, precision, scale);
}

/** The difference of two decimals. */
export function subtractDecimals(
  left: bigint,
  leftScale: number,
  right: bigint,
  rightScale: number,
  precision: number,
  scale: number,
): bigint | undefined {
  return addDecimals(left, leftScale, -right, rightScale, precision, scale);
}

/** The product of two decimals. */
export function multiplyDecimals(
  left: bigint,
  leftScale: number,
  right: bigint,
  rightScale: number,
  precision: number,
  scale: number,
): bigint | undefined {
  return changeDecimalPrecision(left * right, leftScale + rightScale, precision, scale);
}

/** The quotient of two decimals: rounded to 39 decimals first and to the scale of the result after. */
export function divideDecimals(
  left: bigint,
  leftScale: number,
  right: bigint,
  rightScale: number,
  precision: number,
  scale: number,
): bigint | undefined {
  if (right === 0n) return undefined;
  const shift = QUOTIENT_SCALE + rightScale - leftScale;
  const quotient =
    shift >= 0
      ? divideHalfUp(left * powerOfTen(shift), right)
      : divideHalfUp(left, right * powerOfTen(-shift));
  return changeDecimalPrecision(quotient, QUOTIENT_SCALE, precision, scale);
}

/** The remainder of two decimals, with the sign of the dividend. */
export function remainderOfDecimals(
  left: bigint,
  leftScale: number,
  right: bigint,
  rightScale: number,
  precision: number,
  scale: number,
): bigint | undefined {
  if (right === 0n) return undefined;
  const common = Math.max(leftScale, rightScale);
  const rest = rescale(left, leftScale, common) % rescale(right, rightScale, common);
  return changeDecimalPrecision(rest, common, precision, scale);
}

/** The integral part of a quotient, as `div` computes it; undefined only for a division by zero. */
export function integralQuotientOfDecimals(
  left: bigint,
  leftScale: number,
  right: bigint,
  rightScale: number,
): bigint | undefined {
  if (right === 0n) return undefined;
  const common = Math.max(leftScale, rightScale);
  return rescale(left, leftScale, common) / rescale(right, rightScale, common);
}

/** Negative, zero or positive as `left` is less than, equal to or greater than `right`. */
export function compareDecimals(left: bigint, leftScale: number, right: bigint, rightScale: number): number {
  const common = Math.max(leftScale, rightScale);
  const a = rescale(left, leftScale, common);
  const b = rescale(right, rightScale, common);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The largest integer value not above a decimal. */
export function floorDecimal(unscaled: bigint, scale: number): bigint {
  const power = powerOfTen(scale);
  const quotient = unscaled / power;
  return unscaled < 0n && unscaled % power !== 0n ? quotient - 1n : quotient;
}

/** The smallest integer value not below a decimal. */
export function ceilDecimal(unscaled: bigint, scale: number): bigint {
  return -floorDecimal(-unscaled, scale);
}

/** A decimal rounded to `scale` digits after the point (before it, when negative), half to even. */
export function roundHalfEvenDecimal(unscaled: bigint, fromScale: number, scale: number): bigint {
  if (scale >= fromScale) return unscaled * powerOfTen(scale - fromScale);
  const power = powerOfTen(fromScale - scale);
  const quotient = unscaled / power;
  const doubled = (unscaled % power) * 2n;
  const magnitude = doubled < 0n ? -doubled : doubled;
  if (magnitude < power || (magnitude === power && quotient % 2n === 0n)) return quotient;
  return unscaled < 0n ? quotient - 1n : quotient + 1n;
}
