import { type DataType, DayTimeIntervalType, type IntervalValue, type Value } from "@ss/core";
import {
  addDaysToSecond,
  addMonthsToDays,
  addMonthsToSecond,
  microOfSecondOfBigint,
  microOfSecondOfMicros,
  microsToBigint,
  secondOfBigint,
  secondOfMicros,
  storeMicros,
  type TimeZone,
  UTC,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type {
  EmitCall,
  EvaluationContext,
  FunctionContext,
  ScalarFunction,
} from "../../expression/function.js";
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
import { boxed, castInputs, inputTypes, scalar } from "../define.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import type { Scratch } from "../emit/int64.js";
import { anyNull, valueOf } from "../emit/parts.js";
import {
  bigintOfWords,
  doubleOfWords,
  isNear,
  storedInt64,
  storeSafe,
  wordArguments,
} from "../emit/stored-int64.js";
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
  scalar({
    names: [SUBTRACT_TIMESTAMPS],
    arity: [2, 2],
    resolve: (args, context) => ({
      ...inputTypes(args, ["anyTimestamp", "anyTimestamp"], context, DayTimeIntervalType()),
      state: settingsOf(context),
    }),
    emit: emitDifference,
    pretty: ([a, b]) => `(${a} - ${b})`,
  }),
  boxed(
    [SUBTRACT_TIMES],
    ["time", "time"],
    DayTimeIntervalType("hour", "second"),
    () => (a, b) => ((a as bigint) - (b as bigint)) / 1000n,
    { pretty: ([a, b]) => `(${a} - ${b})` },
  ),
];

/** What moving a time needs to know about the session and the place of the call. */
type MoveContext = Pick<EvaluationContext, "ansi" | "timeZone" | "origin">;

function settingsOf({ ansi, timeZone }: FunctionContext): MoveContext {
  return { ansi, timeZone };
}

function moveContext(call: EmitCall): MoveContext {
  return { ...(call.state as MoveContext), origin: call.origin };
}

function moved(name: string, sign: 1 | -1, swapped: boolean): ScalarFunction {
  const operator = sign === 1 ? "+" : "-";
  return scalar({
    names: [name],
    arity: [2, 2],
    resolve: (args, context) => {
      const at = swapped ? 1 : 0;
      const type = typeOf(args[at]!);
      if (type.kind !== "date" && type.kind !== "time" && !isAnyTimestamp(type)) {
        throw unexpectedInputType(context, 0, "anyTimestamp", args[at]!);
      }
      return { args: castInputs(args, ["any", "any"], context), type, state: settingsOf(context) };
    },
    emit: (writer, args, call) => {
      const codes = args.map((arg) => writer.expression(arg));
      const [base, interval] = (swapped ? [codes[1], codes[0]] : codes) as [Code, Code];
      return emitMove(writer, base, interval, sign, call);
    },
    pretty: ([a, b]) => `${a} ${operator} ${b}`,
  });
}

/** Timestamps move as words by intervals that are one number; the rest goes by boxed values. */
function emitMove(writer: CodeWriter, base: Code, interval: Code, sign: 1 | -1, call: EmitCall): Code {
  const context = moveContext(call);
  const isNull = anyNull(base.isNull, interval.isNull);
  const zone = base.type.kind === "timestamp" ? sessionZone(context) : UTC;
  if (isAnyTimestamp(base.type) && interval.type.kind === "dayTimeInterval") {
    return storedInt64(writer, call.type, isNull, movedByMicros(zone, sign, context), () => [
      wordArguments(writer, base),
      wordArguments(writer, interval),
    ]);
  }
  if (isAnyTimestamp(base.type) && interval.type.kind === "yearMonthInterval") {
    return storedInt64(writer, call.type, isNull, movedByMonths(zone, sign, context), () => [
      wordArguments(writer, base),
      valueOf(interval),
    ]);
  }
  return emitBoxedCall(
    writer,
    mover(base.type, interval.type, BigInt(sign), context),
    [base, interval],
    call.type,
  );
}

/** Adds whole days by the calendar of the zone and the rest as it is. */
function movedByMicros(zone: TimeZone, sign: 1 | -1, context: MoveContext) {
  const far = (low: number, high: number, amountLow: number, amountHigh: number): bigint => {
    const whole = BigInt(sign) * bigintOfWords(amountLow, amountHigh);
    const days = Number(whole / MICROS_PER_DAY);
    return addParts(bigintOfWords(low, high), 0, days, whole % MICROS_PER_DAY, zone, context);
  };
  return (slot: Scratch, low: number, high: number, amountLow: number, amountHigh: number): void => {
    if (!isNear(high) || !isNear(amountHigh)) {
      slot.values[0] = far(low, high, amountLow, amountHigh);
      return;
    }
    const micros = doubleOfWords(low, high);
    const amount = sign * doubleOfWords(amountLow, amountHigh);
    const days = Math.trunc(amount / 86400e6);
    if (days === 0 || zone.isFixed) return storeSafe(slot, micros + amount);
    const second = secondOfMicros(low, high);
    const moved = addDaysToSecond(second, days, zone);
    storeSafe(slot, micros + (moved - second) * 1e6 + (amount - days * 86400e6));
  };
}

function movedByMonths(zone: TimeZone, sign: 1 | -1, context: MoveContext) {
  return (slot: Scratch, low: number, high: number, months: number): void => {
    const second = secondOfMicros(low, high);
    const moved = months === 0 ? second : addMonthsToSecond(second, sign * months, zone);
    if (!storeMicros(moved, microOfSecondOfMicros(low, high), slot.words, 0)) {
      slot.values[0] = addParts(bigintOfWords(low, high), sign * months, 0, 0n, zone, context);
    }
  };
}

/** Days count by the calendar, so that a day of 23 hours is a day. */
function emitDifference(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const [a, b] = args.map((arg) => writer.expression(arg)) as [Code, Code];
  const context = moveContext(call);
  const zone = a.type.kind === "timestamp" ? sessionZone(context) : UTC;
  const local = (low: number, high: number): number =>
    doubleOfWords(low, high) + (zone.isFixed ? 0 : zone.offsetAt(secondOfMicros(low, high)) * 1e6);
  const store = (slot: Scratch, aLow: number, aHigh: number, bLow: number, bHigh: number): void => {
    const micros = isNear(aHigh) && isNear(bHigh) ? local(aLow, aHigh) - local(bLow, bHigh) : Number.NaN;
    if (Number.isSafeInteger(micros)) return storeSafe(slot, micros);
    const [from, to] = [bigintOfWords(bLow, bHigh), bigintOfWords(aLow, aHigh)];
    slot.values[0] = long(localMicros(to, zone) - localMicros(from, zone), context);
  };
  return storedInt64(writer, call.type, anyNull(a.isNull, b.isNull), store, () => [
    wordArguments(writer, a),
    wordArguments(writer, b),
  ]);
}

type Move = (base: never, interval: never) => Value;

function mover(base: DataType, interval: DataType, sign: bigint, context: MoveContext): Move {
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

function dateMover(interval: DataType, sign: bigint, context: MoveContext): Move {
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

function timePartOnDate(context: MoveContext): Error {
  return runtimeError(
    "INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION",
    "22006",
    { ansiConfig: '"spark.sql.ansi.enabled"' },
    "Cannot add an interval to a date because its microseconds part is not 0: cast the date to a timestamp.",
    context.origin,
  );
}

function day(days: number, context: MoveContext): number {
  if (days !== (days | 0)) throw arithmeticOverflow("integer overflow", "", context.origin);
  return days;
}

function timeOfDay(nanos: bigint, context: MoveContext): bigint {
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
