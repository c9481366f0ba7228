import type { Expression } from "../expression/expression.js";
import type { LogicalPlan } from "../logical/plan.js";
import { type Arguments, parseArguments } from "./function-calls.js";
import { parseMultipart } from "./identifiers.js";
import { parseInlineTable } from "./inline-tables.js";
import { parseJoin } from "./joins.js";
import { parseLateralView } from "./lateral-views.js";
import { parseError } from "./parse-error.js";
import { parsePivot, parseUnpivot } from "./pivot.js";
import { parseWithOptions } from "./properties.js";
import { parseQuery } from "./query.js";
import { atQuery } from "./query-start.js";
import { parseSample } from "./samples.js";
import { parseTableAlias, underAlias } from "./table-alias.js";
import type { TokenCursor } from "./token-cursor.js";
import { parseWatermark, underWatermark } from "./watermarks.js";

/** `FROM a, b JOIN c ...`, with the lateral views and pivots behind it. */
export function parseFrom(cursor: TokenCursor): LogicalPlan {
  const from = cursor.index;
  cursor.expect("FROM");
  let plan = parseRelation(cursor);
  while (cursor.accept(",")) {
    const start = cursor.index;
    const lateral = acceptLateral(cursor);
    const right = parseRelationPrimary(cursor);
    if (lateral) refuseLateralTable(cursor, start, right);
    const origin = cursor.originFrom(from);
    plan = { kind: "join", left: plan, right, type: "inner", ...(lateral ? { lateral } : {}), origin };
    // As in Spark the joins behind a comma see all that stands before it.
    plan = parseExtensions(cursor, plan);
  }
  while (cursor.at("LATERAL", "VIEW")) plan = parseLateralView(cursor, plan);
  return parsePivots(cursor, plan);
}

/** A relation with its joins. */
export function parseRelation(cursor: TokenCursor): LogicalPlan {
  acceptLateral(cursor);
  return parseExtensions(cursor, parseRelationPrimary(cursor));
}

/** LATERAL before a relation, where no VIEW follows. */
export function acceptLateral(cursor: TokenCursor): boolean {
  return cursor.at("LATERAL") && cursor.peek().word !== "VIEW" && cursor.accept("LATERAL");
}

/** LATERAL is for what can look to its left: a subquery, a table function or VALUES. */
export function refuseLateralTable(cursor: TokenCursor, start: number, plan: LogicalPlan): void {
  if (plan.kind !== "unresolvedRelation") return;
  const message = "LATERAL stands before a subquery or a table function, not before a table.";
  const condition = "INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC";
  throw parseError(condition, "42000", {}, cursor.originFrom(start), message);
}

function parseExtensions(cursor: TokenCursor, first: LogicalPlan): LogicalPlan {
  let plan = parsePivots(cursor, first);
  while (true) {
    const joined = parseJoin(cursor, plan);
    if (joined === undefined) return plan;
    plan = parsePivots(cursor, joined);
  }
}

function parsePivots(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  let plan = child;
  while (true) {
    if (cursor.at("PIVOT", "(")) plan = parsePivot(cursor, plan);
    else if (cursor.at("UNPIVOT") && (cursor.peek().word === "(" || cursor.peek(2).word === "NULLS")) {
      plan = parseUnpivot(cursor, plan);
    } else return plan;
  }
}

/** One relation: a table, a subquery, VALUES, a table function, or relations in parentheses. */
export function parseRelationPrimary(cursor: TokenCursor): LogicalPlan {
  if (cursor.at("(")) return parseParenthesized(cursor);
  if (cursor.at("VALUES") && cursor.peek().type !== "end" && cursor.peek().word !== ")")
    return parseInlineTable(cursor);
  if (atStream(cursor)) return parseStream(cursor);
  const start = cursor.index;
  const name = parseMultipart(cursor);
  if (cursor.at("(")) return parseTableFunction(cursor, start, name);
  return parseTable(cursor, start, name);
}

function parseParenthesized(cursor: TokenCursor): LogicalPlan {
  const start = cursor.index;
  const isQuery = atQuery(cursor, 1);
  cursor.expect("(");
  const relation = isQuery ? parseQuery(cursor) : parseRelation(cursor);
  cursor.expect(")");
  const plan = parseSuffixes(cursor, start, relation);
  return isQuery && plan.kind !== "subqueryAlias" ? underGeneratedName(plan) : plan;
}

/** A query in FROM is a relation of its own, also without an alias: what lies within it cannot be named from outside. */
function underGeneratedName(query: LogicalPlan): LogicalPlan {
  return { kind: "subqueryAlias", child: query, name: ["__auto_generated_subquery_name"] };
}

