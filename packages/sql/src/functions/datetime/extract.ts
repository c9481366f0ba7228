import {
  ByteType,
  type DataType,
  DecimalType,
  IntegerType,
  type IntervalValue,
  LongType,
  type Value,
} from "@ss/core";
import { analysisError, nonFoldableInput, sqlOf } from "../../expression/errors.js";
import type { Expression, UnresolvedCall } from "../../expression/expression.js";
import type { FunctionContext, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isInterval } from "../../expression/type-predicates.js";
import { boxed, callLike, rewriting } from "../define.js";

const DATE_FIELDS: Readonly<Record<string, string>> = {
  YEAR: "year",
  Y: "year",
  YEARS: "year",
  YR: "year",
  YRS: "year",
  YEAROFWEEK: "$yearofweek",
  QUARTER: "quarter",
  QTR: "quarter",
  MONTH: "month",
  MON: "month",
  MONS: "month",
  MONTHS: "month",
  WEEK: "weekofyear",
  W: "weekofyear",
  WEEKS: "weekofyear",
  DAY: "dayofmonth",
  D: "dayofmonth",
  DAYS: "dayofmonth",
  DAYOFWEEK: "dayofweek",
  DOW: "dayofweek",
  DAYOFWEEK_ISO: "$dayofweek_iso",
  DOW_ISO: "$dayofweek_iso",
  DOY: "dayofyear",
  HOUR: "hour",
  H: "hour",
  HOURS: "hour",
  HR: "hour",
  HRS: "hour",
  MINUTE: "minute",
  M: "minute",
  MIN: "minute",
  MINS: "minute",
  MINUTES: "minute",
  SECOND: "$second_with_fraction",
  S: "$second_with_fraction",
  SEC: "$second_with_fraction",
  SECONDS: "$second_with_fraction",
  SECS: "$second_with_fraction",
};

const INTERVAL_FIELDS: ReadonlySet<string> = new Set([
  "year",
  "month",
  "dayofmonth",
  "hour",
  "minute",
  "$second_with_fraction",
]);

/** `extract(field FROM source)` and `date_part(field, source)`. */
export const extractFunctions: readonly ScalarFunction[] = [
  rewriting(["date_part", "datepart", "extract"], [2, 2], ([field, source], context) =>
    fieldCall(field!, source!, context),
  ),
  intervalField(
    "year",
    () => IntegerType,
    (months) => Math.trunc(months / 12),
  ),
  intervalField(
    "month",
    () => ByteType,
    (months) => months % 12,
  ),
  timeField(
    "dayofmonth",
    () => IntegerType,
    (interval) => interval.days,
    (micros) => Number(micros / 86_400_000_000n),
  ),
  timeField(
    "hour",
    (type) => (type.kind === "interval" ? LongType : ByteType),
    (interval) => interval.micros / 3_600_000_000n,
    (micros) => Number((micros / 3_600_000_000n) % 24n),
  ),
  timeField(
    "minute",
    () => ByteType,
    (interval) => Number((interval.micros / 60_000_000n) % 60n),
    (micros) => Number((micros / 60_000_000n) % 60n),
  ),
  timeField(
    "$second_with_fraction",
    () => DecimalType(8, 6),
    (interval) => interval.micros % 60_000_000n,
    (micros) => micros % 60_000_000n,
  ),
  boxed(
    ["extractansiintervaldays"],
    ["dayTimeInterval"],
    IntegerType,
    () => (micros) => Number((micros as bigint) / 86_400_000_000n),
  ),
];

function fieldCall(field: Expression, source: Expression, context: FunctionContext): UnresolvedCall {
  if (field.kind !== "literal") throw nonFoldableInput(context, "field", '"STRING"', field);
  const name = String(field.value).toUpperCase();
  const fn = Object.hasOwn(DATE_FIELDS, name) ? DATE_FIELDS[name]! : undefined;
  const type = typeOf(source);
  if (isInterval(type)) {
    if (fn && INTERVAL_FIELDS.has(fn) && hasField(type, fn))
      return callLike(context, `$interval_${fn}`, source);
  } else if (fn) return callLike(context, fn, source);
  throw analysisError(
    "INVALID_EXTRACT_FIELD",
    "42601",
    `Cannot extract ${String(field.value)} from ${sqlOf(source)}.`,
    { field: `\`${String(field.value)}\``, expr: sqlOf(source) },
    context.origin,
  );
}

function hasField(type: DataType, field: string): boolean {
  const yearMonth = field === "year" || field === "month";
  if (type.kind === "yearMonthInterval") return yearMonth;
  return type.kind === "dayTimeInterval" ? !yearMonth : true;
}

function intervalField(
  field: string,
  type: (type: DataType) => DataType,
  ofMonths: (months: number) => number,
): ScalarFunction {
  return boxed(
    [`$interval_${field}`],
    ["any"],
    (args) => type(typeOf(args[0]!)),
    ({ argTypes }) =>
      argTypes[0]!.kind === "interval"
        ? (value) => ofMonths((value as IntervalValue).months)
        : (value) => ofMonths(value as number),
  );
}

function timeField(
  field: string,
  type: (type: DataType) => DataType,
  ofCalendar: (interval: IntervalValue) => Value,
  ofMicros: (micros: bigint) => Value,
): ScalarFunction {
  return boxed(
    [`$interval_${field}`],
    ["any"],
    (args) => type(typeOf(args[0]!)),
    ({ argTypes }) =>
      argTypes[0]!.kind === "interval"
        ? (value) => ofCalendar(value as IntervalValue)
        : (value) => ofMicros(value as bigint),
  );
}
