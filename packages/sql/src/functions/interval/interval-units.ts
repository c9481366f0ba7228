import type { DayTimeIntervalType, DayTimeUnit, YearMonthIntervalType } from "@ss/core";

const DAY_TIME: readonly DayTimeUnit[] = ["day", "hour", "minute", "second"];
const MICROS: Readonly<Record<DayTimeUnit, bigint>> = {
  day: 86_400_000_000n,
  hour: 3_600_000_000n,
  minute: 60_000_000n,
  second: 1_000_000n,
};

/** The microseconds of a unit. */
export function dayTimeUnitMicros(unit: DayTimeUnit): bigint {
  return MICROS[unit];
}

/** The fields of a day-time interval by number. */
export function dayTimeFields(type: DayTimeIntervalType): [from: number, to: number] {
  return [DAY_TIME.indexOf(type.start), DAY_TIME.indexOf(type.end)];
}

/** The fields of a year-month interval by number. */
export function yearMonthFields(type: YearMonthIntervalType): [from: number, to: number] {
  return [type.start === "year" ? 0 : 1, type.end === "year" ? 0 : 1];
}
