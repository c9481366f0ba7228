import type { Attribute, Expression } from "../expression/expression.js";

/** The metadata key of columns with session windows. */
export const SESSION_WINDOW_MARK = "spark.sessionWindow";

/**
 * Whether a column holds session windows: an aggregation that has it among its keys joins those that touch each other. As in Spark the column
 * keeps that mark under every name, through projections and through the aggregation itself.
 */
export function isSessionWindow(e: Expression): e is Attribute {
  return (e.kind === "attribute" || e.kind === "alias") && e.metadata?.[SESSION_WINDOW_MARK] === true;
}
