import { BooleanType, type Value, valueAt } from "@ss/core";
import { scalarSubqueryTooManyRows } from "../execution/subquery-errors.js";
import { type Expression, literal, type SubqueryExpression } from "../expression/expression.js";
import { typeOf } from "../expression/type-of.js";
import type { LogicalPlan } from "../logical/plan.js";
import type { Rows } from "../logical/rows.js";
import { earlyPlan, earlySubqueries, withEarlyValues } from "../optimizer/subquery/early-values.js";

/** The plan with constants in the place of the subqueries that have one value for the whole query. */
export async function valuesOfSubqueries(
  plan: LogicalPlan,
  run: (subquery: LogicalPlan) => AsyncIterable<Rows>,
): Promise<LogicalPlan> {
  const values = new Map<LogicalPlan, Expression>();
  for (const subquery of earlySubqueries(plan)) {
    values.set(subquery.plan, await valueOf(subquery, run(earlyPlan(subquery))));
  }
  return withEarlyValues(plan, values);
}

async function valueOf(subquery: SubqueryExpression, batches: AsyncIterable<Rows>): Promise<Expression> {
  let rowCount = 0;
  let value: Value = null;
  for await (const batch of batches) {
    if (rowCount === 0 && batch.rowCount > 0 && subquery.form === "scalar")
      value = valueAt(batch.columns[0]!, 0);
    rowCount += batch.rowCount;
    if (rowCount > 1 && subquery.form === "scalar") throw scalarSubqueryTooManyRows(subquery.origin);
  }
  return subquery.form === "exists" ? literal(rowCount > 0, BooleanType) : literal(value, typeOf(subquery));
}
