import { Options } from "@ss/core";
import { type CsvOptions, type CsvWriteOptions, csvReadOptions, csvWriteOptions } from "@ss/kernels";
import { analysisError } from "../../expression/errors.js";
import type { FunctionContext } from "../../expression/function.js";
import type { FunctionSettings } from "../text-record/function-settings.js";

/** A character that stands in no text: a value is one record, whatever line ends it holds. */
const NO_LINE_END = "\uffff";

/** The grammar of the records that a function reads. */
export function readDialect(settings: FunctionSettings): CsvOptions {
  return { ...csvReadOptions(new Options(settings)), multiLine: true, lineSeparator: NO_LINE_END };
}

/** How a function writes records. */
export function writeDialect(settings: FunctionSettings): CsvWriteOptions {
  return csvWriteOptions(new Options(settings));
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
