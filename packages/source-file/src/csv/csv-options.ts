import type { Options } from "@ss/core";
import { type CsvOptions, csvReadOptions, resolveCsvOptions } from "@ss/kernels";
import type { SpecialNumbers } from "../decode/number-decoders.js";
import { invalidOption } from "../errors.js";
import { checkValueOptions } from "../reading/text-options.js";

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
  const lineSeparator = options.get("lineSep");
  return {
    ...csvReadOptions(options),
    multiLine: options.boolean("multiLine", false),
    ...(lineSeparator === undefined ? {} : { lineSeparator }),
    countTokens,
  };
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
