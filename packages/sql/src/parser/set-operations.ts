import type { LogicalPlan, SetOperation } from "../logical/plan.js";
import { parseInlineTable } from "./inline-tables.js";
import { parsePipe } from "./pipe.js";
import { parseQuery } from "./query.js";
import { parseTableReference } from "./relations.js";
import { parseFromFirst, parseSelect } from "./select.js";
import type { TokenCursor } from "./token-cursor.js";

const LOOSE: readonly string[] = ["UNION", "EXCEPT", "MINUS"];
const ALL: readonly string[] = [...LOOSE, "INTERSECT"];

/** Queries with set operations and pipe operators between them. INTERSECT binds tighter than the others. */
export function parseQueryTerm(cursor: TokenCursor): LogicalPlan {
  if (cursor.conf.setOperationsPrecedence === true) return parseOperations(cursor, ALL, parseQueryPrimary);
  return parseOperations(cursor, LOOSE, parseIntersections);
}

function parseIntersections(cursor: TokenCursor): LogicalPlan {
  return parseOperations(cursor, ["INTERSECT"], parseQueryPrimary);
}

function parseOperations(
  cursor: TokenCursor,
  words: readonly string[],
  parseOperand: (cursor: TokenCursor) => LogicalPlan,
): LogicalPlan {
  const start = cursor.index;
  let left = parseOperand(cursor);
  while (true) {
    if (cursor.at("|>")) left = parsePipe(cursor, start, left);
    else if (cursor.atAny(...words)) left = parseSetOperation(cursor, start, left, parseOperand);
    else return left;
  }
}

/** `UNION [ALL | DISTINCT] [BY NAME] query`; the cursor is at the first word. */
export function parseSetOperation(
  cursor: TokenCursor,
  start: number,
  left: LogicalPlan,
  parseOperand: (cursor: TokenCursor) => LogicalPlan,
): LogicalPlan {
  const word = cursor.next().word;
  const type = word === "MINUS" ? "except" : (word.toLowerCase() as SetOperation["type"]);
  const all = cursor.acceptAny("ALL", "DISTINCT") === "ALL";
  const byName = cursor.accept("BY", "NAME");
  const right = parseOperand(cursor);
  const origin = cursor.originFrom(start);
  return { kind: "setOperation", type, all, ...(byName ? { byName } : {}), children: [left, right], origin };
}

/** A query without set operations: SELECT, FROM, TABLE, VALUES, or one in parentheses. */
export function parseQueryPrimary(cursor: TokenCursor): LogicalPlan {
  switch (cursor.current.word) {
    case "SELECT":
    case "MAP":
    case "REDUCE":
      return parseSelect(cursor);
    case "FROM":
      return parseFromFirst(cursor);
    case "VALUES":
      return parseInlineTable(cursor);
    case "TABLE":
      cursor.next();
      return parseTableReference(cursor);
    case "(": {
      cursor.next();
      const plan = parseQuery(cursor);
      cursor.expect(")");
      return plan;
    }
    default:
      throw cursor.error();
  }
}
