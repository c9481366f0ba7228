import { StreamError } from "@ss/core";

/** As many rows as `show` prints at most: one more tells whether there are others, and counts of rows are INT. */
export const SHOWN_ROWS_MAX = 2147483646;

/** Refuses what programs without types may pass to `show`; fewer than no rows are none. */
export function checkShow(numRows: unknown, truncate: unknown, vertical: unknown): void {
  if (!Number.isInteger(numRows)) throw notOf("numRows", numRows, "a whole number");
  if (typeof truncate !== "boolean" && !Number.isInteger(truncate)) {
    throw notOf("truncate", truncate, "true, false or a whole number");
  }
  if (typeof vertical !== "boolean") throw notOf("vertical", vertical, "true or false");
}

function notOf(argument: string, value: unknown, expected: string): StreamError {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return new StreamError({
    condition: "SS_INVALID_ARGUMENT",
    sqlState: "22023",
    parameters: { method: "show", argument, value: text, expected },
    message: `The argument ${argument} of show(numRows, truncate, vertical) is ${text}, but it has to be ${expected}.`,
  });
}
