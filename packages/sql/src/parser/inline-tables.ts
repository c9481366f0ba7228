import type { Expression } from "../expression/expression.js";
import type { LogicalPlan } from "../logical/plan.js";
import { parseExpr } from "./expressions.js";
import { parseError } from "./parse-error.js";
import { parseTableAlias } from "./table-alias.js";
import type { TokenCursor } from "./token-cursor.js";

/** `VALUES (1, 'a'), (2, 'b') [AS t(x, y)]`. */
export function parseInlineTable(cursor: TokenCursor): LogicalPlan {
  const start = cursor.index;
  cursor.expect("VALUES");
  const rows = cursor.list(parseRow);
  const alias = parseTableAlias(cursor);
  const origin = cursor.originFrom(start);
  const names = alias?.columns ?? (rows[0] as readonly Expression[]).map((_, i) => `col${i + 1}`);
  const wrong = rows.findIndex((row) => row.length !== names.length);
  if (wrong >= 0) {
    const actual = String((rows[wrong] as readonly Expression[]).length);
    const parameters = {
      expectedNumCols: String(names.length),
      actualNumCols: actual,
      rowIndex: String(wrong),
    };
    const message = `Row ${wrong} of VALUES has ${actual} columns, not ${names.length}.`;
    throw parseError("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "42000", parameters, origin, message);
  }
  const table: LogicalPlan = { kind: "inlineTable", names, rows, origin };
  return alias === undefined ? table : { kind: "subqueryAlias", child: table, name: [alias.name] };
}

/** A row in parentheses has as many columns as it has items; anything else is a row of one column. */
function parseRow(cursor: TokenCursor): readonly Expression[] {
  const value = parseExpr(cursor);
  return cursor.rows.get(value) ?? [value];
}
