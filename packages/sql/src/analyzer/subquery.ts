import { BooleanType, sameType } from "@ss/core";
import { exists, mapList, transformExpression } from "../expression/children.js";
import { castTo } from "../expression/coercion/implicit-cast.js";
import { findTightestCommonType, findWiderTypeForTwo } from "../expression/coercion/wider-type.js";
import { analysisError, datatypeMismatch, quotedType, sqlOf } from "../expression/errors.js";
import {
  type Attribute,
  type Expression,
  freshId,
  type SubqueryExpression,
} from "../expression/expression.js";
import { prettyName } from "../expression/expression-text.js";
import { nullableOf, typeOf } from "../expression/type-of.js";
import { outputOf } from "../logical/output.js";
import type { LogicalPlan } from "../logical/plan.js";
import { childrenOf, expressionsOf, mapExpressions, transformUp } from "../logical/transform.js";
import type { Analyzer } from "./analyzer.js";
import type { ExpressionContext } from "./context.js";
import { resolveExpression } from "./resolve-expression.js";
import type { OuterScope } from "./scope.js";

/** A subquery as a value, with its query analyzed inside the scope of the expression. */
export function resolveSubquery(
  e: SubqueryExpression,
  context: ExpressionContext,
  analyzer: Analyzer,
): Expression {
  const values = e.values && mapList(e.values, (value) => resolveExpression(value, context, analyzer));
  const aggregates = context.aggregateScope ? analyzer.outerAggregates : undefined;
  const outer: OuterScope = { scope: context.scope, used: new Map(), aggregates };
  const plan = analyzer.query(e.plan, { ...context.plan, outer, windows: {} });
  const used = outer.used.size > 0 ? outerColumns(plan, outer) : [];
  const base = { ...e, plan, ...(used.length > 0 ? { outer: used } : {}) };
  switch (e.form) {
    case "exists":
      return { ...base, type: BooleanType, nullable: false };
    case "scalar": {
      const output = outputOf(plan);
      if (output.length !== 1) throw tooManyColumns(output.length, e);
      return { ...base, type: output[0]!.type, nullable: true };
    }
    case "in":
      return inSubquery({ ...base, values: rowValues(values ?? []) }, analyzer);
  }
}

/** The columns that a subquery takes from around, once for every time that it does, from its top downwards. */
function outerColumns(plan: LogicalPlan, outer: OuterScope): readonly Attribute[] {
  const found: Attribute[] = [];
  for (const e of expressionsOf(plan)) {
    exists(e, (part) => {
      if (part.kind === "outerReference" && outer.used.has(part.attribute.id)) found.push(part.attribute);
      return false;
    });
  }
  for (const child of childrenOf(plan)) found.push(...outerColumns(child, outer));
  return found;
}

/** `(a, b) IN (...)` compares column by column, whether it was written as a row or as a list. */
function rowValues(values: readonly Expression[]): readonly Expression[] {
  const [first] = values;
  if (values.length !== 1 || first?.kind !== "scalar") return values;
  const name = first.fn.names[0];
  if (name === "named_struct") return first.args.filter((_, i) => i % 2 === 1);
  if (name === "struct") return first.args;
  return values;
}

function tooManyColumns(count: number, e: SubqueryExpression): Error {
  return analysisError(
    "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN",
    "42823",
    `A scalar subquery has to give one column, but this one gives ${count}.`,
    { number: String(count) },
    e.origin,
  );
}

function inSubquery(e: SubqueryExpression, analyzer: Analyzer): Expression {
  const values = e.values!;
  const output = outputOf(e.plan);
  const site = { name: "in", sql: prettyName(e), origin: e.origin };
  if (values.length !== output.length) {
    throw datatypeMismatch(
      site,
      "IN_SUBQUERY_LENGTH_MISMATCH",
      "the two sides of IN have different numbers of columns.",
      {
        leftLength: String(values.length),
        rightLength: String(output.length),
        leftColumns: values.map(sqlOf).join(", "),
        rightColumns: output.map(sqlOf).join(", "),
      },
    );
  }
  const { ansi } = analyzer.environment;
  const types = values.map((value, i) => {
    const [a, b] = [typeOf(value), output[i]!.type];
    return findTightestCommonType(a, b, ansi) ?? findWiderTypeForTwo(a, b, ansi);
  });
  if (types.some((type) => type === undefined)) {
    const mismatched = values.flatMap((value, i) =>
      types[i]
        ? []
        : [
            `(${sqlOf(value)}:${quotedType(typeOf(value))}, ${sqlOf(output[i]!)}:${quotedType(output[i]!.type)})`,
          ],
    );
    throw datatypeMismatch(
      site,
      "IN_SUBQUERY_DATA_TYPE_MISMATCH",
      "the two sides of IN have different types.",
      {
        mismatchedColumns: mismatched.join(", "),
        leftType: values.map((value) => quotedType(typeOf(value))).join(", "),
        rightType: output.map((column) => quotedType(column.type)).join(", "),
      },
    );
  }
  return {
    ...e,
    values: values.map((value, i) => castTo(value, types[i]!, ansi)),
    plan: withTypes(e.plan, types as NonNullable<(typeof types)[number]>[], ansi),
    type: BooleanType,
    nullable: values.some(nullableOf) || output.some((column) => column.nullable),
  };
}

/** The plan with its columns cast to the types. */
export function withTypes(
  plan: LogicalPlan,
  types: readonly ReturnType<typeof typeOf>[],
  ansi: boolean,
): LogicalPlan {
  const output = outputOf(plan);
  if (output.every((column, i) => sameType(column.type, types[i]!, true))) return plan;
  const expressions = output.map((column, i): Expression => {
    if (sameType(column.type, types[i]!, true)) return column;
    return {
      kind: "alias",
      child: castTo(column, types[i]!, ansi),
      names: [column.name],
      id: freshId(),
      metadata: column.metadata,
    };
  });
  return { kind: "project", child: plan, expressions };
}

/** The expression with the columns that its subqueries take from around replaced; other columns too. */
export function replaceOuter(
  e: Expression,
  replace: (column: Attribute) => Attribute | undefined,
): Expression {
  return transformExpression(e, (part) => {
    if (part.kind === "outerReference") {
      const attribute = replace(part.attribute);
      return attribute ? { ...part, attribute } : part;
    }
    if (part.kind !== "subquery" || !part.outer) return part;
    if (!part.outer.some((column) => replace(column))) return part;
    const outer = part.outer.map((column) => replace(column) ?? column);
    const plan = transformUp(part.plan, (node) => mapExpressions(node, (one) => replaceOuter(one, replace)));
    return { ...part, outer, plan };
  });
}
