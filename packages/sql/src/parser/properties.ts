import { parseMultipart } from "./identifiers.js";
import { parseString } from "./string-literal.js";
import type { TokenCursor } from "./token-cursor.js";

/** `(key = 'value', other.key 1)` of options and properties. */
export function parseOptions(cursor: TokenCursor): Readonly<Record<string, string>> {
  const options: Record<string, string> = {};
  cursor.expect("(");
  do {
    const key = cursor.isString() ? parseString(cursor) : parseMultipart(cursor).join(".");
    const equals = cursor.accept("=") || cursor.accept("==");
    if (equals || !cursor.atAny(",", ")")) options[key] = parseValueText(cursor);
    else options[key] = "";
  } while (cursor.accept(","));
  cursor.expect(")");
  return options;
}

function parseValueText(cursor: TokenCursor): string {
  if (cursor.isString()) return parseString(cursor);
  const token = cursor.current;
  if (token.type === "integer" || token.type === "decimal") return cursor.textOf(cursor.next());
  const word = cursor.acceptAny("TRUE", "FALSE");
  if (word === undefined) throw cursor.error();
  return word.toLowerCase();
}
