import {
  CalendarIntervalType,
  type DataType,
  DayTimeIntervalType,
  type IntervalValue,
  StringType,
} from "@ss/core";
import { castTo } from "../expression/coercion/implicit-cast.js";
import { analysisError } from "../expression/errors.js";
import { call, type Expression, literal, type ScalarCall } from "../expression/expression.js";
import { typeOf } from "../expression/type-of.js";
import { isString } from "../expression/type-predicates.js";
import type { Analyzer } from "./analyzer.js";
import { constantValue, isConstant } from "./constant.js";

/** The session of a single row, yet to be resolved, and the condition under which it counts, where it may not. */
export interface RowSession {
  readonly session: Expression;
  readonly condition: Expression | undefined;
}

/** A row begins a session at its time that ends after the gap; without a time, or with a gap that is no positive interval, it is in none. */
export function rowSession(marker: ScalarCall, timeIsNullable: boolean, analyzer: Analyzer): RowSession {
  const time = marker.args[0]!;
  const { gap, isPositive } = gapOf(marker, analyzer);
  const end = call("$add_interval", time, gap);
  const session = call("named_struct", literal("start", StringType), time, literal("end", StringType), end);
  if (!isPositive) return { session, condition: call(">", end, time) };
  return { session, condition: timeIsNullable ? call("isnotnull", time) : undefined };
}

/** The gap as an interval; text that is none is null, whatever the mode. */
function gapOf(
  marker: ScalarCall,
  analyzer: Analyzer,
): { readonly gap: Expression; readonly isPositive: boolean } {
  const arg = marker.args[1]!;
  const type = typeOf(arg);
  if (type.kind !== "interval" && type.kind !== "void" && !isString(type)) throw wrongGap(type, marker);
  const gap = castTo(arg, CalendarIntervalType, false);
  if (!isConstant(gap)) return { gap, isPositive: false };
  const value = constantValue(gap, analyzer) as IntervalValue | null;
  if (value === null) return { gap, isPositive: false };
  const isPositive = value.months === 0 && value.days === 0 && value.micros > 0n;
  // a gap of no more than hours is the same in every time zone
  return isPositive
    ? { gap: literal(value.micros, DayTimeIntervalType()), isPositive }
    : { gap: literal(value, CalendarIntervalType), isPositive };
}

function wrongGap(type: DataType, marker: ScalarCall): Error {
  const dt = scalaText(type);
  return analysisError(
    "_LEGACY_ERROR_TEMP_1040",
    undefined,
    `Gap duration expression used in session window must be CalendarIntervalType, but got ${dt}. Write it as text, as in '10 minutes', or make it with make_interval.`,
    { dt },
    marker.origin,
  );
}

const DAY_TIME_UNITS = ["day", "hour", "minute", "second"];
const YEAR_MONTH_UNITS = ["year", "month"];

/** A type as Spark's class of it prints itself, which the parameter of that error holds. */
function scalaText(type: DataType): string {
  switch (type.kind) {
    case "dayTimeInterval":
      return `DayTimeIntervalType(${DAY_TIME_UNITS.indexOf(type.start)},${DAY_TIME_UNITS.indexOf(type.end)})`;
    case "yearMonthInterval":
      return `YearMonthIntervalType(${YEAR_MONTH_UNITS.indexOf(type.start)},${YEAR_MONTH_UNITS.indexOf(type.end)})`;
    default:
      return `${type.kind.charAt(0).toUpperCase()}${type.kind.slice(1)}Type`;
  }
}
