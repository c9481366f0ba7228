/**
 * Days since 1970-01-01 to and from the proleptic Gregorian calendar.
 *
 * A civil date travels as one number, `(year * 16 + month) * 32 + day`, so that a conversion allocates nothing;
 * {@link civilYear}, {@link civilMonth} and {@link civilDay} take it apart. Every function is exact for all
 * int32 day counts.
 */

const DAYS_PER_ERA = 146097;
const DAYS_TO_EPOCH = 719468;
const MONTH_LENGTHS = Uint8Array.of(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

/** The days from 1970-01-01 to a date that is known to exist. */
export function daysFromCivil(year: number, month: number, day: number): number {
  // The year starts in March, so that the leap day is the last day of its year.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = (((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) | 0) + day - 1;
  const dayOfEra = yearOfEra * 365 + (yearOfEra >> 2) - ((yearOfEra / 100) | 0) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - DAYS_TO_EPOCH;
}

/** The packed civil date of a day count. */
export function civilFromDays(days: number): number {
  const z = days + DAYS_TO_EPOCH;
  const era = Math.floor(z / DAYS_PER_ERA);
  const doe = z - era * DAYS_PER_ERA;
  const yoe = ((doe - ((doe / 1460) | 0) + ((doe / 36524) | 0) - ((doe / 146096) | 0)) / 365) | 0;
  const doy = doe - (365 * yoe + (yoe >> 2) - ((yoe / 100) | 0));
  const mp = ((5 * doy + 2) / 153) | 0;
  const day = doy - (((153 * mp + 2) / 5) | 0) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  return (year * 16 + month) * 32 + day;
}

/** The proleptic year of a packed civil date; the year before 1 is 0. */
export function civilYear(civil: number): number {
  return Math.floor(civil / 512);
}

/** The month, 1 to 12, of a packed civil date. */
export function civilMonth(civil: number): number {
  return (civil >>> 5) & 15;
}

/** The day of the month of a packed civil date. */
export function civilDay(civil: number): number {
  return civil & 31;
}

/** Whether a proleptic year has a 29th of February. */
export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** The number of days of a month. */
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : MONTH_LENGTHS[month];
}

/** Whether the month is 1 to 12 and the day exists in it. */
export function isCivilDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && (day <= 28 || day <= daysInMonth(year, month));
}

/** The year of a day count. */
export function yearOfDays(days: number): number {
  return civilYear(civilFromDays(days));
}

/** The month, 1 to 12, of a day count. */
export function monthOfDays(days: number): number {
  return civilMonth(civilFromDays(days));
}

/** The day of the month of a day count. */
export function dayOfMonthOfDays(days: number): number {
  return civilDay(civilFromDays(days));
}

/** The quarter, 1 to 4, of a day count. */
export function quarterOfDays(days: number): number {
  return ((civilMonth(civilFromDays(days)) + 2) / 3) | 0;
}

/** The day of the year, 1 to 366, of a day count. */
export function dayOfYearOfDays(days: number): number {
  return days - daysFromCivil(civilYear(civilFromDays(days)), 1, 1) + 1;
}

/** The ISO day of the week, 1 (Monday) to 7 (Sunday). SQL's `dayofweek` is this modulo 7, plus 1. */
export function isoDayOfWeekOfDays(days: number): number {
  const shifted = (days + 3) % 7;
  return shifted < 0 ? shifted + 8 : shifted + 1;
}

/** The year to which the ISO week of a day count belongs. */
export function isoWeekYearOfDays(days: number): number {
  return civilYear(civilFromDays(days - isoDayOfWeekOfDays(days) + 4));
}

/** The ISO week, 1 to 53, of a day count. */
export function isoWeekOfDays(days: number): number {
  // A week belongs to the year of its Thursday.
  const thursday = days - isoDayOfWeekOfDays(days) + 4;
  return ((dayOfYearOfDays(thursday) - 1) / 7 + 1) | 0;
}
