import {
  BooleanType,
  ByteType,
  DateType,
  DoubleType,
  IntegerType,
  ShortType,
  StringType,
  TimestampType,
} from "@ss/core";
import {
  addMonthsToDays,
  daysFromCivil,
  isCivilDate,
  isoDayOfWeekFromName,
  monthsBetween,
  nextDayOfWeek,
  secondOfMicros,
  type TimeZone,
  TRUNCATE_WEEK,
  truncateDays,
  truncateUnitFromName,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { accepts, type TypeExpectation } from "../../expression/coercion/type-expectation.js";
import { unexpectedInputType } from "../../expression/errors.js";
import { type Expression, literal, type Origin } from "../../expression/expression.js";
import type { EmitCall, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isNumeric } from "../../expression/type-predicates.js";
import { callLike, inputTypes, rewriting, scalar } from "../define.js";
import { anyNull, guarded, valueCode, valueOf } from "../emit/parts.js";
import { wordArguments } from "../emit/stored-int64.js";
import { arithmeticOverflow, runtimeError } from "../runtime-error.js";
import { emitByName, emitOfNumbers } from "./emit-dates.js";
import { sessionZone } from "./zones.js";

const DAYS: TypeExpectation = [IntegerType, ShortType, ByteType];

/** Arithmetic on dates. */
export const dateFunctions: readonly ScalarFunction[] = [
  dayArithmetic(["date_add", "dateadd"], "+", DAYS, DateType),
  dayArithmetic(["date_sub"], "-", DAYS, DateType),
  dayArithmetic(["datediff", "date_diff"], "-", DateType, IntegerType),
  scalar({
    names: ["add_months"],
    arity: [2, 2],
    resolve: (args, context) => inputTypes(args, [DateType, IntegerType], context, DateType),
    emit: (writer, args, call) =>
      emitOfNumbers(
        writer,
        args,
        call,
        (days, months) => {
          const moved = addMonthsToDays(days!, months!);
          if (moved !== (moved | 0)) throw arithmeticOverflow("integer overflow", "", call.origin);
          return moved;
        },
        false,
      ),
  }),
  scalar({
    names: ["next_day"],
    arity: [2, 2],
    resolve: (args, context) => ({
      ...inputTypes(args, [DateType, StringType], context, DateType),
      nullable: true,
      state: context.ansi,
    }),
    emit: (writer, args, call) => {
      const dayOf = dayOfWeekReader(call.state === true, call.origin);
      return emitByName(writer, args, call, dayOf, (days, day) =>
        day > 0 ? nextDayOfWeek(days, day) : Number.NaN,
      );
    },
  }),
  rewriting(["months_between"], [2, 3], (args, context) =>
    callLike(context, "$months_between", ...args, ...(args.length === 2 ? [literal(true, BooleanType)] : [])),
  ),
  scalar({
    names: ["$months_between"],
    arity: [3, 3],
    resolve: (args, context) => ({
      ...inputTypes(args, [TimestampType, TimestampType, BooleanType], context, DoubleType),
      state: context.timeZone,
    }),
    emit: emitMonthsBetween,
  }),
  scalar({
    names: ["make_date"],
    arity: [3, 3],
    resolve: (args, context) => ({
      ...inputTypes(args, [IntegerType, IntegerType, IntegerType], context, DateType, true),
      state: context.ansi,
    }),
    emit: (writer, args, call) => {
      const ansi = call.state === true;
      const compute = (year = 0, month = 0, day = 0): number => {
        if (isDateOfJava(year, month, day)) return int32Days(daysFromCivil(year, month, day), call.origin);
        if (!ansi) return Number.NaN;
        throw fieldOutOfBounds(civilRangeMessage(year, month, day));
      };
      return emitOfNumbers(writer, args, call, compute, true);
    },
  }),
  scalar({
    names: ["trunc"],
    arity: [2, 2],
    resolve: (args, context) => inputTypes(args, [DateType, StringType], context, DateType, true),
    emit: (writer, args, call) =>
      emitByName(writer, args, call, truncateUnitFromName, (days, level) =>
        level < TRUNCATE_WEEK ? Number.NaN : truncateDays(days, level),
      ),
  }),
  rewriting(["date_from_unix_date"], [1, 1], ([days], context) =>
    callLike(context, "date_add", literal(0, DateType), days!),
  ),
  scalar({
    names: ["unix_date"],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [DateType], context, IntegerType),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!);
      return valueCode(call.type, code.isNull, valueOf(code));
    },
  }),
];

