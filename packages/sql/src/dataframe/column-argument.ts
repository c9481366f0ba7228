import { Column } from "./column.js";
import { notColumn } from "./not-column.js";

/** An argument that has to be a column; SS_NOT_A_COLUMN for anything else, as programs without types may pass it. */
export function columnArgument(value: unknown, method: string): Column {
  if (value instanceof Column) return value;
  throw notColumn(value, method);
}
