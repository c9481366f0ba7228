import { parseMultipart } from "./identifiers.js";
import { parseString } from "./string-literal.js";
import type { TokenCursor } from "./token-cursor.js";

/** `(key = 'value', other.key 1)` of options and properties. */
export function parseOptions(cursor: TokenCursor): Readonly<Record<string, string>> {
  const options = new Map<string, string>();
  cursor.expect("(");
  do {
    const key = cursor.isString() ? parseString(cursor) : parseMultipart(cursor).join(".");
    const equals = cursor.accept("=") || cursor.accept("==");
    options.set(key, equals || !cursor.atAny(",", ")") ? parseValueText(cursor) : "");
  } while (cursor.accept(","));
  cursor.expect(")");
  return Object.fromEntries(options);
}

/** `WITH (key = 'value')` behind a table, if it stands there. */
export function parseWithOptions(cursor: TokenCursor): Readonly<Record<string, string>> | undefined {
  if (!cursor.at("WITH", "(")) return undefined;
  cursor.next();
  return parseOptions(cursor);
}

function parseValueText(cursor: TokenCursor): string {
  if (cursor.isString()) return parseString(cursor);
  const token = cursor.current;
  if (token.type === "integer" || token.type === "decimal") return cursor.textOf(cursor.next());
  const word = cursor.acceptAny("TRUE", "FALSE");
  if (word === undefined) throw cursor.error();
  return word.toLowerCase();
}
