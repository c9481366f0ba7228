/** The locale of Spark's date-time patterns and decimals where nobody chose another. */
export const DEFAULT_LOCALE = "en-US";

/**
 * The locale that a language tag (`fr`, `de-CH`) means. As in Java the tag counts up to its first part that is not well
 * formed; `und` is the locale without a language, whose names are English.
 */
export function localeOfTag(tag: string): string {
  const parts = tag.split("-");
  for (let count = parts.length; count > 0; count--) {
    try {
      const [locale] = Intl.getCanonicalLocales(parts.slice(0, count).join("-"));
      if (locale !== undefined) return locale;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return "und";
}

/** The locale itself where this machine knows its names and signs, else that of English. */
export function knownLocale(locale: string): string {
  return Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0 ? locale : DEFAULT_LOCALE;
}