/** What may stand behind any relation: a sample, a watermark, an alias. */
function parseSuffixes(cursor: TokenCursor, start: number, relation: LogicalPlan): LogicalPlan {
  const sampled = cursor.at("TABLESAMPLE", "(") ? parseSample(cursor, relation) : relation;
  const watermark = parseWatermark(cursor);
  const alias = parseTableAlias(cursor);
  return underAlias(underWatermark(sampled, watermark), alias, cursor.originFrom(start));
}

function parseTable(cursor: TokenCursor, start: number, name: readonly string[]): LogicalPlan {
  const origin = cursor.originFrom(start);
  refuseTimeTravel(cursor, name);
  const options = parseWithOptions(cursor);
  const table: LogicalPlan = {
    kind: "unresolvedRelation",
    name,
    ...(options === undefined ? {} : { options }),
    origin,
  };
  return parseSuffixes(cursor, start, table);
}

/** A table by its name alone, as in `TABLE t`. */
export function parseTableReference(cursor: TokenCursor): LogicalPlan {
  const start = cursor.index;
  const name = parseMultipart(cursor);
  return { kind: "unresolvedRelation", name, origin: cursor.originFrom(start) };
}

function refuseTimeTravel(cursor: TokenCursor, name: readonly string[]): void {
  const at = cursor.at("FOR") ? 1 : 0;
  const kind = cursor.peek(at).word;
  if (!["VERSION", "SYSTEM_VERSION", "TIMESTAMP", "SYSTEM_TIME"].includes(kind)) return;
  if (cursor.peek(at + 1).word !== "AS" || cursor.peek(at + 2).word !== "OF") return;
  const relationId = name.map((part) => `\`${part}\``).join(".");
  const message = `${relationId} has no earlier versions to read.`;
  const origin = cursor.originFrom(cursor.index);
  throw parseError("UNSUPPORTED_FEATURE.TIME_TRAVEL", "0A000", { relationId }, origin, message);
}

/** STREAM is the keyword before a name, and else a name. */
function atStream(cursor: TokenCursor): boolean {
  if (!cursor.at("STREAM")) return false;
  const next = cursor.peek();
  if (next.word === "(") return cursor.isName(cursor.peek(2)) && [")", "."].includes(cursor.peek(3).word);
  if (!cursor.isName(next) || ["AS", "WITH", "WATERMARK"].includes(next.word)) return false;
  // In `FROM stream JOIN t` or `FROM stream s` STREAM is the table.
  cursor.index++;
  const isTable = !isFollowedByRelationEnd(cursor);
  cursor.index--;
  return isTable;
}

function isFollowedByRelationEnd(cursor: TokenCursor): boolean {
  const words =
    "JOIN INNER CROSS LEFT RIGHT FULL NATURAL ANTI SEMI WHERE GROUP HAVING ORDER LIMIT UNION LATERAL";
  return words.split(" ").includes(cursor.current.word);
}

function parseStream(cursor: TokenCursor): LogicalPlan {
  const start = cursor.index;
  cursor.expect("STREAM");
  const inParentheses = cursor.accept("(");
  const name = parseMultipart(cursor);
  if (inParentheses) cursor.expect(")");
  const origin = cursor.originFrom(start);
  const options = parseWithOptions(cursor);
  const table: LogicalPlan = {
    kind: "unresolvedRelation",
    name,
    ...(options === undefined ? {} : { options }),
    streaming: true,
    origin,
  };
  const watermark = parseWatermark(cursor);
  const alias = parseTableAlias(cursor);
  return underAlias(underWatermark(table, watermark), alias, cursor.originFrom(start));
}

function parseTableFunction(cursor: TokenCursor, start: number, name: readonly string[]): LogicalPlan {
  cursor.expect("(");
  const list: Arguments = cursor.at(")") ? { args: [] } : parseArguments(cursor);
  cursor.expect(")");
  const watermark = parseWatermark(cursor);
  const alias = parseTableAlias(cursor);
  // As in Spark the alias belongs to the text of a table function.
  const origin = cursor.originFrom(start);
  return underAlias(
    underWatermark({ kind: "tableFunction", name, ...list, origin }, watermark),
    alias,
    origin,
  );
}

/** The columns of a name, for the clauses that name columns and not expressions. */
export function columnOf(cursor: TokenCursor): Expression {
  const start = cursor.index;
  const parts = parseMultipart(cursor);
  return { kind: "unresolvedAttribute", parts, origin: cursor.originFrom(start) };
}
