import {
  DatetimeFieldError,
  DatetimeFormatter,
  DatetimeParser,
  DatetimePatternError,
  DEFAULT_LOCALE,
} from "@ss/kernels";
import type { Origin } from "../../expression/expression.js";
import { runtimeError } from "../runtime-error.js";

const DOCROOT = "https://spark.apache.org/docs/latest";

/** A formatter for a pattern, or the error that the pattern deserves. */
export function formatterFor(
  pattern: string,
  origin?: Origin,
  locale: string = DEFAULT_LOCALE,
): DatetimeFormatter {
  return checked(() => new DatetimeFormatter(pattern, true, locale), origin);
}

/** A parser for a pattern. */
export function parserFor(pattern: string, origin?: Origin, locale: string = DEFAULT_LOCALE): DatetimeParser {
  return checked(() => new DatetimeParser(pattern, true, locale), origin);
}

function checked<T>(make: () => T, origin: Origin | undefined): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof DatetimePatternError) throw patternError(error, origin);
    throw error;
  }
}

function patternError(error: DatetimePatternError, origin: Origin | undefined): Error {
  const recognition = error.condition.startsWith("INCONSISTENT_BEHAVIOR");
  const parameters: Record<string, string> = {};
  for (const [name, value] of Object.entries(error.parameters)) {
    parameters[name] = name === "c" || name === "pattern" ? `'${value}'` : value;
  }
  if (error.condition.endsWith("DATETIME_PATTERN_RECOGNITION")) {
    parameters["config"] = '"spark.sql.legacy.timeParserPolicy"';
    parameters["docroot"] = DOCROOT;
  } else if (error.condition.endsWith("WITH_SUGGESTION")) parameters["docroot"] = DOCROOT;
  return runtimeError(error.condition, recognition ? "42K0B" : "22007", parameters, error.message, origin);
}

/** One value per text, remembered: for patterns and zones, of which a query has few. */
export function remembered<T>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      value = make(text);
      if (known.size > 1000) known.clear();
      known.set(text, value);
    }
    return value;
  };
}

/** Runs a formatting, where a field that the value lacks is an error of the query. */
export function formatted(run: () => string, origin?: Origin): string {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof DatetimeFieldError)) throw error;
    throw runtimeError(
      "DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION",
      "22023",
      { rangeMessage: error.message },
      error.message,
      origin,
    );
  }
}
