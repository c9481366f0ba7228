import {
  type DataType,
  type DayTimeIntervalType,
  type IntervalValue,
  sqlText,
  type Value,
  type YearMonthIntervalType,
} from "@ss/core";
import {
  divideHalfUp,
  IntervalFormatError,
  parseDayTimeInterval,
  parseYearMonthInterval,
  powerOfTen,
  rescale,
  tryParseCalendarInterval,
} from "@ss/kernels";
import { dayTimeFields, dayTimeUnitMicros, yearMonthFields } from "../interval/interval-units.js";
import { literalText } from "../literal-text.js";
import { castOverflow, runtimeError } from "../runtime-error.js";
import { type Caster, type CastOptions, fail, failInput } from "./cast-options.js";

/** Casts to the calendar interval. */
export function toCalendarIntervalCaster(
  from: DataType,
  to: DataType,
  options: CastOptions,
): Caster | undefined {
  if (from.kind !== "string" && from.kind !== "char" && from.kind !== "varchar") return undefined;
  return (value: string): Value => {
    const interval: IntervalValue | undefined = tryParseCalendarInterval(value);
    return interval ?? failInput(options, value, from, to);
  };
}

/** Casts to a year-month interval. */
export function toYearMonthCaster(
  from: DataType,
  to: YearMonthIntervalType,
  options: CastOptions,
): Caster | undefined {
  const unit = to.end === "year" ? 12n : 1n;
  const ofWhole = (whole: bigint, value: Value): Value => {
    const months = whole * unit;
    return BigInt.asIntN(32, months) === months ? Number(months) : overflow(options, value, from, to);
  };
  switch (from.kind) {
    case "string":
    case "char":
    case "varchar":
      return (value: string) => parsed(() => parseYearMonthInterval(value, ...yearMonthFields(to)), options);
    case "yearMonthInterval":
      return to.end === "year" ? (value: number) => value - (value % 12) : (value: number) => value;
    case "byte":
    case "short":
    case "integer":
      return (value: number) => ofWhole(BigInt(value), value);
    case "long":
      return (value: bigint) => ofWhole(value, value);
    case "decimal":
      return (value: bigint) => ofWhole(divideHalfUp(value * unit, powerOfTen(from.scale)) / unit, value);
    default:
      return undefined;
  }
}

/** Casts to a day-time interval. */
export function toDayTimeCaster(
  from: DataType,
  to: DayTimeIntervalType,
  options: CastOptions,
): Caster | undefined {
  const unit = dayTimeUnitMicros(to.end);
  const ofMicros = (micros: bigint, value: Value): Value =>
    BigInt.asIntN(64, micros) === micros ? micros : overflow(options, value, from, to);
  switch (from.kind) {
    case "string":
    case "char":
    case "varchar":
      return (value: string) => parsed(() => parseDayTimeInterval(value, ...dayTimeFields(to)), options);
    case "dayTimeInterval":
      return to.end === "second" ? (value: bigint) => value : (value: bigint) => value - (value % unit);
    case "byte":
    case "short":
    case "integer":
      return (value: number) => ofMicros(BigInt(value) * unit, value);
    case "long":
      return (value: bigint) => ofMicros(value * unit, value);
    case "decimal":
      return (value: bigint) => ofMicros(rescale(value * unit, from.scale, 0), value);
    default:
      return undefined;
  }
}

function overflow(options: CastOptions, value: Value, from: DataType, to: DataType): null {
  // intervals never wrap around, whatever the mode
  return fail({ ...options, ansi: true }, () =>
    castOverflow(literalText(value, from), sqlText(from), sqlText(to)),
  );
}

function parsed<T extends Value>(parse: () => T, options: CastOptions): T | null {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof IntervalFormatError)) throw error;
    return fail(options, () =>
      runtimeError(error.condition, "22006", error.parameters, error.message, options.origin),
    );
  }
}
