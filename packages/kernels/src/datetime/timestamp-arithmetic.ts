import { civilDay, civilFromDays, civilMonth, civilYear } from "./civil.js";
import {
  addMonthsToDays,
  TRUNCATE_DAY,
  TRUNCATE_HOUR,
  TRUNCATE_MINUTE,
  truncateDays,
} from "./date-arithmetic.js";
import type { TimeZone } from "./time-zone.js";

/**
 * Calendar arithmetic on timestamps, as epoch seconds; the microseconds within the second stay as they are.
 * Local times that a change of offset makes ambiguous keep the offset that they had.
 */

/** A timestamp moved by months of the local calendar. */
export function addMonthsToSecond(second: number, months: number, zone: TimeZone): number {
  const offset = zone.offsetAt(second);
  const local = second + offset;
  const days = Math.floor(local / 86400);
  const moved = addMonthsToDays(days, months);
  return zone.secondOfLocal(local + (moved - days) * 86400, offset);
}

/** A timestamp moved by days of the local calendar, which may be 23 or 25 hours long. */
export function addDaysToSecond(second: number, days: number, zone: TimeZone): number {
  const offset = zone.offsetAt(second);
  return zone.secondOfLocal(second + offset + days * 86400, offset);
}

/** The second in which the local minute, hour, day, week, month, quarter or year of a timestamp began. */
export function truncateSecond(second: number, unit: number, zone: TimeZone): number {
  if (unit < TRUNCATE_MINUTE) return second;
  const offset = zone.offsetAt(second);
  const local = second + offset;
  if (unit <= TRUNCATE_DAY) {
    const size = unit === TRUNCATE_MINUTE ? 60 : unit === TRUNCATE_HOUR ? 3600 : 86400;
    return zone.secondOfLocal(Math.floor(local / size) * size, offset);
  }
  return zone.secondOfLocal(truncateDays(Math.floor(local / 86400), unit) * 86400);
}

/** The local days of a timestamp. */
export function daysOfSecond(second: number, zone: TimeZone): number {
  return Math.floor((second + zone.offsetAt(second)) / 86400);
}

/** The local second of the day, 0 to 86399, of a timestamp. */
export function secondOfDayOfSecond(second: number, zone: TimeZone): number {
  const local = second + zone.offsetAt(second);
  return local - Math.floor(local / 86400) * 86400;
}

/** The second in which a local date begins. */
export function secondOfDays(days: number, zone: TimeZone): number {
  return zone.secondOfLocal(days * 86400);
}

/** The units of {@link localMonthsBetween} and their months. */
const MONTHS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ["MONTH", 1],
  ["QUARTER", 3],
  ["YEAR", 12],
]);

const MICROS_PER_UNIT: ReadonlyMap<string, number> = new Map([
  ["MICROSECOND", 1],
  ["MILLISECOND", 1000],
  ["SECOND", 1000000],
  ["MINUTE", 60000000],
  ["HOUR", 3600000000],
  ["DAY", 86400000000],
  ["WEEK", 604800000000],
]);

/**
 * The whole units (`MICROSECOND` to `YEAR`, upper case) from one local date-time to another, cut towards zero;
 * undefined for an unknown unit. Both are microseconds since the epoch as the local clock counts them.
 */
export function timestampDifference(unit: string, start: bigint, end: bigint): bigint | undefined {
  const micros = MICROS_PER_UNIT.get(unit);
  if (micros !== undefined) return (end - start) / BigInt(micros);
  const months = MONTHS_PER_UNIT.get(unit);
  return months === undefined ? undefined : BigInt(Math.trunc(localMonthsBetween(start, end) / months));
}

const DAY_MICROS = 86400000000n;

function localMonthsBetween(start: bigint, end: bigint): number {
  const startDays = floorDivide(start, DAY_MICROS);
  const endDays = floorDivide(end, DAY_MICROS);
  const startRest = start - BigInt(startDays) * DAY_MICROS;
  const endRest = end - BigInt(endDays) * DAY_MICROS;
  // The months counted by days, corrected where the time of day has not come round yet.
  let last = endDays;
  if (endDays > startDays && endRest < startRest) last--;
  else if (endDays < startDays && endRest > startRest) last++;
  // A month is whole when the day of the month is reached: 32 is more than any day.
  return Math.trunc((packMonthAndDay(last) - packMonthAndDay(startDays)) / 32);
}

function packMonthAndDay(days: number): number {
  const civil = civilFromDays(days);
  return (civilYear(civil) * 12 + civilMonth(civil)) * 32 + civilDay(civil);
}

function floorDivide(dividend: bigint, divisor: bigint): number {
  const quotient = dividend / divisor;
  return Number(dividend < 0n && dividend % divisor !== 0n ? quotient - 1n : quotient);
}
