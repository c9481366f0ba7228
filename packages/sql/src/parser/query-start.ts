import type { TokenCursor } from "./token-cursor.js";

/** What may stand behind a query in parentheses that is itself the beginning of a query. */
const BEHIND: ReadonlySet<string> = new Set(
  ") ; |> UNION EXCEPT MINUS INTERSECT ORDER SORT CLUSTER DISTRIBUTE LIMIT OFFSET WINDOW".split(" "),
);

/** Whether a query begins `ahead` tokens on, and not an expression or a relation: its words are names too. */
export function atQuery(cursor: TokenCursor, ahead: number): boolean {
  const next = cursor.peek(ahead + 1);
  switch (cursor.peek(ahead).word) {
    case "(": {
      // In ((SELECT 1) + 1) and ((SELECT 1) a JOIN b) what follows the inner query tells.
      if (!atQuery(cursor, ahead + 1)) return false;
      const behind = cursor.tokens[cursor.closingOf(cursor.index + ahead) + 1];
      return behind === undefined || behind.type === "end" || BEHIND.has(behind.word);
    }
    case "SELECT":
    case "VALUES":
      return next.word !== ")" && next.word !== "," && next.word !== ".";
    case "WITH":
      return cursor.isName(next);
    case "FROM":
    case "TABLE":
      return cursor.isName(next) || next.word === "(";
    default:
      return false;
  }
}
