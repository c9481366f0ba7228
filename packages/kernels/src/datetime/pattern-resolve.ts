import { daysFromCivil, isCivilDate, isLeapYear } from "./civil.js";
import { monthName } from "./field-texts.js";
import { formatDate } from "./format-datetime.js";
import * as field from "./pattern-fields.js";

/** What the fields of a parsed text add up to, or why they do not. */
export interface ResolvedFields {
  /** Why the text is wrong, in the words of java.time; undefined when it is right. */
  failure: string | undefined;
  /** Whether the failure arose while defaults were filled in, when the message stands without the text. */
  isDefaulting: boolean;
  days: number;
  /** Nanoseconds since midnight. */
  nanosOfDay: number;
}

/**
 * Turns fields into a date and a time, strictly: values must lie in their ranges, dates must exist, fields that
 * say the same thing must agree. Absent fields are 1970, January, the 1st, and midnight.
 */
export function resolveFields(fields: Float64Array, result: ResolvedFields): void {
  result.failure = undefined;
  result.isDefaulting = false;
  const dateFailure = resolveDate(fields, result);
  const isComplete = !result.isDefaulting;
  // A complete date is checked before the time, defaults are filled in after it.
  if (dateFailure !== undefined && isComplete) result.failure = dateFailure;
  else {
    const timeFailure = resolveTime(fields, result);
    if (timeFailure !== undefined) result.isDefaulting = false;
    result.failure = timeFailure ?? dateFailure;
  }
}

function has(value: number): boolean {
  return value === value;
}

function check(fields: Float64Array, number: number): string | undefined {
  const value = fields[number] as number;
  return has(value) ? field.fieldRangeFailure(number, value) : undefined;
}

/** Moves what `from` says to `to`, which must not say something else. */
function merge(fields: Float64Array, from: number, to: number, value: number): string | undefined {
  const old = fields[to] as number;
  if (has(old) && old !== value) {
    const name = field.FIELD_NAMES[to];
    return `Conflict found: ${name} ${old} differs from ${name} ${value} while resolving  ${field.FIELD_NAMES[from]}`;
  }
  fields[from] = Number.NaN;
  fields[to] = value;
  return undefined;
}

function resolveTime(fields: Float64Array, result: ResolvedFields): string | undefined {
  for (let number = field.AMPM_OF_DAY; number <= field.NANO_OF_SECOND; number++) {
    const failure = check(fields, number);
    if (failure !== undefined) return failure;
  }
  if (Math.abs(fields[field.OFFSET_SECONDS] as number) > 64800) {
    return "Zone offset not in valid range: -18:00 to +18:00";
  }
  const failure = mergeHours(fields);
  if (failure !== undefined) return failure;
  const half = fields[field.AMPM_OF_DAY] as number;
  let hour = fields[field.HOUR_OF_DAY] as number;
  if (has(hour)) {
    if (has(half) && half !== (hour < 12 ? 0 : 1)) {
      return `Conflict found: Field AmPmOfDay ${hour < 12 ? 0 : 1} differs from AmPmOfDay ${half} derived from the time`;
    }
  } else {
    hour = fields[field.HOUR_OF_AMPM] as number;
    // Without an hour, PM alone means noon.
    if (!has(hour)) hour = half === 1 ? 12 : 0;
  }
  const minute = orDefault(fields[field.MINUTE_OF_HOUR] as number, 0);
  const second = orDefault(fields[field.SECOND_OF_MINUTE] as number, 0);
  const nano = orDefault(fields[field.NANO_OF_SECOND] as number, 0);
  result.nanosOfDay = (hour * 3600 + minute * 60 + second) * 1e9 + nano;
  return undefined;
}

function mergeHours(fields: Float64Array): string | undefined {
  const clockHour = fields[field.CLOCK_HOUR_OF_DAY] as number;
  if (has(clockHour)) {
    const failure = merge(fields, field.CLOCK_HOUR_OF_DAY, field.HOUR_OF_DAY, clockHour % 24);
    if (failure !== undefined) return failure;
  }
  const halfClockHour = fields[field.CLOCK_HOUR_OF_AMPM] as number;
  if (has(halfClockHour)) {
    const failure = merge(fields, field.CLOCK_HOUR_OF_AMPM, field.HOUR_OF_AMPM, halfClockHour % 12);
    if (failure !== undefined) return failure;
  }
  const half = fields[field.AMPM_OF_DAY] as number;
  const halfHour = fields[field.HOUR_OF_AMPM] as number;
  if (!has(half) || !has(halfHour)) return undefined;
  return merge(fields, field.AMPM_OF_DAY, field.HOUR_OF_DAY, half * 12 + halfHour);
}

