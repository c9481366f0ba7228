import { MapType, type MapValue, StringType, sameType } from "@ss/core";
import type { DatetimeFormatter, DatetimeParser } from "@ss/kernels";
import { analysisError, quotedType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EvaluationContext, FunctionContext } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { formatterFor, parserFor } from "../datetime/patterns.js";
import { constantOf } from "../define.js";

/** Options of a JSON function, by name in lower case. */
export type JsonSettings = Readonly<Record<string, string>>;

/** The options that a constant map of texts holds. */
export function settingsOf(e: Expression | undefined, context: FunctionContext): JsonSettings {
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

/** A parser for the pattern of an option, if the option is given. */
export function optionParser(
  pattern: string | undefined,
  context: EvaluationContext,
): DatetimeParser | undefined {
  return pattern === undefined ? undefined : parserFor(pattern, context.origin);
}

/** A formatter for the pattern of an option, or for a pattern that stands for it. */
export function optionFormatter(
  pattern: string | undefined,
  standard: string,
  context: EvaluationContext,
): DatetimeFormatter {
  return formatterFor(pattern ?? standard, context.origin);
}
