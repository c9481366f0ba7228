import { exists } from "./children.js";
import type { Expression } from "./expression.js";

/** Whether an expression calls a function of a plug-in, which works on columns. */
export function hasColumnCall(e: Expression): boolean {
  return exists(e, (part) => part.kind === "scalar" && part.fn.columnar !== undefined);
}
