import { conjuncts } from "../../expression/conjuncts.js";
import { analysisError, sqlOf } from "../../expression/errors.js";
import type { Expression, SubqueryExpression } from "../../expression/expression.js";
import { plainSql } from "../../expression/expression-text.js";
import type { LogicalPlan } from "../../logical/plan.js";
import { childrenOf, expressionsOf } from "../../logical/transform.js";
import { asSeenOutside, outerColumns, readsOuter } from "./outer-references.js";

/** A subquery in the condition of a join reads columns of both sides. */
export function unsupportedInJoinCondition(e: SubqueryExpression): Error {
  const form = e.form === "in" ? "listquery" : e.form === "scalar" ? "scalarsubquery" : "exists";
  const parts = [...(e.outer ?? []), ...correlatedConditions(e.plan).map(asSeenOutside)];
  const subqueryExpression = `${form}(${parts.map(plainSql).join(", ")})`;
  return analysisError(
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_EXPRESSION_IN_JOIN_CONDITION",
    "0A000",
    `The subquery ${subqueryExpression} in the condition of a join reads columns of both sides: move it into WHERE.`,
    { subqueryExpression },
  );
}

function correlatedConditions(plan: LogicalPlan): Expression[] {
  const own = plan.kind === "filter" ? conjuncts(plan.condition).filter(readsOuter) : [];
  return [...childrenOf(plan).flatMap(correlatedConditions), ...own];
}

/** A recursive query within a subquery reads columns of the query around the subquery. */
export function outerInRecursion(plan: LogicalPlan): Error {
  const sqlExprs = outerReferencesIn(plan).map(sqlOf).join(", ");
  return analysisError(
    "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE",
    "0A000",
    `A recursive query cannot read ${sqlExprs} of the query around it.`,
    { sqlExprs },
  );
}

function outerReferencesIn(plan: LogicalPlan): readonly Expression[] {
  return [...outerColumns(expressionsOf(plan)), ...childrenOf(plan).flatMap(outerReferencesIn)];
}
