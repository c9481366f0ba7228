import { type DataType, DayTimeIntervalType, type IntervalValue, type Value } from "@ss/core";
import {
  addDaysToSecond,
  addMonthsToDays,
  addMonthsToSecond,
  microOfSecondOfBigint,
  microsToBigint,
  secondOfBigint,
  type TimeZone,
  UTC,
} from "@ss/kernels";
import { unexpectedInputType } from "../../expression/errors.js";
import type { EvaluationContext, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isAnyTimestamp } from "../../expression/type-predicates.js";
import {
  ADD_INTERVAL,
  SUBTRACT_DATES,
  SUBTRACT_INTERVAL,
  SUBTRACT_TIMES,
  SUBTRACT_TIMESTAMPS,
} from "../arithmetic/temporal-rewrite.js";
import { localMicros } from "../cast/to-datetime.js";
import { boxed } from "../define.js";
import { arithmeticOverflow, runtimeError } from "../runtime-error.js";
import { sessionZone } from "./zones.js";

const MICROS_PER_DAY = 86_400_000_000n;

/** Dates and times plus and minus intervals, and their differences. */
export const intervalArithmeticFunctions: readonly ScalarFunction[] = [
  moved(ADD_INTERVAL, 1, false),
  moved(SUBTRACT_INTERVAL, -1, false),
  moved(`${ADD_INTERVAL}_swapped`, 1, true),
  moved(`${SUBTRACT_INTERVAL}_swapped`, -1, true),
  boxed(
    [SUBTRACT_DATES],
    [{ kind: "date" }, { kind: "date" }],
    DayTimeIntervalType("day", "day"),
    () => (a, b) => BigInt((a as number) - (b as number)) * MICROS_PER_DAY,
    { pretty: ([a, b]) => `(${a} - ${b})` },
  ),
  boxed(
    [SUBTRACT_TIMESTAMPS],
    ["anyTimestamp", "anyTimestamp"],
    DayTimeIntervalType(),
    (context) => {
      const zone = context.argTypes[0]!.kind === "timestamp" ? sessionZone(context) : UTC;
      // days count by the calendar, so that a day of 23 hours is a day
      return (a, b) => long(localMicros(a as bigint, zone) - localMicros(b as bigint, zone), context);
    },
    { pretty: ([a, b]) => `(${a} - ${b})` },
  ),
  boxed(
    [SUBTRACT_TIMES],
    ["time", "time"],
    DayTimeIntervalType("hour", "second"),
    () => (a, b) => ((a as bigint) - (b as bigint)) / 1000n,
    { pretty: ([a, b]) => `(${a} - ${b})` },
  ),
];

function moved(name: string, sign: 1 | -1, swapped: boolean): ScalarFunction {
  const operator = sign === 1 ? "+" : "-";
  return boxed(
    [name],
    ["any", "any"],
    (args, context) => {
      const at = swapped ? 1 : 0;
      const type = typeOf(args[at]!);
      if (type.kind !== "date" && type.kind !== "time" && !isAnyTimestamp(type)) {
        throw unexpectedInputType(context, 0, "anyTimestamp", args[at]!);
      }
      return type;
    },
    (context) => {
      const [l, r] = context.argTypes as [DataType, DataType];
      const move = mover(swapped ? r : l, swapped ? l : r, BigInt(sign), context);
      return swapped ? (a, b) => move(b as never, a as never) : (a, b) => move(a as never, b as never);
    },
    { pretty: ([a, b]) => `${a} ${operator} ${b}` },
  );
}

type Move = (base: never, interval: never) => Value;

function mover(base: DataType, interval: DataType, sign: bigint, context: EvaluationContext): Move {
  const zone = base.kind === "timestamp" ? sessionZone(context) : UTC;
  if (base.kind === "date") return dateMover(interval, sign, context);
  if (base.kind === "time") {
    return (nanos: bigint, micros: bigint) => timeOfDay(nanos + sign * micros * 1000n, context);
  }
  switch (interval.kind) {
    case "yearMonthInterval":
      return (micros: bigint, months: number) =>
        addParts(micros, Number(sign) * months, 0, 0n, zone, context);
    case "dayTimeInterval":
      return (micros: bigint, amount: bigint) => {
        const whole = sign * amount;
        return addParts(micros, 0, Number(whole / MICROS_PER_DAY), whole % MICROS_PER_DAY, zone, context);
      };
    default:
      return (micros: bigint, { months, days, micros: rest }: IntervalValue) =>
        addParts(micros, Number(sign) * months, Number(sign) * days, sign * rest, zone, context);
  }
}

function dateMover(interval: DataType, sign: bigint, context: EvaluationContext): Move {
  if (interval.kind === "yearMonthInterval") {
    return (days: number, months: number) => day(addMonthsToDays(days, Number(sign) * months), context);
  }
  return (days: number, value: IntervalValue) => {
    if (value.micros % MICROS_PER_DAY !== 0n || (context.ansi && value.micros !== 0n)) {
      if (context.ansi) throw timePartOnDate(context);
    }
    const start = addMonthsToDays(days, Number(sign) * value.months) + Number(sign) * value.days;
    return day(start + Math.floor(Number(sign * value.micros) / Number(MICROS_PER_DAY)), context);
  };
}

function timePartOnDate(context: EvaluationContext): Error {
  return runtimeError(
    "INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION",
    "22006",
    { ansiConfig: '"spark.sql.ansi.enabled"' },
    "Cannot add an interval to a date because its microseconds part is not 0: cast the date to a timestamp.",
    context.origin,
  );
}

function day(days: number, context: EvaluationContext): number {
  if (days !== (days | 0)) throw arithmeticOverflow("integer overflow", "", context.origin);
  return days;
}

function timeOfDay(nanos: bigint, context: EvaluationContext): bigint {
  if (nanos >= 0n && nanos < MICROS_PER_DAY * 1000n) return nanos;
  throw runtimeError(
    "DATETIME_OVERFLOW",
    "22008",
    { operation: "add an interval to a time" },
    "Datetime operation overflow: the time leaves the day.",
    context.origin,
  );
}

/** Moves an instant by months, then days of the local calendar, then microseconds. */
export function addParts(
  micros: bigint,
  months: number,
  days: number,
  rest: bigint,
  zone: TimeZone,
  context: { readonly origin?: EvaluationContext["origin"] },
): bigint {
  let second = secondOfBigint(micros);
  const micro = microOfSecondOfBigint(micros);
  if (months !== 0) second = addMonthsToSecond(second, months, zone);
  if (days !== 0) second = addDaysToSecond(second, days, zone);
  return long(microsToBigint(second, micro) + rest, context);
}

function long(value: bigint, context: { readonly origin?: EvaluationContext["origin"] }): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw runtimeError(
    "DATETIME_OVERFLOW",
    "22008",
    { operation: "add an interval to a timestamp" },
    "Datetime operation overflow: the timestamp is beyond the range of 64-bit microseconds.",
    context.origin,
  );
}