function dayArithmetic(
  names: readonly string[],
  sign: "+" | "-",
  second: TypeExpectation,
  type: typeof DateType | typeof IntegerType,
): ScalarFunction {
  return scalar({
    names,
    arity: [2, 2],
    resolve: (args, context) => {
      const days = typeOf(args[1]!);
      // wider numbers are not narrowed
      if (second === DAYS && isNumeric(days) && !accepts(DAYS, days))
        throw unexpectedInputType(context, 1, DAYS, args[1]!);
      return inputTypes(args, [DateType, second], context, type);
    },
    emit: (writer, args, call) => emitDays(writer, args, call, sign),
  });
}

function emitDays(writer: CodeWriter, args: readonly Expression[], call: EmitCall, sign: string): Code {
  const l = writer.expression(args[0]!);
  const r = writer.expression(args[1]!);
  return guarded(writer, anyNull(l.isNull, r.isNull), call.type, () =>
    valueCode(call.type, "false", writer.variable(`(${valueOf(l)} ${sign} ${valueOf(r)}) | 0`)),
  );
}

/** The ISO day that a name stands for; 0 for none, which is an error if `ansi`. */
function dayOfWeekReader(ansi: boolean, origin: Origin | undefined): (name: string) => number {
  return (name) => {
    const dayOfWeek = isoDayOfWeekFromName(name.trim());
    if (dayOfWeek > 0 || !ansi) return dayOfWeek;
    throw runtimeError(
      "ILLEGAL_DAY_OF_WEEK",
      "22009",
      { string: name },
      `Illegal input for day of week: ${name}. Give a name such as MON or TUESDAY.`,
      origin,
    );
  };
}

function emitMonthsBetween(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const codes = args.map((arg) => writer.expression(arg)) as [Code, Code, Code];
  const zone = sessionZone({ timeZone: call.state as string });
  return guarded(writer, anyNull(...codes.map((code) => code.isNull)), call.type, () => {
    const between = writer.constant(monthsBetweenInstants(zone));
    const [end, start] = [wordArguments(writer, codes[0]), wordArguments(writer, codes[1])];
    const months = `${between}(${end}, ${start}, ${valueOf(codes[2])})`;
    return valueCode(call.type, "false", writer.variable(months));
  });
}

type MonthsBetween = (
  endLow: number,
  endHigh: number,
  startLow: number,
  startHigh: number,
  roundOff: boolean,
) => number;

/** The months between two instants, by the dates and the seconds of the day that they have in a zone. */
function monthsBetweenInstants(zone: TimeZone): MonthsBetween {
  const dayOf = (second: number): number => Math.floor((second + zone.offsetAt(second)) / 86400);
  return (endLow, endHigh, startLow, startHigh, roundOff) => {
    const end = secondOfMicros(endLow, endHigh);
    const start = secondOfMicros(startLow, startHigh);
    const endDay = dayOf(end);
    const startDay = dayOf(start);
    const endSecond = end - zone.secondOfLocal(endDay * 86400);
    const startSecond = start - zone.secondOfLocal(startDay * 86400);
    return monthsBetween(endDay, endSecond, startDay, startSecond, roundOff);
  };
}

/** The error of a date or time whose fields name none. */
export function fieldOutOfBounds(rangeMessage: string): Error {
  return runtimeError(
    "DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION",
    "22023",
    { rangeMessage, ansiConfig: '"spark.sql.ansi.enabled"' },
    `${rangeMessage}. Set "spark.sql.ansi.enabled" to "false" to get NULL instead.`,
  );
}

/** The last year of Java's calendar. */
const YEAR_MAX = 999_999_999;

/** Whether a date exists in Java's calendar, which has years that a DATE has no days for. */
export function isDateOfJava(year: number, month: number, day: number): boolean {
  return Math.abs(year) <= YEAR_MAX && isCivilDate(year, month, day);
}

/** Days that a DATE holds; others are an error, also without ANSI. */
function int32Days(days: number, origin: Origin | undefined): number {
  if (days !== (days | 0)) throw arithmeticOverflow("overflow", "", origin);
  return days;
}

/** Why there is no such date, in the words of Java. */
export function civilRangeMessage(year: number, month: number, day: number): string {
  if (Math.abs(year) > YEAR_MAX)
    return `Invalid value for Year (valid values -${YEAR_MAX} - ${YEAR_MAX}): ${year}`;
  if (month < 1 || month > 12) return `Invalid value for MonthOfYear (valid values 1 - 12): ${month}`;
  if (day < 1 || day > 31) return `Invalid value for DayOfMonth (valid values 1 - 28/31): ${day}`;
  const name = MONTHS[month - 1]!;
  return day === 29
    ? `Invalid date 'February 29' as '${year}' is not a leap year`
    : `Invalid date '${name} ${day}'`;
}

const MONTHS = [
  "JANUARY",
  "FEBRUARY",
  "MARCH",
  "APRIL",
  "MAY",
  "JUNE",
  "JULY",
  "AUGUST",
  "SEPTEMBER",
  "OCTOBER",
  "NOVEMBER",
  "DECEMBER",
];
