import type { Options } from "@ss/core";
import { type CsvOptions, resolveCsvOptions, type UnescapedQuoteHandling } from "@ss/kernels";
import type { SpecialNumbers } from "../decode/number-decoders.js";
import { invalidOption } from "../errors.js";
import { checkValueOptions } from "../reading/text-options.js";

const HANDLINGS = [
  "STOP_AT_CLOSING_QUOTE",
  "BACK_TO_DELIMITER",
  "STOP_AT_DELIMITER",
  "SKIP_VALUE",
  "RAISE_ERROR",
] as const satisfies readonly UnescapedQuoteHandling[];

const SWITCHES = ["header", "inferSchema", "multiLine", "enableDateTimeParsingFallback"];
const SWITCHES_ON = ["preferDate", "enforceSchema", "columnPruning"];

/** Checks every option of the reader. */
export function checkCsvOptions(options: Options, warn: (message: string) => void): void {
  checkValueOptions(options, warn);
  for (const name of SWITCHES) options.boolean(name, false);
  for (const name of SWITCHES_ON) options.boolean(name, true);
  options.integer("inputBufferSize", 1, 1);
  const separator = options.get("lineSep");
  if (separator !== undefined && separator.length > 2) {
    throw invalidOption("lineSep", separator, "one or two characters");
  }
  try {
    resolveCsvOptions(csvGrammar(options, true));
  } catch (error) {
    if (error instanceof RangeError) throw invalidOption("sep, quote, escape or comment", "", error.message);
    throw error;
  }
}

/** The grammar that the options ask for. */
export function csvGrammar(options: Options, countTokens: boolean): CsvOptions {
  const escape = options.get("charToEscapeQuoteEscaping");
  const lineSeparator = options.get("lineSep");
  return {
    separator: separatorText(options.get("sep") ?? options.get("delimiter") ?? ","),
    quote: character(options, "quote", '"'),
    escape: character(options, "escape", "\\"),
    ...(escape === undefined ? {} : { charToEscapeQuoteEscaping: escape }),
    comment: character(options, "comment", ""),
    ignoreLeadingWhiteSpace: options.boolean("ignoreLeadingWhiteSpace", false),
    ignoreTrailingWhiteSpace: options.boolean("ignoreTrailingWhiteSpace", false),
    multiLine: options.boolean("multiLine", false),
    ...(lineSeparator === undefined ? {} : { lineSeparator }),
    maxColumns: options.integer("maxColumns", 20480, 1),
    maxCharsPerColumn: options.integer("maxCharsPerColumn", -1),
    unescapedQuoteHandling: options.choice("unescapedQuoteHandling", HANDLINGS, "STOP_AT_DELIMITER"),
    countTokens,
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
export function separatorText(text: string): string {
  if (text === "") throw invalidOption("sep", "", "at least one character");
  return text.replace(/\\(u0000|.|$)/gs, (whole, following: string) => {
    if (following === "u0000") return "\0";
    const meaning = ESCAPES[following];
    if (meaning === undefined) throw invalidOption("sep", text, `without the unknown escape ${whole}`);
    return meaning;
  });
}

/** The words for numbers that digits cannot write. */
export function csvSpecial(options: Options): SpecialNumbers {
  return {
    nan: options.text("nanValue", "NaN"),
    positiveInfinities: [options.text("positiveInf", "Inf"), "Infinity", "+Infinity"],
    negativeInfinities: [options.text("negativeInf", "-Inf"), "-Infinity"],
  };
}

/** The pattern that dates are tried with first: there is one with `preferDate`, which is on by default. */
export function csvDateFormat(options: Options): string | undefined {
  return options.boolean("preferDate", true) ? "yyyy-MM-dd" : undefined;
}
