export {
  formatDayTimeHive,
  formatDayTimeInterval,
  formatYearMonthHive,
  formatYearMonthInterval,
  INTERVAL_DAY,
  INTERVAL_HOUR,
  INTERVAL_MINUTE,
  INTERVAL_MONTH,
  INTERVAL_SECOND,
  INTERVAL_YEAR,
  parseDayTimeInterval,
  parseYearMonthInterval,
} from "./ansi-interval.js";
export {
  type CalendarInterval,
  calendarIntervalMicros,
  formatCalendarInterval,
  parseCalendarInterval,
  tryParseCalendarInterval,
} from "./calendar-interval.js";
export { IntervalFormatError } from "./interval-error.js";
