import { StringType } from "@ss/core";
import type { Literal } from "../expression/expression.js";
import { parseFieldName } from "./identifiers.js";
import { literalFrom } from "./literals.js";
import { parseString } from "./string-literal.js";
import type { TokenCursor } from "./token-cursor.js";
import { integerArgument } from "./types.js";

/** What stands behind the colon of `v:a.b[0]['c']`. */
export interface SemiStructuredPath {
  /** The JSON path `$.a.b[0]['c']`. */
  readonly path: Literal;
  /** Its last key, which is the name of what is taken out; undefined where it has positions alone. */
  readonly name: string | undefined;
}

/** The path behind a colon. */
export function parseSemiStructuredPath(cursor: TokenCursor): SemiStructuredPath {
  const start = cursor.index;
  const parts = [cursor.at("[") ? bracketed(cursor) : named(cursor)];
  while (true) {
    if (cursor.at("[")) parts.push(bracketed(cursor));
    else if (cursor.at(".") && cursor.isName(cursor.peek())) {
      cursor.next();
      parts.push(named(cursor));
    } else break;
  }
  const path = literalFrom(cursor, start, `$${parts.map((part) => part.text).join("")}`, StringType);
  return { path, name: parts.map((part) => part.name).findLast((name) => name !== undefined) };
}

interface Part {
  readonly text: string;
  readonly name?: string;
}

/** A name in backquotes is written into the path as it is: points in it part it, and the last part names what is taken out. */
function named(cursor: TokenCursor): Part {
  const name = parseFieldName(cursor);
  return { text: `.${name}`, name: name.slice(name.lastIndexOf(".") + 1) };
}

function bracketed(cursor: TokenCursor): Part {
  cursor.expect("[");
  const part = cursor.isString() ? parseString(cursor) : integerArgument(cursor);
  cursor.expect("]");
  return typeof part === "string" ? { text: `['${part}']`, name: part } : { text: `[${part}]` };
}
