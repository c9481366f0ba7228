import { type OutputMode, StreamError } from "@ss/core";

/** What Spark's checker of operations refuses, by its text. */
export function refused(message: string): StreamError {
  return new StreamError({ condition: "_LEGACY_ERROR_TEMP_3102", parameters: { msg: message }, message });
}

/** A mode as Spark's texts write it. */
export function modeName(mode: OutputMode): string {
  return mode.charAt(0).toUpperCase() + mode.slice(1);
}
