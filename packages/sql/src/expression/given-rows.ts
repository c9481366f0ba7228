import { StreamError } from "@ss/core";
import { valueText } from "./value-text.js";

/** What a function of the program gave out, when it is a list of rows; `who` names the function in the error for all else. */
export function givenRows(rows: unknown, who: string): Iterable<unknown> {
  if (typeof rows === "object" && rows !== null && Symbol.iterator in rows) return rows as Iterable<unknown>;
  const promised =
    typeof rows === "object" && rows !== null && (Symbol.asyncIterator in rows || "then" in rows);
  const found = promised ? "a promise of rows" : valueText(rows);
  throw new StreamError({
    condition: "SS_NO_ROWS_GIVEN",
    parameters: { who, found },
    message: `${who} gives out rows as an array, or as a generator that does not wait, but it gave ${found}.`,
  });
}
