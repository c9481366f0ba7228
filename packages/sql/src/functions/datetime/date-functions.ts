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
  secondOfBigint,
  TRUNCATE_WEEK,
  truncateDays,
  truncateUnitFromName,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { accepts, type TypeExpectation } from "../../expression/coercion/type-expectation.js";
import { unexpectedInputType } from "../../expression/errors.js";
import { type Expression, literal } from "../../expression/expression.js";
import type { EmitCall, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isNumeric } from "../../expression/type-predicates.js";
import { boxed, callLike, inputTypes, rewriting, scalar } from "../define.js";
import { anyNull, guarded, valueCode, valueOf } from "../emit/parts.js";
import { arithmeticOverflow, runtimeError } from "../runtime-error.js";
import { sessionZone } from "./zones.js";

const DAYS: TypeExpectation = [IntegerType, ShortType, ByteType];

/** Arithmetic on dates. */
export const dateFunctions: readonly ScalarFunction[] = [
  dayArithmetic(["date_add", "dateadd"], "+", DAYS, DateType),
  dayArithmetic(["date_sub"], "-", DAYS, DateType),
  dayArithmetic(["datediff", "date_diff"], "-", DateType, IntegerType),
  boxed(["add_months"], [DateType, IntegerType], DateType, ({ origin }) => (days, months) => {
    const moved = addMonthsToDays(days as number, months as number);
    if (moved !== (moved | 0)) throw arithmeticOverflow("integer overflow", "", origin);
    return moved;
  }),
  boxed(["next_day"], [DateType, StringType], DateType, ({ ansi, origin }) => (days, name) => {
    const dayOfWeek = isoDayOfWeekFromName((name as string).trim());
    if (dayOfWeek > 0) return nextDayOfWeek(days as number, dayOfWeek);
    if (!ansi) return null;
    throw runtimeError(
      "ILLEGAL_DAY_OF_WEEK",
      "22009",
      { string: name as string },
      `Illegal input for day of week: ${name as string}. Give a name such as MON or TUESDAY.`,
      origin,
    );
  }),
  rewriting(["months_between"], [2, 3], (args, context) =>
    callLike(context, "$months_between", ...args, ...(args.length === 2 ? [literal(true, BooleanType)] : [])),
  ),
  boxed(["$months_between"], [TimestampType, TimestampType, BooleanType], DoubleType, (context) => {
    const zone = sessionZone(context);
    return (end, start, roundOff) => {
      const [a, b] = [localParts(end as bigint, zone), localParts(start as bigint, zone)];
      return monthsBetween(a.days, a.seconds, b.days, b.seconds, roundOff as boolean);
    };
  }),
  boxed(
    ["make_date"],
    [IntegerType, IntegerType, IntegerType],
    DateType,
    ({ ansi }) =>
      (year, month, day) => {
        const [y, m, d] = [year as number, month as number, day as number];
        if (isCivilDate(y, m, d)) return daysFromCivil(y, m, d);
        if (!ansi) return null;
        const rangeMessage = civilRangeMessage(y, m, d);
        throw fieldOutOfBounds(rangeMessage);
      },
    { nullable: true },
  ),
  boxed(
    ["trunc"],
    [DateType, StringType],
    DateType,
    () => (days, unit) => {
      const level = truncateUnitFromName(unit as string);
      return level < TRUNCATE_WEEK ? null : truncateDays(days as number, level);
    },
    { nullable: true },
  ),
  rewriting(["date_from_unix_date"], [1, 1], ([days], context) =>
    callLike(context, "date_add", literal(0, DateType), days!),
  ),
  boxed(["unix_date"], [DateType], IntegerType, () => (days) => days as number),
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

function localParts(micros: bigint, zone: ReturnType<typeof sessionZone>): { days: number; seconds: number } {
  const second = secondOfBigint(micros);
  const days = Math.floor((second + zone.offsetAt(second)) / 86400);
  return { days, seconds: second - zone.secondOfLocal(days * 86400) };
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

/** Why there is no such date, in the words of Java. */
export function civilRangeMessage(year: number, month: number, day: number): string {
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
