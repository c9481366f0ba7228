import { StringType } from "@ss/core";
import type { Literal } from "../expression/expression.js";
import { parseFieldName } from "./identifiers.js";
import { literalFrom } from "./literals.js";
import { parseString } from "./string-literal.js";
import type { TokenCursor } from "./token-cursor.js";
import { integerArgument } from "./types.js";

/** The path behind the colon of `v:a.b[0]['c']`, as the JSON path `$.a.b[0]['c']`. */
export function parseSemiStructuredPath(cursor: TokenCursor): Literal {
  const start = cursor.index;
  let path = `$${cursor.at("[") ? bracketed(cursor) : named(cursor)}`;
  while (true) {
    if (cursor.at("[")) path += bracketed(cursor);
    else if (cursor.at(".") && cursor.isName(cursor.peek())) {
      cursor.next();
      path += named(cursor);
    } else return literalFrom(cursor, start, path, StringType);
  }
}

function named(cursor: TokenCursor): string {
  const name = parseFieldName(cursor);
  return /^\w+$/.test(name) ? `.${name}` : `['${name}']`;
}

function bracketed(cursor: TokenCursor): string {
  cursor.expect("[");
  const part = cursor.isString() ? `'${parseString(cursor)}'` : String(integerArgument(cursor));
  cursor.expect("]");
  return `[${part}]`;
}
