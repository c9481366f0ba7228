import { exists, findPart, mapChildren, transformExpression } from "../expression/children.js";
import { analysisError, sqlOf } from "../expression/errors.js";
import {
  type AggregateCall,
  type Attribute,
  type Expression,
  freshId,
  type Origin,
  type UnresolvedCall,
} from "../expression/expression.js";
import { prettyName } from "../expression/expression-text.js";
import type { SqlFunction } from "../expression/function.js";
import { typeOf } from "../expression/type-of.js";
import type { Analyzer } from "./analyzer.js";
import { type CallContext, shownAs } from "./call-context.js";
import type { ExpressionContext } from "./context.js";
import { resolveExpression, resolveSortOrder } from "./resolve-expression.js";

/** How the arguments of a function are looked up. */
export function argumentContext(fn: SqlFunction, context: ExpressionContext): ExpressionContext {
  if (fn.form !== "aggregate") return context;
  const { overWindow: _, ...rest } = context;
  return { ...rest, inAggregate: true };
}

/** A call of an aggregate function, with its clauses. */
export function resolveAggregateCall(
  fn: Extract<SqlFunction, { form: "aggregate" }>,
  e: UnresolvedCall,
  name: string,
  values: readonly Expression[],
  site: CallContext,
  context: ExpressionContext,
  analyzer: Analyzer,
): Expression {
  const inner = argumentContext(fn, context);
  const nested = context.overWindow ? undefined : values.find(containsAggregate);
  if (nested) throw nestedAggregate(nested);
  const rewritten = fn.rewrite?.(values, site);
  if (rewritten)
    return shownAs(resolveExpression(withClauses(rewritten, e, analyzer), context, analyzer), name, site);
  const filter = e.filter && resolveExpression(e.filter, inner, analyzer);
  if (filter) checkFilter(filter, e.origin);
  const written = (e.withinGroup ?? []).map((order) => resolveSortOrder(order, inner, analyzer));
  const clauses = { distinct: e.distinct === true, orderBy: written };
  const { args, type, nullable, state, orderBy = written } = fn.resolve(values, site, clauses);
  const made: AggregateCall = {
    kind: "aggregate",
    fn,
    args,
    type,
    nullable: nullable ?? true,
    name,
    distinct: e.distinct === true,
    ...(filter ? { filter } : {}),
    ...(orderBy.length > 0 ? { orderBy } : {}),
    ...withNulls(state, e),
    ...(e.origin ? { origin: e.origin } : {}),
  };
  return leftToOuterGroups(made, context) ?? made;
}

/** An aggregate function of outer columns alone belongs to the groups around the subquery. */
function leftToOuterGroups(made: AggregateCall, context: ExpressionContext): Expression | undefined {
  const { outer } = context.plan;
  if (!outer?.aggregates || !exists(made, (part) => part.kind === "outerReference")) return undefined;
  if (exists(made, (part) => part.kind === "attribute")) return undefined;
  const call = transformExpression(made, (part) =>
    part.kind === "outerReference" ? part.attribute : part,
  ) as AggregateCall;
  const { type, nullable } = call;
  const attribute: Attribute = {
    kind: "attribute",
    id: freshId(),
    name: prettyName(call),
    type,
    nullable,
    qualifier: [],
  };
  outer.aggregates.set(attribute.id, call);
  outer.used.set(attribute.id, attribute);
  return { kind: "outerReference", attribute };
}

/** IGNORE NULLS of `first(x) IGNORE NULLS` travels in the state, beside what the function left there. */
function withNulls(state: unknown, e: UnresolvedCall): { readonly state?: unknown } {
  if (e.ignoreNulls === undefined) return state === undefined ? {} : { state };
  return { state: { ...(state as object | undefined), ignoreNulls: e.ignoreNulls } };
}

/** DISTINCT and FILTER of a rewritten call belong to the aggregate functions that it was rewritten to. */
function withClauses(e: Expression, original: UnresolvedCall, analyzer: Analyzer): Expression {
  if (!original.distinct && !original.filter) return e;
  if (e.kind === "call") {
    const fn = analyzer.environment.functions.lookup(e.name[e.name.length - 1]!.toLowerCase());
    if (fn?.form === "aggregate") {
      return {
        ...e,
        distinct: original.distinct === true,
        ...(original.filter ? { filter: original.filter } : {}),
      };
    }
  }
  return mapChildren(e, (child) => withClauses(child, original, analyzer));
}

function checkFilter(filter: Expression, origin: Origin | undefined): void {
  const refuse = (sub: string, why: string, parameters: Readonly<Record<string, string>> = {}): never => {
    throw analysisError(
      `INVALID_AGGREGATE_FILTER.${sub}`,
      "42903",
      `The FILTER ${sqlOf(filter)} of an aggregate function ${why}.`,
      { filterExpr: sqlOf(filter), ...parameters },
      origin,
    );
  };
  const window = findPart(filter, (part) => part.kind === "window");
  if (window)
    refuse("CONTAINS_WINDOW_FUNCTION", "holds a function over a window", { windowExpr: sqlOf(window) });
  const aggregate = findPart(filter, (part) => part.kind === "aggregate");
  if (aggregate) refuse("CONTAINS_AGGREGATE", "holds an aggregate function", { aggExpr: sqlOf(aggregate) });
  if (findPart(filter, (part) => part.kind === "scalar" && part.fn.deterministic === false)) {
    refuse("NON_DETERMINISTIC", "has another value each time");
  }
  if (typeOf(filter).kind !== "boolean") refuse("NOT_BOOLEAN", "is no BOOLEAN");
}

function nestedAggregate(e: Expression): Error {
  let found: Expression | undefined;
  exists(e, (part) => {
    if (part.kind !== "aggregate") return false;
    found = part;
    return true;
  });
  return analysisError(
    "NESTED_AGGREGATE_FUNCTION",
    "42607",
    "An aggregate function stands within another one: compute the inner one in a subquery.",
    {},
    found?.origin,
  );
}

/** Whether an aggregate function (not over a window) stands in an expression. */
export function containsAggregate(e: Expression): boolean {
  if (e.kind === "aggregate") return true;
  if (e.kind === "window") {
    const parts = [...callArguments(e.call), ...e.spec.partitionBy, ...e.spec.orderBy];
    return parts.some(containsAggregate);
  }
  let found = false;
  mapChildren(e, (child) => {
    found ||= containsAggregate(child);
    return child;
  });
  return found;
}

function callArguments(e: Expression): readonly Expression[] {
  return e.kind === "aggregate" || e.kind === "windowFunction" ? e.args : [e];
}
