import type { CsvWriteOptions } from "./csv-field-writer.js";
import type { CsvOptions, UnescapedQuoteHandling } from "./csv-options.js";

/** Options as users write them; the `Options` of `@ss/core` have this shape. */
export interface CsvSettings {
  get(name: string): string | undefined;
  text(name: string, fallback: string): string;
  boolean(name: string, fallback: boolean): boolean;
  integer(name: string, fallback: number, minimum?: number): number;
  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T;
}

const HANDLINGS = [
  "STOP_AT_CLOSING_QUOTE",
  "BACK_TO_DELIMITER",
  "STOP_AT_DELIMITER",
  "SKIP_VALUE",
  "RAISE_ERROR",
] as const satisfies readonly UnescapedQuoteHandling[];

/** The dialect that settings ask for where records are read, but for how lines end. */
export function csvReadOptions(settings: CsvSettings): CsvOptions {
  return {
    ...signs(settings),
    comment: character(settings, "comment", ""),
    ignoreLeadingWhiteSpace: settings.boolean("ignoreLeadingWhiteSpace", false),
    ignoreTrailingWhiteSpace: settings.boolean("ignoreTrailingWhiteSpace", false),
    maxColumns: settings.integer("maxColumns", 20480, 1),
    maxCharsPerColumn: settings.integer("maxCharsPerColumn", -1),
    unescapedQuoteHandling: settings.choice("unescapedQuoteHandling", HANDLINGS, "STOP_AT_DELIMITER"),
  };
}

/** The dialect that settings ask for where records are written, but for how lines end. */
export function csvWriteOptions(settings: CsvSettings): CsvWriteOptions {
  return {
    ...signs(settings),
    quoteAll: settings.boolean("quoteAll", false),
    escapeQuotes: settings.boolean("escapeQuotes", true),
    ignoreLeadingWhiteSpace: settings.boolean("ignoreLeadingWhiteSpace", true),
    ignoreTrailingWhiteSpace: settings.boolean("ignoreTrailingWhiteSpace", true),
    nullValue: settings.text("nullValue", ""),
    emptyValue: settings.text("emptyValue", '""'),
    comment: character(settings, "comment", "") || "#",
  };
}

function signs(
  settings: CsvSettings,
): Pick<CsvOptions, "separator" | "quote" | "escape" | "charToEscapeQuoteEscaping"> {
  const escape = settings.get("charToEscapeQuoteEscaping");
  return {
    separator: csvSeparator(settings.get("sep") ?? settings.get("delimiter") ?? ","),
    quote: character(settings, "quote", '"'),
    escape: character(settings, "escape", "\\"),
    ...(escape === undefined ? {} : { charToEscapeQuoteEscaping: escape }),
  };
}

function character(settings: CsvSettings, name: string, fallback: string): string {
  const value = settings.text(name, fallback);
  return value === "\0" ? "" : value;
}

const ESCAPES: Readonly<Record<string, string>> = {
  t: "\t",
  r: "\r",
  n: "\n",
  b: "\b",
  f: "\f",
  '"': '"',
  "'": "'",
  "\\": "\\",
};

/**
 * A separator as settings write it, where `\\t` stands for a tab and the like.
 *
 * @throws RangeError For an escape that means nothing.
 */
function csvSeparator(text: string): string {
  return text.replace(/\\(u0000|.|$)/gs, (whole, following: string) => {
    if (following === "u0000") return "\0";
    const meaning = ESCAPES[following];
    if (meaning === undefined) throw new RangeError(`the separator has the unknown escape ${whole}`);
    return meaning;
  });
}
