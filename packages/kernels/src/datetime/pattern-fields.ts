/** The calendar fields that patterns name. A field's number is its place in every field array. */
export const ERA = 0;
export const YEAR_OF_ERA = 1;
export const YEAR = 2;
export const MONTH_OF_YEAR = 3;
export const DAY_OF_MONTH = 4;
export const DAY_OF_YEAR = 5;
export const AMPM_OF_DAY = 6;
export const HOUR_OF_AMPM = 7;
export const CLOCK_HOUR_OF_AMPM = 8;
export const HOUR_OF_DAY = 9;
export const CLOCK_HOUR_OF_DAY = 10;
export const MINUTE_OF_HOUR = 11;
export const SECOND_OF_MINUTE = 12;
export const NANO_OF_SECOND = 13;
export const OFFSET_SECONDS = 14;
export const DAY_OF_WEEK = 15;
export const QUARTER_OF_YEAR = 16;
export const DAY_OF_WEEK_IN_MONTH = 17;
export const FIELD_COUNT = 18;

/** The fields' names as messages show them. */
export const FIELD_NAMES: readonly string[] = [
  "Era",
  "YearOfEra",
  "Year",
  "MonthOfYear",
  "DayOfMonth",
  "DayOfYear",
  "AmPmOfDay",
  "HourOfAmPm",
  "ClockHourOfAmPm",
  "HourOfDay",
  "ClockHourOfDay",
  "MinuteOfHour",
  "SecondOfMinute",
  "NanoOfSecond",
  "OffsetSeconds",
  "DayOfWeek",
  "QuarterOfYear",
  "AlignedDayOfWeekInMonth",
];

const RANGES: readonly (readonly [number, number, string])[] = [
  [0, 1, "0 - 1"],
  [1, 1000000000, "1 - 999999999/1000000000"],
  [-999999999, 999999999, "-999999999 - 999999999"],
  [1, 12, "1 - 12"],
  [1, 31, "1 - 28/31"],
  [1, 366, "1 - 365/366"],
  [0, 1, "0 - 1"],
  [0, 11, "0 - 11"],
  [1, 12, "1 - 12"],
  [0, 23, "0 - 23"],
  [1, 24, "1 - 24"],
  [0, 59, "0 - 59"],
  [0, 59, "0 - 59"],
  [0, 999999999, "0 - 999999999"],
  [-64800, 64800, "-64800 - 64800"],
];

/** What is wrong with a field's value, in the words of java.time, or undefined when it lies in the range. */
export function fieldRangeFailure(field: number, value: number): string | undefined {
  const [min, max, text] = RANGES[field] as readonly [number, number, string];
  if (value >= min && value <= max) return undefined;
  return `Invalid value for ${FIELD_NAMES[field]} (valid values ${text}): ${value}`;
}
