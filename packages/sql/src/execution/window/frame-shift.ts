import { assert, type DataType, type IntervalValue, type Value } from "@ss/core";
import {
  addDaysToSecond,
  addMonthsToDays,
  addMonthsToSecond,
  divideHalfUp,
  powerOfTen,
  timeZone,
  UTC,
} from "@ss/kernels";
import { arithmeticOverflow, binaryArithmeticOverflow } from "../../functions/runtime-error.js";

const MICROS_PER_SECOND = 1_000_000n;
const MICROS_PER_DAY = 86_400_000_000n;

/** Moves an order value by the offset of a RANGE frame. */
export type Shift = (value: Value) => Value;

interface ShiftSettings {
  readonly ansi: boolean;
  readonly timeZone: string;
}

/** How values of type `type` move by `offset` (of type `offsetType`), forwards or (`sign` -1) backwards. */
export function frameShift(
  type: DataType,
  offset: Value,
  offsetType: DataType,
  sign: 1 | -1,
  settings: ShiftSettings,
): Shift {
  const move = present(type, offset, offsetType, sign, settings) as (value: Value) => Value;
  return (value) => (value === null ? null : move(value));
}

function present(
  type: DataType,
  offset: Value,
  offsetType: DataType,
  sign: 1 | -1,
  settings: ShiftSettings,
): (value: never) => Value {
  switch (type.kind) {
    case "byte":
    case "short":
    case "integer":
      return integers(type.kind, Number(scaled(offset, offsetType, 0)) * sign, settings.ansi);
    case "long":
      return longs(scaled(offset, offsetType, 0) * BigInt(sign), settings.ansi);
    case "float": {
      const delta = Math.fround(floating(offset, offsetType) * sign);
      return (value: number) => Math.fround(value + delta);
    }
    case "double": {
      const delta = floating(offset, offsetType) * sign;
      return (value: number) => value + delta;
    }
    case "decimal": {
      const delta = scaled(offset, offsetType, type.scale) * BigInt(sign);
      return (value: bigint) => value + delta;
    }
    case "yearMonthInterval": {
      const delta = Number(offset as number | bigint) * sign;
      return (value: number) => value + delta;
    }
    case "dayTimeInterval": {
      const delta = BigInt(offset as number | bigint) * BigInt(sign);
      return (value: bigint) => value + delta;
    }
    case "time": {
      const delta = intervalOf(offset, offsetType, sign).micros * 1000n;
      return (value: bigint) => value + delta;
    }
    case "date":
      return dates(intervalOf(offset, offsetType, sign));
    case "timestamp":
    case "timestamp_ntz":
      return instants(
        intervalOf(offset, offsetType, sign),
        type.kind === "timestamp" ? settings.timeZone : undefined,
      );
    default:
      assert(false, `a RANGE frame with an offset over values of type ${type.kind}`);
  }
}

function integers(kind: "byte" | "short" | "integer", delta: number, ansi: boolean): (value: never) => Value {
  const bits = kind === "byte" ? 8 : kind === "short" ? 16 : 32;
  return (value: number) => {
    const sum = value + delta;
    const fitted = (sum << (32 - bits)) >> (32 - bits);
    if (fitted === sum || !ansi) return fitted;
    if (bits === 32) throw arithmeticOverflow("integer overflow", "try_add");
    const suffix = bits === 8 ? "Y" : "S";
    throw binaryArithmeticOverflow(`${value}${suffix}`, "+", `${delta}${suffix}`, "try_add");
  };
}

function longs(delta: bigint, ansi: boolean): (value: never) => Value {
  return (value: bigint) => {
    const sum = value + delta;
    const fitted = BigInt.asIntN(64, sum);
    if (fitted !== sum && ansi) throw arithmeticOverflow("long overflow", "try_add");
    return fitted;
  };
}

function dates(by: IntervalValue): (value: never) => Value {
  const days = by.days + Number(by.micros / MICROS_PER_DAY);
  return (value: number) => (by.months === 0 ? value : addMonthsToDays(value, by.months)) + days;
}

/** Months and days go by the calendar of the time zone, the rest by the clock. */
function instants(by: IntervalValue, zoneName: string | undefined): (value: never) => Value {
  const zone = zoneName === undefined ? UTC : timeZone(zoneName);
  assert(zone, `the time zone ${zoneName} is not known`);
  return (value: bigint) => {
    const fraction = ((value % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND;
    let second = Number((value - fraction) / MICROS_PER_SECOND);
    if (by.months !== 0) second = addMonthsToSecond(second, by.months, zone);
    if (by.days !== 0) second = addDaysToSecond(second, by.days, zone);
    return BigInt(second) * MICROS_PER_SECOND + fraction + by.micros;
  };
}

/** An offset of any kind as months, days and microseconds, times `sign`. */
function intervalOf(offset: Value, type: DataType, sign: 1 | -1): IntervalValue {
  switch (type.kind) {
    case "interval": {
      const { months, days, micros } = offset as IntervalValue;
      return { months: months * sign, days: days * sign, micros: micros * BigInt(sign) };
    }
    case "yearMonthInterval":
      return { months: (offset as number) * sign, days: 0, micros: 0n };
    case "dayTimeInterval": {
      const micros = (offset as bigint) * BigInt(sign);
      const days = micros / MICROS_PER_DAY;
      return { months: 0, days: Number(days), micros: micros - days * MICROS_PER_DAY };
    }
    default:
      return { months: 0, days: Number(scaled(offset, type, 0)) * sign, micros: 0n };
  }
}

/** A numeric offset as an integer with some digits after the point. */
function scaled(offset: Value, type: DataType, scale: number): bigint {
  if (typeof offset === "number") {
    if (Number.isInteger(offset)) return BigInt(offset) * powerOfTen(scale);
    return BigInt(Math.round(offset * 10 ** scale));
  }
  const digits = type.kind === "decimal" ? type.scale : 0;
  const value = offset as bigint;
  if (digits === scale) return value;
  // a whole order value takes the whole part of the offset, as a cast does
  if (scale === 0) return value / powerOfTen(digits);
  return digits < scale
    ? value * powerOfTen(scale - digits)
    : divideHalfUp(value, powerOfTen(digits - scale));
}

function floating(offset: Value, type: DataType): number {
  if (typeof offset === "number") return offset;
  return type.kind === "decimal" ? Number(offset as bigint) / 10 ** type.scale : Number(offset as bigint);
}
