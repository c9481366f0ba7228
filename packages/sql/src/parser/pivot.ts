import type { Expression } from "../expression/expression.js";
import type { LogicalPlan, Unpivot } from "../logical/plan.js";
import { atImplicitAlias, parseNamed } from "./expressions.js";
import { parseFieldName, parseIdentifier } from "./identifiers.js";
import { isStrict } from "./keywords.js";
import { columnOf } from "./relations.js";
import { rowConstructor } from "./row-constructors.js";
import type { TokenCursor } from "./token-cursor.js";

/** `PIVOT (sum(x) FOR c IN (1 AS a, 2))`. */
export function parsePivot(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  const start = cursor.index;
  cursor.expect("PIVOT", "(");
  const aggregates = cursor.list(parseNamed);
  cursor.expect("FOR");
  const column = parsePivotColumn(cursor);
  cursor.expect("IN");
  const values = cursor.parenthesized(parseNamed);
  cursor.expect(")");
  const origin = cursor.originFrom(start);
  return withAlias(cursor, {
    kind: "pivot",
    child,
    keys: null,
    column: { ...column, origin },
    values,
    aggregates,
    origin,
  });
}

function parsePivotColumn(cursor: TokenCursor): Expression {
  const start = cursor.index;
  if (!cursor.at("(")) return nameColumn(cursor);
  const columns = cursor.parenthesized(nameColumn);
  return columns.length === 1 ? (columns[0] as Expression) : rowConstructor(cursor, start, columns);
}

function nameColumn(cursor: TokenCursor): Expression {
  const start = cursor.index;
  const parts = [parseIdentifier(cursor)];
  return { kind: "unresolvedAttribute", parts, origin: cursor.originFrom(start) };
}

/** `UNPIVOT [INCLUDE NULLS] (value FOR name IN (a, b AS c))`, also with several value columns. */
export function parseUnpivot(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  const start = cursor.index;
  cursor.expect("UNPIVOT");
  const nulls = cursor.acceptAny("INCLUDE", "EXCLUDE");
  if (nulls !== undefined) cursor.expect("NULLS");
  cursor.expect("(");
  const several = cursor.at("(");
  const valueColumns = several ? cursor.parenthesized(parseFieldName) : [parseFieldName(cursor)];
  cursor.expect("FOR");
  const nameColumnName = parseFieldName(cursor);
  cursor.expect("IN");
  const values = cursor.parenthesized(several ? parseColumnSet : parseColumn);
  cursor.expect(")");
  return withAlias(cursor, {
    kind: "unpivot",
    child,
    ids: null,
    values,
    nameColumn: nameColumnName,
    valueColumns,
    includeNulls: nulls === "INCLUDE",
    origin: cursor.originFrom(start),
  });
}

type UnpivotValue = Unpivot["values"][number];

function parseColumn(cursor: TokenCursor): UnpivotValue {
  return aliased(cursor, [columnOf(cursor)]);
}

function parseColumnSet(cursor: TokenCursor): UnpivotValue {
  return aliased(cursor, cursor.parenthesized(columnOf));
}

function aliased(cursor: TokenCursor, columns: readonly Expression[]): UnpivotValue {
  if (!cursor.accept("AS") && !cursor.isName()) return { columns };
  return { columns, alias: parseIdentifier(cursor) };
}

function withAlias(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  if (!cursor.accept("AS") && (isStrict(cursor.current.word) || !atImplicitAlias(cursor))) return child;
  return { kind: "subqueryAlias", child, name: [parseIdentifier(cursor)] };
}
