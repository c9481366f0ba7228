import type { Options } from "@ss/core";
import type { JsonOptions } from "@ss/kernels";
import type { SpecialNumbers } from "../decode/number-decoders.js";
import { checkValueOptions, lineSeparatorOf } from "../reading/text-options.js";

/** The words for numbers that digits cannot write. */
export const JSON_SPECIAL: SpecialNumbers = {
  nan: "NaN",
  positiveInfinities: ["Infinity", "+Infinity", "+INF"],
  negativeInfinities: ["-Infinity", "-INF"],
};

const SWITCHES = [
  ["allowComments", false],
  ["allowUnquotedFieldNames", false],
  ["allowSingleQuotes", true],
  ["allowNumericLeadingZeros", false],
  ["allowNonNumericNumbers", true],
  ["allowBackslashEscapingAnyCharacter", false],
  ["allowUnquotedControlChars", false],
] as const;

const READER_SWITCHES = [
  "multiLine",
  "primitivesAsString",
  "prefersDecimal",
  "dropFieldIfAllNull",
  "inferTimestamp",
  "enableDateTimeParsingFallback",
];

/** Checks every option of the reader. */
export function checkJsonOptions(options: Options, warn: (message: string) => void): void {
  checkValueOptions(options, warn);
  for (const [name, fallback] of SWITCHES) options.boolean(name, fallback);
  for (const name of READER_SWITCHES) options.boolean(name, false);
}

/** The grammar that the options ask for. */
export function jsonGrammar(options: Options): JsonOptions {
  const grammar: Record<string, boolean> = {};
  for (const [name, fallback] of SWITCHES) grammar[name] = options.boolean(name, fallback);
  const lineSeparator = lineSeparatorOf(options);
  return lineSeparator === undefined ? grammar : { ...grammar, lineSeparator };
}
