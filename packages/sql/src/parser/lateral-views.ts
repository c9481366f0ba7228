import type { UnresolvedCall } from "../expression/expression.js";
import type { LogicalPlan } from "../logical/plan.js";
import { parseExpr } from "./expressions.js";
import { parseIdentifier, parseMultipart } from "./identifiers.js";
import type { TokenCursor } from "./token-cursor.js";

/** `LATERAL VIEW [OUTER] generator(...) table [AS a, b]`. */
export function parseLateralView(cursor: TokenCursor, child: LogicalPlan): LogicalPlan {
  cursor.expect("LATERAL", "VIEW");
  const outer = cursor.at("OUTER") && cursor.peek().word !== "(" && cursor.accept("OUTER");
  const start = cursor.index;
  const name = parseMultipart(cursor);
  cursor.expect("(");
  const args = cursor.at(")") ? [] : cursor.list(parseExpr);
  cursor.expect(")");
  const generator: UnresolvedCall = { kind: "call", name, args, origin: cursor.originFrom(start) };
  const qualifier = parseIdentifier(cursor);
  const names = atColumnNames(cursor) ? cursor.list(parseIdentifier) : [];
  return { kind: "generate", child, generator, outer, qualifier, names };
}

const CLAUSES: readonly string[] = (
  "LATERAL WHERE GROUP HAVING ORDER CLUSTER DISTRIBUTE SORT WINDOW LIMIT OFFSET UNION EXCEPT MINUS INTERSECT " +
  "PIVOT UNPIVOT SELECT JOIN CROSS INNER LEFT RIGHT FULL NATURAL ANTI SEMI ON USING QUALIFY INSERT"
).split(" ");

function atColumnNames(cursor: TokenCursor): boolean {
  if (cursor.accept("AS")) return true;
  return cursor.isName() && !cursor.atAny(...CLAUSES);
}
