import { Options } from "@ss/core";
import type { CsvOptions, CsvWriteOptions, UnescapedQuoteHandling } from "@ss/kernels";
import { analysisError } from "../../expression/errors.js";
import type { FunctionContext } from "../../expression/function.js";
import type { FunctionSettings } from "../text-record/function-settings.js";

const HANDLINGS = [
  "STOP_AT_CLOSING_QUOTE",
  "BACK_TO_DELIMITER",
  "STOP_AT_DELIMITER",
  "SKIP_VALUE",
  "RAISE_ERROR",
] as const satisfies readonly UnescapedQuoteHandling[];

/** A character that stands in no text: a value is one record, whatever line ends it holds. */
const NO_LINE_END = "\uffff";

/** The grammar of the records that a function reads. */
export function readDialect(settings: FunctionSettings): CsvOptions {
  const options = new Options(settings);
  return {
    ...sharedDialect(options),
    comment: character(options, "comment", ""),
    ignoreLeadingWhiteSpace: options.boolean("ignoreLeadingWhiteSpace", false),
    ignoreTrailingWhiteSpace: options.boolean("ignoreTrailingWhiteSpace", false),
    multiLine: true,
    lineSeparator: NO_LINE_END,
    maxColumns: options.integer("maxColumns", 20480, 1),
    maxCharsPerColumn: options.integer("maxCharsPerColumn", -1),
    unescapedQuoteHandling: options.choice("unescapedQuoteHandling", HANDLINGS, "STOP_AT_DELIMITER"),
    countTokens: true,
  };
}

/** How a function writes records. */
export function writeDialect(settings: FunctionSettings): CsvWriteOptions {
  const options = new Options(settings);
  return {
    ...sharedDialect(options),
    quoteAll: options.boolean("quoteAll", false),
    escapeQuotes: options.boolean("escapeQuotes", true),
    ignoreLeadingWhiteSpace: options.boolean("ignoreLeadingWhiteSpace", true),
    ignoreTrailingWhiteSpace: options.boolean("ignoreTrailingWhiteSpace", true),
    nullValue: options.text("nullValue", ""),
    emptyValue: options.text("emptyValue", '""'),
    comment: character(options, "comment", "") || "#",
  };
}

function sharedDialect(
  options: Options,
): Pick<CsvOptions, "separator" | "quote" | "escape" | "charToEscapeQuoteEscaping"> {
  const escape = options.get("charToEscapeQuoteEscaping");
  return {
    separator: separatorText(options.get("sep") ?? options.get("delimiter") ?? ","),
    quote: character(options, "quote", '"'),
    escape: character(options, "escape", "\\"),
    ...(escape === undefined ? {} : { charToEscapeQuoteEscaping: escape }),
  };
}

function character(options: Options, name: string, fallback: string): string {
  const value = options.text(name, fallback);
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

/** A separator as options write it, where `\t` stands for a tab and the like. */
function separatorText(text: string): string {
  return text.replace(/\\(u0000|.|$)/gs, (whole, following: string) => {
    if (following === "u0000") return "\0";
    const meaning = ESCAPES[following];
    if (meaning === undefined) throw new RangeError(`the separator has the unknown escape ${whole}`);
    return meaning;
  });
}

/** Runs what resolves a dialect; signs that CSV cannot have are the query's error. */
export function checkedDialect<T>(resolve: () => T, context: FunctionContext): T {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw analysisError(
      "SS_INVALID_OPTION",
      "22023",
      `The options sep, quote, escape and comment of ${context.name} have to be signs that CSV can have: ${error.message}.`,
      { option: "sep, quote, escape or comment", value: "", expected: error.message },
      context.origin,
    );
  }
}
