import { BooleanType, type DataType, StringType, sqlText } from "@ss/core";
import { mapChildren } from "../expression/children.js";
import { canCast, canTryCast } from "../expression/coercion/cast-rules.js";
import {
  analysisError,
  castWithConfSuggestion,
  castWithoutSuggestion,
  invalidOrderingType,
  quotedName,
} from "../expression/errors.js";
import {
  type Attribute,
  type Cast,
  call,
  type Expression,
  freshId,
  literal,
  type SortOrder,
  type UnresolvedAttribute,
} from "../expression/expression.js";
import { prettyName } from "../expression/expression-text.js";
import { typeOf } from "../expression/type-of.js";
import { isOrderable } from "../expression/type-predicates.js";
import type { LogicalPlan } from "../logical/plan.js";
import type { Analyzer } from "./analyzer.js";
import type { ExpressionContext } from "./context.js";
import { ambiguousReference, unresolvedColumn } from "./errors.js";
import { resolveCall } from "./resolve-call.js";
import { type Match, matchColumns, type Scope, sameName } from "./scope.js";
import { resolveSubquery } from "./subquery.js";
import { resolveWindowExpression } from "./window-spec.js";

/** The expression with names looked up, calls typed and casts added. Resolved parts stay as they are. */
export function resolveExpression(e: Expression, context: ExpressionContext, analyzer: Analyzer): Expression {
  switch (e.kind) {
    case "unresolvedAttribute":
      return resolveColumn(e, context, analyzer);
    case "call":
      return resolveCall(e, context, analyzer);
    case "cast":
      return resolveCast(e, context, analyzer);
    case "window":
      return resolveWindowExpression(e, context, analyzer);
    case "subquery":
      return e.type ? e : resolveSubquery(e, context, analyzer);
    case "alias":
      return resolveAlias(e, context, analyzer);
    case "star":
    case "regexColumns":
      throw misplacedStar(e);
    case "parameter":
      throw unboundParameter(e);
    default:
      return mapChildren(e, (child) => resolveExpression(child, context, analyzer));
  }
}

function resolveAlias(
  e: Extract<Expression, { kind: "alias" }>,
  context: ExpressionContext,
  analyzer: Analyzer,
): Expression {
  const child = resolveExpression(e.child, context, analyzer);
  const id = e.id === 0 ? freshId() : e.id;
  return child === e.child && id === e.id ? e : { ...e, child, id };
}

/** A sort order with its expression resolved. */
export function resolveSortOrder(
  order: SortOrder,
  context: ExpressionContext,
  analyzer: Analyzer,
): SortOrder {
  const child = resolveExpression(order.child, context, analyzer);
  return checkedOrder(child === order.child ? order : { ...order, child });
}

/** The order, if values of its type have one. */
export function checkedOrder(order: SortOrder): SortOrder {
  const type = typeOf(order.child);
  if (isOrderable(type)) return order;
  const site = { name: "sortorder", sql: prettyName(order), origin: order.child.origin ?? order.origin };
  throw invalidOrderingType(site, "sortorder", type);
}

function resolveCast(e: Cast, context: ExpressionContext, analyzer: Analyzer): Expression {
  const child = resolveExpression(e.child, context, analyzer);
  const { ansi } = analyzer.environment;
  const from = typeOf(child);
  const type = castTarget(e.type);
  if (e.mode === "implicit") return child === e.child ? e : { ...e, child };
  const possible = e.mode === "try" ? canTryCast(from, type) : canCast(from, type, ansi);
  if (!possible) throw impossibleCast(e, child, from, type, ansi);
  return { ...e, child, type, ansi: e.mode === "try" ? false : ansi };
}

/** CHAR and VARCHAR are STRING in expressions. */
function castTarget(type: DataType): DataType {
  return type.kind === "char" || type.kind === "varchar" ? StringType : type;
}

function impossibleCast(e: Cast, child: Expression, from: DataType, type: DataType, ansi: boolean): Error {
  const site = { name: "cast", sql: prettyName({ ...e, child, type }), origin: e.origin };
  if (ansi && canCast(from, type, false)) return castWithConfSuggestion(site, from, type);
  return castWithoutSuggestion({ ...site, sql: prettyName(child) }, from, type);
}

const LITERAL_FUNCTIONS: ReadonlySet<string> = new Set([
  "current_date",
  "current_time",
  "current_timestamp",
  "current_user",
  "user",
  "session_user",
  "localtimestamp",
]);

function resolveColumn(e: UnresolvedAttribute, context: ExpressionContext, analyzer: Analyzer): Expression {
  const { parts } = e;
  const lambda = findLambda(parts[0]!, context, analyzer);
  if (lambda) return fields(lambda, parts.slice(1), e, context, analyzer);
  const own = e.table && columnOfTable(e.table, parts[0]!, context, analyzer);
  if (own) return fields(own, parts.slice(1), e, context, analyzer);
  const match = findMatch(parts, context, analyzer.environment.caseSensitive);
  if (match) return ofMatch(match, e, context, analyzer);
  const literalFunction = parts.length === 1 && LITERAL_FUNCTIONS.has(parts[0]!.toLowerCase());
  if (literalFunction)
    return resolveCall({ ...call(parts[0]!.toLowerCase()), origin: e.origin }, context, analyzer);
  if (parts.length === 1 && parts[0]!.toLowerCase() === "grouping__id") {
    return resolveCall({ ...call("grouping_id"), origin: e.origin }, context, analyzer);
  }
  const lateral = context.lateral?.find(parts[0]!);
  if (lateral) return fields(lateral, parts.slice(1), e, context, analyzer);
  return resolveOuter(e, context, analyzer) ?? notFound(e, context);
}

