import type { Options } from "@ss/core";
import { DatetimeParser, DatetimePatternError, DEFAULT_LOCALE, LocalDecimal, localeOfTag } from "@ss/kernels";
import { invalidPattern } from "../errors.js";

const PATTERNS = ["dateFormat", "timestampFormat", "timestampNTZFormat", "timeFormat"] as const;

/** The option `locale`, which names months and writes decimals. */
export function localeOf(options: Options): string {
  return localeOfTag(options.text("locale", DEFAULT_LOCALE));
}

/** Refuses patterns that read nothing. */
export function checkPatterns(options: Options): void {
  const locale = localeOf(options);
  for (const name of PATTERNS) {
    const pattern = options.get(name);
    try {
      if (pattern !== undefined) new DatetimeParser(pattern, true, locale);
    } catch (error) {
      if (error instanceof DatetimePatternError) throw invalidPattern(name, pattern!, error);
      throw error;
    }
  }
}

/** The text of a decimal without what a locale adds to its digits; what is no number in that locale has none. */
export function decimalTextOf(locale: string): (text: string) => string {
  if (locale === DEFAULT_LOCALE) return (text) => text.replaceAll(",", "");
  const local = new LocalDecimal(locale);
  return (text) => local.plain(text) ?? "";
}
