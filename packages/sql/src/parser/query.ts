import type { Expression, SortOrder, WindowSpec } from "../expression/expression.js";
import type { LogicalPlan, NamedWindows, With } from "../logical/plan.js";
import { parseDirection, parseExpr, parseSortItem } from "./expressions.js";
import { parseIdentifier, parseIdentifierList } from "./identifiers.js";
import { parseError } from "./parse-error.js";
import { parseQueryTerm } from "./set-operations.js";
import type { TokenCursor } from "./token-cursor.js";
import { integerArgument } from "./types.js";
import { parseWindowSpec } from "./windows.js";

/** `[WITH ...] query [ORDER BY ...] [LIMIT ...] [OFFSET ...]`. */
export function parseQuery(cursor: TokenCursor): LogicalPlan {
  const start = cursor.index;
  const ctes = parseWith(cursor);
  const body = parseOrganization(cursor, parseQueryTerm(cursor));
  return ctes === undefined ? body : { kind: "with", child: body, ...ctes, origin: cursor.originFrom(start) };
}

type Ctes = Omit<With, "kind" | "child" | "origin">;

/** The queries with names before a query; undefined when there are none. */
export function parseWith(cursor: TokenCursor): Ctes | undefined {
  const start = cursor.index;
  if (!cursor.at("WITH") || !cursor.isName(cursor.peek())) return undefined;
  cursor.next();
  const recursive = cursor.at("RECURSIVE") && cursor.isName(cursor.peek()) && cursor.accept("RECURSIVE");
  const ctes = cursor.list(parseNamedQuery);
  if (!recursive && ctes.some((cte) => cte.maxRecursion !== undefined))
    throw levelWithoutRecursion(cursor, start);
  refuseDuplicates(cursor, start, ctes);
  return recursive ? { ctes, recursive } : { ctes };
}

function levelWithoutRecursion(cursor: TokenCursor, start: number): Error {
  parseQueryTerm(cursor);
  const message = "Cannot specify MAX RECURSION LEVEL when the CTE is not marked as RECURSIVE";
  return parseError("_LEGACY_ERROR_TEMP_0035", undefined, { message }, cursor.originFrom(start), message);
}

function parseNamedQuery(cursor: TokenCursor): With["ctes"][number] {
  const name = parseIdentifier(cursor);
  const columns = cursor.at("(") && cursor.peek().word !== "SELECT" ? parseIdentifierList(cursor) : undefined;
  const maxRecursion = cursor.accept("MAX", "RECURSION", "LEVEL") ? integerArgument(cursor) : undefined;
  cursor.accept("AS");
  cursor.expect("(");
  const plan = parseQuery(cursor);
  cursor.expect(")");
  return {
    name,
    ...(columns === undefined ? {} : { columns }),
    ...(maxRecursion === undefined ? {} : { maxRecursion }),
    plan,
  };
}

/** Two queries of one name in one WITH are refused; Spark shows the whole of the query. */
function refuseDuplicates(cursor: TokenCursor, start: number, ctes: With["ctes"]): void {
  const names = ctes.map((cte) => cte.name.toLowerCase());
  const duplicates = [...new Set(names.filter((name, i) => names.indexOf(name) < i))];
  if (duplicates.length === 0) return;
  parseOrganization(cursor, parseQueryTerm(cursor));
  const duplicateNames = duplicates.map((name) => `\`${name}\``).join(", ");
  const message = `WITH has more than one query of the name ${duplicateNames}.`;
  throw parseError("DUPLICATED_CTE_NAMES", "42602", { duplicateNames }, cursor.originFrom(start), message);
}

