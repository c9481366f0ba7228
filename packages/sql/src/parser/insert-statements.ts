import type { Statement } from "../logical/command.js";
import { parseIdentifierList, parseMultipart } from "./identifiers.js";
import { parseQuery } from "./query.js";
import { atQuery } from "./query-start.js";
import { unsupportedStatement } from "./statements.js";
import type { TokenCursor } from "./token-cursor.js";

/** INSERT, known by its parts where they are simple: a table, perhaps columns, and a query. */
export function parseInsert(cursor: TokenCursor): Statement {
  const start = cursor.index;
  cursor.expect("INSERT");
  const word = cursor.acceptAny("INTO", "OVERWRITE");
  if (word === undefined) throw cursor.error();
  cursor.accept("TABLE");
  if (!cursor.isName() || cursor.at("DIRECTORY") || cursor.at("LOCAL", "DIRECTORY"))
    return byName(cursor, start);
  const table = parseMultipart(cursor);
  const byNames = cursor.accept("BY", "NAME");
  const columns = cursor.at("(") && !atQuery(cursor, 0) ? parseIdentifierList(cursor) : undefined;
  if (!atQuery(cursor, 0)) return byName(cursor, start);
  const plan = parseQuery(cursor);
  return {
    kind: "unsupported",
    name: `INSERT ${word}`,
    detail: {
      kind: "insert",
      name: table,
      overwrite: word === "OVERWRITE",
      ...(byNames ? { byName: true } : {}),
      ...(columns === undefined ? {} : { columns }),
      plan,
    },
  };
}

function byName(cursor: TokenCursor, start: number): Statement {
  cursor.index = start;
  return unsupportedStatement(cursor);
}
