import type { JsonRecord } from "./json-values.js";

/** What is said of the texts that functions read as JSON. */
export type JsonText = Omit<JsonRecord, "copies">;

/** Follows each text where it is read. */
export const JSON_SEPARATOR = 10;
const BLANK = 32;

/**
 * How many bytes more a text may need for each of its own, as parts of it are written anew: `1e6` becomes `1000000.0`, and a control
 * character an escape of six.
 */
export function roomOf({ grammar }: JsonText): number {
  return grammar.allowUnquotedControlChars === true ? 6 : 3;
}

/** Whether there is no JSON in a text. */
export function isBlank(bytes: Uint8Array, start: number, length: number): boolean {
  for (let at = start; at < start + length; at++) if (bytes[at]! > BLANK) return false;
  return true;
}
