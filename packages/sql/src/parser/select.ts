import type { StreamError } from "@ss/core";
import type { Expression, Origin } from "../expression/expression.js";
import type { LogicalPlan, NamedWindows } from "../logical/plan.js";
import { parseExpr, parseNamed } from "./expressions.js";
import { aggregateOf, type Grouping, parseGroupBy } from "./grouping.js";
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
  const start = cursor.index;
  const clause = parseSelectClause(cursor);
  const from: LogicalPlan = cursor.at("FROM") ? parseFrom(cursor) : { kind: "oneRow" };
  return parseSelectRest(cursor, start, clause, from);
}

/** `FROM t SELECT ...`; with several SELECTs their rows come one after another. */
export function parseFromFirst(cursor: TokenCursor): LogicalPlan {
  const from = parseFrom(cursor);
  const bodies: LogicalPlan[] = [];
  while (cursor.at("SELECT")) {
    refuseTransform(cursor);
    const start = cursor.index;
    bodies.push(parseOrganization(cursor, parseSelectRest(cursor, start, parseSelectClause(cursor), from)));
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

/** The clauses behind the select list, in the order in which they stand. */
interface SelectRest {
  readonly where: Expression | undefined;
  readonly grouping: Grouping | undefined;
  readonly having: Expression | undefined;
  readonly qualify: Expression | undefined;
  readonly windows: NamedWindows["windows"] | undefined;
  readonly origin: Origin;
}

/** Everything from the WHERE clause on; `start` is where the whole began, since its text is the origin of its parts. */
export function parseSelectRest(
  cursor: TokenCursor,
  start: number,
  clause: SelectClause,
  from: LogicalPlan,
): LogicalPlan {
  let child = from;
  while (cursor.at("LATERAL", "VIEW")) child = parseLateralView(cursor, child);
  const where = cursor.accept("WHERE") ? parseExpr(cursor) : undefined;
  const grouping = parseGroupBy(cursor);
  const having = cursor.accept("HAVING") ? parseExpr(cursor) : undefined;
  const windows = parseWindowClause(cursor);
  const qualify = cursor.accept("QUALIFY") ? parseExpr(cursor) : undefined;
  const rest: SelectRest = {
    where,
    grouping,
    having,
    qualify,
    windows: windows ?? parseWindowClause(cursor),
    origin: cursor.originFrom(start),
  };
  return selectPlan(child, clause, rest, cursor.conf.havingWithoutGroupByAsWhere === true);
}

function selectPlan(
  from: LogicalPlan,
  clause: SelectClause,
  rest: SelectRest,
  havingAsWhere: boolean,
): LogicalPlan {
  const { where, grouping, having, qualify, origin } = rest;
  let plan: LogicalPlan =
    where === undefined ? from : { kind: "filter", child: from, condition: where, origin };
  const bare = grouping === undefined && having !== undefined && havingAsWhere;
  if (bare) plan = { kind: "filter", child: plan, condition: having, origin };
  if (bare || (grouping === undefined && having === undefined)) {
    plan = { kind: "project", child: plan, expressions: clause.expressions, origin };
  } else plan = aggregateOf(plan, grouping ?? { keys: [] }, clause.expressions, origin);
  if (having !== undefined && !bare)
    plan = { kind: "filter", child: plan, condition: having, having: true, origin };
  // QUALIFY tests what the windows of the select list gave.
  if (qualify !== undefined)
    plan = { kind: "filter", child: plan, condition: qualify, qualify: true, origin };
  if (clause.distinct) plan = { kind: "deduplicate", child: plan, columns: null, grouping: true };
  return withHints(withWindows(plan, rest.windows), clause.hints);
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
