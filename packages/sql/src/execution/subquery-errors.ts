import type { StreamError } from "@ss/core";
import type { Origin } from "../expression/expression.js";
import { runtimeError } from "../functions/runtime-error.js";

/** A scalar subquery gave several rows where there may be one. */
export function scalarSubqueryTooManyRows(origin: Origin | undefined): StreamError {
  return runtimeError(
    "SCALAR_SUBQUERY_TOO_MANY_ROWS",
    "21000",
    {},
    "More than one row was returned by a subquery that is used as a value: add LIMIT 1, or an aggregate function.",
    origin,
  );
}
