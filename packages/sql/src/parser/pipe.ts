import type { Expression } from "../expression/expression.js";
import type { LogicalPlan } from "../logical/plan.js";
import { parseExpr, parseNamed } from "./expressions.js";
import { parseIdentifier, parseMultipart } from "./identifiers.js";
import { parseJoin } from "./joins.js";
import { parseError } from "./parse-error.js";
import { parsePivot, parseUnpivot } from "./pivot.js";
import { parseOrganization, parseWindowClause } from "./query.js";
import { parseSample } from "./samples.js";
import { parseSelectClause, parseSelectRest } from "./select.js";
import { parseQueryPrimary, parseSetOperation } from "./set-operations.js";
import type { TokenCursor } from "./token-cursor.js";

type PipeOperator = (cursor: TokenCursor, child: LogicalPlan, start: number) => LogicalPlan;

const OPERATORS: ReadonlyMap<string, PipeOperator> = new Map<string, PipeOperator>([
  ["SELECT", pipeSelect],
  ["EXTEND", pipeExtend],
  ["SET", pipeSet],
  ["DROP", pipeDrop],
  ["AS", pipeAs],
  ["WHERE", pipeWhere],
  ["PIVOT", (cursor, child) => parsePivot(cursor, child)],
  ["UNPIVOT", (cursor, child) => parseUnpivot(cursor, child)],
  ["TABLESAMPLE", (cursor, child) => parseSample(cursor, child)],
  ["AGGREGATE", pipeAggregate],
  ...["UNION", "EXCEPT", "MINUS", "INTERSECT"].map((word): [string, PipeOperator] => [
    word,
    pipeSetOperation,
  ]),
  ...["ORDER", "SORT", "CLUSTER", "DISTRIBUTE", "LIMIT", "OFFSET"].map((word): [string, PipeOperator] => [
    word,
    (cursor, child) => parseOrganization(cursor, child),
  ]),
]);

/** `query |> operator`: the operator over all that stands before it. `start` is where the query began. */
export function parsePipe(cursor: TokenCursor, start: number, child: LogicalPlan): LogicalPlan {
  cursor.next();
  const operator = OPERATORS.get(cursor.current.word);
  if (operator !== undefined) return operator(cursor, child, start);
  const join = parseJoin(cursor, child);
  if (join === undefined) throw cursor.error();
  return join;
}

function pipeSelect(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  const start = cursor.index;
  return parseSelectRest(cursor, start, parseSelectClause(cursor), child);
}

function pipeExtend(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  cursor.expect("EXTEND");
  return { kind: "project", child, expressions: [{ kind: "star" }, ...cursor.list(parseNamed)] };
}

/** Assignments take effect one after another. */
function pipeSet(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  cursor.expect("SET");
  let plan = child;
  do {
    const name = parseIdentifier(cursor);
    if (cursor.at(".")) throw cursor.error();
    cursor.expect("=");
    plan = {
      kind: "withColumns",
      child: plan,
      columns: [{ name, expression: parseExpr(cursor) }],
      existing: true,
    };
  } while (cursor.accept(","));
  return plan;
}

function pipeDrop(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  cursor.expect("DROP");
  const except = cursor.list(parseMultipart);
  return { kind: "project", child, expressions: [{ kind: "star", except }] };
}

function pipeAs(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  cursor.expect("AS");
  return { kind: "subqueryAlias", child, name: [parseIdentifier(cursor)] };
}

function pipeWhere(cursor: TokenCursor, child: LogicalPlan, start: number): LogicalPlan {
  cursor.expect("WHERE");
  const condition = parseExpr(cursor);
  if (parseWindowClause(cursor) !== undefined) {
    const message = "|> WHERE has no WINDOW clause: define the window in |> SELECT or |> EXTEND.";
    const origin = cursor.originFrom(start);
    throw parseError("NOT_ALLOWED_IN_PIPE_OPERATOR_WHERE.WINDOW_CLAUSE", "42601", {}, origin, message);
  }
  return { kind: "filter", child, condition };
}

function pipeSetOperation(cursor: TokenCursor, child: LogicalPlan, start: number): LogicalPlan {
  return parseSetOperation(cursor, start, child, parseQueryPrimary);
}

const ANALYTICS: readonly string[] = ["ALL", "ROLLUP", "CUBE", "GROUPING"];

/** Keys come out first, under their own aliases, then the aggregates. */
function pipeAggregate(cursor: TokenCursor, child: LogicalPlan, start: number): LogicalPlan {
  cursor.expect("AGGREGATE");
  const aggregates = cursor.at("GROUP", "BY") ? [] : cursor.list(parseNamed);
  if (!cursor.accept("GROUP", "BY")) return { kind: "aggregate", child, keys: [], expressions: aggregates };
  const analytic = cursor.atAny(...ANALYTICS) ? cursor.current.word : undefined;
  const keys = cursor.list(parseNamed);
  if (analytic !== undefined && (analytic !== "ALL" || keys.length === 1)) {
    const name = analytic === "GROUPING" ? "GROUPING SETS" : analytic;
    const message = `|> AGGREGATE has no GROUP BY ${name}.`;
    const condition = "UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE";
    throw parseError(condition, "0A000", { case: `GROUP BY ${name}` }, cursor.originFrom(start), message);
  }
  const plain = keys.map((key): Expression => (key.kind === "alias" ? key.child : key));
  return { kind: "aggregate", child, keys: plain, expressions: [...keys, ...aggregates] };
}