/** The clauses behind a query that order and cut its rows. */
export function parseOrganization(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  const start = cursor.index;
  const ordered = parseOrdering(cursor, start, child);
  const named = withWindows(ordered, parseWindowClause(cursor));
  let plan = named;
  if (cursor.at("LIMIT")) {
    cursor.next();
    plan = cursor.accept("ALL")
      ? { kind: "hint", child: plan, name: "LIMIT ALL" }
      : { kind: "limit", child: plan, count: parseExpr(cursor) };
  }
  if (!cursor.accept("OFFSET")) return plan;
  const count = parseExpr(cursor);
  // Rows are skipped before they are counted.
  if (plan.kind === "limit" && plan !== named) {
    return { ...plan, child: { kind: "offset", child: plan.child, count } };
  }
  return { kind: "offset", child: plan, count };
}

function parseOrdering(cursor: TokenCursor, start: number, child: LogicalPlan): LogicalPlan {
  let plan = child;
  let count = 0;
  if (cursor.accept("ORDER", "BY")) {
    plan = parseSort(cursor, plan, true);
    count++;
  }
  if (cursor.accept("CLUSTER", "BY")) {
    plan = sortedBy(plan, cursor.list(parseExpr));
    count++;
  }
  const distributed = cursor.accept("DISTRIBUTE", "BY");
  if (distributed) {
    cursor.list(parseExpr);
    plan = { kind: "hint", child: plan, name: "DISTRIBUTE BY" };
  }
  if (cursor.accept("SORT", "BY")) {
    plan = parseSort(cursor, plan, false);
    count++;
  }
  if (count > 1 || (distributed && count === 1 && plan.kind !== "sort")) {
    const message =
      "ORDER BY, SORT BY, DISTRIBUTE BY and CLUSTER BY do not go together, save DISTRIBUTE BY with SORT BY.";
    const origin = cursor.originFrom(start);
    throw parseError("UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES", "0A000", {}, origin, message);
  }
  return plan;
}

/** ORDER BY ALL sorts by every column, unless something follows that makes ALL a name. */
function parseSort(cursor: TokenCursor, child: LogicalPlan, global: boolean): LogicalPlan {
  const start = cursor.index - 2;
  if (cursor.at("ALL") && !atOperatorBehindAll(cursor)) {
    cursor.next();
    return {
      kind: "sort",
      child,
      order: [],
      global,
      all: parseDirection(cursor),
      origin: cursor.originFrom(start),
    };
  }
  const order = cursor.list(parseSortItem);
  return { kind: "sort", child, order, global, origin: cursor.originFrom(start) };
}

function atOperatorBehindAll(cursor: TokenCursor): boolean {
  const next = cursor.peek();
  return next.type === "mark" && next.word !== ")" && next.word !== ";" && next.word !== "|>";
}

function sortedBy(child: LogicalPlan, expressions: readonly Expression[]): LogicalPlan {
  const order = expressions.map(
    (expression): SortOrder => ({
      kind: "sortOrder",
      child: expression,
      ascending: true,
      nullsFirst: true,
      origin: expression.origin,
    }),
  );
  return { kind: "sort", child, order, global: false };
}

/** `WINDOW w AS (...), ...`. */
export function parseWindowClause(cursor: TokenCursor): NamedWindows["windows"] | undefined {
  const start = cursor.index;
  if (!cursor.at("WINDOW") || !cursor.isName(cursor.peek()) || cursor.peek(2).word !== "AS") return undefined;
  cursor.next();
  const windows = new Map<string, WindowSpec>();
  let repeated: string | undefined;
  do {
    const name = parseIdentifier(cursor);
    cursor.expect("AS");
    if (windows.has(name)) repeated = name;
    windows.set(name, parseWindowSpec(cursor));
  } while (cursor.accept(","));
  if (repeated !== undefined) {
    const message = `The window ${repeated} is defined twice.`;
    const parameters = { windowName: `\`${repeated}\`` };
    const origin = cursor.originFrom(start);
    throw parseError("INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION", "42000", parameters, origin, message);
  }
  return Object.fromEntries(windows);
}

/** A plan whose select list may use windows by name. */
export function withWindows(child: LogicalPlan, windows: NamedWindows["windows"] | undefined): LogicalPlan {
  return windows === undefined ? child : { kind: "namedWindows", child, windows };
}
