import type { DataType, Value } from "@ss/core";
import {
  decimalToDouble,
  parseDoubleText,
  parseFloatText,
  parseInt8Text,
  parseInt16Text,
  parseInt32Text,
  parseInt64Text,
  powerOfTen,
  secondOfBigint,
} from "@ss/kernels";
import { dayTimeUnitMicros } from "../interval/interval-units.js";
import { type Caster, type CastOptions, failInput, failOverflow, isStrict } from "./cast-options.js";

/** TINYINT, SMALLINT, INT as ranges. */
export const INTEGER_RANGES: Readonly<
  Record<"byte" | "short" | "integer", readonly [min: number, max: number]>
> = {
  byte: [-128, 127],
  short: [-32768, 32767],
  integer: [-2147483648, 2147483647],
};

/** The double that the range of BIGINT ends before. */
export const LONG_LIMIT: number = 2 ** 63;

type SmallKind = keyof typeof INTEGER_RANGES;

const PARSERS = { byte: parseInt8Text, short: parseInt16Text, integer: parseInt32Text } as const;

/** The low bits of an integer as a TINYINT, SMALLINT or INT. */
export function wrapSmall(value: number, kind: SmallKind): number {
  return kind === "integer" ? value | 0 : kind === "short" ? (value << 16) >> 16 : (value << 24) >> 24;
}

/** A double as Java narrows it to an int: cut off, NaN as 0, clamped to the range. */
export function saturateInt(value: number): number {
  if (value !== value) return 0;
  if (value >= 2147483647) return 2147483647;
  return value <= -2147483648 ? -2147483648 : Math.trunc(value) | 0;
}

/** A double as Java narrows it to a long. */
export function saturateLong(value: number): bigint {
  if (value !== value) return 0n;
  if (value >= LONG_LIMIT) return 9223372036854775807n;
  return value <= -LONG_LIMIT ? -9223372036854775808n : BigInt(Math.trunc(value));
}

/** Casts to TINYINT, SMALLINT and INT. */
export function toSmallCaster(
  from: DataType,
  to: DataType & { kind: SmallKind },
  options: CastOptions,
): Caster | undefined {
  const [min, max] = INTEGER_RANGES[to.kind];
  const strict = isStrict(options);
  const overflow = (value: Value): null => failOverflow(options, value, from, to);
  const ofLong = (long: bigint, value: Value): Value => {
    if (!strict) return wrapSmall(Number(BigInt.asIntN(32, long)), to.kind);
    return long >= BigInt(min) && long <= BigInt(max) ? Number(long) : overflow(value);
  };
  switch (from.kind) {
    case "string":
    case "char":
    case "varchar": {
      const parse = PARSERS[to.kind];
      return (value: string) => {
        const number = parse(value, !strict);
        return number === number ? number : failInput(options, value, from, to);
      };
    }
    case "boolean":
      return (value: boolean) => (value ? 1 : 0);
    case "byte":
    case "short":
    case "integer":
      return (value: number) => {
        if (value >= min && value <= max) return value;
        return strict ? overflow(value) : wrapSmall(value, to.kind);
      };
    case "long":
      return (value: bigint) => ofLong(value, value);
    case "float":
    case "double":
      return (value: number) => {
        if (!strict) return wrapSmall(saturateInt(value), to.kind);
        return Math.floor(value) <= max && Math.ceil(value) >= min ? Math.trunc(value) + 0 : overflow(value);
      };
    case "decimal": {
      const divisor = powerOfTen(from.scale);
      return (value: bigint) => ofLong(value / divisor, value);
    }
    case "timestamp":
      return (value: bigint) => ofLong(BigInt(secondOfBigint(value)), value);
    case "time":
      return (value: bigint) => ofLong(value / 1000000000n, value);
    case "date":
      return () => null;
    case "yearMonthInterval": {
      const unit = from.end === "year" ? 12 : 1;
      return (value: number) => ofLong(BigInt(Math.trunc(value / unit)), value);
    }
    case "dayTimeInterval": {
      const unit = dayTimeUnitMicros(from.end);
      return (value: bigint) => ofLong(value / unit, value);
    }
    default:
      return undefined;
  }
}

