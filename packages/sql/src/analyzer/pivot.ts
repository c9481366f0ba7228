import { type DataType, StringType, simpleString } from "@ss/core";
import { children } from "../expression/children.js";
import { canCast } from "../expression/coercion/cast-rules.js";
import { castTo } from "../expression/coercion/implicit-cast.js";
import { references } from "../expression/conjuncts.js";
import { analysisError, quotedName, sqlOf } from "../expression/errors.js";
import { type Alias, type Attribute, call, type Expression, freshId } from "../expression/expression.js";
import { plainSql, prettyName } from "../expression/expression-text.js";
import { sameExpression } from "../expression/same-expression.js";
import { typeOf } from "../expression/type-of.js";
import { isOrderable } from "../expression/type-predicates.js";
import { attributeOf, outputOf } from "../logical/output.js";
import type { LogicalPlan, Pivot } from "../logical/plan.js";
import { containsAggregate } from "./aggregate-call.js";
import { type Analyzer, materialize, resolved } from "./analyzer.js";
import { isConstant } from "./constant.js";
import type { ExpressionContext, PlanContext } from "./context.js";
import { resolveExpression } from "./resolve-expression.js";
import type { Resolved } from "./scope.js";
import { type Item, named } from "./select-list.js";

interface PivotValue {
  readonly name: string;
  readonly value: Expression;
}

/**
 * Values become columns: groups by the keys and the pivot column first, and then by the keys alone, where each value picks the
 * one group that is its own.
 */
export function resolvePivot(node: Pivot, context: PlanContext, analyzer: Analyzer): Resolved {
  const child = materialize(analyzer.resolve(node.child, context));
  const scope = { scope: child, plan: context };
  const column = resolveExpression(node.column, scope, analyzer);
  checkColumn(column);
  const aggregates = node.aggregates.map((e) => named(e, resolveExpression(e, scope, analyzer)));
  for (const item of aggregates) checkAggregate(item.kind === "alias" ? item.child : item, column);
  const keys = node.keys
    ? node.keys.map((key) => named(key, resolveExpression(key, scope, analyzer)))
    : otherColumns(child, [column, ...aggregates]);
  const values = node.values.map((value) => pivotValue(value, typeOf(column), scope, analyzer));
  return pivoted(child, keys, column, values, aggregates, context, analyzer);
}

function otherColumns(child: Resolved, used: readonly Expression[]): readonly Attribute[] {
  const ids = new Set<number>();
  for (const e of used) references(e, ids);
  return child.columns.filter((column) => !ids.has(column.id));
}

function checkColumn(column: Expression): void {
  if (isOrderable(typeOf(column))) return;
  throw analysisError(
    "INCOMPARABLE_PIVOT_COLUMN",
    "42818",
    `The pivot column ${sqlOf(column)} has values that cannot be compared.`,
    { columnName: quotedName(...plainSql(column).split(".").slice(-1)) },
  );
}

function checkAggregate(e: Expression, column: Expression): void {
  if (e.kind === "aggregate" || isConstant(e)) return;
  if (e.kind === "attribute" || !containsAggregate(e)) {
    const lost = firstAttribute(e) ?? e;
    if (sameExpression(lost, column)) return;
    throw analysisError(
      "_LEGACY_ERROR_TEMP_1006",
      undefined,
      `PIVOT needs aggregate functions, but ${plainSql(lost)} stands outside of any.`,
      { sql: plainSql(lost) },
    );
  }
  for (const part of children(e)) checkAggregate(part, column);
}

function firstAttribute(e: Expression): Expression | undefined {
  if (e.kind === "attribute") return e;
  for (const part of children(e)) {
    const found = firstAttribute(part);
    if (found) return found;
  }
  return undefined;
}

function pivotValue(
  written: Expression,
  type: DataType,
  scope: ExpressionContext,
  analyzer: Analyzer,
): PivotValue {
  const { environment } = analyzer;
  const unnamed = written.kind === "alias" ? written.child : written;
  const value = resolveExpression(unnamed, scope, analyzer);
  if (!isConstant(value)) {
    const expression = sqlOf(value);
    throw analysisError(
      "NON_LITERAL_PIVOT_VALUES",
      "42K08",
      `The values of PIVOT have to be constants, which ${expression} is not.`,
      { expression },
    );
  }
  const from = typeOf(value);
  if (!canCast(from, type, environment.ansi)) {
    throw analysisError(
      "PIVOT_VALUE_DATA_TYPE_MISMATCH",
      "42K09",
      `The value ${prettyName(value)} of PIVOT has another type than the pivot column, ${simpleString(type)}.`,
      { value: prettyName(value), valueType: simpleString(from), pivotType: simpleString(type) },
    );
  }
  const name = written.kind === "alias" ? written.names[0]! : valueName(value, analyzer);
  return { name, value: castTo(value, type, environment.ansi) };
}

function valueName(value: Expression, analyzer: Analyzer): string {
  const text =
    analyzer.environment.evaluate([castTo(value, StringType, analyzer.environment.ansi)])[0] ?? null;
  return text === null ? "null" : String(text);
}

function pivoted(
  child: Resolved,
  keys: readonly Item[],
  column: Expression,
  values: readonly PivotValue[],
  aggregates: readonly Item[],
  context: PlanContext,
  analyzer: Analyzer,
): Resolved {
  const pivotColumn: Alias = { kind: "alias", child: column, names: ["__pivot_col"], id: freshId() };
  const results = aggregates.map(
    (item): Alias => ({
      kind: "alias",
      child: item.kind === "alias" ? item.child : item,
      names: [item.kind === "alias" ? item.names[0]! : item.name],
      id: freshId(),
    }),
  );
  const inner: LogicalPlan = {
    kind: "aggregate",
    child: child.plan,
    keys: [...keys.map((key) => (key.kind === "alias" ? key.child : key)), column],
    expressions: [...keys, pivotColumn, ...results],
  };
  const innerKeys = outputOf(inner).slice(0, keys.length);
  const scope = { scope: resolved(inner), plan: context };
  const chosen = values.flatMap(({ name, value }) =>
    results.map((result): Alias => {
      const filter = call("<=>", attributeOf(pivotColumn), value);
      const picked: Expression = { kind: "call", name: ["first"], args: [attributeOf(result)], filter };
      const fullName = results.length === 1 ? name : `${name}_${result.names[0]}`;
      return {
        kind: "alias",
        child: resolveExpression(picked, scope, analyzer),
        names: [fullName],
        id: freshId(),
      };
    }),
  );
  const plan: LogicalPlan = {
    kind: "aggregate",
    child: inner,
    keys: innerKeys,
    expressions: [...innerKeys, ...chosen],
  };
  return resolved(plan);
}
