import { parseFloatText } from "./parse-floating.js";

/**
 * DOUBLE and FLOAT as Java prints them (since JDK 19): the shortest decimal that reads back as the same number,
 * of at least two digits; plain from 10^-3 to below 10^7 (`100.0`), otherwise scientific (`1.0E7`).
 */

/** The text of a DOUBLE. */
export function formatDouble(value: number): string {
  if (value !== value) return "NaN";
  const absolute = Math.abs(value);
  if (absolute >= 1e-3 && absolute < 1e7) {
    // JavaScript's text is the shortest, too, and plain in this range.
    const text = String(value);
    return value === Math.trunc(value) ? `${text}.0` : text;
  }
  if (absolute === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  if (absolute === Number.POSITIVE_INFINITY) return value > 0 ? "Infinity" : "-Infinity";
  let text = absolute.toExponential();
  // Among the smallest numbers several decimals of two digits fit, and the nearest one is wanted.
  if (absolute < 1e-320 && text[1] === "e") {
    const two = absolute.toExponential(1);
    if (Number(two) === absolute) text = two;
  }
  return scientific(text, value < 0);
}

/** The text of a FLOAT, given as the double of the same value. */
export function formatFloat(value: number): string {
  if (value !== value) return "NaN";
  const absolute = Math.abs(value);
  if (absolute === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  if (absolute === Number.POSITIVE_INFINITY) return value > 0 ? "Infinity" : "-Infinity";
  if (absolute === Math.trunc(absolute) && absolute < 1e7) return `${value}.0`;
  if (absolute < 1e-3 || absolute >= 1e7) return scientific(shortestFloat(absolute), value < 0);
  const plain = String(shortDecimalOfFloat(absolute) ?? Number(shortestFloat(absolute)));
  return (value < 0 ? "-" : "") + (plain.includes(".") ? plain : `${plain}.0`);
}

/**
 * The double of the shortest decimal of a positive float, when that has at most 8 digits after the point.
 *
 * A float has 24 bits and 10^8 has 27, so the products are exact and ties show as such.
 */
function shortDecimalOfFloat(value: number): number | undefined {
  for (let power = 10; power <= 1e8; power *= 10) {
    const scaled = value * power;
    const below = Math.floor(scaled);
    const rest = scaled - below;
    const nearest = rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
    if (Math.fround(nearest / power) === value) return nearest / power;
    // At a power of two the decimal above may fit where the nearer one below does not.
    if (Math.fround((below + 1) / power) === value) return (below + 1) / power;
  }
  return undefined;
}

/** Turns `d.dde±x` of JavaScript into Java's `d.ddE±x`, which has at least one digit after the point. */
function scientific(text: string, negative: boolean): string {
  const e = text.indexOf("e");
  const mantissa = text.slice(0, e);
  const exponent = text[e + 1] === "+" ? text.slice(e + 2) : text.slice(e + 1);
  const digits = mantissa.length === 1 ? `${mantissa}.0` : mantissa;
  return `${negative ? "-" : ""}${digits}E${exponent}`;
}

/** The shortest decimal, in exponential form, that a positive float is the nearest float to. */
function shortestFloat(value: number): string {
  for (let digits = 0; digits < 9; digits++) {
    const nearest = nearestDecimal(value, digits);
    if (parseFloatText(nearest) === value) return digits === 0 ? twoDigits(value, nearest) : nearest;
    // At a power of two the gap above is wider than the one below, so the farther decimal may be the one.
    const above = decimalAbove(nearest, digits, value);
    if (above !== undefined && parseFloatText(above) === value) return above;
  }
  return value.toExponential(8);
}

/** The decimal with `digits` digits after the point that is nearest to a float; of two, the one that ends even. */
function nearestDecimal(value: number, digits: number): string {
  const nearest = value.toExponential(digits);
  const e = nearest.indexOf("e");
  if (nearest.charCodeAt(e - 1) % 2 === 0) return nearest;
  // JavaScript rounds a tie up. A float that lies on one ends in a 5 that is followed by nothing.
  const exact = value.toExponential(digits + 1);
  if (!exact.includes("5e") || Number(exact) !== value || Number(nearest) <= value) return nearest;
  return `${nearest.slice(0, e - 1)}${Number(nearest[e - 1]) - 1}${nearest.slice(e)}`;
}

/** Where one digit would do, two digits that lie nearer are preferred. */
function twoDigits(value: number, one: string): string {
  const two = value.toExponential(1);
  return parseFloatText(two) === value ? two.replace(".0e", "e") : one;
}

/** The decimal one unit above, when `nearest` lies below the value. */
function decimalAbove(nearest: string, digits: number, value: number): string | undefined {
  if (Number(nearest) >= value) return undefined;
  const e = nearest.indexOf("e");
  const unit = Number(`1e${Number(nearest.slice(e + 1)) - digits}`);
  return (Number(nearest) + unit).toExponential(digits);
}
