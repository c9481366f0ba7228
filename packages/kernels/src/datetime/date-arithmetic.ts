import {
  civilDay,
  civilFromDays,
  civilMonth,
  civilYear,
  daysFromCivil,
  daysInMonth,
  isoDayOfWeekOfDays,
} from "./civil.js";

/** The smallest and the largest day count that a DATE holds. */
export const DATE_MIN_DAYS = -2147483648;
export const DATE_MAX_DAYS = 2147483647;

/**
 * A date moved by a number of months, its day cut to the length of the month it lands in.
 *
 * The result may leave the int32 range; the caller checks.
 */
export function addMonthsToDays(days: number, months: number): number {
  const civil = civilFromDays(days);
  const monthIndex = civilYear(civil) * 12 + civilMonth(civil) - 1 + months;
  const year = Math.floor(monthIndex / 12);
  const month = monthIndex - year * 12 + 1;
  return daysFromCivil(year, month, Math.min(civilDay(civil), daysInMonth(year, month)));
}

/** The last day of the month of a date. */
export function lastDayOfMonth(days: number): number {
  const civil = civilFromDays(days);
  return days - civilDay(civil) + daysInMonth(civilYear(civil), civilMonth(civil));
}

/** The first date after `days` that falls on an ISO day of the week. */
export function nextDayOfWeek(days: number, isoDayOfWeek: number): number {
  const ahead = (isoDayOfWeek - isoDayOfWeekOfDays(days) + 7) % 7;
  return days + (ahead === 0 ? 7 : ahead);
}

const WEEK_DAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

/** The ISO day of the week that `next_day` understands (`MO`, `MON`, `MONDAY`, any case), or 0. */
export function isoDayOfWeekFromName(name: string): number {
  const upper = name.toUpperCase();
  for (let i = 0; i < 7; i++) {
    const full = WEEK_DAYS[i] as string;
    if (upper === full || upper === full.slice(0, 3) || upper === full.slice(0, 2)) return i + 1;
  }
  return 0;
}

/** The units of `trunc` and `date_trunc`, from fine to coarse; a unit's number is its place here. */
export const TRUNCATE_MICROSECOND = 0;
export const TRUNCATE_MILLISECOND = 1;
export const TRUNCATE_SECOND = 2;
export const TRUNCATE_MINUTE = 3;
export const TRUNCATE_HOUR = 4;
export const TRUNCATE_DAY = 5;
export const TRUNCATE_WEEK = 6;
export const TRUNCATE_MONTH = 7;
export const TRUNCATE_QUARTER = 8;
export const TRUNCATE_YEAR = 9;

const TRUNCATE_UNITS: ReadonlyMap<string, number> = new Map([
  ["MICROSECOND", TRUNCATE_MICROSECOND],
  ["MILLISECOND", TRUNCATE_MILLISECOND],
  ["SECOND", TRUNCATE_SECOND],
  ["MINUTE", TRUNCATE_MINUTE],
  ["HOUR", TRUNCATE_HOUR],
  ["DAY", TRUNCATE_DAY],
  ["DD", TRUNCATE_DAY],
  ["WEEK", TRUNCATE_WEEK],
  ["MON", TRUNCATE_MONTH],
  ["MONTH", TRUNCATE_MONTH],
  ["MM", TRUNCATE_MONTH],
  ["QUARTER", TRUNCATE_QUARTER],
  ["YEAR", TRUNCATE_YEAR],
  ["YYYY", TRUNCATE_YEAR],
  ["YY", TRUNCATE_YEAR],
]);

/**
 * The unit that a format of `date_trunc` names, in any case, or -1. A DATE can be truncated to
 * {@link TRUNCATE_WEEK} and coarser.
 */
export function truncateUnitFromName(name: string): number {
  return TRUNCATE_UNITS.get(name.toUpperCase()) ?? -1;
}

/** The first day of the week, month, quarter or year of a date; finer units leave it as it is. */
export function truncateDays(days: number, unit: number): number {
  if (unit === TRUNCATE_WEEK) return days - isoDayOfWeekOfDays(days) + 1;
  if (unit < TRUNCATE_WEEK) return days;
  const civil = civilFromDays(days);
  const month = civilMonth(civil);
  if (unit === TRUNCATE_MONTH) return days - civilDay(civil) + 1;
  return daysFromCivil(civilYear(civil), unit === TRUNCATE_YEAR ? 1 : month - ((month - 1) % 3), 1);
}

const SECONDS_PER_MONTH = 31 * 86400;

/**
 * `months_between` of two timestamps, each given as its local date and the whole seconds that have passed since
 * that date began in the zone (which a change of offset makes differ from the wall clock).
 *
 * The result is whole when both fall on the same day of the month, or both on the last one; otherwise the rest
 * is counted in months of 31 days. With `roundOff` it is rounded to 8 digits.
 */
export function monthsBetween(
  days1: number,
  secondsInDay1: number,
  days2: number,
  secondsInDay2: number,
  roundOff: boolean,
): number {
  const civil1 = civilFromDays(days1);
  const civil2 = civilFromDays(days2);
  const months = civilYear(civil1) * 12 + civilMonth(civil1) - (civilYear(civil2) * 12 + civilMonth(civil2));
  const day1 = civilDay(civil1);
  const day2 = civilDay(civil2);
  if (day1 === day2 || (isLastOfMonth(civil1) && isLastOfMonth(civil2))) return months;
  const seconds = (day1 - day2) * 86400 + secondsInDay1 - secondsInDay2;
  const difference = months + seconds / SECONDS_PER_MONTH;
  // Adding zero turns the negative zero of Math.round into the zero of a 64-bit integer.
  return roundOff ? (Math.round(difference * 1e8) + 0) / 1e8 : difference;
}

function isLastOfMonth(civil: number): boolean {
  return civilDay(civil) === daysInMonth(civilYear(civil), civilMonth(civil));
}
