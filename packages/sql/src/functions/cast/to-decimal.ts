import type { DataType, DecimalType, Value } from "@ss/core";
import {
  DECIMAL_INVALID,
  DECIMAL_OK,
  DECIMAL_UNSUPPORTED,
  fitsPrecision,
  formatDecimal,
  formatDouble,
  parseDecimalText,
  parseScaledInteger,
  rescale,
} from "@ss/kernels";
import { dayTimeUnitMicros } from "../interval/interval-units.js";
import { decimalOutOfRange, runtimeError } from "../runtime-error.js";
import { type Caster, type CastOptions, fail, failInput } from "./cast-options.js";

type Fit = (unscaled: bigint, scale: number) => Value;

/** Casts to DECIMAL. */
export function toDecimalCaster(from: DataType, to: DecimalType, options: CastOptions): Caster | undefined {
  const fit: Fit = (unscaled, scale) => {
    const value = rescale(unscaled, scale, to.scale);
    if (fitsPrecision(value, to.precision)) return value;
    return fail(options, () =>
      decimalOutOfRange(formatDecimal(unscaled, scale), to.precision, to.scale, options.origin),
    );
  };
  switch (from.kind) {
    case "string":
    case "char":
    case "varchar":
      return (value: string) => ofText(value, from, to, options);
    case "boolean":
      return (value: boolean) => fit(value ? 1n : 0n, 0);
    case "byte":
    case "short":
    case "integer":
      return (value: number) => fit(BigInt(value), 0);
    case "long":
      return (value: bigint) => fit(value, 0);
    case "float":
    case "double":
      return (value: number) => ofDouble(value, fit);
    case "decimal":
      return (value: bigint) => fit(value, from.scale);
    case "timestamp":
      return (value: bigint) => ofDouble(Number(value) / 1e6, fit);
    case "time":
      return (value: bigint) => fit(value, 9);
    case "date":
      return () => null;
    case "yearMonthInterval": {
      const unit = from.end === "year" ? 12 : 1;
      return (value: number) => fit(BigInt(Math.trunc(value / unit)), 0);
    }
    case "dayTimeInterval": {
      if (from.end === "second") return (value: bigint) => fit(value, 6);
      const unit = dayTimeUnitMicros(from.end);
      return (value: bigint) => fit(value / unit, 0);
    }
    default:
      return undefined;
  }
}

function ofDouble(value: number, fit: Fit): Value {
  if (!Number.isFinite(value)) return null;
  // a double stands for the decimal that it prints as
  const { unscaled, scale } = parseScaledInteger(formatDouble(value))!;
  return fit(unscaled, scale);
}

function ofText(value: string, from: DataType, to: DecimalType, options: CastOptions): Value {
  const { status, unscaled } = parseDecimalText(value, to.precision, to.scale);
  if (status === DECIMAL_OK) return unscaled;
  if (status === DECIMAL_INVALID) return failInput(options, value, from, to);
  return fail(options, () => {
    if (status === DECIMAL_UNSUPPORTED) {
      return runtimeError(
        "NUMERIC_OUT_OF_SUPPORTED_RANGE",
        "22003",
        { value },
        `The value ${value} cannot be interpreted as a numeric since it has more than 38 digits.`,
        options.origin,
      );
    }
    const exact = parseScaledInteger(value)!;
    return decimalOutOfRange(
      formatDecimal(exact.unscaled, exact.scale),
      to.precision,
      to.scale,
      options.origin,
    );
  });
}
