import { exists } from "./children.js";
import type { Expression } from "./expression.js";

/** Whether an expression gives the same value for the same row each time, as calls of `rand` do not. */
export function isDeterministic(e: Expression): boolean {
  return !exists(
    e,
    (part) =>
      (part.kind === "scalar" && part.fn.deterministic === false) ||
      (part.kind === "userFunction" && !part.deterministic),
  );
}

/** Whether an expression may be computed once, twice or not at all for a row: it is deterministic, and no function of a user sees it. */
export function isRepeatable(e: Expression): boolean {
  return isDeterministic(e) && !exists(e, (part) => part.kind === "userFunction");
}
