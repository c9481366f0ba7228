import { analysisError, quotedName } from "../../expression/errors.js";
import type { SortOrder } from "../../expression/expression.js";
import type { AggregateClauses, FunctionContext } from "../../expression/function.js";

function withinGroupError(
  context: FunctionContext,
  sub: string,
  message: string,
  parameters: Readonly<Record<string, string>> = {},
): Error {
  const funcName = quotedName(context.name);
  return analysisError(
    `INVALID_WITHIN_GROUP_EXPRESSION.${sub}`,
    "42K0K",
    `The function ${funcName} ${message}.`,
    { funcName, ...parameters },
    context.origin,
  );
}

/** Refuses DISTINCT where the function orders its values itself. */
export function refuseDistinct(context: FunctionContext, { distinct }: AggregateClauses): void {
  if (distinct) throw withinGroupError(context, "DISTINCT_UNSUPPORTED", "does not take DISTINCT");
}

/** The one ordering of a function that needs WITHIN GROUP. */
export function singleOrdering(context: FunctionContext, clauses: AggregateClauses): SortOrder {
  refuseDistinct(context, clauses);
  const { orderBy } = clauses;
  if (orderBy.length === 0) {
    throw withinGroupError(context, "WITHIN_GROUP_MISSING", "needs WITHIN GROUP (ORDER BY ...)");
  }
  checkOrderings(context, orderBy, 1);
  return orderBy[0]!;
}

/** Refuses another number of orderings in WITHIN GROUP. */
export function checkOrderings(
  context: FunctionContext,
  orderBy: readonly SortOrder[],
  expected: number,
): void {
  if (orderBy.length === expected) return;
  throw withinGroupError(
    context,
    "WRONG_NUM_ORDERINGS",
    `takes ${expected} orderings in WITHIN GROUP, not ${orderBy.length}`,
    { expectedNum: String(expected), actualNum: String(orderBy.length) },
  );
}