/** Casts to BIGINT. */
export function toLongCaster(from: DataType, to: DataType, options: CastOptions): Caster | undefined {
  const strict = isStrict(options);
  switch (from.kind) {
    case "string":
    case "char":
    case "varchar":
      return (value: string) => parseInt64Text(value, !strict) ?? failInput(options, value, from, to);
    case "boolean":
      return (value: boolean) => (value ? 1n : 0n);
    case "byte":
    case "short":
    case "integer":
      return (value: number) => BigInt(value);
    case "float":
    case "double":
      return (value: number) => {
        if (!strict) return saturateLong(value);
        // the largest long is no double; 2^63 counts as it, as in Java
        const fits = Math.floor(value) <= LONG_LIMIT && Math.ceil(value) >= -LONG_LIMIT;
        return fits ? saturateLong(value) : failOverflow(options, value, from, to);
      };
    case "decimal": {
      const divisor = powerOfTen(from.scale);
      return (value: bigint) => {
        const whole = value / divisor;
        const long = BigInt.asIntN(64, whole);
        return long === whole || !strict ? long : failOverflow(options, value, from, to);
      };
    }
    case "timestamp":
      return (value: bigint) => BigInt(secondOfBigint(value));
    case "time":
      return (value: bigint) => value / 1000000000n;
    case "date":
      return () => null;
    case "yearMonthInterval": {
      const unit = from.end === "year" ? 12 : 1;
      return (value: number) => BigInt(Math.trunc(value / unit));
    }
    case "dayTimeInterval": {
      const unit = dayTimeUnitMicros(from.end);
      return (value: bigint) => value / unit;
    }
    default:
      return undefined;
  }
}

/** Casts to FLOAT and DOUBLE. */
export function toFloatingCaster(from: DataType, to: DataType, options: CastOptions): Caster | undefined {
  const single = to.kind === "float";
  const round = single ? Math.fround : (value: number): number => value;
  switch (from.kind) {
    case "string":
    case "char":
    case "varchar": {
      const parse = single ? parseFloatText : parseDoubleText;
      return (value: string) => parse(value) ?? failInput(options, value, from, to);
    }
    case "boolean":
      return (value: boolean) => (value ? 1 : 0);
    case "byte":
    case "short":
    case "integer":
    case "float":
    case "double":
      return (value: number) => round(value);
    case "long":
      return (value: bigint) => (single ? longToFloat(value) : Number(value));
    case "decimal":
      return (value: bigint) => round(decimalToDouble(value, from.scale));
    case "timestamp":
      return (value: bigint) => round(Number(value) / 1e6);
    case "time":
      return (value: bigint) => round(Number(value) / 1e9);
    case "date":
      return () => null;
    default:
      return undefined;
  }
}

/** The float nearest to a long; going through a double would round twice. */
export function longToFloat(value: bigint): number {
  const double = Number(value);
  const float = Math.fround(double);
  const rest = value - BigInt(double);
  if (rest === 0n || float === double) return float;
  // the double lies between two floats: a tie that the lost digits decide
  const beside = Math.fround(double + (double - float));
  if (Math.abs(beside - double) !== Math.abs(float - double) || beside === float) return float;
  return rest > 0n === beside > float ? beside : float;
}

/** Casts to BOOLEAN. */
export function toBooleanCaster(from: DataType, to: DataType, options: CastOptions): Caster | undefined {
  switch (from.kind) {
    case "string":
    case "char":
    case "varchar":
      return (value: string) => booleanOfText(value) ?? failInput(options, value, from, to);
    case "byte":
    case "short":
    case "integer":
    case "float":
    case "double":
      return (value: number) => value !== 0;
    case "long":
    case "decimal":
    case "timestamp":
      return (value: bigint) => value !== 0n;
    case "date":
      return () => null;
    default:
      return undefined;
  }
}

/** The truth value that a text names, in any case and trimmed. */
export function booleanOfText(text: string): boolean | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: casts trim control characters as well
  switch (text.replace(/^[\x00- \x7f]+|[\x00- \x7f]+$/g, "").toLowerCase()) {
    case "t":
    case "true":
    case "y":
    case "yes":
    case "1":
      return true;
    case "f":
    case "false":
    case "n":
    case "no":
    case "0":
      return false;
    default:
      return undefined;
  }
}
