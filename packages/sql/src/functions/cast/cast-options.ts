import { type DataType, type StreamError, sqlText, type Value } from "@ss/core";
import { type TimeZone, timeZone, UTC } from "@ss/kernels";
import type { Origin } from "../../expression/expression.js";
import { literalText } from "../literal-text.js";
import { castInvalidInput, castOverflow } from "../runtime-error.js";

/** How a cast treats values that the target type does not hold. */
export interface CastOptions {
  /** `try` gives null; the others fail in ANSI mode and else give null or wrap around. */
  readonly mode: "cast" | "try" | "implicit";
  readonly ansi: boolean;
  /** The session's time zone. */
  readonly timeZone: string;
  readonly origin?: Origin | undefined;
}

/** A cast of one boxed value that is not null. */
export type Caster = (value: never) => Value;

/** Whether values are checked: in ANSI mode and by TRY_CAST. */
export function isStrict(options: CastOptions): boolean {
  return options.ansi || options.mode === "try";
}

/** What a failed cast gives: null, or the error. */
export function fail(options: CastOptions, error: () => StreamError): null {
  if (options.mode === "try" || !options.ansi) return null;
  throw error();
}

/** What a cast of a malformed value gives. */
export function failInput(options: CastOptions, value: Value, from: DataType, to: DataType): null {
  return fail(options, () =>
    castInvalidInput(literalText(value, from, options.timeZone), sqlText(from), sqlText(to), options.origin),
  );
}

/** What a cast of a value beyond the range of its target gives, where values are checked. */
export function failOverflow(options: CastOptions, value: Value, from: DataType, to: DataType): null {
  return fail(options, () =>
    castOverflow(literalText(value, from, options.timeZone), sqlText(from), sqlText(to)),
  );
}

/** The session's zone. */
export function zoneOf(options: { readonly timeZone: string }): TimeZone {
  return timeZone(options.timeZone) ?? UTC;
}
