import type { DataType, IntervalValue, Value } from "@ss/core";
import { divideHalfUp, powerOfTen } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { EmitCall } from "../../expression/function.js";
import { isInterval } from "../../expression/type-predicates.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import {
  arithmeticOverflow,
  divideByZero,
  intervalDividedByZero,
  intervalOverflow,
} from "../runtime-error.js";
import { type ArithmeticState, TRY_NAMES } from "./arithmetic-state.js";

/** Raised where a result does not fit; turned into null by the `try_` forms. */
type Fail = () => null;

/** Sums, multiples and fractions of intervals. */
export function emitIntervalArithmetic(
  writer: CodeWriter,
  l: Code,
  r: Code,
  state: ArithmeticState,
  call: EmitCall,
): Code {
  const fn = intervalFunction(state, call);
  return emitBoxedCall(writer, fn, [l, r], call.type);
}

function intervalFunction(state: ArithmeticState, call: EmitCall): (a: never, b: never) => Value {
  const { operator, mode, left, right } = state;
  const tryName = TRY_NAMES[operator];
  const overflow: Fail = () => {
    if (mode === "try") return null;
    throw intervalOverflow(tryName, call.origin);
  };
  const byZero: Fail = () => {
    if (mode === "try") return null;
    throw intervalDividedByZero(call.origin);
  };
  if (operator === "div") return integralQuotient(call);
  if (isInterval(left) && isInterval(right)) return sum(left, operator === "+" ? 1 : -1, overflow, mode);
  const [interval, number] = isInterval(left) ? [left, right] : [right, left];
  const scaled =
    operator === "*" ? multiple(interval, number, overflow) : fraction(interval, number, overflow, byZero);
  return isInterval(left) ? scaled : (a: never, b: never) => scaled(b, a);
}

function int32(value: number, fail: Fail): Value {
  return value === (value | 0) ? value | 0 : fail();
}

function int64(value: bigint, fail: Fail): Value {
  return BigInt.asIntN(64, value) === value ? value : fail();
}

function sum(
  type: DataType,
  sign: 1 | -1,
  fail: Fail,
  mode: ArithmeticState["mode"],
): (a: never, b: never) => Value {
  switch (type.kind) {
    case "yearMonthInterval":
      return (a: number, b: number) => int32(a + sign * b, fail);
    case "dayTimeInterval":
      return (a: bigint, b: bigint) => int64(a + BigInt(sign) * b, fail);
    default:
      return (a: IntervalValue, b: IntervalValue) => {
        const months = a.months + sign * b.months;
        const days = a.days + sign * b.days;
        const micros = a.micros + BigInt(sign) * b.micros;
        const fits = months === (months | 0) && days === (days | 0) && BigInt.asIntN(64, micros) === micros;
        if (fits) return { months, days, micros };
        return mode === "legacy"
          ? { months: months | 0, days: days | 0, micros: BigInt.asIntN(64, micros) }
          : fail();
      };
  }
}

/** A factor as an exact fraction where it is a whole number or a decimal, else as a double. */
function ratio(type: DataType): ((value: never) => readonly [bigint, bigint]) | undefined {
  switch (type.kind) {
    case "byte":
    case "short":
    case "integer":
      return (value: number) => [BigInt(value), 1n];
    case "long":
      return (value: bigint) => [value, 1n];
    case "decimal": {
      const power = powerOfTen(type.scale);
      return (value: bigint) => [value, power];
    }
    default:
      return undefined;
  }
}

/** A double rounded half up to an integer, checked by the caller. */
function rounded(value: number, fail: Fail): bigint | null {
  return Number.isFinite(value) ? BigInt(Math.sign(value) * Math.round(Math.abs(value))) : fail();
}

function multiple(interval: DataType, number: DataType, fail: Fail): (a: never, b: never) => Value {
  if (interval.kind === "interval") return (a: IntervalValue, b: number) => scaleCalendar(a, b, fail);
  const exact = ratio(number);
  const fit = fitTo(interval, fail);
  return (a: number | bigint, b: never) => {
    if (exact) {
      const [numerator, denominator] = exact(b);
      return fit(divideHalfUp(BigInt(a) * numerator, denominator));
    }
    const product = rounded(Number(a) * (b as number), fail);
    return product === null ? null : fit(product);
  };
}

function fraction(
  interval: DataType,
  number: DataType,
  fail: Fail,
  byZero: Fail,
): (a: never, b: never) => Value {
  if (interval.kind === "interval") {
    return (a: IntervalValue, b: number) => (b === 0 ? byZero() : scaleCalendar(a, 1 / b, fail, b));
  }
  const exact = ratio(number);
  const fit = fitTo(interval, fail);
  return (a: number | bigint, b: never) => {
    if (exact) {
      const [numerator, denominator] = exact(b);
      return numerator === 0n ? byZero() : fit(divideHalfUp(BigInt(a) * denominator, numerator));
    }
    if ((b as number) === 0) return byZero();
    const quotient = rounded(Number(a) / (b as number), fail);
    return quotient === null ? null : fit(quotient);
  };
}

function fitTo(interval: DataType, fail: Fail): (value: bigint) => Value {
  if (interval.kind === "dayTimeInterval") return (value) => int64(value, fail);
  return (value) => (BigInt.asIntN(32, value) === value ? Number(value) : fail());
}

/** Parts of months become days of 30-day months, and parts of days microseconds. */
function scaleCalendar(interval: IntervalValue, factor: number, fail: Fail, divisor?: number): Value {
  const scale = (value: number): number => (divisor === undefined ? value * factor : value / divisor);
  const months = scale(interval.months);
  const wholeMonths = Math.trunc(months);
  const days = scale(interval.days) + 0;
  const wholeDays = Math.trunc(days);
  const micros = Math.round(scale(Number(interval.micros)) + (days - wholeDays) * 86400e6);
  if (wholeMonths !== (wholeMonths | 0) || wholeDays !== (wholeDays | 0)) return fail();
  if (!Number.isFinite(micros) || Math.abs(micros) >= 2 ** 63) return fail();
  return { months: wholeMonths | 0, days: wholeDays | 0, micros: BigInt(micros) };
}

function integralQuotient(call: EmitCall): (a: never, b: never) => Value {
  return (a: number | bigint, b: number | bigint) => {
    if (b === 0 || b === 0n) throw divideByZero(call.origin);
    const quotient = BigInt(a) / BigInt(b);
    if (BigInt.asIntN(64, quotient) !== quotient) {
      throw arithmeticOverflow("Overflow in integral divide", "try_divide", call.origin);
    }
    return quotient;
  };
}
