import type { Attribute, Expression } from "../expression/expression.js";

/** Where the analyzer notes the delay of a column's watermark, in milliseconds. */
export const DELAY_MARK = "spark.watermarkDelayMs";

/** The number of the first column with a watermark; -1 if none has one. */
export function eventTimeColumn(columns: readonly Attribute[]): number {
  return columns.findIndex((column) => column.metadata?.[DELAY_MARK] !== undefined);
}

/** Whether a column is an event time with a watermark; what is computed of one is none. */
export function isEventTime(e: Expression): boolean {
  return (e.kind === "alias" || e.kind === "attribute") && e.metadata?.[DELAY_MARK] !== undefined;
}
