import { StreamError } from "@ss/core";
import { Column } from "./column.js";

/** An argument that has to be a column; SS_NOT_A_COLUMN for anything else, as programs without types may pass it. */
export function columnArgument(value: unknown, method: string): Column {
  if (value instanceof Column) return value;
  const given = value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
  const text = typeof value === "string" ? `: expr(${JSON.stringify(value)}) makes a column of a text` : "";
  throw new StreamError({
    condition: "SS_NOT_A_COLUMN",
    sqlState: "42K09",
    parameters: { method, type: given },
    message: `${method} takes columns, not ${given}${text}.`,
  });
}
