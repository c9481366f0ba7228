import { analysisError, sqlOf } from "../../expression/errors.js";
import type { SubqueryExpression } from "../../expression/expression.js";

/** A subquery in the condition of a join reads columns of both sides. */
export function unsupportedInJoinCondition(e: SubqueryExpression): Error {
  return analysisError(
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_EXPRESSION_IN_JOIN_CONDITION",
    "0A000",
    `The subquery ${sqlOf(e)} in the condition of a join reads columns of both sides: move it into WHERE.`,
    { subqueryExpression: sqlOf(e) },
  );
}
