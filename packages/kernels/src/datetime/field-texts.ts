import { DEFAULT_LOCALE, knownLocale } from "../locale/language-tag.js";
import { DatetimeFieldError } from "./pattern-error.js";
import { AMPM_OF_DAY, DAY_OF_WEEK, ERA, MONTH_OF_YEAR, QUARTER_OF_YEAR } from "./pattern-fields.js";

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
const DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");
const SHORT = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 3));

/** The texts of a field, by value; index 0 is the field's smallest value. */
interface FieldTexts {
  readonly first: number;
  readonly texts: readonly string[];
}

interface EnglishTexts {
  readonly first: number;
  readonly short: readonly string[];
  readonly full: readonly string[];
}

const ENGLISH: ReadonlyMap<number, EnglishTexts> = new Map([
  [ERA, { first: 0, short: ["BC", "AD"], full: ["Before Christ", "Anno Domini"] }],
  [MONTH_OF_YEAR, { first: 1, short: SHORT(MONTHS), full: MONTHS }],
  [DAY_OF_WEEK, { first: 1, short: SHORT(DAYS), full: DAYS }],
  [AMPM_OF_DAY, { first: 0, short: ["AM", "PM"], full: ["AM", "PM"] }],
  [
    QUARTER_OF_YEAR,
    {
      first: 1,
      short: ["Q1", "Q2", "Q3", "Q4"],
      full: ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"],
    },
  ],
]);

/** The name of a month, 1 to 12. */
export function monthName(month: number): string {
  return MONTHS[month - 1] as string;
}

/**
 * The texts of a field that patterns can spell out, in a locale: those of months as they stand within a date (`января`), or,
 * `standalone`, on their own (`январь`).
 *
 * @throws DatetimeFieldError For quarters in other locales than the default, as nobody here knows their names.
 */
export function fieldTexts(field: number, full: boolean, standalone: boolean, locale: string): FieldTexts {
  const english = ENGLISH.get(field) as EnglishTexts;
  const { first } = english;
  const known = knownLocale(locale);
  if (known === DEFAULT_LOCALE) return { first, texts: full ? english.full : english.short };
  return { first, texts: localTexts(field, full ? "long" : "short", standalone, known) };
}

function localTexts(
  field: number,
  style: "long" | "short",
  standalone: boolean,
  locale: string,
): readonly string[] {
  switch (field) {
    case MONTH_OF_YEAR:
      return monthTexts(style, standalone, locale);
    case DAY_OF_WEEK: {
      const format = intl(locale, { weekday: style, day: "numeric", month: style });
      // the first of January 2024 is a Monday
      return DAYS.map((_, i) => partOf(format, "weekday", Date.UTC(2024, 0, 1 + i)));
    }
    case AMPM_OF_DAY: {
      const format = intl(locale, { hour: "numeric", hour12: true });
      return [10, 15].map((hour) => partOf(format, "dayPeriod", Date.UTC(2024, 0, 1, hour)));
    }
    case ERA: {
      const format = intl(locale, { era: style, year: "numeric" });
      return [-100, 2024].map((year) => partOf(format, "era", Date.UTC(year, 0, 1)));
    }
    default:
      throw new DatetimeFieldError(
        `The names of quarters are known in English only, not in the locale ${locale}`,
      );
  }
}

function monthTexts(style: "long" | "short", standalone: boolean, locale: string): readonly string[] {
  const alone = intl(locale, { month: style });
  const within = intl(locale, { month: style, day: "numeric", year: "numeric" });
  return MONTHS.map((_, month) => {
    const day = Date.UTC(2024, month, 1);
    const text = standalone ? "" : partOf(within, "month", day);
    // where dates show months as numbers, the name is the one that months have on their own
    return text === "" || /\d/.test(text) ? alone.format(day) : text;
  });
}

function intl(locale: string, fields: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, {
    timeZone: "UTC",
    calendar: "gregory",
    numberingSystem: "latn",
    ...fields,
  });
}

function partOf(format: Intl.DateTimeFormat, type: Intl.DateTimeFormatPartTypes, ms: number): string {
  return format.formatToParts(ms).find((part) => part.type === type)?.value ?? "";
}