/** The column of a table's own, if it has one of that name and it can be seen here. */
function columnOfTable(
  table: LogicalPlan,
  name: string,
  context: ExpressionContext,
  analyzer: Analyzer,
): Attribute | undefined {
  const { caseSensitive } = analyzer.environment;
  const own = analyzer.columnsOfTable(table)?.find((column) => sameName(column.name, name, caseSensitive));
  if (!own) return undefined;
  const scopes = [
    context.scope,
    context.scope.below,
    context.inAggregate ? context.aggregateScope : undefined,
  ];
  for (const scope of scopes) {
    const seen = [...(scope?.columns ?? []), ...(scope?.hidden ?? [])].find((column) => column.id === own.id);
    if (seen) return seen;
  }
  return undefined;
}

function notFound(e: UnresolvedAttribute, context: ExpressionContext): never {
  throw unresolvedColumn(e.parts, context.scope, e.origin);
}

function findMatch(
  parts: readonly string[],
  context: ExpressionContext,
  caseSensitive: boolean,
): Match | undefined {
  const inner = context.inAggregate && context.aggregateScope;
  const match = inner ? matchColumns(inner, parts, caseSensitive) : undefined;
  return match ?? matchAtAnyDepth(context.scope, parts, caseSensitive);
}

function findLambda(name: string, context: ExpressionContext, analyzer: Analyzer): Expression | undefined {
  const { lambdas } = context;
  if (!lambdas) return undefined;
  for (let i = lambdas.length - 1; i >= 0; i--) {
    if (sameName(lambdas[i]!.name, name, analyzer.environment.caseSensitive)) return lambdas[i];
  }
  return undefined;
}

/** The column that a path means, with the fields that it goes on to. */
export function ofMatch(
  match: Match,
  e: UnresolvedAttribute,
  context: ExpressionContext,
  analyzer: Analyzer,
): Expression {
  if (match.columns.length > 1) throw ambiguousReference(e.parts, match.columns, e.origin);
  const column = match.columns[0]!;
  // a column goes on under its name as it was written here
  const name = e.parts[match.partCount - 1]!;
  const found = e.origin || name !== column.name ? { ...column, name, origin: e.origin } : column;
  return fields(found, e.parts.slice(match.partCount), e, context, analyzer);
}

/** The base with fields taken out of it: `s.a.b`. */
function fields(
  base: Expression,
  names: readonly string[],
  e: UnresolvedAttribute,
  context: ExpressionContext,
  analyzer: Analyzer,
): Expression {
  let result = base;
  for (const name of names) {
    result = resolveCall(
      { ...call("getItem", result, literal(name, StringType)), origin: e.origin },
      context,
      analyzer,
    );
  }
  return result;
}

/** A column of the query just around this one; those further out cannot be reached. */
function resolveOuter(
  e: UnresolvedAttribute,
  context: ExpressionContext,
  analyzer: Analyzer,
): Expression | undefined {
  const { outer } = context.plan;
  const match = outer && matchAtAnyDepth(outer.scope, e.parts, analyzer.environment.caseSensitive);
  if (!match) return undefined;
  if (match.columns.length > 1) throw ambiguousReference(e.parts, match.columns, e.origin);
  const attribute = match.columns[0]!;
  outer.used.set(attribute.id, attribute);
  const reference: Expression = { kind: "outerReference", attribute, origin: e.origin };
  return fields(reference, e.parts.slice(match.partCount), e, context, analyzer);
}

/**
 * The first meaning of a path, from the select list downwards. One that has not the fields, or several columns, gives way to a
 * plain one below.
 */
function matchAtAnyDepth(top: Scope, parts: readonly string[], caseSensitive: boolean): Match | undefined {
  let first: Match | undefined;
  for (let scope: Scope | undefined = top; scope; scope = scope.below) {
    const match = matchColumns(scope, parts, caseSensitive);
    if (match && isSound(match, parts, caseSensitive)) return match;
    first ??= match;
  }
  return first;
}

function isSound(match: Match, parts: readonly string[], caseSensitive: boolean): boolean {
  if (match.columns.length > 1) return false;
  const name = parts[match.partCount];
  if (name === undefined) return true;
  let { type } = match.columns[0]!;
  if (type.kind === "array") type = type.elementType;
  if (type.kind === "map") return true;
  return type.kind === "struct" && type.fields.some((field) => sameName(field.name, name, caseSensitive));
}

function misplacedStar(e: Expression): Error {
  return analysisError(
    "INVALID_USAGE_OF_STAR_OR_REGEX",
    "42000",
    "A star stands where only a single value can.",
    { elem: "'*'", prettyName: "expression" },
    e.origin,
  );
}

function unboundParameter(e: Extract<Expression, { kind: "parameter" }>): Error {
  const name = e.name ?? `_${e.position ?? 0}`;
  return analysisError(
    "UNBOUND_SQL_PARAMETER",
    "42P02",
    `The parameter ${quotedName(name)} has no value: give it in the arguments.`,
    { name },
    e.origin,
  );
}

/** The expression as a condition: BOOLEAN, or an error of the clause. */
export function asCondition(e: Expression, clause: string, analyzer: Analyzer): Expression {
  const type = typeOf(e);
  if (type.kind === "boolean") return e;
  if (type.kind === "void" || (analyzer.environment.ansi && type.kind === "string")) {
    return { kind: "cast", child: e, type: BooleanType, mode: "implicit", ansi: analyzer.environment.ansi };
  }
  const sql = prettyName(e);
  throw analysisError(
    "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN",
    "42K09",
    `The ${clause} condition "${sql}" has to be BOOLEAN, not ${sqlText(type)}.`,
    { sqlExpr: `"${sql}"`, filter: `"${sql}"`, type: `"${sqlText(type)}"` },
    e.origin,
  );
}
