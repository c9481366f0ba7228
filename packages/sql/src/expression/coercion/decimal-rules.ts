import type { DecimalType } from "@ss/core";

/** An arithmetic operator on decimals. */
export type DecimalOperator = "+" | "-" | "*" | "/" | "%" | "div" | "pmod";

const MAX_PRECISION = 38;
const MIN_ADJUSTED_SCALE = 6;

/** A decimal type cut to 38 digits: what is too much goes from both ends as it stands. */
export function bounded(precision: number, scale: number): DecimalType {
  return {
    kind: "decimal",
    precision: Math.min(precision, MAX_PRECISION),
    scale: Math.min(scale, MAX_PRECISION),
  };
}

/** A decimal type cut to 38 digits, at the cost of digits after the point only. */
export function boundedPreferIntegralDigits(precision: number, scale: number): DecimalType {
  if (precision <= MAX_PRECISION) return { kind: "decimal", precision, scale };
  return {
    kind: "decimal",
    precision: MAX_PRECISION,
    scale: Math.max(0, scale - (precision - MAX_PRECISION)),
  };
}

/** A decimal type cut to 38 digits, where at least six digits (or all there are) stay after the point. */
export function adjustPrecisionScale(precision: number, scale: number): DecimalType {
  if (precision <= MAX_PRECISION) return { kind: "decimal", precision, scale };
  const integralDigits = precision - scale;
  const minScale = Math.min(scale, MIN_ADJUSTED_SCALE);
  return {
    kind: "decimal",
    precision: MAX_PRECISION,
    scale: Math.max(MAX_PRECISION - integralDigits, minScale),
  };
}

/**
 * The type of an operator's result on two decimals. `allowPrecisionLoss` is the setting
 * `spark.sql.decimalOperations.allowPrecisionLoss`. `div` gives a BIGINT; its type here is the one that it divides in.
 */
export function decimalResult(
  operator: DecimalOperator,
  left: DecimalType,
  right: DecimalType,
  allowPrecisionLoss: boolean,
): DecimalType {
  const [p1, s1, p2, s2] = [left.precision, left.scale, right.precision, right.scale];
  const fit = allowPrecisionLoss ? adjustPrecisionScale : bounded;
  switch (operator) {
    case "+":
    case "-": {
      const scale = Math.max(s1, s2);
      return fit(Math.max(p1 - s1, p2 - s2) + scale + 1, scale);
    }
    case "*":
      return fit(p1 + p2 + 1, s1 + s2);
    case "/":
      return allowPrecisionLoss ? quotient(p1, s1, p2, s2) : quotientWithoutLoss(p1, s1, p2, s2);
    case "%":
    case "pmod": {
      const scale = Math.max(s1, s2);
      return fit(Math.min(p1 - s1, p2 - s2) + scale, scale);
    }
    case "div": {
      const digits = p1 - s1 + s2;
      return bounded(digits === 0 ? 1 : digits, 0);
    }
  }
}

function quotient(p1: number, s1: number, p2: number, s2: number): DecimalType {
  const integralDigits = p1 - s1 + s2;
  const scale = Math.max(MIN_ADJUSTED_SCALE, s1 + p2 + 1);
  return adjustPrecisionScale(integralDigits + scale, scale);
}

function quotientWithoutLoss(p1: number, s1: number, p2: number, s2: number): DecimalType {
  let integralDigits = Math.min(MAX_PRECISION, p1 - s1 + s2);
  let fraction = Math.min(MAX_PRECISION, Math.max(MIN_ADJUSTED_SCALE, s1 + p2 + 1));
  const excess = integralDigits + fraction - MAX_PRECISION;
  if (excess > 0) {
    fraction -= Math.trunc(excess / 2) + 1;
    integralDigits = MAX_PRECISION - fraction;
  }
  return bounded(integralDigits + fraction, fraction);
}

/** The type of `sum` over a decimal. */
export function decimalSum(type: DecimalType): DecimalType {
  return bounded(type.precision + 10, type.scale);
}

/** The type of `avg` over a decimal. */
export function decimalAverage(type: DecimalType): DecimalType {
  return bounded(type.precision + 4, type.scale + 4);
}
