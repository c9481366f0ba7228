import type { StreamError } from "@ss/core";
import type { Expression } from "../expression/expression.js";
import type { LogicalPlan } from "../logical/plan.js";
import { parseExpr, parseNamed } from "./expressions.js";
import { aggregateOf, parseGroupBy } from "./grouping.js";
import { parseHints, withHints } from "./hints.js";
import { parseLateralView } from "./lateral-views.js";
import { parseError } from "./parse-error.js";
import { parseOrganization, parseWindowClause, withWindows } from "./query.js";
import { parseFrom } from "./relations.js";
import type { TokenCursor } from "./token-cursor.js";

/** What stands between SELECT and FROM. */
export interface SelectClause {
  readonly hints: readonly string[];
  readonly distinct: boolean;
  readonly expressions: readonly Expression[];
}

/** `SELECT ... [FROM ...] [WHERE ...] [GROUP BY ...] [HAVING ...]`. */
export function parseSelect(cursor: TokenCursor): LogicalPlan {
  refuseTransform(cursor);
  const clause = parseSelectClause(cursor);
  const from: LogicalPlan = cursor.at("FROM") ? parseFrom(cursor) : { kind: "oneRow" };
  return parseSelectRest(cursor, clause, from);
}

/** `FROM t SELECT ...`; with several SELECTs their rows come one after another. */
export function parseFromFirst(cursor: TokenCursor): LogicalPlan {
  const from = parseFrom(cursor);
  const bodies: LogicalPlan[] = [];
  while (cursor.at("SELECT")) {
    refuseTransform(cursor);
    bodies.push(parseOrganization(cursor, parseSelectRest(cursor, parseSelectClause(cursor), from)));
  }
  if (bodies.length === 0) return from;
  if (bodies.length === 1) return bodies[0] as LogicalPlan;
  return { kind: "setOperation", type: "union", all: true, children: bodies };
}

/** `SELECT [hints] [DISTINCT] items`. */
export function parseSelectClause(cursor: TokenCursor): SelectClause {
  cursor.expect("SELECT");
  const hints = parseHints(cursor);
  const quantifier = atQuantifier(cursor) ? cursor.next().word : "ALL";
  return { hints, distinct: quantifier === "DISTINCT", expressions: cursor.list(parseNamed) };
}

function atQuantifier(cursor: TokenCursor): boolean {
  if (!cursor.atAny("DISTINCT", "ALL")) return false;
  const next = cursor.peek();
  return next.type !== "end" && next.word !== "," && next.word !== "FROM" && next.word !== ")";
}

function parseSelectRest(cursor: TokenCursor, clause: SelectClause, from: LogicalPlan): LogicalPlan {
  let child = from;
  while (cursor.at("LATERAL", "VIEW")) child = parseLateralView(cursor, child);
  if (cursor.accept("WHERE")) child = { kind: "filter", child, condition: parseExpr(cursor) };
  const selected = parseGrouped(cursor, child, clause.expressions);
  const windows = parseWindowClause(cursor);
  // QUALIFY tests what the windows of the select list gave.
  const qualified: LogicalPlan = cursor.accept("QUALIFY")
    ? { kind: "filter", child: selected, condition: parseExpr(cursor), qualify: true }
    : selected;
  const distinct: LogicalPlan = clause.distinct ? { kind: "deduplicate", child: qualified, columns: null } : qualified;
  return withHints(withWindows(distinct, windows ?? parseWindowClause(cursor)), clause.hints);
}

/** A projection, or an aggregate where GROUP BY or HAVING follow. */
export function parseGrouped(cursor: TokenCursor, child: LogicalPlan, expressions: readonly Expression[]): LogicalPlan {
  const grouping = parseGroupBy(cursor);
  if (!cursor.accept("HAVING")) {
    return grouping === undefined ? { kind: "project", child, expressions } : aggregateOf(child, grouping, expressions);
  }
  const condition = parseExpr(cursor);
  if (grouping === undefined && cursor.conf.havingWithoutGroupByAsWhere === true) {
    return { kind: "project", child: { kind: "filter", child, condition }, expressions };
  }
  const aggregate = aggregateOf(child, grouping ?? { keys: [] }, expressions);
  return { kind: "filter", child: aggregate, condition, having: true };
}

/** Rows through a script of another language are none of this engine's business. */
function refuseTransform(cursor: TokenCursor): void {
  const scripted = cursor.at("SELECT", "TRANSFORM", "(") ? isScript(cursor) : cursor.atAny("MAP", "REDUCE");
  if (scripted) throw unsupportedTransform(cursor);
}

/** TRANSFORM is a function too: only `TRANSFORM (...) USING 'script'` is the clause. */
function isScript(cursor: TokenCursor): boolean {
  let depth = 0;
  for (let at = cursor.index + 2; at < cursor.tokens.length; at++) {
    const word = cursor.tokens[at]?.word;
    if (word === "(") depth++;
    else if (word === ")" && --depth === 0) {
      return ["USING", "ROW", "RECORDWRITER"].includes(cursor.tokens[at + 1]?.word ?? "");
    }
  }
  return false;
}

function unsupportedTransform(cursor: TokenCursor): StreamError {
  const message = "Rows cannot be sent through a script: use a function of the program.";
  return parseError("SS_UNSUPPORTED_TRANSFORM_SCRIPT", "0A000", {}, cursor.originFrom(cursor.index), message);
}
