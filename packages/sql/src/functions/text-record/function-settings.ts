import { MapType, type MapValue, StringType, sameType } from "@ss/core";
import { type DatetimeFormatter, DEFAULT_LOCALE, localeOfTag } from "@ss/kernels";
import { analysisError, quotedType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EvaluationContext, FunctionContext } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { formatterFor } from "../datetime/patterns.js";
import { constantOf } from "../define.js";

/** Options of a function that reads or writes JSON or CSV, by name in lower case. */
export type FunctionSettings = Readonly<Record<string, string>>;

/** The options that a constant map of texts holds. */
export function settingsOf(e: Expression | undefined, context: FunctionContext): FunctionSettings {
  if (e === undefined) return {};
  const type = typeOf(e);
  if (type.kind !== "map") {
    throw analysisError(
      "INVALID_OPTIONS.NON_MAP_FUNCTION",
      "42K06",
      "Options have to be given as map(...).",
      {},
      context.origin,
    );
  }
  if (!sameType(type, MapType(StringType, StringType), true)) {
    throw analysisError(
      "INVALID_OPTIONS.NON_STRING_TYPE",
      "42K06",
      `Options have to be texts, not ${quotedType(type)}.`,
      { mapType: quotedType(type) },
      context.origin,
    );
  }
  const value = constantOf(e, context) as MapValue | null | undefined;
  if (!value) return {};
  return Object.fromEntries(value.keys.map((key, k) => [String(key).toLowerCase(), String(value.values[k])]));
}

/** The option `locale`, which names months and the like in patterns and writes decimals. */
export function localeOf(settings: FunctionSettings): string {
  return localeOfTag(settings["locale"] ?? DEFAULT_LOCALE);
}

/** A formatter for the pattern that an option holds, or for a pattern that stands for it. */
export function optionFormatter(
  settings: FunctionSettings,
  option: string,
  standard: string,
  context: EvaluationContext,
): DatetimeFormatter {
  return formatterFor(settings[option] ?? standard, context.origin, localeOf(settings));
}
