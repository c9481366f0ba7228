import { IntegerType, sqlText } from "@ss/core";
import { analysisError, sqlOf } from "../expression/errors.js";
import { type Expression, literal } from "../expression/expression.js";
import { typeOf } from "../expression/type-of.js";
import { isIntegral } from "../expression/type-predicates.js";
import type { Limit, LogicalPlan, Offset } from "../logical/plan.js";
import type { Analyzer } from "./analyzer.js";
import { constantValue, isConstant } from "./constant.js";
import type { PlanContext } from "./context.js";
import { over } from "./filter.js";
import { resolveExpression } from "./resolve-expression.js";
import type { Resolved } from "./scope.js";

/** The name of the hint that LIMIT ALL is. */
export const LIMIT_ALL = "LIMIT ALL";

/** LIMIT and OFFSET, whose count is a constant. */
export function resolveLimit(node: Limit | Offset, context: PlanContext, analyzer: Analyzer): Resolved {
  const child = analyzer.resolve(node.child, context);
  const count = resolveExpression(node.count, { scope: child, plan: context }, analyzer);
  const value = literal(countOf(count, node.kind, analyzer), IntegerType);
  return placed(child, node, value);
}

function placed(child: Resolved, node: Limit | Offset, count: Expression): Resolved {
  const plan: LogicalPlan = { kind: node.kind, child: child.plan, count };
  return {
    ...child,
    plan,
    extension: child.extension && over(child.extension, (below) => placed(below, node, count)),
  };
}

function countOf(count: Expression, name: string, analyzer: Analyzer): number {
  const refuse = (sub: string, message: string, more: Record<string, string> = {}, located = true): never => {
    throw analysisError(
      `INVALID_LIMIT_LIKE_EXPRESSION.${sub}`,
      "42K0E",
      `The ${name} ${sqlOf(count)} ${message}`,
      { name, expr: sqlOf(count), ...more },
      located ? count.origin : undefined,
    );
  };
  if (!isConstant(count)) return refuse("IS_UNFOLDABLE", "has to be a constant.");
  const type = typeOf(count);
  if (!isIntegral(type) || type.kind === "long") {
    return refuse("DATA_TYPE", "has to be of type INT.", { dataType: `"${sqlText(type)}"` });
  }
  const value = constantValue(count, analyzer);
  if (value === null) return refuse("IS_NULL", "must not be null.");
  if (Number(value) < 0) return refuse("IS_NEGATIVE", "must not be negative.", { v: String(value) });
  return Number(value);
}
