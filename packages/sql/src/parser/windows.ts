import type { Expression, FrameBound, SortOrder, WindowSpec } from "../expression/expression.js";
import { parseExpr, parseSortItem } from "./expressions.js";
import { parseIdentifier } from "./identifiers.js";
import { parseError } from "./parse-error.js";
import type { TokenCursor } from "./token-cursor.js";

/** What stands behind OVER: a name, or a definition in parentheses. */
export function parseWindowSpec(cursor: TokenCursor): WindowSpec {
  const start = cursor.index;
  if (!cursor.at("(")) return reference(parseIdentifier(cursor));
  cursor.next();
  if (cursor.isName() && cursor.peek().word === ")") {
    const name = parseIdentifier(cursor);
    cursor.expect(")");
    return reference(name);
  }
  const spec = parseDefinition(cursor);
  cursor.expect(")");
  return { ...spec, origin: cursor.originFrom(start) };
}

function reference(name: string): WindowSpec {
  return { partitionBy: [], orderBy: [], reference: name };
}

function parseDefinition(cursor: TokenCursor): WindowSpec {
  let partitionBy: Expression[] = [];
  let orderBy: SortOrder[] = [];
  if (cursor.accept("CLUSTER", "BY")) partitionBy = cursor.list(parseExpr);
  else {
    if (cursor.accept("PARTITION", "BY") || cursor.accept("DISTRIBUTE", "BY"))
      partitionBy = cursor.list(parseExpr);
    if (cursor.accept("ORDER", "BY") || cursor.accept("SORT", "BY")) orderBy = cursor.list(parseSortItem);
  }
  const type = cursor.acceptAny("ROWS", "RANGE");
  if (type === undefined) return { partitionBy, orderBy };
  const between = cursor.accept("BETWEEN");
  const lower = parseBound(cursor);
  if (between) cursor.expect("AND");
  const upper: FrameBound = between ? parseBound(cursor) : { bound: "currentRow" };
  return { partitionBy, orderBy, frame: { type: type === "ROWS" ? "rows" : "range", lower, upper } };
}

function parseBound(cursor: TokenCursor): FrameBound {
  if (cursor.accept("UNBOUNDED", "PRECEDING")) return { bound: "unboundedPreceding" };
  if (cursor.accept("UNBOUNDED", "FOLLOWING")) return { bound: "unboundedFollowing" };
  if (cursor.accept("CURRENT", "ROW")) return { bound: "currentRow" };
  const start = cursor.index;
  const offset = parseExpr(cursor);
  const bound = cursor.acceptAny("PRECEDING", "FOLLOWING");
  if (bound === undefined) throw cursor.error();
  if (!isConstant(offset)) {
    const msg = "Frame bound value must be a literal.";
    throw parseError("_LEGACY_ERROR_TEMP_0064", undefined, { msg }, cursor.originFrom(start), msg);
  }
  return { bound: bound === "PRECEDING" ? "preceding" : "following", offset };
}

/** Only operators over literals can be reckoned before columns are known. */
function isConstant(expression: Expression): boolean {
  if (expression.kind === "literal" || expression.kind === "parameter") return true;
  if (expression.kind === "cast") return isConstant(expression.child);
  if (expression.kind !== "call") return false;
  const name = expression.name[0] as string;
  return (
    (!/^\w+$/.test(name) || name === "negative" || name === "positive") && expression.args.every(isConstant)
  );
}
