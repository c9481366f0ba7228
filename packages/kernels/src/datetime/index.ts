export {
  civilDay,
  civilFromDays,
  civilMonth,
  civilYear,
  dayOfMonthOfDays,
  dayOfYearOfDays,
  daysFromCivil,
  daysInMonth,
  isCivilDate,
  isLeapYear,
  isoDayOfWeekOfDays,
  isoWeekOfDays,
  isoWeekYearOfDays,
  monthOfDays,
  quarterOfDays,
  yearOfDays,
} from "./civil.js";
export {
  addMonthsToDays,
  DATE_MAX_DAYS,
  DATE_MIN_DAYS,
  isoDayOfWeekFromName,
  lastDayOfMonth,
  monthsBetween,
  nextDayOfWeek,
  TRUNCATE_DAY,
  TRUNCATE_HOUR,
  TRUNCATE_MICROSECOND,
  TRUNCATE_MILLISECOND,
  TRUNCATE_MINUTE,
  TRUNCATE_MONTH,
  TRUNCATE_QUARTER,
  TRUNCATE_SECOND,
  TRUNCATE_WEEK,
  TRUNCATE_YEAR,
  truncateDays,
  truncateUnitFromName,
} from "./date-arithmetic.js";
export { DatetimeFormatter, DatetimeParser } from "./datetime-formatter.js";
export {
  formatDate,
  formatTime,
  formatTimestamp,
  formatTimestampNtz,
  formatTimestampParts,
} from "./format-datetime.js";
export { parseDate, parseDateText } from "./parse-date.js";
export { parseTime, parseTimeText } from "./parse-time.js";
export {
  hasZoneText,
  parseTimestampInto,
  parseTimestampNtzInto,
  parseTimestampNtzText,
  parseTimestampText,
} from "./parse-timestamp.js";
export { DatetimeFieldError, DatetimePatternError } from "./pattern-error.js";
export type { PatternParts, PatternWriter } from "./pattern-write.js";
export { TimeZone } from "./time-zone.js";
export {
  microOfSecondOfBigint,
  microOfSecondOfMicros,
  microsToBigint,
  secondOfBigint,
  secondOfMicros,
  storeMicros,
} from "./timestamp.js";
export {
  addDaysToSecond,
  addMonthsToSecond,
  daysOfSecond,
  secondOfDayOfSecond,
  secondOfDays,
  timestampDifference,
  truncateSecond,
} from "./timestamp-arithmetic.js";
export { formatZoneOffset, offsetZone, parseZoneOffset, timeZone, UTC } from "./zone-id.js";
