import { Options } from "@ss/core";
import type { DatetimeParser, TimeZone } from "@ss/kernels";
import type { FunctionSettings } from "../text-record/function-settings.js";
import { type ValueText, valueText } from "../text-record/value-parsers.js";

/** How the options of CSV write values. */
export function csvValueText(
  settings: FunctionSettings,
  zone: TimeZone,
  parser: (pattern: string, locale: string) => DatetimeParser,
): ValueText {
  const options = new Options(settings);
  const numbers = new Map<string, number>();
  for (const word of ["-Infinity", options.text("negativeInf", "-Inf")]) numbers.set(word, -Infinity);
  for (const word of ["+Infinity", "Infinity", options.text("positiveInf", "Inf")])
    numbers.set(word, Infinity);
  numbers.set(options.text("nanValue", "NaN"), Number.NaN);
  const dateFormat = options.boolean("preferDate", true) ? "yyyy-MM-dd" : undefined;
  return valueText(settings, zone, parser, { numbers, dateFormat });
}
