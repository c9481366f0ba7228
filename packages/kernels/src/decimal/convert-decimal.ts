import { formatDouble } from "../number/format-floating.js";
import { parseScaledInteger } from "./parse-decimal.js";
import { fitsPrecision, powerOfTen, rescale } from "./powers.js";

/** A decimal without exponent, as casts to text print it: `-0.010`. */
export function formatDecimal(unscaled: bigint, scale: number): string {
  const negative = unscaled < 0n;
  const digits = String(negative ? -unscaled : unscaled);
  return (negative ? "-" : "") + placePoint(digits, scale);
}

function placePoint(digits: string, scale: number): string {
  if (scale === 0) return digits;
  if (scale < 0) return digits === "0" ? digits : digits + "0".repeat(-scale);
  const padded = digits.padStart(scale + 1, "0");
  return `${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
}

/**
 * A decimal as Java's `BigDecimal.toString` prints it: scientific when the scale is negative or the first digit
 * lies more than six places behind the point (`1E-7`, `0E-18`).
 */
export function formatDecimalScientific(unscaled: bigint, scale: number): string {
  const negative = unscaled < 0n;
  const digits = String(negative ? -unscaled : unscaled);
  const exponent = digits.length - 1 - scale;
  if (scale >= 0 && exponent >= -6) return (negative ? "-" : "") + placePoint(digits, scale);
  const mantissa = digits.length === 1 ? digits : `${digits[0]}.${digits.slice(1)}`;
  const suffix = exponent === 0 ? "" : `E${exponent > 0 ? "+" : ""}${exponent}`;
  return `${negative ? "-" : ""}${mantissa}${suffix}`;
}

/** The double nearest to a decimal. */
export function decimalToDouble(unscaled: bigint, scale: number): number {
  if (unscaled < 9007199254740992n && unscaled > -9007199254740992n && scale >= 0 && scale <= 22) {
    // Both are exact, so the division rounds once.
    return Number(unscaled) / Number(powerOfTen(scale));
  }
  return Number(`${unscaled}e${-scale}`);
}

/** A decimal cut to an integer. */
export function decimalToInteger(unscaled: bigint, scale: number): bigint {
  return scale <= 0 ? unscaled * powerOfTen(-scale) : unscaled / powerOfTen(scale);
}

/**
 * A double as a DECIMAL(precision, scale), by way of its shortest text; undefined when it does not fit or is no
 * number. A FLOAT is widened to a double first.
 */
export function decimalFromDouble(value: number, precision: number, scale: number): bigint | undefined {
  if (!Number.isFinite(value)) return undefined;
  const number = parseScaledInteger(formatDouble(value));
  if (number === undefined) return undefined;
  const unscaled = rescale(number.unscaled, number.scale, scale);
  return fitsPrecision(unscaled, precision) ? unscaled : undefined;
}

/** An integer as a DECIMAL(precision, scale); undefined when it does not fit. */
export function decimalFromInteger(value: bigint, precision: number, scale: number): bigint | undefined {
  const unscaled = value * powerOfTen(scale);
  return fitsPrecision(unscaled, precision) ? unscaled : undefined;
}
