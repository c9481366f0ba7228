import { StreamError } from "@ss/core";

/** What a program without types passed in place of a column: to a method that takes columns, or anywhere where names of columns do as well. */
export function notColumn(value: unknown, method?: string): StreamError {
  const given = nounOf(value);
  const text = typeof value === "string" ? `: expr(${JSON.stringify(value)}) makes a column of a text` : "";
  return new StreamError({
    condition: "SS_NOT_A_COLUMN",
    sqlState: "42K09",
    parameters: { ...(method === undefined ? {} : { method }), type: given },
    message:
      method === undefined
        ? `A column or the name of one was expected, not ${given}.`
        : `${method} takes columns, not ${given}${text}.`,
  });
}

function nounOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