function orDefault(value: number, fallback: number): number {
  return has(value) ? value : fallback;
}

function resolveDate(fields: Float64Array, result: ResolvedFields): string | undefined {
  const failure = resolveEra(fields) ?? check(fields, field.YEAR);
  if (failure !== undefined) return failure;
  const year = fields[field.YEAR] as number;
  const month = fields[field.MONTH_OF_YEAR] as number;
  const day = fields[field.DAY_OF_MONTH] as number;
  const dayOfYear = fields[field.DAY_OF_YEAR] as number;
  if (has(year) && has(month) && has(day)) {
    return civilDate(year, month, day, result) ?? agreeDayOfYear(year, dayOfYear, result);
  }
  if (has(dayOfYear)) {
    // With a year the parser resolves the day itself; without one it is a day of 1970.
    result.isDefaulting = !has(year);
    return dateOfDayOfYear(orDefault(year, 1970), dayOfYear, month, day, result);
  }
  result.isDefaulting = true;
  return civilDate(orDefault(year, 1970), orDefault(month, 1), orDefault(day, 1), result);
}

function resolveEra(fields: Float64Array): string | undefined {
  const yearOfEra = fields[field.YEAR_OF_ERA] as number;
  const era = fields[field.ERA] as number;
  if (!has(yearOfEra)) return undefined;
  const failure = check(fields, field.YEAR_OF_ERA);
  // A year of an unknown era is left alone: the strict rules invent none.
  if (failure !== undefined || !has(era)) return failure;
  return merge(fields, field.YEAR_OF_ERA, field.YEAR, era === 1 ? yearOfEra : 1 - yearOfEra);
}

function civilDate(year: number, month: number, day: number, result: ResolvedFields): string | undefined {
  const failure =
    field.fieldRangeFailure(field.MONTH_OF_YEAR, month) ?? field.fieldRangeFailure(field.DAY_OF_MONTH, day);
  if (failure !== undefined) return failure;
  if (!isCivilDate(year, month, day)) {
    if (day === 29) return `Invalid date 'February 29' as '${year}' is not a leap year`;
    return `Invalid date '${monthName(month).toUpperCase()} ${day}'`;
  }
  result.days = daysFromCivil(year, month, day);
  return undefined;
}

function agreeDayOfYear(year: number, dayOfYear: number, result: ResolvedFields): string | undefined {
  const actual = result.days - daysFromCivil(year, 1, 1) + 1;
  if (!has(dayOfYear) || dayOfYear === actual) return undefined;
  return `Conflict found: Field DayOfYear ${actual} differs from DayOfYear ${dayOfYear} derived from ${formatDate(result.days)}`;
}

function dateOfDayOfYear(
  year: number,
  dayOfYear: number,
  month: number,
  day: number,
  result: ResolvedFields,
): string | undefined {
  const failure = field.fieldRangeFailure(field.DAY_OF_YEAR, dayOfYear);
  if (failure !== undefined) return failure;
  if (dayOfYear === 366 && !isLeapYear(year)) {
    return `Invalid date 'DayOfYear 366' as '${year}' is not a leap year`;
  }
  result.days = daysFromCivil(year, 1, 1) + dayOfYear - 1;
  return agreeMonthAndDay(year, month, day, result.days);
}

function agreeMonthAndDay(year: number, month: number, day: number, days: number): string | undefined {
  if (has(month) && (days < daysFromCivil(year, month, 1) || days >= daysFromCivil(year, month + 1, 1))) {
    return `Conflict found: Field MonthOfYear ${month} differs from that of ${formatDate(days)}`;
  }
  if (!has(day)) return undefined;
  for (let m = 1; m <= 12; m++) {
    if (days === daysFromCivil(year, m, day) && isCivilDate(year, m, day)) return undefined;
  }
  return `Conflict found: Field DayOfMonth ${day} differs from that of ${formatDate(days)}`;
}
